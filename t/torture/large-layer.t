#!/usr/bin/perl
# A layer of 1 GiB goes in and comes out, byte for byte, and no worker grows with it.

use strict;
use warnings;

use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;

# The sanitizers multiply memory; there it is the code that counts, not the size.
my $small  = quick() || $ENV{BERTH_SANITIZERS};
my $size   = $small ? 64 << 20 : 1 << 30;
my $berth  = Berth::Instance->start;
my $docker = Berth::V1Client->new($berth);
my $base   = Berth::Image->new;
my $large  = Berth::Image->new(parent => $base, size => $size);

not_run("$0: 1 GiB", 'a layer of 64 MiB stands for it here') if $small;
is($docker->push('team/large', { latest => $large }, $base, $large), 2, 'both images are sent');
is(-s $berth->data . '/images/' . $large->id . '/layer', $size, 'the layer is there');
my $pulled = $docker->pull('team/large')->{images}{ $large->id };
is($pulled->{size}, $size, 'all of it comes back');
is($pulled->{layer_sum}, $large->layer_sum, 'as it was');
is_deeply([$berth->left('body')], [], 'nothing is left in body/');
is_deeply([$berth->left('push')], [], 'nor in push/');

SKIP: {
    skip('the sanitizers multiply memory', 1) if $ENV{BERTH_SANITIZERS};
    for my $pid ($berth->berth_workers) {
        my ($peak) = Berth::Instance::slurp("/proc/$pid/status") =~ /^VmHWM:\s+(\d+) kB/m;
        cmp_ok($peak, '<', 24 << 10, "a worker took at most $peak kB");
    }
}
is($berth->stop, 0, 'it ends well');
done_testing;
