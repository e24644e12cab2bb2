package Berth::Test;

# What every test of the running server starts from: Test::More, the places that make
# hands down in the environment, and a record of what could not be run.
#
#     use Berth::Test;
#     needs_command('podman');

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp ();
use Test::More;
use Time::HiRes ();

our @EXPORT = (
    @Test::More::EXPORT,
    qw(build_dir source_dir quick scratch within not_run needs_command in_parallel)
);

$SIG{PIPE} = 'IGNORE';

sub source_dir {
    return $ENV{BERTH_SRC} ? abs_path($ENV{BERTH_SRC}) : abs_path(dirname(__FILE__) . '/../../..');
}

sub build_dir {
    return abs_path($ENV{BERTH_BUILD} || source_dir() . '/build');
}

# True when long loops are to be short.
sub quick {
    return $ENV{BERTH_QUICK};
}

# A directory of this test's own, removed at its end. What root starts runs as another user,
# who must be able to pass.
sub scratch {
    my $dir = File::Temp->newdir('berth-test-XXXXXX', TMPDIR => 1);

    chmod 0711, "$dir" if $> == 0;
    return $dir;
}

# Calls $check until it returns true, for $seconds at most; returns what it returned last.
sub within {
    my ($seconds, $check) = @_;
    my $deadline = Time::HiRes::time() + $seconds;
    my $got;

    until ($got = $check->()) {
        last if Time::HiRes::time() > $deadline;
        Time::HiRes::sleep(0.02);
    }
    return $got;
}

# Says that something was not run and why, to the reader of TAP and to quickstart check,
# which repeats it at the end.
sub not_run {
    my ($what, $why) = @_;
    my $root = source_dir();

    $what =~ s{^\Q$root\E/}{};
    diag("not run: $what: $why");
    return unless $ENV{BERTH_NOT_RUN};
    open my $list, '>>', $ENV{BERTH_NOT_RUN} or die "$ENV{BERTH_NOT_RUN}: $!";
    print $list "$what: $why\n";
    close $list;
}

# Ends the test as skipped when a command is missing.
sub needs_command {
    my ($command) = @_;

    return if grep { -x "$_/$command" } split(/:/, $ENV{PATH}), '/usr/sbin', '/sbin';
    not_run($0, "$command is not installed");
    plan(skip_all => "$command is not installed");
}

# Runs each of the given subs in a process of its own and returns, in their order, what
# each returned (one string), or undef for one that died.
sub in_parallel {
    my @pipes = map { start_child($_) } @_;
    my @results;

    for my $pipe (@pipes) {
        local $/;
        my $answer = readline $pipe;
        close $pipe;
        push @results, $answer =~ s/^ok:// ? $answer : undef;
        diag($answer) unless defined $results[-1];
    }
    return @results;
}

sub start_child {
    my ($code) = @_;
    my $pid = open(my $pipe, '-|') // die "fork: $!";

    return $pipe if $pid;
    my $answer = eval { 'ok:' . ($code->() // '') } // "died: $@";
    print $answer;
    close STDOUT;
    require POSIX;
    POSIX::_exit(0);    # the parent's instance and directories are not the child's to end
}

1;
