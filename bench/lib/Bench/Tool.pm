package Bench::Tool;

# Tools for measuring: the clock, medians, rounds in which both take turns, the load of wrk,
# transfers by curl.

use strict;
use warnings;

use Berth::Test qw(build_dir);
use Exporter qw(import);
use List::Util qw(min sum);
use Time::HiRes ();

our @EXPORT_OK = qw(capture command_seconds compare contest curl_seconds fsync_seconds median now program
    read_file run take_turns warm_memory write_file wrk_rate);

# program(NAME): the path of a program of bench/, which make has built.
sub program { return build_dir() . "/bench/$_[0]" }

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

# compare(ROUNDS, \&OURS, \&REFERENCE): calls both in each round, so that whatever else the
# machine does affects both. Each returns a number. Returns the two medians, and the median of
# the ratios of the rounds.
sub compare {
    my ($rounds, @subs) = @_;
    my ($ours, $reference) = take_turns($rounds, @subs);

    return (median(@$ours), median(@$reference), median(map { $ours->[$_] / $reference->[$_] } 0 .. $#$ours));
}

# contest(ROUNDS, \&OURS, \&PART ...): the same for seconds. Returns the best of ours, the sum
# of the best of each part, and their ratio: other work on the machine makes a transfer slower
# and never faster, so the best says most.
sub contest {
    my ($rounds, @subs) = @_;
    my ($ours, @parts) = map { min(@$_) } take_turns($rounds, @subs);
    my $reference = sum(@parts);

    return ($ours, $reference, $ours / $reference);
}

# take_turns(ROUNDS, \&ONE ...): for each of them the list of what it returned.
sub take_turns {
    my ($rounds, @subs) = @_;
    my @got;

    for (1 .. $rounds) {
        push @{ $got[$_] }, $subs[$_]->() for 0 .. $#subs;
    }
    return @got;
}

# wrk_rate(URL, OPTION ...): responses per second, on 32 connections, in one second. Many short
# rounds are better than a long one: which process of nginx gets which connection is chance.
sub wrk_rate {
    my ($url, @options) = @_;
    my $out = capture('wrk', '-t', 2, '-c', 32, '-d', 1, @options, $url);
    my ($rate) = $out =~ m{Requests/sec:\s+([\d.]+)};

    die "$url: $out" if !$rate || $out =~ /Non-2xx|Socket errors/;
    return $rate;
}

# curl_seconds(ARGUMENT ...): how long a transfer took. Dies unless the status is 200.
sub curl_seconds {
    my ($status, $seconds) = split ' ',
        capture('curl', '-sS', '-o', '/dev/null', '-w', '%{http_code} %{time_total}', @_);

    die "curl @_: $status\n" unless $status == 200;
    return $seconds;
}

# command_seconds(COMMAND ...): how long a command took. Dies when it fails.
sub command_seconds {
    my (@command) = @_;
    my $start = now();

    capture(@command);
    return now() - $start;
}

# fsync_seconds(FILE): how long fsync(2) of a new copy of the file takes; the copy is removed.
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

# In a virtual machine the first use of memory that was idle for a while takes ten times as
# long. So this much is used once before something is measured.
sub warm_memory {
    my ($bytes) = @_;

    run($^X, '-e', '$_ = "x" x shift', $bytes);
}

1;
