#!/usr/bin/perl
# Registry v1, call by call: one row for each endpoint, method and case of its API. What
# is expected stands in the rows, or is made here; the layers' archives too.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V1Client;
use Berth::V1Store;
use Berth::V2Client;
use Compress::Raw::Zlib qw(WANT_GZIP);
use Digest::SHA qw(sha256_hex);
use File::Path qw(make_path);
use JSON::PP ();
use Time::Local qw(timegm);

use constant { TRUE => JSON::PP::true, FALSE => JSON::PP::false, MTIME => 1400121471 };

my $json = JSON::PP->new->utf8->allow_nonref;

# ---- archives, their sums, and their files ----

# One entry: its bytes, and its sum as docker makes it: there a directory's name ends in "/".
sub entry {
    my ($name, $type, %is) = @_;
    my $content = $is{content} // '';
    my @fields  = (
        name => $name, mode => $is{mode} // 0644, uid => $is{uid} // 0, gid => $is{gid} // 0,
        size => length $content, mtime => MTIME, typeflag => $type, linkname => $is{link} // '',
        uname => 'root', gname => 'root', devmajor => 0, devminor => $is{minor} // 0,
    );
    my %field  = @fields;
    my $header = pack 'a100 a8 a8 a8 a12 a12 a8 a1 a100 a6 a2 a32 a32 a8 a8 a155 x12',
        $name, (map { sprintf '%07o', $field{$_} } qw(mode uid gid)), (map { sprintf '%011o',
            $field{$_} } qw(size mtime)),
        ' ' x 8, $type, $field{linkname}, "ustar\0", '00', 'root', 'root',
        (map { sprintf '%07o', $field{$_} } qw(devmajor devminor)), '';

    substr $header, 148, 8, sprintf "%06o\0 ", unpack '%32C*', $header;
    $fields[1] .= '/' if $type eq '5' && $name !~ m{/\z};
    return { bytes => $header . $content . "\0" x (-length($content) % 512), sum => sha256_hex(join('',
        @fields) . $content) };
}

sub tar {
    return join('', map { $_->{bytes} } @_) . "\0" x 1024;
}

sub gzip {
    my ($bytes) = @_;
    my $deflate = Compress::Raw::Zlib::Deflate->new(-WindowBits => WANT_GZIP, -AppendOutput => 1);
    my $packed  = '';

    $deflate->deflate($bytes, $packed);
    $deflate->flush($packed);
    return $packed;
}

sub tarsum {
    my ($image, @entries) = @_;
    return 'tarsum+sha256:' . sha256_hex($image->json . join '', sort map { $_->{sum} } @entries);
}

my @base_entries = (
    entry('./',           '5', mode => 0755),
    entry('./bin/',       '5', mode => 040755),
    entry('./bin/sh',     '0', mode => 0100755, content => "#!\n"),
    entry('./etc/motd',   '0', content => "hello\n", uid => 1000, gid => 50),
    entry('./etc/passwd', '0', content => 'x' x 700),
    entry('./lib',        '2', mode => 0777, link => 'usr/lib'),
    entry('./hard',       '1', link => './etc/motd'),
    entry('./dev/null',   '3', mode => 0666, minor => 3),
    entry('./dev/sda',    '4', mode => 0660),
    entry('./fifo',       '6', mode => 0600),
    entry('plain/name',   '0', content => 'y'),
);
my @child_entries = (
    entry('./etc/motd',       '0', content => "hello again\n"),
    entry('./bin/sh',         '0', mode => 0755, content => "#!/\n"),
    entry('./etc/.wh.passwd', '0', mode => 0),
    entry('./.wh.lib',        '0', mode => 0),
    entry('./.wh..wh.plnk',   '5', mode => 0700),
    entry('./new',            '0', content => 'new'),
);
my @top_entries = (
    entry('./lib',     '0', content => 'back'),
    entry('./bin/sh',  '0', mode => 0755),
    entry('./.wh.new', '0', mode => 0),
    entry('./fifo',    '0'),
);

