#!/usr/bin/perl
# Pages of other sites (cors.*), over HTTPS: the headers that a browser gets by each way that an answer
# takes, through nginx's files, refused and taken uploads, and errors.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;

use constant SITE => 'https://ui.example.org';
use constant VARIES => qr/^(?:Accept, )?Origin$/; # manifests by tag also vary with Accept

sub with_cors {
    my (@lines) = @_;
    return Berth::Instance->configured(join '', "cors:\n", map { "  $_\n" } @lines);
}

my $berth  = with_cors('origins: [' . SITE . ', https://other.example.org]', 'supports_credentials: true',
    'expose_headers: [Docker-Content-Digest, ETag]', 'max_age: 600');
my $v1     = Berth::V1Client->new($berth);
my $v2     = Berth::V2Client->new($berth);
my $image  = Berth::Image->new;
my $new    = Berth::Image->new;
my $oci    = Berth::Oci->image;
my ($blob) = $oci->parts;

sub ask {
    my ($method, $path, $origin, $headers, $body) = @_;
    return Berth::HTTP::request($berth, $method => $path,
        [ defined $origin ? (Origin => $origin) : (), @{ $headers // [] } ], $body);
}

# The headers of CORS in an answer, without their prefix.
sub cors_of {
    my ($r) = @_;
    return { map { /^access-control-(.*)/ ? ($1 => Berth::HTTP::header($r, $_)) : () } keys %{ $r->{headers} } };
}

my %readable = (
    'allow-origin'      => SITE,
    'allow-credentials' => 'true',
    'expose-headers'    => 'Docker-Content-Digest, ETag',
);

$v1->push('team/app', { latest => $image }, $image);
$v2->push('team/oci', 'latest', $oci);

my $layer = $image->path('layer');

# [what, status, method, path, headers, body]
my @rows = (
    ['ping',                      200, GET => '/v1/_ping'],
    ['a search',                  200, GET => '/v1/search?q=team'],
    ['API v2',                    200, GET => '/v2/'],
    ['a layer by nginx',          200, GET => $layer],
    ['a piece of it',             206, GET => $layer, [ Range => 'bytes=0-9' ]],
    ['known already',             304, GET => $layer, [ 'If-Modified-Since' => 'Mon, 01 Jan 2035 00:00:00 GMT' ]],
    ['a blob by nginx',           200, GET => '/v2/team/oci/blobs/' . $blob->digest],
    ['a manifest',                200, GET => '/v2/team/oci/manifests/latest', [ Accept => $oci->type ]],
    ['an image that is not here', 404, GET => '/v1/images/' . 'a' x 64 . '/json'],
    ['a name that is unknown',         404, GET => '/v2/team/none/manifests/latest'],
    ['no such path',              404, GET => '/nothing'],
    ['a layer that is refused',   404, PUT => '/v1/images/' . 'b' x 64 . '/layer', [], 'x' x 100_000],
    ['a blob that is refused',    404, PUT => '/v2/team/oci/blobs/uploads/none?digest=sha256:' . 'c' x 64, [], 'x' x 100_000],
    ['a json',                    200, PUT => '/v1/images/' . $new->id . '/json', [], $new->json],
    ['a layer that is taken',     200, PUT => $new->path('layer'), [], $new->bytes],
    ['an upload begins',          202, POST => '/v2/team/oci/blobs/uploads/', [], ''],
);

subtest 'a page of the site reads' => sub {
    for my $row (@rows) {
        my ($what, $status, $method, $path, $headers, $body) = @$row;
        my $r = ask($method, $path, SITE, $headers, $body);

        is($r->{status}, $status, $what) or diag($r->{body});
        is_deeply(cors_of($r), \%readable, "$what: may be read");
        like(Berth::HTTP::header($r, 'Vary'), VARIES, "$what: caches learn it");
    }
};

subtest 'a page of another does not' => sub {
    for my $row (@rows) {
        my ($what, $status, $method, $path, $headers, $body) = @$row;

        next if $method ne 'GET';
        for my $origin ('https://evil.example.org', 'null', SITE . '.evil.org', 'http://ui.example.org', undef) {
            my $r = ask($method, $path, $origin, $headers, $body);

            is($r->{status}, $status, $what . ', ' . ($origin // 'no origin'));
            is_deeply(cors_of($r), {}, 'no page may read it');
            like(Berth::HTTP::header($r, 'Vary'), VARIES, 'caches learn it');
        }
    }
};

subtest 'preflights' => sub {
    for my $path ('/v1/_ping', $layer, '/v1/images/' . 'a' x 64 . '/json', '/v2/', '/v2/team/oci/blobs/uploads/') {
        my @headers = ('Access-Control-Request-Method' => 'PUT',
            'Access-Control-Request-Headers' => 'authorization, content-type');
        my $r = ask(OPTIONS => $path, SITE, \@headers);

        ok($r->{status} == 200 || $r->{status} == 204, "$path: answered");
        is_deeply(cors_of($r), {
            'allow-origin'      => SITE,
            'allow-credentials' => 'true',
            'allow-methods'     => 'GET, HEAD, POST, OPTIONS, PUT, PATCH, DELETE',
            'allow-headers'     => 'authorization, content-type',
            'max-age'           => '600',
        }, "$path: what a page may send");
        is_deeply(cors_of(ask(OPTIONS => $path, 'https://evil.example.org', \@headers)), {}, "$path: not a foreign one");
    }
};

subtest 'what doc/configuration.md shows is enough' => sub {
    my $documented = with_cors('origins: [' . SITE . ']', 'supports_credentials: true');
    my $r          = Berth::HTTP::request($documented, GET => '/v2/', [ Origin => SITE ]);
    my %shown  = map { lc $_ => 1 } split /, /, cors_of($r)->{'expose-headers'} // '';

    ok($shown{$_}, "a page may read $_") for qw(docker-content-digest link www-authenticate);
    is($documented->stop, 0, 'it ends well');
};

is($berth->stop, 0, 'a clean end');

subtest 'any site' => sub {
    $berth = with_cors('origins: "*"', 'send_wildcard: true', 'expose_headers: [Link]');
    $v1    = Berth::V1Client->new($berth);
    $v1->push('team/app', { latest => $image }, $image);
    for my $row (grep { $_->[2] eq 'GET' && $_->[3] !~ /oci/ } @rows) {
        my ($what, $status, $method, $path, $headers) = @$row;
        my $r = ask($method, $path, 'https://any.example.org', $headers);

        is($r->{status}, $status, $what);
        is_deeply(cors_of($r), { 'allow-origin' => '*', 'expose-headers' => 'Link' }, "$what: may be read by all");
    }
    is($berth->stop, 0, 'a clean end');
};

subtest 'without cors' => sub {
    $berth = Berth::Instance->start;
    is_deeply(cors_of(ask(GET => '/v1/_ping', SITE)), {}, 'no page may read');
    is(Berth::HTTP::header(ask(GET => '/v1/_ping', SITE), 'Vary'), undef, 'nothing varies');
    is($berth->stop, 0, 'a clean end');
};

subtest 'what doc/configuration.md shows is enough' => sub {
    my $documented = with_cors('origins: [' . SITE . ']', 'supports_credentials: true');
    my $r          = Berth::HTTP::request($documented, GET => '/v2/', [ Origin => SITE ]);
    my %shown  = map { lc, 1 } split /, /, cors_of($r)->{'expose-headers'} // '';

    ok($shown{$_}, "a page may read $_") for qw(docker-content-digest link www-authenticate);
    is($documented->stop, 0, 'a clean end');
};

done_testing;
