#!/usr/bin/perl
# berth import and berth export: images come from OCI layouts, from what docker save wrote in each
# of its ages and from a directory of docker-registry, and go into them, while the registry answers.

use strict;
use warnings;

use Berth::Archive;
use Berth::Docker;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Podman;
use Berth::Programs qw(served);
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use Digest::SHA ();
use JSON::PP qw(decode_json);

my $berth  = Berth::Instance->start;
my $v1     = Berth::V1Client->new($berth);
my $v2     = Berth::V2Client->new($berth);
my $dir    = scratch();
my @berth  = ($berth->as_owner, build_dir() . '/berth');
my @config = ('--config', $berth->data . '/_berth/run/config.yml');
my $tool   = Berth::Programs->new(undef, @berth);
my $shell  = Berth::Programs->new(undef, $berth->as_owner, 'sh', '-c');
my $files  = 0;

chmod 0777, "$dir";

# A name for a file or a directory of this test.
sub path { return "$dir/" . ++$files }

sub import { return $tool->run('import', @config, @_) }
sub export { return $tool->run('export', @config, @_) }

sub imports {
    my ($name, $want, @arguments) = @_;
    my $done = import(@arguments);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is("$done->{status} $done->{out}", "0 $want\n", $name) or diag($done->{err});
}

sub exports {
    my ($name, $want, @arguments) = @_;
    my $done = export(@arguments);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is("$done->{status} $done->{out}", "0 $arguments[-1] $want\n", $name) or diag($done->{err});
    return $arguments[-1];
}

sub refuses {
    my ($name, $why, $done) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($done->{status} >> 8, 1, $name);
    like($done->{err}, $why, 'and says why');
}

# { name => bytes } of the files below a directory.
sub contents {
    my ($path) = @_;
    my %found;

    for (split /\n/, `cd '$path' && find . -type f`) {
        $found{ s{^\./}{}r } = Berth::Instance::slurp("$path/$_");
    }
    return \%found;
}

# The same of an archive.
sub unpacked {
    my ($tar) = @_;
    my $to = path();

    mkdir $to;
    system('tar', '-xf', $tar, '-C', $to) == 0 or die "tar: $?";
    return $to;
}

