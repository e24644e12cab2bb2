#!/usr/bin/perl
# Each generation of docker since 2013 logs in, pushes, pushes again, and pulls its own images and
# those of a docker 0.11. What each sends and demands stands in t/lib/Berth/OldDocker.pm.

use strict;
use warnings;

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

        local $TODO = 'the digest of a signed manifest is not that of its payload yet' if $version eq '1.6';
        is(tried(sub { $docker->push($name, \%tags, $base, $middle, $top) }), 3, 'three layers are pushed, with three tags');
        is(tried(sub { $docker->push($name, \%tags, $base, $middle, $top) }), 0, 'none of them is sent again');
        for my $tag (sort keys %tags) {
            is_deeply(tried(sub { $docker->pull($name, $tag) }),
                $tag eq 'v1.0' ? sums($base, $middle) : sums($base, $middle, $top), "$tag is pulled");
        }
        like(tried(sub { $docker->pull($name, 'none') }), qr/^gives up: no tag none|^gives up: images: 404/, 'no other tag');
    };
}

# docker writes a slash behind the name, where it means the repository.
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

is($berth->stop, 0, 'a clean end');
done_testing();
