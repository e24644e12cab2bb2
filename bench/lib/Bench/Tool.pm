package Bench::Tool;

# What measuring takes: the clock, medians, taking turns, the load of wrk, the transfers of
# curl.

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(min sum);
use Time::HiRes ();

our @EXPORT_OK = qw(capture compare contest curl_seconds fsync_seconds median now read_file run
    take_turns warm_memory write_file wrk_rate);

sub now { return Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) }

# run(COMMAND ...): dies when it fails.
sub run {
    my (@command) = @_;

    system(@command) == 0 or die "@command failed\n";
}

# capture(COMMAND ...): its standard output.
sub capture {
    my (@command) = @_;

    open my $pipe, '-|', @command or die "$command[0]: $!\n";
    local $/;
    my $out = readline $pipe;
    close $pipe or die "@command failed\n";
    return $out;
}

sub read_file {
    my ($path) = @_;

    open my $file, '<', $path or die "$path: $!\n";
    local $/;
    return readline $file;
}

sub write_file {
    my ($path, $text) = @_;

    open my $file, '>', $path or die "$path: $!\n";
    print $file $text;
    close $file or die "$path: $!\n";
}

sub median {
    my @sorted = sort { $a <=> $b } @_;
    my $middle = int @sorted / 2;

    return @sorted % 2 ? $sorted[$middle] : ($sorted[ $middle - 1 ] + $sorted[$middle]) / 2;
}

# compare(ROUNDS, \&OURS, \&REFERENCE): calls them in turn, so many times round, so that
# whatever else the machine does meets both. Each returns a number. Returns the two medians
# and the median of each round's ratio.
sub compare {
    my ($rounds, @subs) = @_;
    my ($ours, $reference) = take_turns($rounds, @subs);

    return (median(@$ours), median(@$reference), median(map { $ours->[$_] / $reference->[$_] } 0 .. $#$ours));
}

# contest(ROUNDS, \&OURS, \&PART ...): the same for seconds: the best of ours, the sum of
# the best of each part, their ratio. For work that others can make slower and nothing
# makes faster than it is.
sub contest {
    my ($rounds, @subs) = @_;
    my ($ours, @parts) = map { min(@$_) } take_turns($rounds, @subs);
    my $reference = sum(@parts);

    return ($ours, $reference, $ours / $reference);
}

# take_turns(ROUNDS, \&ONE ...): for each of them a list of what it returned.
sub take_turns {
    my ($rounds, @subs) = @_;
    my @got;

    for (1 .. $rounds) {
        push @{ $got[$_] }, $subs[$_]->() for 0 .. $#subs;
    }
    return @got;
}

# wrk_rate(URL, OPTION ...): answers a second, to 32 connections. One second only: how they
# fall on nginx's processes is chance, and many short rounds even it out.
sub wrk_rate {
    my ($url, @options) = @_;
    my $out = capture('wrk', '-t', 2, '-c', 32, '-d', 1, @options, $url);
    my ($rate) = $out =~ m{Requests/sec:\s+([\d.]+)};

    die "$url: $out" if !$rate || $out =~ /Non-2xx|Socket errors/;
    return $rate;
}

# curl_seconds(ARGUMENT ...): how long a transfer took. Dies unless it got a 200.
sub curl_seconds {
    my ($status, $seconds) = split ' ',
        capture('curl', '-sS', '-o', '/dev/null', '-w', '%{http_code} %{time_total}', @_);

    die "curl @_: $status\n" unless $status == 200;
    return $seconds;
}

# fsync_seconds(FILE): how long fsync(2) of a new copy of the file takes, which is removed.
sub fsync_seconds {
    my ($file) = @_;

    run('cp', $file, "$file.copy");
    open my $copy, '<', "$file.copy" or die "$file.copy: $!\n";
    my $start = now();
    $copy->sync or die "fsync: $!\n";
    my $took = now() - $start;
    unlink "$file.copy";
    return $took;
}

# In a virtual machine memory that nobody used for a while costs ten times as much at its
# first touch, whoever is the one to touch it. So that much is touched before.
sub warm_memory {
    my ($bytes) = @_;

    run($^X, '-e', '$_ = "x" x shift', $bytes);
}

1;
