#!/usr/bin/perl
# Any process is killed at any moment of pushes by API v1. What was acknowledged is served
# afterwards; what was cut off can be pushed again, and leaves nothing.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Kill;
use Berth::Test;
use Berth::V1Client;

my $berth  = Berth::Instance->start;
my $rounds = quick() ? 5 : $ENV{BERTH_SANITIZERS} ? 10 : 25;
my $base   = Berth::Image->new(size => 300_000);

# What is wrong when the image that this tag was pushed with is not served; else nothing.
sub wrong {
    my ($tag, $image) = @_;
    my $docker = Berth::V1Client->new($berth);
    my $id     = Berth::HTTP::request($berth, GET => "/v1/repositories/team/kill/tags/$tag")->{body};
    my $got    = eval { $docker->pull_image($image->id) } or return "$tag: $@";

    return "$tag: another image" if $id ne '"' . $image->id . '"';
    return "$tag: another json"  if $got->{json} ne $image->json;
    return "$tag: other bytes"   if $got->{layer_sum} ne $image->layer_sum;
    return;
}

my $kill = Berth::Kill->new($berth,
    image   => sub { Berth::Image->new(parent => $base, size => 1000 + int rand 1_500_000) },
    answers => sub { Berth::V1Client->new($berth)->ping->{status} == 200 },
    wrong   => \&wrong,
    push    => sub {
        my ($client, $tag, $image) = @_;
        Berth::V1Client->new($berth)->push('team/kill', { $tag => $image }, $base, $image);
    });

$kill->round($_, images => 30) for 1 .. $rounds;

# nginx's files are not removed while they are young: make them old.
utime time - 3600, time - 3600, $berth->left('body');
$berth->restart;
$kill->finish($rounds);
ok(within(10, sub { !$berth->left('body') && !$berth->left('tmp') }), 'no temporary file is left')
    or diag(explain([$berth->left('body'), $berth->left('tmp')]));
is_deeply([grep { /_inprogress$/ } keys %{ $berth->tree }], [], 'no image is left unfinished');
done_testing();