# [name, type, deleted, size, mtime, mode, uid, gid]
sub listed {
    my ($name, $type, $deleted, $size, $mode, $uid, $gid) = @_;
    return [$name, $type, $deleted, $size, MTIME, $mode, $uid // 0, $gid // 0];
}

my @base_files = (
    listed('/',           'd', FALSE, 0,   0755),
    listed('/bin',        'd', FALSE, 0,   040755),
    listed('/bin/sh',     'f', FALSE, 3,   0100755),
    listed('/etc/motd',   'f', FALSE, 6,   0644, 1000, 50),
    listed('/etc/passwd', 'f', FALSE, 700, 0644),
    listed('/lib',        's', FALSE, 0,   0777),
    listed('/hard',       'l', FALSE, 0,   0644),
    listed('/dev/null',   'c', FALSE, 0,   0666),
    listed('/dev/sda',    'b', FALSE, 0,   0660),
    listed('/fifo',       'i', FALSE, 0,   0600),
    listed('plain/name',  'f', FALSE, 1,   0644),
);
my @child_files = (
    listed('/etc/motd',       'f', FALSE, 12, 0644),
    listed('/bin/sh',         'f', FALSE, 4,  0755),
    listed('/etc/.wh.passwd', 'f', FALSE, 0,  0),
    listed('/lib',            'f', TRUE,  0,  0),
    listed('/new',            'f', FALSE, 3,  0644),
);
my @top_files = (
    listed('/lib',    'f', FALSE, 4, 0644),
    listed('/bin/sh', 'f', FALSE, 0, 0755),
    listed('/new',    'f', TRUE,  0, 0),
    listed('/fifo',   'f', FALSE, 0, 0644),
);

# Those of a list with these names, as a difference has them.
sub those {
    my ($list, @names) = @_;
    my %wanted = map { $_ => 1 } @names;
    return { map { my ($name, @rest) = @$_; $wanted{$name} ? ($name => \@rest) : () } @$list };
}

# ---- what is there before the first row ----

my $berth  = Berth::Instance->start;
my $docker = Berth::V1Client->new($berth);
my $host   = $berth->host;
my $base   = Berth::Image->new(bytes => gzip(tar(@base_entries)));
my $child  = Berth::Image->new(parent => $base, bytes => gzip(tar(@child_entries)));
my $top    = Berth::Image->new(parent => $child, bytes => tar(@top_entries));
my $opaque = Berth::Image->new(size => 3000);                                         # no archive
my $empty  = Berth::Image->new(bytes => '');
my $hidden = Berth::Image->new(parent => $base);
my $open   = Berth::Image->new(parent => $base);                                      # json alone
my $half   = Berth::Image->new(parent => $base);                                      # json and layer

$docker->push('team/app', { latest => $top, 'v1.0' => $child }, $base, $child, $top);
$docker->push('team/opaque', { latest => $opaque, empty => $empty }, $opaque, $empty);
$docker->push('team/secret', { latest => $hidden }, $base, $hidden);
$docker->put_json($_) for $open, $half;
$docker->put_layer($half);

# Of pushes in the rows.
my $new   = Berth::Image->new(parent => $base);
my $over  = Berth::Image->new(parent => $open);
my $given = Berth::Image->new;
my $short = Berth::Image->new(id => substr(Berth::Image::random_id(), 0, 16));
my $sum   = Berth::Image->new(bytes => gzip(tar(@child_entries)));
my $first = Berth::Image->new(bytes => gzip(tar(@base_entries)));
my @twice = (entry('./a', '0', content => 'old'), entry('./b', '0', content => 'b'), entry('a', '0', content => 'new'));
my @both  = map { Berth::Image->new(bytes => gzip(tar(@twice))) } 0, 1;

my $none = Berth::Image::random_id();
my $zero = 'sha256:' . '0' x 64;
my $zero_tarsum = 'tarsum+sha256:' . '0' x 64;

# ---- how rows are written ----

sub image   { my ($image, $what) = @_; return '/v1/images/' . (ref $image ? $image->id : $image) . "/$what" }
sub private { my ($image, $what) = @_; return '/v1/private_images/' . (ref $image ? $image->id : $image) . "/$what" }
sub repo    { return "/v1/repositories/$_[0]" }

sub named {
    my ($repository, $access) = @_;
    $access //= 'read';
    return (Authorization => qq(Token signature=0123456789abcdef,repository="$repository",access=$access));
}

# What the answers of the index carry.
sub invited {
    my ($repository, $access) = @_;
    my $token = qr/\AToken signature=[0-9a-zA-Z]+,repository="\Q$repository\E",access=$access\z/;
    return { 'X-Docker-Token' => $token, 'WWW-Authenticate' => $token, 'X-Docker-Endpoints' => $host };
}
my $uninvited = { map { $_ => undef } qw(X-Docker-Token WWW-Authenticate X-Docker-Endpoints) };

sub image_json {
    my (%keys) = @_;
    return JSON::PP->new->canonical->encode(\%keys);
}

# The rows of a search: their names, in any order.
sub finds {
    my (@names) = @_;
    return sub {
        my ($doc) = @_;
        is_deeply([sort map { $_->{name} } @{ $doc->{results} }], [sort @names], 'these are found');
        is($doc->{num_results}, scalar @names, 'and counted');
        ok(!(grep { !exists $_->{description} } @{ $doc->{results} }), 'each with a description');
    };
}

my %default_meta = (arch => 'amd64', os => 'linux',
    map { $_ => undef } qw(last_update docker_version docker_go_version kernel));

sub meta {
    my (%meta) = @_;
    return sub {
        my ($doc) = @_;
        cmp_ok(abs(delete($doc->{last_update}) - time), '<', 60, 'last_update is now');
        is_deeply($doc, \%meta, 'the rest');
    };
}

# [name, METHOD => path, status, body, more ...]; a string heads those that follow.
# The body: a string or a pattern; a list or a hash (JSON); \'text' or \qr/text/ (an error);
# a sub that tests the decoded JSON; undef: none. More: head (the request's headers), body
# (its body), want (headers, a string or a pattern; undef: not there), immutable (may be
# kept for a year), by_nginx (its own words).
my $app = repo('team/app');
my @table = (
    'the service',
    ['the root', GET => '/', 200, '"docker-registry server (dev)"'],
    ['ping', GET => '/_ping', 200, 'true', want => { 'X-Docker-Registry-Standalone' => qr/\Atrue\z/i }],
    ['ping of v1', GET => '/v1/_ping', 200, 'true', want => { 'X-Docker-Registry-Standalone' => qr/\Atrue\z/i }],
    (map { ["status at $_", GET => $_, 200, sub {
        my ($doc) = @_;
        is_deeply($doc->{failures}, {}, 'nothing fails');
        is($doc->{host}, $host, 'host');
        my %service = map { $_ => 1 } @{ $doc->{services} };
        ok($service{storage} && $service{index}, 'storage and index are looked at');
    }] } '/_status', '/v1/_status'),
    (map { ["no such path: $_", GET => $_, 404, \qr/./] } '/v1', '/v1/', '/v1/nothing', '/v3/x', '/v1/images',
        "/v1/images/$none", "/v1/images/$none/nothing", "/v1/images/$none/json/more", '/v1/repositories',
        '/v1/repositories/', '/v1/users/jo/more', '/images', '/favicon.ico'),
    (map { ["a path that cannot be: $_", GET => "/v1/images/$_/json", 400, \qr/./, by_nginx => 1] } '%zz', 'a%00b'),
    ['a path that leads up', GET => '/v1/images/%2e%2e/json', 400, \qr/./],

    'users',
    (map { ["login at $_", GET => $_, 200, '"OK"', want => $uninvited] } '/v1/users', '/v1/users/'),
    (map { ["an account at $_", POST => $_, 201, '"User Created"', body => '{"username":"jo","password":"x"}'] }
        '/v1/users', '/v1/users/'),
    ['whatever its type', POST => '/v1/users/', 201, '"User Created"', body => '{"username":"jo"}',
        head => ['Content-Type' => 'application/x-www-form-urlencoded']],
    (map { ['no JSON', POST => '/v1/users/', 400, \'Error Decoding JSON', body => $_] } '', '{', "\"\xff\""),
    (map { ["a changed account at $_", PUT => $_, 204, undef, body => '{"password":"y"}'] } '/v1/users/jo/',
        '/v1/users/jo'),

    'announcements',
    ['of a repository', PUT => repo('team/todo/'), 200, '""', want => invited('team/todo', 'write'),
        body => qq([{"id":"$none"},{"id":"$none","Tag":"x"}])],
    ['without the slash', PUT => repo('team/todo'), 200, '""', want => invited('team/todo', 'write'), body => '[]'],
    ['its images', GET => repo('team/todo/images'), 200, [{ id => $none }], want => invited('team/todo', 'read')],
    ['one with a checksum', PUT => repo('team/todo/'), 200, '""', body => qq([{"id":"$none","checksum":"tarsum:1"}])],
    ['which stays when the next has none', PUT => repo('team/todo/images'), 204, undef, body => qq([{"id":"$none"}]),
        want => invited('team/todo', 'write')],
    ['is in the list', GET => repo('team/todo/images'), 200, [{ id => $none, checksum => 'tarsum:1' }]],
    ['a new checksum', PUT => repo('team/todo/images'), 204, undef,
        body => qq([{"id":"@{[$base->id]}"},{"id":"$none","checksum":"tarsum:2"}])],
    ['counts', GET => repo('team/todo/images/'), 200, [{ id => $none, checksum => 'tarsum:2' }, { id => $base->id }]],
    (map { ["no JSON to $_", PUT => repo("team/todo/$_"), 400, \'Error Decoding JSON', body => '[{'] } '', 'images'),
    ['nothing', PUT => repo('team/todo/'), 400, \'Error Decoding JSON', body => ''],
    ['no UTF-8', PUT => repo('team/todo/'), 400, \'Error Decoding JSON', body => "[\"\xff\"]"],
    (map { ["no list of images: $_", PUT => repo('team/todo/'), 400, \'Invalid data', body => $_] }
        '{}', '5', '[1]', '["x"]', '[{}]', '[{"id":5}]', '[{"id":"xyz"}]', 'null'),
    (map { ["the same to images: $_", PUT => repo('team/todo/images'), 400, \'Invalid data', body => $_] } '{}',
        '[{}]'),
    ['nothing of that is kept', GET => repo('team/todo/images'), 200,
        [{ id => $none, checksum => 'tarsum:2' }, { id => $base->id }]],
    ['it has no tags', GET => repo('team/todo/tags'), 200, {}],
    ['images of an unknown one', GET => repo('no/where/images'), 404, \'images not found', want => $uninvited],
    ['a deletion that is not valid', DELETE => repo('team/todo/images'), 204, undef, want => invited('team/todo', 'delete')],
    ['of an unknown one', DELETE => repo('no/where/images'), 204, undef, want => invited('no/where', 'delete')],
    ['the images are there', GET => repo('team/todo/images'), 200, sub { is(scalar @{ $_[0] }, 2, 'both') }],
    ['auth', PUT => repo('team/todo/auth'), 200, '"OK"', want => $uninvited, body => '{}'],
    ['without a namespace', PUT => repo('solo/'), 200, '""', want => invited('library/solo', 'write'), body => '[]'],
    ['is in library', GET => repo('library/solo/images'), 200, [], want => invited('library/solo', 'read')],
    ['three parts', PUT => repo('team/a/b/'), 200, '""', want => invited('team/a%2Fb', 'write'), body => '[]'],
    ['are one name', GET => repo('team/a%2Fb/images'), 200, [], want => invited('team/a%2Fb', 'read')],
    (map { my $word = $_; (
        ["called $word", PUT => repo("team/$word/"), 200, '""', want => invited("team/$word", 'write'),
            body => qq([{"id":"$none"}])],
        ['its images', GET => repo("team/$word/images"), 200, [{ id => $none }],
            want => invited("team/$word", 'read')],
        ['its tag', PUT => repo("team/$word/tags/json"), 200, 'true', body => '"' . $base->id . '"'],
        ['is there', GET => repo("team/$word/tags/json"), 200, '"' . $base->id . '"'],
        ['in its list', GET => repo("team/$word/tags"), 200, { json => $base->id }],
        ['its end', PUT => repo("team/$word/images"), 204, undef, body => '[]'],
        ['its properties', GET => repo("team/$word/properties"), 200, { access => 'public' }],
        ['it goes', DELETE => repo("team/$word/"), 200, 'true'],
        ['and is gone', GET => repo("team/$word/tags"), 404, \'Repository not found'],
    ) } qw(tags images json auth properties)),
    ['a name with a blank', PUT => repo('team/sp%20ace/'), 200, '""', want => invited('team/sp+ace', 'write'),
        body => '[]'],

    'the json of a push',
    (map { ["no JSON: $_", PUT => image($new, 'json'), 400, \'Invalid JSON', body => $_,
        head => ['X-Docker-Checksum' => 'odd']] } '', '{', '{}', '[]', '"x"', '5', 'null', "{\"id\":\"\xff\"}"),
    ['no id', PUT => image($new, 'json'), 400, \"Missing key `id' in JSON", body => image_json(parent => 'x'),
        head => ['X-Docker-Checksum' => 'odd']],
    ['a checksum that is not valid', PUT => image($new, 'json'), 400, \'Invalid checksum format',
        body => image_json(id => $none),
        head => ['X-Docker-Checksum' => 'odd']],
    (map { ["another id: $_", PUT => image($new, 'json'), 400, \'JSON data contains invalid id',
        body => qq({"id":$_,"parent":"x"})] } qq("$none"), 5, '""'),
    (map { ["no parent: $_", PUT => image($new, 'json'), 400, \'Image depends on a non existing parent',
        body => qq({"id":"@{[$new->id]}","parent":$_})] } qq("$none"), qq("@{[$new->id]}"), '"xyz"', 5, '["x"]'),
    (map { ["a bad id: $_", PUT => image($_, 'json'), 404, \'Invalid image ID', body => '{'] } 'xyz', 'A' x 64,
        'a' x 63,
        'a' x 65, 'a' x 15, '%2e%2e%2f' . 'a' x 10),
    ['nothing of it is there', GET => image($new, 'json'), 404, \'Image not found'],
    ['a good one', PUT => image($new, 'json'), 200, 'true', body => $new->json],
    ['once more', PUT => image($new, 'json'), 200, 'true', body => $new->json,
        head => ['Content-Type' => 'application/x-www-form-urlencoded']],
    ['of a child of one that is unfinished', PUT => image($over, 'json'), 200, 'true', body => $over->json],
    ['of a complete image', PUT => image($base, 'json'), 409, \'Image already exists', body => $base->json],
    ['of a complete image, another', PUT => image($base, 'json'), 409, \'Image already exists',
        body => image_json(id => $base->id, x => 1)],
    ['of a complete image, no JSON', PUT => image($base, 'json'), 400, \'Invalid JSON', body => '{'],
    ['it is as it was', GET => image($base, 'json'), 200, $base->json, immutable => 1],

    'unfinished',
    (map { my ($state, $image) = @$_; map { my $what = $_;
        (["$what, $state", GET => image($image, $what), 400, \'Image is being uploaded, retry later'],
        ["$what, $state, kept by the client", GET => image($image, $what), 400, \'Image is being uploaded, retry later',
            head => ['If-Modified-Since' => 'Fri, 02 Jan 2015 00:00:00 GMT']],
        ["$what, $state, a part", GET => image($image, $what), 400, \'Image is being uploaded, retry later',
            head => [Range => 'bytes=0-1']]) } qw(json ancestry layer files diff) } ['json alone', $open], ['no sum',
                $half]),
    ['its tag', PUT => repo('team/todo/tags/x'), 400, \'Image is being uploaded, retry later',
        body => '"' . $open->id . '"'],
    ['a child\'s tag', PUT => repo('team/todo/tags/x'), 400, \'Image is being uploaded, retry later',
        body => '"' . $over->id . '"'],
    ['no tag is there', GET => repo('team/todo/tags'), 200, {}],

    'the layer of a push',
    ['of no image', PUT => image($none, 'layer'), 404, \'Image not found', body => 'x'],
    ['without a byte', PUT => image($none, 'layer'), 404, \'Image not found', body => ''],
    (map { ["a bad id: $_", PUT => image($_, 'layer'), 404, \'Invalid image ID', body => 'x'] } 'xyz', 'a' x 63),
    ['of a complete image', PUT => image($base, 'layer'), 409, \'Image already exists', body => $base->bytes],
    ['checksum before it', PUT => image($new, 'checksum'), 400, \'Checksum not found', body => '',
        head => ['X-Docker-Checksum-Payload' => $new->payload_sum]],
    ['a good one', PUT => image($new, 'layer'), 200, 'true', body => $new->bytes],

    'the checksum of a push',
    ['none', PUT => image($new, 'checksum'), 400, \"Missing Image's checksum", body => ''],
    ['none, of no image', PUT => image($none, 'checksum'), 400, \"Missing Image's checksum", body => ''],
    ['no format', PUT => image($new, 'checksum'), 400, \'Invalid checksum format', body => '',
        head => ['X-Docker-Checksum' => 'odd']],
    ['of no image', PUT => image($none, 'checksum'), 404, \'Image not found', body => '',
        head => ['X-Docker-Checksum' => $zero]],
    ['a bad id', PUT => image('xyz', 'checksum'), 404, \'Invalid image ID', body => '',
        head => ['X-Docker-Checksum' => $zero]],
    ['a wrong one', PUT => image($new, 'checksum'), 400, \'Checksum mismatch', body => '',
        head => ['X-Docker-Checksum' => $zero]],
    ['two wrong ones', PUT => image($new, 'checksum'), 400, \'Checksum mismatch', body => '',
        head => ['X-Docker-Checksum-Payload' => $zero, 'X-Docker-Checksum' => $zero_tarsum]],
    ['a wrong tarsum', PUT => image($new, 'checksum'), 400, \'Checksum mismatch', body => '',
        head => ['X-Docker-Checksum' => $zero_tarsum]],
    ['it is unfinished', GET => image($new, 'json'), 400, \'Image is being uploaded, retry later'],
    ['the right one', PUT => image($new, 'checksum'), 200, 'true',
        head => ['X-Docker-Checksum-Payload' => $new->payload_sum, 'X-Docker-Checksum' => $zero_tarsum]],
    ['it is complete', GET => image($new, 'json'), 200, $new->json, immutable => 1],
    ['that of the push which began second', PUT => image($new, 'checksum'), 200, 'true',
        head => ['X-Docker-Checksum-Payload' => $new->payload_sum]],
    ['a wrong one of it', PUT => image($new, 'checksum'), 400, \'Checksum mismatch',
        head => ['X-Docker-Checksum' => $zero]],
    ['of another push', PUT => image($half, 'checksum'), 200, 'true',
        head => ['X-Docker-Checksum' => $half->payload_sum]],
    ['the simple sum in the other header', GET => image($half, 'layer'), 200, $half->bytes, immutable => 1],
    ['an id of 16 digits: json', PUT => image($short, 'json'), 200, 'true', body => $short->json],
    ['layer', PUT => image($short, 'layer'), 200, 'true', body => $short->bytes],
    ['checksum', PUT => image($short, 'checksum'), 200, 'true', head => ['X-Docker-Checksum' => $short->payload_sum]],
    ['all of it', GET => image($short, 'ancestry'), 200, [$short->id], immutable => 1],
    ['once more', PUT => image($short, 'checksum'), 409, \'Cannot set this image checksum',
        head => ['X-Docker-Checksum' => $short->payload_sum]],
    ['its layer once more', PUT => image($short, 'layer'), 409, \'Image already exists', body => $short->bytes],

    'checksums given up front',
    ['a simple one', PUT => image($given, 'json'), 200, 'true', body => $given->json,
        head => ['X-Docker-Checksum' => $given->payload_sum]],
    ['another layer', PUT => image($given, 'layer'), 400, \'Checksum mismatch, ignoring the layer',
        body => $new->bytes],
    ['it is unfinished', GET => image($given, 'json'), 400, \'Image is being uploaded, retry later'],
    ['the right layer', PUT => image($given, 'layer'), 200, 'true', body => $given->bytes],
    ['it is complete', GET => image($given, 'layer'), 200, $given->bytes, immutable => 1],
    ['the sum once more, as 0.9.1 wants it', PUT => image($given, 'checksum'), 200, 'true',
        head => ['X-Docker-Checksum' => $given->payload_sum]],
    ['a tarsum', PUT => image($first, 'json'), 200, 'true', body => $first->json,
        head => ['X-Docker-Checksum' => tarsum($first, @base_entries)]],
    ['another layer', PUT => image($first, 'layer'), 400, \'Checksum mismatch, ignoring the layer',
        body => $sum->bytes],
    ['the right layer, packed otherwise', PUT => image($first, 'layer'), 200, 'true', body => tar(@base_entries)],
    ['it is complete', GET => image($first, 'layer'), 200, tar(@base_entries), immutable => 1],

    'tarsums after the layer',
    ['json', PUT => image($sum, 'json'), 200, 'true', body => $sum->json],
    ['layer', PUT => image($sum, 'layer'), 200, 'true', body => $sum->bytes],
    ['of another archive', PUT => image($sum, 'checksum'), 400, \'Checksum mismatch',
        head => ['X-Docker-Checksum' => tarsum($sum, @base_entries)]],
    ['of another json', PUT => image($sum, 'checksum'), 400, \'Checksum mismatch',
        head => ['X-Docker-Checksum' => tarsum($first, @child_entries)]],
    ['the right one together with a wrong payload sum, as docker 0.9 sends them', PUT => image($sum, 'checksum'), 200, 'true',
        head => ['X-Docker-Checksum' => tarsum($sum, @child_entries), 'X-Docker-Checksum-Payload' => $zero]],
    ['it is complete', GET => image($sum, 'json'), 200, $sum->json, immutable => 1],
    (map { my ($name, $image, @counted) = @$_; (
        ["two entries of one name: json", PUT => image($image, 'json'), 200, 'true', body => $image->json],
        ['layer', PUT => image($image, 'layer'), 200, 'true', body => $image->bytes],
        ["$name count", PUT => image($image, 'checksum'), 200, 'true',
            head => ['X-Docker-Checksum' => tarsum($image, @counted)]],
    ) } ['all', $both[0], @twice], ['the last', $both[1], @twice[1, 2]]),

    'images',
    ['json', GET => image($base, 'json'), 200, $base->json, immutable => 1, want => {
        'X-Docker-Size' => $base->size, 'X-Docker-Checksum' => $base->payload_sum,
        'X-Docker-Checksum-Payload' => $base->payload_sum }],
    ['json of one without a byte', GET => image($empty, 'json'), 200, $empty->json, immutable => 1,
        want => { 'X-Docker-Size' => '0' }],
    ['with a slash', GET => image($base, 'json/'), 200, $base->json, immutable => 1],
    ['ancestry', GET => image($top, 'ancestry'), 200, [map { $_->id } $top, $child, $base], immutable => 1],
    ['of a base', GET => image($base, 'ancestry'), 200, [$base->id], immutable => 1],
    ['layer', GET => image($base, 'layer'), 200, $base->bytes, immutable => 1,
        want => { 'Content-Type' => 'application/octet-stream', 'Content-Length' => $base->size,
            'Content-Encoding' => undef }],
    ['layer without a byte', GET => image($empty, 'layer'), 200, '', immutable => 1,
        want => { 'Content-Length' => '0' }],
    ['a part', GET => image($base, 'layer'), 206, substr($base->bytes, 5, 5), immutable => 1,
        head => [Range => 'bytes=5-9'],
        want => { 'Content-Range' => 'bytes 5-9/' . $base->size, 'Content-Length' => '5' }],
    ['an open part', GET => image($base, 'layer'), 206, substr($base->bytes, 5), immutable => 1,
        head => [Range => 'bytes=5-'],
        want => { 'Content-Range' => sprintf 'bytes 5-%d/%d', $base->size - 1, $base->size }],
    ['the end', GET => image($base, 'layer'), 206, substr($base->bytes, -3), immutable => 1,
        head => [Range => 'bytes=-3']],
    ['after the end', GET => image($base, 'layer'), 416, \qr/./, by_nginx => 1,
        head => [Range => 'bytes=' . $base->size . '-'], want => { 'Content-Range' => 'bytes */' . $base->size }],
    ['files', GET => image($base, 'files'), 200, \@base_files, immutable => 1],
    ['files, kept', GET => image($base, 'files'), 200, \@base_files, immutable => 1],
    ['files with whiteouts', GET => image($child, 'files'), 200, \@child_files, immutable => 1],
    ['files of an archive that is not packed', GET => image($top, 'files'), 200, \@top_files, immutable => 1],
    ['files of no archive', GET => image($opaque, 'files'), 400, \'Layer format not supported'],
    ['diff of a base', GET => image($base, 'diff'), 200,
        { deleted => {}, changed => {}, created => those(\@base_files, map { $_->[0] } @base_files) }, immutable => 1],
    ['diff', GET => image($child, 'diff'), 200, {
        deleted => those(\@child_files, '/lib'),
        changed => those(\@child_files, '/etc/motd', '/bin/sh'),
        created => those(\@child_files, '/etc/.wh.passwd', '/new') }, immutable => 1],
    ['diff over two', GET => image($top, 'diff'), 200, {
        deleted => those(\@top_files, '/new'),
        changed => those(\@top_files, '/bin/sh', '/fifo'),
        created => those(\@top_files, '/lib') }, immutable => 1],
    ['diff, kept', GET => image($child, 'diff/'), 200, qr/\A\{.*\}\s*\z/s, immutable => 1],
    ['diff of no archive', GET => image($opaque, 'diff'), 400, \'Layer format not supported'],
    (map { my $what = $_; (
        ["$what of no image", GET => image($none, $what), 404, \'Image not found'],
        ["$what of no image, kept by the client", GET => image($none, $what), 404, \'Image not found',
            head => ['If-Modified-Since' => 'Fri, 02 Jan 2015 00:00:00 GMT']],
        map({ ["$what of a bad id: $_", GET => image($_, $what), 404, \'Invalid image ID'] } 'xyz', 'a' x 63, 'F' x 64),
    ) } qw(json ancestry layer files diff)),

    'tags',
    ['all', GET => "$app/tags", 200, { latest => $top->id, 'v1.0' => $child->id }],
    ['with a slash', GET => "$app/tags/", 200, { latest => $top->id, 'v1.0' => $child->id }],
    ['of an unknown repository', GET => repo('no/where/tags'), 404, \'Repository not found'],
    ['one', GET => "$app/tags/v1.0", 200, '"' . $child->id . '"'],
    ['none', GET => "$app/tags/none", 404, \'Tag not found'],
    ['of an unknown repository', GET => repo('no/where/tags/latest'), 404, \'Tag not found'],
    (map { ["no id: $_", PUT => "$app/tags/bad", 400, \'Invalid data', body => $_] } '', '{', '5', '{}', '[]', 'null',
        "\"\xff\"", $base->id, '"xyz"', '""'),
    ['no image', PUT => "$app/tags/bad", 404, \'Image not found', body => qq("$none")],
    ['none of these is there', GET => "$app/tags/bad", 404, \'Tag not found'],
    ['a good one', PUT => "$app/tags/x%20y", 200, 'true', body => '"' . $base->id . '"', head => ['User-Agent' =>
        'docker/0.9 docker/0.11.1 go/go1.2.1 git-commit/fb99f99 kernel/3.13.0-GENERIC os/Linux arch/AMD64 odd y/ /z']],
    ['it', GET => "$app/tags/x%20y", 200, '"' . $base->id . '"'],
    ['its meta-data', GET => "$app/tags/x%20y/json", 200, meta(docker_version => '0.11.1',
        docker_go_version => 'go1.2.1',
        kernel => '3.13.0-generic', os => 'linux', arch => 'amd64')],
    (map { my $word = $_; (
        ["one called $word", PUT => "$app/tags/$word", 200, 'true', body => '"' . $base->id . '"'],
        ['it', GET => "$app/tags/$word", 200, '"' . $base->id . '"'],
        ['its meta-data', GET => "$app/tags/$word/json", 200, meta()],
        ['it goes', DELETE => "$app/tags/$word", 200, 'true'],
    ) } qw(tags images json auth properties)),
    ['in the list', GET => "$app/tags", 200, { latest => $top->id, 'v1.0' => $child->id, 'x y' => $base->id }],
    ['by one who says nothing', PUT => "$app/tags/mute/", 200, 'true', body => '"' . $base->id . '"'],
    ['leaves the time', GET => "$app/tags/mute/json", 200, meta()],
    ['by one who says little', PUT => "$app/tags/mute", 200, 'true', body => ' "' . $base->id . '" ',
        head => ['User-Agent' => 'curl/8.0 os/Plan9']],
    ['leaves that', GET => "$app/tags/mute/json", 200, meta(os => 'plan9')],
    ['meta-data of the repository', GET => "$app/json", 200, meta(docker_version => '0.11.1',
        docker_go_version => 'go1.2.1', kernel => '3.13.0-24-generic', os => 'linux', arch => 'amd64')],
    ['meta-data of no tag', GET => "$app/tags/none/json", 200, \%default_meta],
    ['of no repository', GET => repo('no/where/json'), 200, \%default_meta],
    ['of a tag of no repository', GET => repo('no/where/tags/x/json'), 200, \%default_meta],
    ['of a repository without latest', GET => repo('team/todo/json'), 200, \%default_meta],
    ['latest goes', DELETE => "$app/tags/latest", 200, 'true'],
    ['and its meta-data', GET => "$app/tags/latest/json", 200, \%default_meta],
    ['and the repository\'s', GET => "$app/json", 200, \%default_meta],
    ['not twice', DELETE => "$app/tags/latest", 404, \'Tag not found: latest'],
    ['none', DELETE => "$app/tags/x%20z", 404, \'Tag not found: x z'],
    ['of an unknown repository', DELETE => repo('no/where/tags/x'), 404, \'Tag not found: x'],
    ['others stay', GET => "$app/tags", 200, { 'v1.0' => $child->id, 'x y' => $base->id, mute => $base->id }],
    ['of a repository with three parts', PUT => repo('team/a/b/tags/latest'), 200, 'true',
        body => '"' . $base->id . '"'],
    ['is its tag', GET => repo('team/a%2Fb/tags'), 200, { latest => $base->id }],
    ['of one without a namespace', PUT => repo('solo/tags/latest'), 200, 'true', body => '"' . $base->id . '"'],
    ['is library\'s', GET => repo('library/solo/tags/latest'), 200, '"' . $base->id . '"'],
    ['one more', PUT => repo('solo/tags/more/'), 200, 'true', body => '"' . $base->id . '"'],
    ['is read so, too', GET => repo('solo/tags/more'), 200, '"' . $base->id . '"'],
    ['its meta-data', GET => repo('solo/tags/more/json'), 200, meta()],
    ['it goes', DELETE => repo('solo/tags/more'), 200, 'true'],

    'properties',
    ['public', GET => "$app/properties", 200, { access => 'public' }],
    ['of an unknown repository', GET => repo('no/where/properties'), 200, { access => 'public' }],
    (map { ["no properties: $_", PUT => "$app/properties", 400, \'Invalid data', body => $_] } '', '{', '[]', '5', '{}',
        '{"access":"odd"}', '{"access":5}', '{"description":5}', '{"access":"private","description":[]}',
            "{\"access\":\"\xff\"}"),
    ['nothing has changed', GET => "$app/properties", 200, { access => 'public' }],
    ['private', PUT => "$app/properties", 200, 'true', body => '{"access": "private"}'],
    ['it is', GET => "$app/properties", 200, { access => 'private' }],
    ['public again, described', PUT => "$app/properties", 200, 'true',
        body => qq({"access": "public", "description": "Serves 100% of_all \xc3\xa9t\xc3\xa9"})],
    ['it is', GET => "$app/properties", 200, { access => 'public', description => "Serves 100% of_all \x{e9}t\x{e9}" }],
    ['a description alone', PUT => repo('team/opaque/properties'), 200, 'true',
        body => '{"description": "nothing inside"}'],
    ['changes nothing else', GET => repo('team/opaque/properties'), 200,
        { access => 'public', description => 'nothing inside' }],
    ['access alone', PUT => "$app/properties", 200, 'true', body => '{"access": "public"}'],
    ['leaves the description', GET => "$app/properties", 200,
        { access => 'public', description => "Serves 100% of_all \x{e9}t\x{e9}" }],
    ['an empty description', PUT => repo('team/opaque/properties'), 200, 'true', body => '{"description": ""}'],
    ['is none', GET => repo('team/opaque/properties'), 200, { access => 'public' }],
    ['a secret', PUT => repo('team/secret/properties'), 200, 'true',
        body => '{"access": "private", "description": "Serves"}'],

    'search',
    ['a part of a name', GET => '/v1/search?q=am/ap', 200, sub {
        my ($doc) = @_;
        finds('team/app')->($doc);
        is($doc->{query}, 'am/ap', 'query');
        is($doc->{results}[0]{description}, "Serves 100% of_all \x{e9}t\x{e9}", 'its description');
    }],
    ['whatever the case', GET => '/v1/search?q=TEAM/APP', 200, finds('team/app')],
    ['a description, not that of a secret', GET => '/v1/search?q=serves', 200, finds('team/app')],
    ['one that is no more', GET => '/v1/search?q=nothing+inside', 200, finds()],
    ['% is not a wild card', GET => '/v1/search?q=%25', 200, finds('team/app')],
    ['nor is _', GET => '/v1/search?q=_', 200, finds('team/app')],
    ['a slash as docker sends it', GET => '/v1/search?q=team%2Fa%2Fb', 200, finds('team/a/b')],
    ['announced', GET => '/v1/search?q=todo', 200, finds('team/todo')],
    ['a secret', GET => '/v1/search?q=secret', 200, finds()],
    ['a secret, by one who names it', GET => '/v1/search?q=secret', 200, finds(), head => [named('team/secret')]],
    ['nothing', GET => '/v1/search?q=no-such-thing', 200, finds()],
    (map { ["all: $_", GET => $_, 200, finds(qw(library/solo team/a/b team/app team/opaque team/todo), 'team/sp ace')] }
        '/v1/search', '/v1/search?q=', '/v1/search/?q='),
    ['a page', GET => '/v1/search?q=team&n=2&page=2', 200, sub {
        my ($doc) = @_;
        is(scalar @{ $doc->{results} }, 2, 'two of them');
        is_deeply([map { $doc->{$_} } qw(num_results page num_pages page_size)], [5, 2, 3, 2], 'of five');
    }],
    ['as docker asks today', GET => '/v1/search?q=opaque&n=25', 200, sub {
        is_deeply($_[0]{results}[0], { name => 'team/opaque', description => $_[0]{results}[0]{description},
            star_count => 0,
            is_official => FALSE, is_automated => FALSE, is_trusted => FALSE }, 'what it reads');
    }, head => ['X-Docker-Token' => 'true']],
    (map { ["a number that is not valid: $_", GET => "/v1/search?q=team&$_", 200, sub {
        my ($doc) = @_;
        is_deeply([map { $doc->{$_} } qw(num_results page num_pages page_size)], [5, 1, 1, 5], 'is as if not given');
    }] } qw(n=0 n=-1 n=abc n= page=0 page=-1 page=x)),
    ['a page of an odd number', GET => '/v1/search?q=team&n=2&page=x', 200, sub { is($_[0]{page}, 1, 'is the first') }],
    (map { ["as podman has it: $_", GET => "/v1/search?q=$_", 200, finds('team/app')] } '*app*', 'team%2Fapp*', '*%2Fapp',
        't*app', 't*m%2F*pp*'),
    ['all of them', GET => '/v1/search?q=*', 200, sub { is(scalar @{ $_[0]{results} }, $_[0]{num_results}, 'all') }],
    ['the stars are kept', GET => '/v1/search?q=*app*', 200, sub { is($_[0]{query}, '*app*', 'in query') }],
    ['no such pattern', GET => '/v1/search?q=app*team', 200, finds()],
    ['other signs are data', GET => '/v1/search?q=t*[a]pp', 200, finds()],

    'a private repository',
    ['its json', GET => private($hidden, 'json'), 200, $hidden->json, head => [named('team/secret')],
        want => { 'X-Docker-Size' => $hidden->size, 'X-Docker-Checksum' => $hidden->payload_sum }],
    ['its layer', GET => private($hidden, 'layer'), 200, $hidden->bytes, head => [named('team/secret')],
        want => { 'Content-Type' => 'application/octet-stream', 'Content-Length' => $hidden->size }],
    ['a part of it', GET => private($hidden, 'layer'), 206, substr($hidden->bytes, 0, 3),
        head => [named('team/secret'), Range => 'bytes=0-2'], want => { 'Content-Type' => 'application/octet-stream' }],
    ['its files', GET => private($hidden, 'files'), 200, sub { is($_[0][0][0], 'etc/hostname', 'a file') },
        head => [named('team/secret')]],
    ['the image below', GET => private($base, 'json'), 200, $base->json, head => [named('team/secret')]],
    (map { my $what = $_; (
        ["$what for nobody", GET => private($hidden, $what), 404, \'Image not found'],
        ["$what for a user", GET => private($hidden, $what), 404, \'Image not found',
            head => [Authorization => 'Basic am86eA==']],
        ["$what in another's name", GET => private($hidden, $what), 404, \'Image not found',
            head => [named('team/app')]],
        ["$what in an unknown name", GET => private($hidden, $what), 404, \'Image not found',
            head => [named('no/where')]],
        ["$what of another image", GET => private($opaque, $what), 404, \'Image not found',
            head => [named('team/secret')]],
        ["$what of no image", GET => private($none, $what), 404, \'Image not found', head => [named('team/secret')]],
        ["$what of a bad id", GET => private('xyz', $what), 404, \'Invalid image ID', head => [named('team/secret')]],
    ) } qw(json layer files)),
    (map { ["public $_ in its name", GET => image($hidden, $_), 404, \'Image not found',
        head => [named('team/secret')]] }
        qw(json ancestry layer files diff)),
    ['kept by the client', GET => image($hidden, 'layer'), 404, \'Image not found',
        head => [named('team/secret'), 'If-Modified-Since' => 'Fri, 02 Jan 2015 00:00:00 GMT']],
    ['a user is in no one\'s name', GET => image($hidden, 'json'), 200, $hidden->json, immutable => 1,
        head => [Authorization => 'Basic am86eA==']],
    ['in a public one\'s name', GET => image($base, 'json'), 200, $base->json, immutable => 1,
        head => [named('team/app')]],
    ['its tags', GET => repo('team/secret/tags'), 200, { latest => $hidden->id }, head => [named('team/secret')]],
    ['its tags in another\'s name', GET => repo('team/secret/tags'), 404, \'Repository not found',
        head => [named('team/app')]],
    ['one in another\'s name', GET => repo('team/secret/tags/latest'), 404, \qr/not found/,
        head => [named('team/app')]],
    ['it is no longer', PUT => repo('team/secret/properties'), 200, 'true', body => '{"access": "public"}'],
    ['and found', GET => '/v1/search?q=secret', 200, finds('team/secret')],
    ['and has no private images', GET => private($hidden, 'json'), 404, \'Image not found',
        head => [named('team/secret')]],
    ['but public ones', GET => image($hidden, 'json'), 200, $hidden->json, immutable => 1,
        head => [named('team/secret')]],

    'repositories go',
    ['by their tags', DELETE => repo('team/opaque/tags'), 200, 'true'],
    ['not twice', DELETE => repo('team/opaque/tags'), 404, \'Repository not found'],
    ['no tags', GET => repo('team/opaque/tags'), 404, \'Repository not found'],
    ['no images', GET => repo('team/opaque/images'), 404, \'images not found'],
    ['not found any more', GET => '/v1/search?q=opaque', 200, finds()],
    ['the images stay', GET => image($opaque, 'json'), 200, $opaque->json, immutable => 1],
    ['by their name', DELETE => repo('team/todo/'), 200, 'true'],
    ['not twice', DELETE => repo('team/todo'), 404, \'Repository not found'],
    ['not found any more', GET => '/v1/search?q=todo', 200, finds()],
    ['with three parts', DELETE => repo('team/a/b'), 200, 'true'],
    ['and is gone', GET => repo('team/a%2Fb/tags'), 404, \'Repository not found'],
    ['the description goes too', DELETE => "$app/", 200, 'true'],
    ['it is none\'s', GET => "$app/properties", 200, { access => 'public' }],
);

# The methods of each path.
my %allowed = (
    '/'                      => 'GET',
    '/_ping'                 => 'GET',
    '/v1/_ping'              => 'GET',
    '/_status'               => 'GET',
    '/v1/_status'            => 'GET',
    '/v1/users'              => 'GET POST',
    '/v1/users/jo'           => 'PUT',
    '/v1/search'             => 'GET',
    repo('team/x')           => 'PUT DELETE',
    repo('team/x/images')    => 'GET PUT DELETE',
    repo('team/x/auth')      => 'PUT',
    repo('team/x/tags')      => 'GET DELETE',
    repo('team/x/tags/t')    => 'GET PUT DELETE',
    repo('x/tags/t')         => 'GET PUT DELETE',
    repo('x/tags/t/json')    => 'GET',
    repo('team/x/tags/t/json') => 'GET',
    repo('team/x/json')      => 'GET',
    repo('team/x/properties') => 'GET PUT',
    image($base, 'json')     => 'GET PUT',
    image($base, 'layer')    => 'GET PUT',
    image($base, 'checksum') => 'PUT',
    image($base, 'ancestry') => 'GET',
    image($base, 'files')    => 'GET',
    image($base, 'diff')     => 'GET',
    private($base, 'json')   => 'GET',
    private($base, 'layer')  => 'GET',
    private($base, 'files')  => 'GET',
);

# ---- running them ----

sub header { return Berth::HTTP::header(@_) }

sub is_body {
    my ($response, $want, $name) = @_;
    my $kind = ref $want;

    return is($response->{body}, '', "$name: no body") unless defined $want;
    return is($response->{body}, $want, "$name: the body") if $kind eq '';
    return like($response->{body}, $want, "$name: the body") if $kind eq 'Regexp';
    if ($kind eq 'SCALAR' || $kind eq 'REF') {
        my $error = Berth::HTTP::json_error($response);
        return ref $$want ? like($error, $$want, "$name: what it says") : is($error, $$want, "$name: what it says");
    }
    my $doc = eval { $json->decode($response->{body}) };
    ok(defined $doc, "$name: JSON") or return diag($response->{body});
    return $kind eq 'CODE' ? $want->($doc) : is_deeply($doc, $want, "$name: the body");
}

sub is_a_year_on {
    my ($date) = @_;
    my %month;
    @month{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)} = 0 .. 11;
    my ($day, $month, $year, @time)
        = ($date // '') =~ /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/ or return;

    return abs(timegm(reverse(@time), $day, $month{$month}, $year) - time - 31536000) < 120;
}

sub type_of {
    my ($r, $row) = @_;

    return undef if $r->{status} == 204;
    return 'application/json' if $r->{status} >= 300 || $row->{method} ne 'GET';
    return $row->{path} =~ /layer$/ ? 'application/octet-stream' : 'application/json';
}

# By which caches an answer may be kept: what a token opens, by the asker's own.
sub kept_by {
    my ($row) = @_;
    return (grep { $_ eq 'Authorization' } @{ $row->{head} // [] }) ? 'private' : 'public';
}

# What every answer carries, or must not.
sub has_headers {
    my ($r, $row) = @_;
    my %want = (
        'X-Docker-Registry-Version' => qr/\S/,
        'X-Docker-Registry-Config'  => 'dev',
        'Set-Cookie'                => undef,
        'X-Accel-Redirect'          => undef,
        'ETag'                      => undef,
        $row->{immutable}
        ? ('Cache-Control' => kept_by($row) . ', max-age=31536000', Pragma => undef,
            'Last-Modified' => 'Thu, 01 Jan 1970 00:00:00 GMT')
        : ('Cache-Control' => 'no-cache', Pragma => 'no-cache', Expires => '-1', 'Last-Modified' => undef),
        'Content-Type' => type_of($r, $row),
        $r->{status} >= 400 ? ('X-Request-Id' => qr/\A[0-9a-f]{32}\z/) : (),
        %{ $row->{want} // {} },
    );

    %want = %{ $row->{want} // {} } if $row->{by_nginx};
    for my $name (sort keys %want) {
        my $got = header($r, $name);
        ref $want{$name} ? like($got, $want{$name}, $name) : is($got, $want{$name}, $name);
    }
    ok(is_a_year_on(header($r, 'Expires')), 'Expires in a year') or diag(header($r, 'Expires')) if $row->{immutable};
}

# The names of a response's headers, but for those that depend on how a body is sent.
sub names_of {
    my ($response) = @_;
    return [sort grep { !/^(?:transfer-encoding|content-length)$/ } keys %{ $response->{headers} }];
}

sub is_head {
    my ($row, $get) = @_;
    my $head = Berth::HTTP::request($berth, HEAD => $row->{path}, $row->{head});

    # Range is for GET alone (RFC 9110, section 14.2)
    return is($head->{status}, 200, 'HEAD: the whole') if $get->{status} == 206 || $get->{status} == 416;
    is($head->{status}, $get->{status}, 'HEAD: the same status');
    is($head->{body}, '', 'HEAD: no body');
    is_deeply(names_of($head), names_of($get), 'HEAD: the same headers');
    is(header($head, 'Content-Length'), header($get, 'Content-Length'), 'HEAD: the same length')
        if defined header($get, 'Content-Length') && $get->{status} < 300;
}

# What a client has it need not fetch again, whatever date it says.
sub is_kept {
    my ($row) = @_;

    for my $date ('Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 02 Jan 2015 00:00:00 GMT', 'some day') {
        for my $method (qw(GET HEAD)) {
            my $r = Berth::HTTP::request($berth, $method => $row->{path},
                [@{ $row->{head} // [] }, 'If-Modified-Since' => $date]);

            is($r->{status}, 304, "$method: 304 to $date");
            is(header($r, 'Cache-Control'), kept_by($row) . ', max-age=31536000', 'with its Cache-Control');
            ok(is_a_year_on(header($r, 'Expires')), 'and its Expires');
        }
    }
}

my %head_done;

sub run_row {
    my ($name, $method, $path, $status, $body, %more) = @_;
    my $row = { method => $method, path => $path, %more };
    my $r   = Berth::HTTP::request($berth, $method => $path, $more{head}, $more{body});

    is($r->{status}, $status, "$name: $method $path: $status") or diag($r->{body});
    is_body($r, $body, $name);
    has_headers($r, $row);
    return if $method ne 'GET';
    is_head($row, $r);
    is_kept($row) if $more{immutable} && $status == 200 && !$head_done{$path}++;
}

my @groups;
for my $row (@table) {
    ref $row ? push @{ $groups[-1]{rows} }, $row : push @groups, { name => $row, rows => [] };
}
for my $group (@groups) {
    subtest $group->{name} => sub { run_row(@$_) for @{ $group->{rows} } };
}

# ---- each path says what it takes ----

sub methods_of {
    my ($allow) = @_;
    return join ' ', sort split /,\s*/, $allow // '';
}

subtest 'methods' => sub {
    for my $path (sort keys %allowed) {
        my %takes = map { $_ => 1 } split(/ /, $allowed{$path}), 'OPTIONS', $allowed{$path} =~ /GET/ ? 'HEAD' : ();
        my $r = Berth::HTTP::request($berth, OPTIONS => $path);

        is($r->{status}, 200, "OPTIONS $path");
        is(methods_of(header($r, 'Allow')), join(' ', sort keys %takes), 'Allow');
        for my $method (grep { !$takes{$_} } qw(GET HEAD PUT POST DELETE PATCH)) {
            my $refused = Berth::HTTP::request($berth, $method => $path, [], $method =~ /^P/ ? 'body' : undef);

            is($refused->{status}, 405, "$method $path");
            is(methods_of(header($refused, 'Allow')), join(' ', sort keys %takes), 'it names those that are');
            is(Berth::HTTP::json_error($refused), 'Method not allowed', 'it says why') unless $method eq 'HEAD';
        }
    }
    my $r = Berth::HTTP::request($berth, OPTIONS => '/v1/nothing');
    is($r->{status}, 404, 'OPTIONS of no path');
};

# ---- is there a row for each route of the sources? ----

# [METHOD, pattern] of each row {"METHOD", PATTERN, ...} in a C file's text, its macros
# replaced.
sub routes_of {
    my ($text) = @_;
    my %macro = $text =~ /^#define[ \t]+(\w+)[ \t]+((?:"[^"]*"|[A-Z]\w*)(?:[ \t]+(?:"[^"]*"|[A-Z]\w*))*)[ \t]*$/mg;
    my @routes;

    while ($text =~ /\{\s*"([A-Z]+)",\s*((?:"[^"]*"|[A-Z]\w*)(?:\s+(?:"[^"]*"|[A-Z]\w*))*)\s*,/g) {
        my ($method, $pattern) = ($1, $2);
        1 while $pattern =~ s/\b([A-Z][A-Z_]*)\b(?=(?:[^"]*"[^"]*")*[^"]*\z)/$macro{$1} \/\/ "\"?$1\""/e;
        push @routes, [$method, join '', $pattern =~ /"([^"]*)"/g];
    }
    return @routes;
}

# A pattern as an expression: of one part, of two, of two and more, of any number.
sub expression_of {
    my ($pattern) = @_;
    my %star = ('' => '.+', '{2}' => '[^/]+/[^/]+', '{2,}' => '[^/]+/.+');

    return join '/', map { /^:/ ? '[^/]+' : /^\*\w+(.*)/ ? $star{$1} : quotemeta } split m{/}, $pattern, -1;
}

# The pattern that a path fits: the first, as berth takes it. One that ends in a slash is
# for PUT and DELETE alone.
sub pattern_of {
    my ($method, $path, @patterns) = @_;
    my $end   = $path =~ m{/(?:\?|\z)} && $method =~ /^(?:PUT|DELETE)$/ ? '/' : '';
    my $plain = '/' . join '/', grep { $_ ne '' } split m{/}, $path =~ s/\?.*//r;

    for my $pattern (@patterns) {
        my $re = expression_of($pattern);
        return $pattern if $plain =~ /\A$re\z/ || "$plain$end" =~ /\A$re\z/;
    }
    return '';
}

subtest 'every route has a row' => sub {
    my $sample = qq(#define A "/a/:x"\n#define B A "/b"\n{"GET", A "/c", f},\n{"PUT", B, f, 1},\n{"GET", "/d",\n\tf});
    is_deeply([routes_of($sample)], [[GET => '/a/:x/c'], [PUT => '/a/:x/b'], [GET => '/d']], 'routes can be read');
    my @routes = map { routes_of(Berth::Instance::slurp($_)) } sort glob source_dir() . '/src/v1/*.c';
    my (@patterns, %methods, %has_row);

    cmp_ok(scalar @routes, '>=', 35, 'they are there');
    for (@routes) {
        push @patterns, $_->[1] unless $methods{ $_->[1] };
        $methods{ $_->[1] }{ $_->[0] } = 1;
    }
    $has_row{"$_->[1] " . pattern_of($_->[1], $_->[2], @patterns)}++ for grep { ref } @table;
    ok($has_row{"$_->[0] $_->[1]"}, "a row for $_->[0] $_->[1]") for @routes;
    my %allowed_of = map { pattern_of(GET => $_, @patterns) => join ' ', sort split / /, $allowed{$_} } keys %allowed;
    is($allowed_of{$_}, join(' ', sort keys %{ $methods{$_} }), "the methods of $_")
        for grep { $_ eq '/' || !m{/\z} } @patterns;
};

# ---- what is left in the store ----

# A store of its own, with one thing wrong.
sub wrong {
    my ($name, $complaint, $break) = @_;
    my $dir   = scratch();
    my $image = Berth::Image->new;
    my $child = Berth::Image->new(parent => $image);
    my %path  = (base => "$dir/images/" . $image->id, child => "$dir/images/" . $child->id,
        repo => "$dir/repositories/a/b");

    make_path(values %path);
    for ([$image, $path{base}, $image->id], [$child, $path{child}, $child->id, $image->id]) {
        my ($of, $path, @ancestry) = @$_;
        put("$path/json",      $of->json);
        put("$path/layer",     $of->bytes);
        put("$path/ancestry",  $json->encode(\@ancestry));
        put("$path/_checksum", $of->payload_sum);
    }
    put("$path{repo}/_index_images", $json->encode([{ id => $image->id }, { id => $child->id }]));
    put("$path{repo}/tag_latest",    $child->id);
    put("$path{repo}/$_", '{"last_update": 1}') for 'taglatest_json', 'json';
    is_deeply([Berth::V1Store::complaints($dir)], [], 'nothing is wrong') unless $break;
    return unless $break;
    $break->(\%path, $image, $child);
    my @complaints = Berth::V1Store::complaints($dir);
    ok((grep { /$complaint/ } @complaints), $name) or diag(explain \@complaints);
}

sub put {
    my ($path, $content) = @_;

    open my $file, '>:raw', $path or die "$path: $!";
    print $file $content;
    close $file;
}

subtest 'what reads the store back sees what is wrong' => sub {
    wrong('nothing');
    wrong('a file that does not belong', qr{^x: does not belong}, sub { put("$_[0]{base}/../../x", '') });
    wrong('a file too many', qr{/odd: does not belong}, sub { put("$_[0]{base}/odd", '') });
    wrong("no $_", qr{/$_: is not there}, do { my $f = $_; sub { unlink "$_[0]{base}/$f" } })
        for qw(json ancestry layer _checksum);
    wrong('another layer', qr{_checksum: is another layer}, sub { put("$_[0]{child}/layer", 'x') });
    wrong('a newline in a sum', qr{_checksum: (?:holds no|is another)}, sub { put("$_[0]{base}/_checksum",
        $_[1]->payload_sum . "\n") });
    wrong('unfinished, but tagged', qr{tag_latest: needs image}, sub { put("$_[0]{base}/_inprogress", 'true') });
    wrong('an odd mark', qr{does not say}, sub { put("$_[0]{base}/_inprogress", '') });
    wrong('another ancestry', qr{ancestry: is not that of the json}, sub { put("$_[0]{child}/ancestry",
        $json->encode([$_[2]->id])) });
    wrong('no ids', qr{ancestry: holds something else}, sub { put("$_[0]{child}/ancestry", '[null]') });
    wrong('no list', qr{ancestry: must be a JSON ARRAY}, sub { put("$_[0]{child}/ancestry", '{}') });
    wrong('a damaged list of files', qr{_files: is not JSON}, sub { put("$_[0]{child}/_files", '[[') });
    wrong('an entry of a list', qr{_files: holds an entry}, sub { put("$_[0]{child}/_files", '[["x"]]') });
    wrong('a type of a list', qr{_files: type}, sub { put("$_[0]{child}/_files", '[["x","?",false,0,0,0,0,0]]') });
    wrong('another difference', qr{_diff: has other keys}, sub { put("$_[0]{child}/_diff", '{}') });
    wrong('an odd image', qr{images/x: is not an image id}, sub { make_path("$_[0]{base}/../x") });
    wrong('a file that others cannot read', qr{mode 600}, sub { chmod 0600, "$_[0]{base}/layer" });
    wrong('a tag of nothing', qr{tag_latest: names an image}, sub { put("$_[0]{repo}/tag_latest", 'a' x 64) });
    wrong('a tag with a newline', qr{tag_latest: holds no id}, sub { put("$_[0]{repo}/tag_latest", $_[1]->id . "\n") });
    wrong('a tag alone', qr{tagx_json: is not there}, sub { put("$_[0]{repo}/tag_x", $_[1]->id) });
    wrong('meta-data alone', qr{tagx_json: belongs to no tag}, sub { put("$_[0]{repo}/tagx_json",
        '{"last_update": 1}') });
    wrong('no json', qr{json: and tag latest}, sub { unlink "$_[0]{repo}/json" });
    wrong('latest is gone', qr{json: and tag latest}, sub { unlink "$_[0]{repo}/tag_latest" });
    wrong('odd meta-data', qr{json: has a key}, sub { put("$_[0]{repo}/json", '{"last_update": 1, "x": 1}') });
    wrong('private, with text', qr{_private: is not empty}, sub { put("$_[0]{repo}/_private", 'x') });
    wrong('an id twice', qr{twice}, sub { put("$_[0]{repo}/_index_images",
        $json->encode([({ id => $_[1]->id }) x 2])) });
    wrong('a Tag', qr{has a key Tag}, sub { put("$_[0]{repo}/_index_images", $json->encode([{ id => $_[1]->id,
        Tag => 1 }])) });
    wrong('granted nothing', qr{_images_list: holds something else}, sub { put("$_[0]{repo}/_images_list", '["x"]') });
    wrong('an odd file', qr{repositories/a/b/x: does not belong}, sub { put("$_[0]{repo}/x", '') });
    wrong('an empty repository', qr{repositories/a/c: is empty}, sub { make_path("$_[0]{repo}/../c") });
    wrong('an odd name', qr{is not a quoted name}, sub { make_path("$_[0]{repo}/../c d") });
    wrong('left over', qr{_berth/tmp/x: was left over},
        sub { make_path("$_[0]{base}/../../_berth/tmp"); put("$_[0]{base}/../../_berth/tmp/x", '') });
    wrong('an odd file of v2', qr{v2/x: does not belong}, sub {
        make_path("$_[0]{base}/../../docker/registry/v2"); put("$_[0]{base}/../../docker/registry/v2/x", '') });
    wrong('a blob with other bytes', qr{data: has other bytes}, sub {
        my $dir = "$_[0]{base}/../../docker/registry/v2/blobs/sha256/00/" . '0' x 64;
        make_path($dir); put("$dir/data", '') });
    wrong('a link to nothing', qr{link: leads nowhere}, sub {
        my $dir = "$_[0]{base}/../../docker/registry/v2/repositories/a/_layers/sha256/" . '0' x 64;
        make_path($dir); put("$dir/link", $zero) });
};

Berth::V2Client->new($berth)->push('team/two', 'latest', Berth::Oci->image);
is_deeply([Berth::V1Store::complaints($berth->data)], [], 'the store is in order');
is($berth->stop, 0, 'a clean end');
is_deeply([Berth::V1Store::complaints($berth->data)], [], 'so it is afterwards');
done_testing;
