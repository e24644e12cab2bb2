#!/usr/bin/perl
# A tag goes to and fro between the APIs, while others read it: in each API it means one of its two
# images at any moment, and no list has it twice.

use strict;
use warnings;

use Berth::BothApis;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use Time::HiRes qw(time);

use constant { NAME => 'team/move', MOVES => quick() ? 20 : 150, LONGEST => 300 };

my $berth  = Berth::Instance->start;
my $v1     = Berth::Image->new;
my $v2     = Berth::Oci->image(layers => [Berth::Oci->layer({ a => 'b' })]);
my $dir    = scratch();
my $end    = "$dir/end";
my $latest = time + LONGEST;
my $tags   = '/v1/repositories/' . NAME . '/tags';

Berth::V1Client->new($berth)->push(NAME, { x => $v1 }, $v1);
Berth::V2Client->new($berth)->push(NAME, 'x', $v2);

sub move {
    my @faults;

    for (1 .. MOVES) {
        my $r = Berth::HTTP::request($berth, PUT => "$tags/x", [], '"' . $v1->id . '"');
        push @faults, "API v1: $r->{status}" if $r->{status} != 200;
        $r = Berth::HTTP::request($berth, PUT => '/v2/' . NAME . '/manifests/x', ['Content-Type' => $v2->type], $v2->bytes);
        push @faults, "API v2: $r->{status}" if $r->{status} != 201;
    }
    open my $file, '>', $end or die "$end: $!";
    return "@faults";
}

# Reads until the last move; returns the answers that are not right.
sub reader {
    my ($path, $is_right) = @_;

    return sub {
        my ($n, @faults) = (0);
        for (; !-e $end && time < $latest; $n++) {
            my $r = Berth::HTTP::request($berth, GET => $path);
            push @faults, "$r->{status} $r->{body}" if $r->{status} != 200 || !$is_right->($r->{body});
        }
        return $n > 0 ? join "\n", @faults : 'nothing was read';
    };
}

my %READERS = (
    'the tag, API v1'      => reader("$tags/x", sub { $_[0] =~ /\A"[0-9a-f]{64}"\z/ }),
    'the tag, API v2'      => reader('/v2/' . NAME . '/manifests/x', sub { $_[0] =~ /schemaVersion/ }),
    'list of tags, API v1' => reader($tags, sub { $_[0] !~ /"x".*"x"/ }),
    'list of tags, API v2' => reader('/v2/' . NAME . '/tags/list', sub { $_[0] =~ /\["x"\]/ }),
);
my @names = sort keys %READERS;
my ($moved, @read) = in_parallel(\&move, @READERS{@names});

is($moved, '', 'each move succeeds');
is($read[$_], '', $names[$_]) for 0 .. $#names;
is_deeply([Berth::BothApis::differences($berth, NAME)], [], 'at the end both APIs agree');
done_testing();
