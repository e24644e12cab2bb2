#!/usr/bin/perl
# Files that berth import must refuse: names and links that lead out of an archive, digests that are
# wrong, what is missing, cut off, endless or of another kind. Nothing of them becomes visible, and
# nothing that is there changes.

use strict;
use warnings;

use Berth::Archive;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Programs;
use Berth::Test;
use Berth::V2Client;
use Compress::Zlib ();
use JSON::PP qw(decode_json);
use POSIX ();

my $berth  = Berth::Instance->start;
my $dir    = scratch();
my @config = ('--config', $berth->data . '/_berth/run/config.yml');
my $tool   = Berth::Programs->new(undef, $berth->as_owner, build_dir() . '/berth');
my $files  = 0;

sub path { return "$dir/" . ++$files }
sub json { return Berth::Archive::json(@_) }

# What a client sees of the repositories: their names, and each tag with its digest.
sub visible {
    my $seen = Berth::HTTP::request($berth, GET => '/v2/_catalog')->{body};

    for my $name (@{ decode_json($seen)->{repositories} }) {
        $seen .= Berth::HTTP::request($berth, GET => "/v2/$name/tags/list")->{body};
    }
    return $seen . Berth::HTTP::request($berth, GET => '/v1/search?q=')->{body};
}

# What an import may leave that failed: blobs with the right bytes, and that the repository has
# them, as a push that broke off leaves them.
sub lasting {
    my $tree = $berth->tree;
    return { map { $_ => $tree->{$_} } grep { !m{^docker/registry/v2/(blobs|repositories/.*/_layers)/} } keys %$tree };
}

# refused(NAME, WHY, PATH, ARGUMENT...): before the path come options, after it names.
sub refused {
    my ($name, $why, $path, @arguments) = @_;
    my ($seen, $kept) = (visible(), lasting());
    my @options = grep { /^--/ .. !/^--/ } @arguments;
    my @to      = grep { my $one = $_; !grep { $_ eq $one } @options } @arguments;
    my $done    = $tool->run('import', @config, @options, $path, @to ? @to : 'hostile/app:1');

    subtest $name => sub {
        is($done->{status} >> 8, 1, 'is refused');
        like($done->{err}, qr/^berth: .*$why/m, 'for this reason');
        is(visible(), $seen, 'nothing new is visible');
        is_deeply(lasting(), $kept, 'nothing that was there has changed');
    };
}

sub tar_file  { return Berth::Archive::write_tar(path(), @_) }
sub text_file { return Berth::Archive::write_file(path(), $_[0]) }

# The entries with another content of one of them; undef: without it.
sub with {
    my ($name, $content, @entries) = @_;
    return map { $_->[0] ne $name ? $_ : defined $content ? [$name => $content] : () } @entries;
}

my $image  = Berth::Oci->image(layers => 2);
my @layout = Berth::Archive::layout('1' => $image);
my ($layer) = Berth::Archive::layers_of($image);
my $layer_file = Berth::Archive::blob_name($layer);
my $file       = Berth::Archive::blob_name($image);

is($tool->run('import', @config, tar_file(@layout), 'good/app:1')->{status}, 0, 'the image itself is accepted');

# ---- the archive ----

my $secret = text_file('outside');

my @ENTRIES = (
    ['a name that leads out',        qr/a name must be relative/,       ['../x' => 'x']],
    ['one on the way',               qr/a name must be relative/,       ['a/../../x' => 'x']],
    ['one that stays inside',        qr/a name must be relative/,       ['a/../b' => 'x']],
    ['an absolute name',             qr/a name must be relative/,       ['/etc/x' => 'x']],
    ['an empty part of a name',      qr/a name must be relative/,       ['a//b' => 'x']],
    ['a newline in a name',          qr/a name must be relative/,       ["a\nb" => 'x']],
    ['an absolute symbolic link',    qr/a link must not lead out/,      ['a' => '', type => '2', linkname => $secret]],
    ['a symbolic link that leads out', qr/a link must not lead out/,    ['a/b' => '', type => '2', linkname => '../../x']],
    ['a hard link that leads out',   qr/a link must not lead out/,      ['a' => '', type => '1', linkname => '../x']],
    ['an absolute hard link',        qr/a link must not lead out/,      ['a' => '', type => '1', linkname => $secret]],
    ['a device',                     qr/must be a file, a directory or a link/, ['a' => '', type => '3']],
    ['a FIFO',                       qr/must be a file, a directory or a link/, ['a' => '', type => '6']],
    ['a file that is not there',     qr/truncated/,                     ['a' => 'x', size => 1 << 20]],
);
refused($_->[0], $_->[1], tar_file(@layout, $_->[2])) for @ENTRIES;

