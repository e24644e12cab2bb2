#!/usr/bin/perl
# Any process is killed at any moment of pushes by API v2. A manifest that was acknowledged is
# served afterwards with all its blobs, and its tag is listed; what was cut off can be pushed
# again, and leaves nothing.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Instance;
use Berth::Kill;
use Berth::Oci;
use Berth::Test;
use Berth::V2Client;
use JSON::PP qw(decode_json);

my $berth  = Berth::Instance->start;
my $rounds = quick() ? 4 : 7;
my $base   = Berth::Oci->blob(bytes => Berth::Oci->blob(size => 300_000)->bytes);
my @KINDS  = qw(docker podman containerd);

# An image with a layer that all share and one of its own.
sub image {
    my $own = Berth::Oci->blob(size => 1000 + int rand 600_000);
    return Berth::Oci->image(layers => [$base, $own]);
}

# What is wrong when the image that this tag was pushed with is not served; else nothing.
sub wrong {
    my ($tag, $image) = @_;
    my $got = eval { Berth::V2Client->new($berth)->pull('team/kill', $tag) } or return "$tag: $@";

    return eq_hash($got, Berth::V2Client::expected($image)) ? () : "$tag: another image";
}

my $kill = Berth::Kill->new($berth,
    image   => \&image,
    answers => sub { Berth::V2Client->new($berth)->call(GET => '/v2/')->{status} == 200 },
    wrong   => \&wrong,
    push    => sub {
        my ($client, $tag, $image) = @_;
        Berth::V2Client->new($berth, as => $KINDS[$client % @KINDS])->push('team/kill', $tag, $image);
    });

# Those that were acknowledged and are not listed.
sub unlisted {
    my $list   = Berth::HTTP::request($berth, GET => '/v2/team/kill/tags/list?n=10000');
    my $tags   = eval { decode_json($list->{body})->{tags} };
    my %listed = map { $_ => 1 } @{ $tags // [] };

    return grep { !$listed{$_} } sort keys %{ $kill->acknowledged };
}

for my $round (1 .. $rounds) {
    $kill->round($round, images => 15);
    ok(within(5, sub { !unlisted() }), 'their tags are listed') or diag(explain [unlisted()]);
}

# Neither nginx's files nor uploads are removed while they are young: make them old.
utime time - 100_000, time - 100_000, map { $berth->left($_) } qw(body upload);
$berth->restart;
$kill->finish($rounds);
ok(within(10, sub { !grep { $berth->left($_) } qw(body tmp upload) }), 'no temporary file and no upload is left')
    or diag(explain([map { $berth->left($_) } qw(body tmp upload)]));
done_testing();