sub tags {
    my ($repository) = @_;
    my $r = Berth::HTTP::request($berth, GET => "/v2/$repository/tags/list");
    return $r->{status} == 200 ? join ' ', @{ decode_json($r->{body})->{tags} // [] } : $r->{status};
}

sub blob_files { return scalar grep { m{^docker/registry/v2/blobs/.*/data$} } keys %{ $berth->tree } }

my @platforms = qw(amd64 arm64);
my %IMAGES    = (
    'an OCI image'    => Berth::Oci->image(layers => 3),
    'a Docker image'  => Berth::Oci->image(layers => 2, form => 'docker'),
    'an OCI index'    => Berth::Oci->index(map { Berth::Oci->image(architecture => $_) } @platforms),
    'a Docker list'   =>
        Berth::Oci->index(map { Berth::Oci->image(architecture => $_, form => 'docker') } @platforms),
);

for my $what (sort keys %IMAGES) {
    my $image   = $IMAGES{$what};
    my $digest  = $image->digest;
    my $name    = 'oci/' . lc $what =~ s/\W/-/gr;
    my @entries = Berth::Archive::layout('1.0' => $image);

    subtest "$what in an OCI layout" => sub {
        my $layout = Berth::Archive::write_directory(path(), @entries);
        imports('it comes', "$name:1 $digest", $layout, "$name:1");
        is_deeply($v2->pull($name, '1'), Berth::V2Client::expected($image), 'as it is');
        is(tags($name), '1', 'and is listed');

        my $before = blob_files();
        imports('into two repositories', "$name-b:2 $digest\n$name-c:latest $digest", $layout, "$name-b:2", "$name-c");
        is(served($berth, "$name-c", 'latest'), $digest, 'it is in both');
        is(blob_files(), $before, 'without another copy');

        my $tar = Berth::Archive::write_tar(path() . '.tar', @entries);
        imports('as an archive', "$name:3 $digest", $tar, "$name:3");
        system('gzip', '-k', $tar);
        imports('in gzip', "$name:4 $digest", "$tar.gz", "$name:4");
        is($shell->run("cat '$tar.gz' | '$berth[-1]' import @config - $name:5")->{status}, 0, 'from standard input');
        is(served($berth, $name, $_), $digest, "tag $_") for 3 .. 5;

        my $out = path();
        my $done = export("$name:1", $out);
        is($done->{status}, 0, 'it goes') or diag($done->{err});
        my ($as) = $done->{out} =~ /(sha256:\S+)$/;
        is($as eq $digest, $image->type =~ /vnd\.oci/ ? 1 : '', 'a manifest of OCI keeps its digest');
        imports('and comes back', "$name-d:1 $as", $out, "$name-d:1");
        is_deeply([grep { !/manifest|index/ } all_digests($v2->pull("$name-d", '1'))],
            [grep { !/manifest|index/ } all_digests(Berth::V2Client::expected($image))], 'configs and layers keep theirs');
        my $archive = path() . '.tar';
        exports('as an archive', $as, '--format', 'oci-archive', "$name:1", $archive);
        is_deeply(
            { %{ contents(unpacked($archive)) }, 'index.json' => '' },
            { %{ contents($out) }, 'index.json' => '' },
            'of the same files',
        );
    };
}

# "type digest" of all that a pull has brought, but the types are those of OCI.
sub all_digests {
    my ($pulled) = @_;
    my $type = $pulled->{type} =~ /manifest|index/ ? $pulled->{type} : 'blob';

    return ("$type $pulled->{digest}", map { all_digests($_) } @{ $pulled->{parts} });
}

subtest 'one of several images' => sub {
    my %images = map { $_ => Berth::Oci->image } qw(1.0 2.0);
    my $layout = Berth::Archive::write_directory(path(), Berth::Archive::layout(%images));

    imports('by the tag', 'several/a:2.0 ' . $images{'2.0'}->digest, $layout, 'several/a:2.0');
    imports('by --image', 'several/a:x ' . $images{'1.0'}->digest, '--image', '1.0', $layout, 'several/a:x');
    refuses('none of the name', qr/index\.json lists 2 images, none of them by the name "latest"; choose one with --image/,
        import($layout, 'several/b'));
    is(tags('several/b'), 404, 'and nothing is there');
};

subtest 'several images in one layout' => sub {
    my @images = map { Berth::Oci->image } 0 .. 2;
    my $out    = path();
    my $names  = sub {
        my $index = decode_json(Berth::Instance::slurp("$out/index.json"));
        return join ' ', map { "$_->{annotations}{'org.opencontainers.image.ref.name'}=$_->{digest}" } @{ $index->{manifests} };
    };

    $v2->push('layout/app', $_, $images[$_]) for 0 .. 2;
    exports('the first', $images[0]->digest, 'layout/app:0', $out);
    exports('the second is added', $images[1]->digest, 'layout/app:1', $out);
    is($names->(), '0=' . $images[0]->digest . ' 1=' . $images[1]->digest, 'both are listed');
    $v2->push('layout/app', '1', $images[2]);
    exports('a tag that has moved', $images[2]->digest, 'layout/app:1', $out);
    is($names->(), '0=' . $images[0]->digest . ' 1=' . $images[2]->digest, 'replaces the entry of its name');
    is((grep { /berth-part/ } keys %{ contents($out) }) + 0, 0, 'nothing unfinished is left');
};

subtest 'one platform of an index' => sub {
    my ($amd64, $arm64) = $IMAGES{'an OCI index'}->parts;
    my $out = path();

    exports('it goes alone', $arm64->digest, '--platform', 'linux/arm64', 'oci/an-oci-index:1', $out);
    ok(!-e "$out/" . Berth::Archive::blob_name($amd64), 'without the other');
    my $archive = path();
    exports('in a docker-archive', $arm64->digest, '--format', 'docker-archive', '--platform', 'linux/arm64', 'oci/an-oci-index:1', $archive);
    my $files = contents(unpacked($archive));
    is(decode_json($files->{'manifest.json'})->[0]{Config}, Berth::Archive::config_of($arm64)->hex . '.json', 'it is its config');
    ok(!defined $files->{repositories}, 'and no other image is there for docker of old');
    imports('one is imported', 'platform/a:1 ' . $amd64->digest, '--platform', 'linux/amd64',
        Berth::Archive::write_directory(path(), Berth::Archive::layout('1.0' => $IMAGES{'an OCI index'})), 'platform/a:1');
    my @sparse = grep { $_->[0] ne Berth::Archive::blob_name($arm64) } Berth::Archive::layout('1.0' => $IMAGES{'an OCI index'});
    my $sparse = Berth::Archive::write_tar(path(), @sparse);
    refuses('an index of which one is missing', qr/@{[$arm64->digest]}, which is not in the file; --platform/,
        import($sparse, 'platform/b:1'));
    imports('but for one that is there', 'platform/b:1 ' . $amd64->digest, '--platform', 'linux/amd64', $sparse, 'platform/b:1');
    is_deeply($v2->pull('platform/b', '1'), Berth::V2Client::expected($amd64), 'it is whole');
    refuses('a platform that is none', qr{must have the form os/architecture}, import('--platform', 'linux', $sparse, 'platform/c:1'));
    refuses('API v1 has one platform alone', qr/bridge\.platform/, export('--format', 'v1', '--platform', 'linux/arm64', 'oci/an-oci-index:1', path()));
    refuses('one that is not there', qr/linux\/s390x|platform/, export('--platform', 'linux/s390x', 'oci/an-oci-index:1', path()));
};

# ---- docker save ----

my $config_of = sub { 'sha256:' . Berth::Archive::config_of($_[0])->hex };

# The digests of config and layers of what is served.
sub parts_of {
    my ($repository, $tag) = @_;
    return sort map { $_->{digest} } @{ $v2->pull($repository, $tag)->{parts} };
}

subtest 'docker save of docker 25' => sub {
    my $image = Berth::Oci->image(layers => 2);
    my $tar   = Berth::Archive::write_tar(path(), Berth::Archive::saved_25('team/x:1', $image));

    imports('comes as its layout says', 'saved/now:1 ' . $image->digest, $tar, 'saved/now:1');
    my $done = import('--format', 'docker-archive', $tar, 'saved/now:2');
    is($done->{status}, 0, 'or by its manifest.json') or diag($done->{err});
    is_deeply([parts_of('saved/now', '2')], [parts_of('saved/now', '1')], 'which makes an image of the same parts');
};

subtest 'docker save of docker 1.10 to 24' => sub {
    my $shared = Berth::Oci->layer({ 'srv/shared' => 'x' }, 'docker');
    my %images = map {
        $_ => Berth::Oci->image(form => 'docker', layers => [$shared, Berth::Oci->layer({ 'srv/own' => $_ }, 'docker')])
    } qw(team/x:1 team/x:2);
    my $tar = Berth::Archive::write_tar(path(), Berth::Archive::saved_1_10(%images));

    for my $tag (1, 2) {
        my $image = $images{"team/x:$tag"};
        my $done  = import($tar, "team/x:$tag");
        is($done->{status}, 0, "image $tag") or diag($done->{err});
        my $got = $v2->pull('team/x', $tag);
        is($got->{parts}[-1]{digest}, $config_of->($image), 'its config, so its id in docker');
        is_deeply([map { $_->{digest} } @{ $got->{parts} }[0, 1]], [map { $_->{diff_id} } Berth::Archive::layers_of($image)],
            'its layers are the bytes of the file');
        is($got->{parts}[0]{type}, 'application/vnd.docker.image.rootfs.diff.tar', 'of the type that they have');
    }
    refuses('which of them?', qr/none of them with the tag "other\/y:1"/, import($tar, 'other/y:1'));
};

subtest 'docker save of docker 0.7 to 1.9' => sub {
    my $base = Berth::Image->new;
    my $top  = Berth::Image->new(parent => $base);
    my $tar  = Berth::Archive::write_tar(path(), Berth::Archive::saved_2014('team/old:1', $base, $top));

    imports('it comes', 'team/old:1 ' . $top->id, $tar, 'team/old:1');
    my $got = $v1->pull('team/old');
    is_deeply($got->{tags}, { 1 => $top->id }, 'with its id');
    for ($base, $top) {
        is($got->{images}{ $_->id }{json}, $_->json, 'its json');
        is($got->{images}{ $_->id }{layer_sum}, Digest::SHA::sha256_hex($_->bytes), 'its layer');
    }
    my $before = $berth->tree;
    imports('again, under another name', 'old:2 ' . $top->id, $tar, 'old:2');
    is((grep { m{^images/} && !$before->{$_} } keys %{ $berth->tree }) + 0, 0, 'no image is stored again');
    is_deeply($v1->pull('library/old')->{tags}, { 2 => $top->id }, 'one name is in library');
    is($v1->push('team/old', { 3 => $top }, $base, $top), 0, 'a docker that pushes it finds its layers here');
    is(tags('team/old'), '1 3', 'API v2 has the tags too');
    imports('by its id', 'team/again:1 ' . $base->id, '--image', $base->id, $tar, 'team/again:1');
};

subtest 'a directory of docker-registry' => sub {
    my $base    = Berth::Image->new;
    my $top     = Berth::Image->new(parent => $base);
    my @entries = Berth::Archive::registry('team/reg:1', $base, $top);
    my $in      = Berth::Archive::write_directory(path(), @entries);

    imports('one tag of it comes', 'team/reg:1 ' . $top->id, $in, 'team/reg:1');
    imports('under another name', 'team/moved:2 ' . $top->id, '--image', 'team/reg:1', $in, 'team/moved:2');
    is_deeply($v1->pull('team/moved')->{tags}, { 2 => $top->id }, 'and is there');
    my $out = path();
    exports('it goes', $top->id, '--format', 'v1', 'team/reg:1', $out);
    my ($was, $is) = (contents($in), contents($out));
    is_deeply([map { $is->{$_} } grep { !/ancestry|_checksum/ } sort keys %$was],
        [map { $was->{$_} } grep { !/ancestry|_checksum/ } sort keys %$was], 'with the same json, layers and tag');
    is_deeply(decode_json($is->{"images/@{[$top->id]}/ancestry"}), [$top->id, $base->id], 'and its ancestry');
    is_deeply(decode_json($is->{"images/@{[$top->id]}/_checksum"}), decode_json($was->{"images/@{[$top->id]}/_checksum"}),
        'and its checksum');
    refuses('a tag that is not there', qr{there is no repositories/team/reg/tag_9\. A directory of docker-registry has it}, import($in, 'team/reg:9'));

    my $bad = Berth::Image->new;
    @entries = map { $_->[0] =~ /_checksum/ ? [$_->[0] => '["sha256:' . 'a' x 64 . '"]'] : $_ }
        Berth::Archive::registry('team/bad:1', $bad);
    refuses('a wrong checksum', qr/is not the checksum of json and layer/,
        import(Berth::Archive::write_directory(path(), @entries), 'team/bad:1'));
    is(Berth::HTTP::request($berth, GET => $bad->path('json'))->{status}, 404, 'and no image is there');
};

# ---- from one API to the other ----

subtest 'an image of API v1 for today' => sub {
    my $base   = Berth::Image->new(bytes => Berth::Archive::tar(['srv/base' => 'x']));    # not compressed
    my $top    = Berth::Image->new(parent => $base);
    my @layers = map { 'sha256:' . Digest::SHA::sha256_hex($_->bytes) } $base, $top;

    $v1->push('bridge/old', { 1 => $top }, $base, $top);
    my ($layout, $archive) = map { path() } 1, 2;
    my $done = export('bridge/old:1', $layout);
    is($done->{status}, 0, 'it goes as an OCI layout') or diag($done->{err});
    my ($manifest) = $done->{out} =~ /(sha256:\S+)$/;
    imports('and comes back', "bridge/back:1 $manifest", $layout, 'bridge/back:1');
    my $back = $v2->pull('bridge/back', '1');
    is_deeply([parts_of('bridge/back', '1')], [parts_of('bridge/old', '1')], 'of the same config and layers');
    is_deeply([map { $_->{digest} } @{ $back->{parts} }[0, 1]], \@layers, 'whose layers are the files of API v1');

    is(export('--format', 'docker-archive', 'bridge/old:1', $archive)->{status}, 0, 'it goes as docker saves it');
    my $files = unpacked($archive);
    my $got   = contents($files);
    is_deeply(decode_json($got->{repositories}), { 'bridge/old' => { 1 => $top->id } }, 'for docker before 1.10');
    for ($base, $top) {
        my $name = $_->id;
        is($got->{"$name/json"}, $_->json, 'with its json');
        ok(-l "$files/$name/layer.tar", 'its layer is a link, not a copy');
        is(Berth::Instance::slurp("$files/$name/layer.tar"), $_->bytes, 'to its layer');
    }
    my ($entry) = @{ decode_json($got->{'manifest.json'}) };
    is_deeply([map { 'sha256:' . s/\.tar$//r } @{ $entry->{Layers} }], \@layers, 'and for docker of today');
    is_deeply($entry->{RepoTags}, ['bridge/old:1'], 'by its name');

    my $other = Berth::Instance->start;
    my @there = ('--config', $other->data . '/_berth/run/config.yml');
    is($tool->run('import', @there, $archive, 'bridge/now:1')->{status}, 0, 'another registry takes it as an image of today');
    is(served($other, 'bridge/now', '1'), served($berth, 'bridge/old', '1'), 'with the same digest');
    unlink "$files/manifest.json";
    $archive = path();
    system('tar', '-C', $files, '-cf', $archive, '.') == 0 or die "tar: $?";
    $done = $tool->run('import', @there, $archive, 'bridge/old:1');
    is($done->{status}, 0, 'and, without its manifest.json, as of old') or diag($done->{err});
    my $pulled = Berth::V1Client->new($other)->pull('bridge/old');
    is_deeply([map { $pulled->{images}{ $_->id }{layer_sum} } $base, $top],
        [map { Digest::SHA::sha256_hex($_->bytes) } $base, $top], 'with the same ids and layers');
};

subtest 'an image of API v1 whose layer is of xz' => sub {
    my $plain = Berth::Archive::tar(['srv/x' => 'x']);
    my $xz    = Berth::Instance::slurp(do { my $f = Berth::Archive::write_file(path(), $plain); `xz -k '$f'`; "$f.xz" });
    my $image = Berth::Image->new(bytes => $xz);
    my $out   = path();

    $v1->push('bridge/xz', { 1 => $image }, $image);
    my $done = export('--format', 'docker-archive', 'bridge/xz:1', $out);
    is($done->{status}, 0, 'it goes') or diag($done->{err});
    my $files = contents(unpacked($out));
    is($files->{ $image->id . '/layer.tar' }, $xz, 'as it is for docker of 2014');
    is($files->{ decode_json($files->{'manifest.json'})->[0]{Layers}[0] }, $plain, 'as a plain archive for those of today');
};

subtest 'an image of API v2 for docker of 2014' => sub {
    my $image = Berth::Oci->image(layers => 2);
    my ($archive, $registry) = map { path() } 1, 2;

    $v2->push('bridge/new', '1', $image);
    my $got = $v1->pull('bridge/new');
    my $id  = $got->{tags}{1};
    is(export('--format', 'docker-archive', 'bridge/new:1', $archive)->{status}, 0, 'it goes as docker saves it');
    my $files = contents(unpacked($archive));
    is_deeply(decode_json($files->{repositories}), { 'bridge/new' => { 1 => $id } }, 'with the id that API v1 has for it');
    is($files->{"$_/json"}, $got->{images}{$_}{json}, 'its json') for keys %{ $got->{images} };
    exports('it goes as a directory of docker-registry', $id, '--format', 'v1', 'bridge/new:1', $registry);
    $files = contents($registry);
    for (keys %{ $got->{images} }) {
        is($files->{"images/$_/json"}, $got->{images}{$_}{json}, 'its json');
        is(Digest::SHA::sha256_hex($files->{"images/$_/layer"}), $got->{images}{$_}{layer_sum}, 'its layer');
    }
    is($files->{'repositories/bridge/new/tag_1'}, $id, 'its tag');
    my $other = Berth::Instance->start(data => $registry);
    is_deeply(Berth::V1Client->new($other)->pull('bridge/new'), $got, 'a registry serves it as it is');

    $v2->push('bridge/foreign', '1', Berth::Oci->image(architecture => 's390x'));
    refuses('one that old dockers cannot run', qr/s390x|platform/, export('--format', 'v1', 'bridge/foreign:1', path()));
    is(export('--format', 'docker-archive', 'bridge/foreign:1', "$archive-b")->{status}, 0, 'goes for those of today alone');
    ok(!defined contents(unpacked("$archive-b"))->{repositories}, 'without the files of old');
};

# ---- what is refused ----

subtest 'export' => sub {
    my $there = path();

    mkdir $there;
    refuses('an unknown tag', qr/manifest|no such|tag/i, export('oci/an-oci-image:none', path()));
    refuses('an unknown repository', qr/no such|open|unknown/i, export('no/such', path()));
    refuses('a file that is there', qr/something is there already/, export('--format', 'docker-archive', 'oci/an-oci-image:1', $there));
    refuses('a directory that is there', qr/something is there already/, export('--format', 'v1', 'team/reg:1', $there));
    refuses('a directory to standard output', qr/cannot go to standard output/, export('--format', 'oci', 'oci/an-oci-image:1', '-'));
    refuses('one that is not an OCI layout', qr/not an OCI layout/, export('oci/an-oci-image:1', $there));
    is_deeply(contents($there), {}, 'and nothing is written there');
    is(export('oci/an-oci-image:1', path() . '/')->{status}, 0, 'a slash at the end does no harm');
    is(export('--format', 'zip', 'oci/an-oci-image:1', path())->{status} >> 8, 2, 'an unknown format is a usage error');
    is(import('--format', 'zip', $there, 'a/b')->{status} >> 8, 2, 'for import too');
    is($tool->run('export', @config, 'a/b')->{status} >> 8, 2, 'so is a missing argument');
    is((grep { /\.berth-/ } glob "$dir/*") + 0, 0, 'nothing unfinished is left');
};

# A limit on the size of files ends the process by a signal in the middle of a layer, or makes the
# write fail where that signal is ignored.
subtest 'an export that breaks off' => sub {
    my $big = Berth::Oci->image(layers => [Berth::Oci->blob(
        type => 'application/vnd.oci.image.layer.v1.tar', size => 1 << 20)]);

    $v2->push('big/app', '1', $big);
    for my $format (qw(oci oci-archive docker-archive)) {
        my $out     = path();
        my $command = "ulimit -f 1000; exec '$berth[-1]' export @config --format $format big/app:1 '$out'";
        isnt($shell->run($command)->{status} & 127, 0, "$format: the process is killed");
        ok(!-e $out, 'nothing is at the path');
        my @left = glob "$out.berth-*";
        is(scalar @left, 1, 'what it wrote has another name');
        system('rm', '-r', @left);

        my $done = $shell->run("trap '' XFSZ; $command");
        is($done->{status} >> 8, 1, 'a write fails');
        like($done->{err}, qr/File too large/, 'and it says why');
        is_deeply([glob "$out*"], [], 'nothing is left');
    }
    my $pid = open(my $pipe, '-|', $berth->as_owner, 'sh', '-c', "exec '$berth[-1]' export @config big/app:1 - 2>/dev/null")
        or die "pipe: $!";
    sysread $pipe, my $first, 512;    # it waits for a reader of the rest
    kill 'INT', $pid;
    1 while sysread $pipe, $first, 1 << 16;
    close $pipe;
    is($? >> 8, 1, 'one that is interrupted ends by itself');
};

# ---- the programs that read and write these files ----

subtest 'skopeo' => sub {
    my $skopeo = Berth::Programs->new($berth);
    my @copy   = qw(copy --quiet --all);

    plan(skip_all => 'skopeo is not installed') if system('command -v skopeo >/dev/null');
    for my $what (sort keys %IMAGES) {
        my $name = 'oci/' . lc $what =~ s/\W/-/gr;
        my ($out, $layout, $archive) = map { path() } 1 .. 3;

        is(export("$name:1", $out)->{status}, 0, "$what goes");
        $skopeo->works('skopeo reads it by its name', 'skopeo', @copy, "oci:$out:1", "oci:$layout:again");
        is(import($layout, "skopeo/$name:1")->{status}, 0, 'what skopeo wrote comes');
        next if $what =~ /index|list/;
        is(export('--format', 'docker-archive', "$name:1", $archive)->{status}, 0, 'as a docker-archive');
        $skopeo->works('skopeo reads it', 'skopeo', @copy, "docker-archive:$archive", "docker-archive:$archive-b:team/app:1");
        my $done = import("$archive-b", "skopeo/archive-$name:1");
        is($done->{status}, 0, 'what skopeo wrote comes') or diag($done->{err});
        is((grep { $_ eq $config_of->($IMAGES{$what}) } parts_of("skopeo/archive-$name", '1')) + 0, 1, 'its config is the same');
    }
};

subtest 'podman' => sub {
    plan(skip_all => 'podman is not installed') if system('command -v podman >/dev/null');
    my $podman = Berth::Podman->new($berth);
    my $image  = $IMAGES{'a Docker image'};

    for my $format (qw(docker-archive oci-archive)) {
        my $out = path();
        is(export('--format', $format, 'oci/a-docker-image:1', $out)->{status}, 0, "a $format goes");
        my $said = $podman->works('podman loads it', load => '--input', $out);
        like($said, qr/Loaded image/, 'and says so');
        like($podman->works('it has', images => '--no-trunc', '--quiet'), qr/\Q@{[$config_of->($image)]}\E/, 'the same id');
        $podman->works('removed again', rmi => '--all', '--force');
    }
};

subtest 'docker' => sub {
    my $docker = Berth::Docker->start;

    if (!$docker) {
        not_run('docker load of what berth exports', Berth::Docker::why());
        plan(skip_all => Berth::Docker::why());
    }
    for my $name ('bridge/old', 'bridge/new', 'oci/a-docker-image') {
        my $archive = path();

        is(export('--format', 'docker-archive', "$name:1", $archive)->{status}, 0, "$name goes");
        like($docker->run("docker load --input $archive"), qr/Loaded image: \Q$name\E:1/, 'docker loads it');
        my $config = $v2->pull($name, '1')->{parts}[-1]{digest};
        is($docker->run("docker inspect --format '{{.Id}}' $name:1"), "$config\n", 'with its id');
        is(system($docker->command('docker'), 'save', '--output', "$archive-b", "$name:1"), 0, 'docker saves it');
        chmod 0644, "$archive-b";
        my $done = import("$archive-b", "docker/$name:1");
        is($done->{status}, 0, 'and it comes back') or diag($done->{err});
        is($v2->pull("docker/$name", '1')->{parts}[-1]{digest}, $config, 'with its id');
    }
};

done_testing();
