#!/usr/bin/perl
# Each generation of docker since 2013 logs in, pushes, pushes again, and pulls its own images and
# those of a docker 0.11. What each sends and demands stands in t/perl/Berth/OldDocker.pm.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::OldDocker;
use Berth::Test;

needs_command('openssl');

my $berth  = Berth::Instance->start;
my $common = Berth::Image->new;
my $shared = Berth::Image->new(parent => $common);

Berth::OldDocker->new($berth, '0.11')->push('old/shared', { latest => $shared }, $common, $shared);

# The result of a step, or why this docker gives up.
sub tried {
    my ($step) = @_;
    my $result = eval { $step->() };
    return $result // "gives up: $@";
}

sub sums { return [map { $_->layer_sum } @_] }

for my $version (Berth::OldDocker->generations) {
    subtest "docker $version" => sub {
        my $docker = Berth::OldDocker->new($berth, $version);
        my $name   = 'team/by-' . ($version =~ tr/./-/r);
        my $base   = Berth::Image->new;
        my $middle = Berth::Image->new(parent => $base);
        my $top    = Berth::Image->new(parent => $middle);
        my %tags   = (latest => $top, 'v1.0' => $middle, again => $top);

        like(tried(sub { $docker->login }), qr/\A(?:Account created|not asked for)\z/, 'login');
        is_deeply(tried(sub { $docker->pull('old/shared', 'latest') }), sums($common, $shared),
            "an image of docker 0.11's is pulled");

        is(tried(sub { $docker->push_blob($name, $base->bytes) }), 1, 'a layer alone is uploaded') if $docker->speaks_v2;
        is(tried(sub { $docker->push($name, \%tags, $base, $middle, $top) }), $docker->speaks_v2 ? 2 : 3,
            'the layers are pushed, with three tags');
        is(tried(sub { $docker->push($name, \%tags, $base, $middle, $top) }), 0, 'none of them is sent again');
        for my $tag (sort keys %tags) {
            is_deeply(tried(sub { $docker->pull($name, $tag) }),
                $tag eq 'v1.0' ? sums($base, $middle) : sums($base, $middle, $top), "$tag is pulled");
        }
        like(tried(sub { $docker->pull($name, 'none') }), qr/^gives up: no tag none|^gives up: images: 404/, 'no other tag');
    };
}

# docker writes a slash after the name where it means the repository.
subtest 'names that are words of the paths' => sub {
    for my $version (qw(0.9 0.11 1.5)) {
        for my $word (qw(auth images json properties tags)) {
            my $docker = Berth::OldDocker->new($berth, $version);
            my $image  = Berth::Image->new;

            is(tried(sub { $docker->push("acme/$word", { latest => $image, json => $image }, $image) }), 1,
                "docker $version pushes acme/$word");
            is_deeply(tried(sub { $docker->pull("acme/$word", 'json') }), sums($image), 'and pulls it');
        }
    }
};

# ---- Location ----

# Where an upload goes that was begun with these headers.
sub location {
    my ($server, @headers) = @_;
    my $c = Berth::HTTP->connect($server);

    $c->head(POST => '/v2/team/app/blobs/uploads/', @headers, 'Content-Length' => 0);
    return Berth::HTTP::header($c->response, 'Location') =~ s{/blobs/uploads/[0-9a-f-]+\z}{}r;
}

subtest 'Location' => sub {
    my $port = $berth->port;

    is(location($berth, Host => $berth->host), "https://localhost:$port/v2/team/app", 'scheme, host and port');
    is(location($berth, Host => 'r.example'), 'https://r.example/v2/team/app', 'as the client called them');
    is(location($berth, Host => 'r.example', 'X-Forwarded-Proto' => 'http', 'X-Forwarded-Host' => 'evil.example'),
        '/v2/team/app', 'a path, when a stranger claims to be a proxy');
    SKIP: {
        skip 'curl is not installed', 1 if system 'command -v curl >/dev/null';
        my $curl = 'curl -s -o /dev/null -D - --http2 -X POST --cacert ' . $berth->ca;
        like(`$curl https://localhost:$port/v2/team/app/blobs/uploads/`,
            qr{^location: https://localhost:$port/v2/team/app/blobs/uploads/}mi, 'the same by HTTP/2');
    }

    my $inner = Berth::Instance->configured("trusted_proxies: [192.0.2.1, 127.0.0.0/8]\n", http => 1);
    is(location($inner, Host => 'r.example:444', 'X-Forwarded-Proto' => 'https'), 'https://r.example:444/v2/team/app',
        'a trusted proxy says the scheme');
    is(location($inner, Host => 'inner', 'X-Forwarded-Proto' => 'https', 'X-Forwarded-Host' => 'r.example'),
        'https://r.example/v2/team/app', 'and the host');
    is(location($inner, Host => 'r.example'), '/v2/team/app', 'a path, when it does not');
    is($inner->stop, 0, 'a clean end');
};

is($berth->stop, 0, 'a clean end');
done_testing();
