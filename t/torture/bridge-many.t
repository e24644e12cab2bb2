#!/usr/bin/perl
# A directory of docker-registry with many images is made ready for API v2: killed again and
# again, continued, and in memory that does not grow with their number.

use strict;
use warnings;

use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Directory;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep);

use constant CHAIN    => 20;    # images of a repository, of which every fourth has a tag
use constant KILLS    => 3;
use constant MEMORY   => 48;    # MiB

my $repositories = quick() ? 50 : 500;
my $tags         = $repositories * CHAIN / 4;
my $dir          = scratch();
my $data         = "$dir/data";
my $old          = Berth::V1Directory->new($data);
my $base         = $old->image(Berth::Image->new);

for my $repository (1 .. $repositories) {
    my $image = $base;

    for my $n (1 .. CHAIN) {
        $image = $old->image(Berth::Image->new(parent => $image));
        $old->tag("team/app-$repository", "v$n", $image) if $n % 4 == 0;
    }
}
open my $file, '>', "$dir/config.yml" or die "config.yml: $!";
print $file "dev:\n    storage_path: $data\n";
close $file;

sub records {
    my @records = glob "$data/_berth/bridge/image/??/*";
    return scalar @records;
}

sub start {
    my $pid = fork // die "fork: $!";

    return $pid if $pid;
    open STDOUT, '>', "$dir/out" or die "out: $!";
    exec(build_dir() . '/berth', 'bridge', '--all', '--config', "$dir/config.yml") or POSIX::_exit(127);
}

# The most memory that it had, in MiB, as far as it was seen before its end.
sub wait_and_watch {
    my ($pid) = @_;
    my $most = 0;

    while (waitpid($pid, WNOHANG) == 0) {
        my ($now) = Berth::Instance::slurp("/proc/$pid/status") =~ /^VmHWM:\s+(\d+) kB/m;
        $most = $now if ($now // 0) > $most;
        sleep 0.02;
    }
    return $most / 1024;
}

for my $kill (1 .. KILLS) {
    my $before = records();
    my $pid    = start();

    ok(within(60, sub { records() > $before + $tags / 10 }), "run $kill goes on");
    kill 'KILL', $pid;
    waitpid $pid, 0;
    cmp_ok(records(), '<', $tags, 'and is killed before its end');
}
my $left = $tags - records();
my $most = wait_and_watch(start());
is($?, 0, 'the next run comes to the end');
is(Berth::Instance::slurp("$dir/out") =~ s/^bridge: \d+ tags, at .*\n//mgr, "bridge: $tags tags, $left images were made, done\n",
    "with the $left images that were left");
is(records(), $tags, 'all are made');
SKIP: {
    skip('a sanitizer takes memory of its own', 1)
        if $ENV{BERTH_SANITIZERS};
    cmp_ok($most, '<', MEMORY, sprintf 'it had %.1f MiB of memory', $most);
}
$most = wait_and_watch(start());
is(Berth::Instance::slurp("$dir/out"), "bridge: $tags tags, 0 images were made, done\n", 'nothing is made again');
done_testing;