refused('a name of 300 bytes', qr/not longer than 255 bytes/,
    tar_file(['x' => "a/" x 150 . "\0", type => 'L'], ['x' => ''], @layout));
refused('too many entries', qr/at most 16384 entries/, tar_file(@layout, map { [$_ => ''] } 1 .. 16384));
refused('links in a circle', qr/more than 8 links lead to each other/,
    tar_file(with('index.json', undef, @layout),
        ['index.json' => '', type => '2', linkname => 'b'], ['b' => '', type => '2', linkname => 'index.json']),
    '--format', 'oci');
{
    my $tar = Berth::Archive::tar(@layout);

    refused('an archive that is cut off', qr/truncated/, text_file(substr $tar, 0, 700));
    refused('in gzip, cut off', qr/./, text_file(substr Compress::Zlib::memGzip($tar), 0, -20));
    refused('in gzip, with bytes after it', qr/./, text_file(Compress::Zlib::memGzip($tar) . 'more'));
    refused('a header with a wrong sum', qr/checksum/, text_file($tar =~ s/oci-layout/oci-Layout/r));
    refused('of zstd', qr/zstd/, text_file("\x28\xb5\x2f\xfd" . 'x' x 100));
}
refused('no archive at all', qr/./, text_file('x' x 2000));
refused('an empty file',     qr/there is no repositories/, text_file(''));
refused('a path where nothing is', qr/no such file/, path());
refused('a device as the path', qr/must be a regular file or a directory/, '/dev/null');

# ---- an OCI layout ----

sub index_of {
    my (%descriptor) = @_;
    return json({ schemaVersion => 2, manifests => [{ %{ $image->descriptor }, %descriptor }] });
}

my @LAYOUTS = (
    ['a version of later',       qr/imageLayoutVersion must be/, 'oci-layout', '{"imageLayoutVersion": "2.0.0"}'],
    ['a version that is none',   qr/oci-layout/,                 'oci-layout', 'x'],
    ['a long version',           qr/allowed/,                    'oci-layout', ' ' x 5000],
    ['an index that is not JSON', qr/index\.json/,                'index.json', '{'],
    ['an index of nothing',      qr/a list of manifests/,        'index.json', '{"manifests": {}}'],
    ['an empty index',           qr/lists 0 images/,             'index.json', '{"manifests": []}'],
    ['a list of strings',        qr/digest/,                     'index.json', '{"manifests": ["x"]}'],
    ['a deep index',             qr/index\.json/,                'index.json', '[' x 5000],
    ['a long index',             qr/allowed/,                    'index.json', ' ' x (5 << 20)],
    ['no digest',                qr/digest/,                     'index.json', index_of(digest => undef)],
    ['a digest that leads out',  qr/digest/,                     'index.json', index_of(digest => "sha256:../../../$secret")],
    ['an unknown algorithm',     qr/digest/,                     'index.json', index_of(digest => 'md5:' . 'a' x 32)],
    ['another size',             qr/the size of a manifest/,     'index.json', index_of(size => 1)],
    ['another type',             qr/./,                          'index.json', index_of(mediaType => 'application/vnd.oci.image.index.v1+json')],
    ['a digest of nothing',      qr/no such file/,               'index.json', index_of(digest => 'sha256:' . 'a' x 64)],
    ['another manifest',         qr/have the digest/,            $file, $image->bytes . ' '],
    ['a manifest cut off',       qr/have the digest/,            $file, substr($image->bytes, 0, 100)],
    ['a long manifest',          qr/allowed/,                    $file, ' ' x (5 << 20)],
    ['no manifest',              qr/no such file/,               $file, undef],
    ['no layer',                 qr/no such file/,               $layer_file, undef],
    ['another layer',            qr/have the digest/,            $layer_file, 'x' . $layer->bytes],
    ['a layer cut off',          qr/have the digest/,            $layer_file, substr($layer->bytes, 0, 10)],
    ['an empty layer',           qr/have the digest/,            $layer_file, ''],
);
for (@LAYOUTS) {
    my ($name, $why, $which, $content) = @$_;

    refused("$name, in an archive", $why, tar_file(with($which, $content, @layout)));
    refused("$name, in a directory", $why, Berth::Archive::write_directory(path(), with($which, $content, @layout)));
}

