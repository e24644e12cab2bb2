#!/usr/bin/perl
# Any process is killed at any moment of pushes by both APIs to one repository, in which each tag
# goes from one API to the other. What was acknowledged is served by both afterwards, with the same
# layers, and both list the same tags; also when the index and the bridge's data are made again.

use strict;
use warnings;

use Berth::BothApis;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Kill;
use Berth::Oci;
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use File::Path qw(remove_tree);

use constant NAME => 'team/kill';

my $berth  = Berth::Instance->start;
my $rounds = quick() ? 2 : 4;
my $base   = Berth::Image->new;
my $layer  = Berth::Oci->layer({ base => 'of all' });

sub image {
    return {
        v1 => Berth::Image->new(parent => $base),
        v2 => Berth::Oci->image(layers => [$layer, Berth::Oci->layer({ own => rand() })]),
    };
}

sub push_v1 {
    my ($tag, $image) = @_;
    return Berth::V1Client->new($berth)->push(NAME, { $tag => $image->{v1} }, $base, $image->{v1});
}

sub push_v2 {
    my ($tag, $image) = @_;
    return Berth::V2Client->new($berth)->push(NAME, $tag, $image->{v2});
}

# The API of the last push of this client's tags; the other one goes before it.
my @ORDER = ([\&push_v1, \&push_v2], [\&push_v2, \&push_v1]);

sub wrong {
    my ($tag, $image) = @_;
    my ($client) = $tag =~ /\.c(\d+)\./;
    my @differs = Berth::BothApis::of_tag($berth, NAME, $tag);

    return @differs if @differs;
    if ($client % 2) {
        my $id = Berth::HTTP::request($berth, GET => '/v1/repositories/' . NAME . "/tags/$tag")->{body};
        return $id eq '"' . $image->{v1}->id . '"' ? () : "$tag: $id";
    }
    my $digest = Berth::V2Client->new($berth)->pull(NAME, $tag)->{digest};
    return $digest eq $image->{v2}->digest ? () : "$tag: $digest";
}

my $kill = Berth::Kill->new($berth,
    image   => \&image,
    answers => sub { Berth::V2Client->new($berth)->call(GET => '/v2/')->{status} == 200 },
    wrong   => \&wrong,
    push    => sub {
        my ($client, $tag, $image) = @_;
        $_->($tag, $image) for @{ $ORDER[$client % 2] };
    });

sub lists_agree {
    my ($when) = @_;
    my @acknowledged = sort keys %{ $kill->acknowledged };

    for my $list (\&Berth::BothApis::listed_v1, \&Berth::BothApis::listed_v2) {
        ok(within(20, sub { "@acknowledged" eq join ' ', $list->($berth, NAME) }), "$when: all tags are listed");
    }
}

for my $round (1 .. $rounds) {
    $kill->round($round, images => 8);
    lists_agree("round $round");
}

$berth->stop;
unlink glob "$berth->{data}/_berth/index.db*";
remove_tree("$berth->{data}/_berth/bridge");
$berth->launch;
lists_agree('index and bridge made again');
is_deeply([Berth::BothApis::differences($berth, NAME)], [], 'both APIs agree');
$kill->finish($rounds);
done_testing();