# The layer of another repository, of which the file has the digest and not the bytes.
{
    my $foreign = Berth::Oci->image(layers => [$layer]);
    my @entries = Berth::Archive::layout('1' => $foreign);

    refused('the digest of a blob of others', qr/no such file/, tar_file(with($layer_file, undef, @entries)));
    refused('and other bytes', qr/have the digest/, tar_file(with($layer_file, 'x', @entries)));
}
{
    my $deep = Berth::Oci->image;

    $deep = Berth::Oci->index($deep) for 1 .. 9;
    refused('indexes in indexes', qr/more than 8 indexes are inside each other/, tar_file(Berth::Archive::layout('1' => $deep)));
}
{
    my $old = Berth::Oci->blob(
        type  => 'application/vnd.docker.distribution.manifest.v1+json',
        bytes => json({ schemaVersion => 1, name => 'x', tag => '1', fsLayers => [], history => [] }),
    );
    refused('a manifest of schema 1', qr/schema 1|manifest|list/, tar_file(Berth::Archive::layout('1' => $old)));
}

# Directories, in which no link is followed and nothing else is opened.
for (
    ['a blob that is a link',        qr/is a symbolic link/,          sub { symlink $secret, "$_[0]/$layer_file" }],
    ['a blob that is a FIFO',        qr/regular file|no such/,        sub { POSIX::mkfifo("$_[0]/$layer_file", 0666) }],
    ['a blob that is a directory',   qr/must be a file/,              sub { mkdir "$_[0]/$layer_file" }],
) {
    my ($name, $why, $make) = @$_;
    my $path = Berth::Archive::write_directory(path(), with($layer_file, undef, @layout));

    $make->($path);
    refused($name, $why, $path);
}
{
    my ($real, $path) = map { Berth::Archive::write_directory(path(), @layout) } 1, 2;

    system('rm', '-r', "$path/blobs");
    symlink "$real/blobs", "$path/blobs";
    refused('a directory that is a link', qr/no such file|symbolic link/, $path);
}

# ---- docker save ----

my $docker = Berth::Oci->image(layers => 2, form => 'docker');
my @saved  = Berth::Archive::saved_1_10('hostile/app:1' => $docker);
my $config = Berth::Archive::config_of($docker);
my ($entry) = @{ decode_json((grep { $_->[0] eq 'manifest.json' } @saved)[0][1]) };

sub manifest_json { return ('manifest.json', json([{ %$entry, @_ }])) }

my @SAVED = (
    ['no image',                   qr/lists 0 images/,        'manifest.json', '[]'],
    ['an object',                  qr/lists 0 images/,        'manifest.json', '{}'],
    ['no JSON',                    qr/manifest\.json/,        'manifest.json', 'x'],
    ['a config outside',           qr/must be names of files/, manifest_json(Config => "../../$secret")],
    ['an absolute config',         qr/must be names of files/, manifest_json(Config => $secret)],
    ['a config without a name',   qr/must be names of files/, manifest_json(Config => [1])],
    ['a layer outside',            qr/must be names of files/, manifest_json(Layers => ["../$secret", $entry->{Layers}[1]])],
    ['a layer that is missing',    qr/no such file/,          manifest_json(Layers => ['x', $entry->{Layers}[1]])],
    ['layers in another order',    qr/the config says "/, manifest_json(Layers => [reverse @{ $entry->{Layers} }])],
    ['a layer less',               qr/lists 1 layers, the config 2/, manifest_json(Layers => [$entry->{Layers}[0]])],
    ['no layers',                  qr/lists 0 layers/,        manifest_json(Layers => undef)],
    ['a config of another digest', qr/have the digest/,       $config->hex . '.json', $config->bytes . ' '],
    ['a config that is not JSON',   qr/\.json/,                $config->hex . '.json', 'x'],
    ['another layer',              qr/the config says "/, $entry->{Layers}[0], Berth::Archive::tar(['x' => 'x'])],
    ['a layer in broken gzip',     qr/./,                     $entry->{Layers}[0], "\x1f\x8b\x08\0\0\0\0\0\0\3broken"],
    ['a layer of zstd',            qr/zstd/,                  $entry->{Layers}[0], "\x28\xb5\x2f\xfd" . 'x' x 100],
);
refused("docker save: $_->[0]", $_->[1], tar_file(with($_->[2], $_->[3], @saved))) for @SAVED;

# ---- docker save of old, and docker-registry ----

my $base = Berth::Image->new;
my $top  = Berth::Image->new(parent => $base);
my @old  = Berth::Archive::saved_2014('hostile/app:1', $base, $top);
my ($b, $t) = map { $_->id } $base, $top;

sub json_with {
    my ($im, %member) = @_;
    return json({ %{ decode_json($im->json) }, %member });
}

my @OLD = (
    ['no tag',                    qr/does not have the tag/,      'repositories', '{}'],
    ['no JSON',                   qr/repositories: /,             'repositories', 'x'],
    ['a list',                    qr/does not have the tag/,      'repositories', '[]'],
    ['an id that leads out',      qr/must be the id of an image/,      'repositories', json({ 'hostile/app' => { 1 => "../../../$secret" } })],
    ['an id of nothing',          qr/no such file/,               'repositories', json({ 'hostile/app' => { 1 => 'c' x 64 } })],
    ['no base',                   qr/no such file/,               "$b/json", undef],
    ['no layer of the base',      qr/no such file/,               "$b/layer.tar", undef],
    ['json that is none',         qr/./,                          "$b/json", 'x'],
    ['json of another image',     qr/its id must be/,             "$b/json", json_with($base, id => 'c' x 64)],
    ['json without an id',        qr/id/,                         "$b/json", '{"created": "x"}'],
    ['long json',                 qr/allowed/,                    "$b/json", ' ' x (5 << 20)],
    ['a parent that leads out',   qr/parent must be the id/,      "$b/json", json_with($base, parent => "../$secret")],
    ['its own parent',            qr/its own parent/,             "$b/json", json_with($base, parent => $b)],
    ['parents in a circle',       qr/its own parent/,             "$b/json", json_with($base, parent => $t)],
);
refused("docker save of old: $_->[0]", $_->[1], tar_file(with($_->[2], $_->[3], @old))) for @OLD;

my @registry = Berth::Archive::registry('hostile/app:1', $base, $top);
my $tag      = 'repositories/hostile/app/tag_1';

refused('docker-registry: an id that leads out', qr/must hold the id of an image/,
    Berth::Archive::write_directory(path(), with($tag, '../../x', @registry)));
refused('a NUL in an id', qr/must hold the id of an image/,
    Berth::Archive::write_directory(path(), with($tag, substr($t, 0, 32) . "\0" . substr($t, 33), @registry)));
refused('a long tag', qr/allowed/, Berth::Archive::write_directory(path(), with($tag, $t . ' ' x 200, @registry)));
refused('--image that leads out', qr/./, Berth::Archive::write_directory(path(), @registry), '--image', '../../x:1');
refused('another checksum', qr/is not the checksum/,
    Berth::Archive::write_directory(path(), with("images/$b/layer", 'x', @registry)));

# ---- names of repositories ----

refused("the repository \"$_\"", qr/./, tar_file(@layout), "$_:1") for '../x', 'A', 'a//b', 'a/../b';
refused('the tag "-"', qr/tag/, tar_file(@layout), 'hostile/app:-');
refused('a repository of API v1', qr/./, tar_file(@old), '../x:1');

is($berth->left('tmp'), 0, 'nothing is left in _berth/tmp');
done_testing();
