package Bench::Process;

# Programs that are measured: starting and ending them, the time until they answer, the memory
# and the processor time that they use.

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(sum0);
use POSIX ();
use Bench::Tool qw(now read_file);
use Time::HiRes ();

our @EXPORT_OK = qw(end forget_peaks memory peaks processor_seconds spawn start_ms);

# spawn(LOG, COMMAND ...): starts it in a session of its own, as quickstart starts nginx and
# berth, because the kernel may divide the processor time by session. Returns the pid.
sub spawn {
    my ($log, @command) = @_;
    my $pid = fork // die "fork: $!\n";

    return $pid if $pid;
    POSIX::setsid();
    open STDIN,  '<',  '/dev/null';
    open STDOUT, '>>', $log;
    open STDERR, '>&', \*STDOUT;
    exec(@command) or POSIX::_exit(127);
}

sub end {
    for my $pid (@_) {
        kill 'TERM', $pid;
        waitpid $pid, 0;
    }
}

# start_ms(\&ANSWERS, LOG, COMMAND ...): milliseconds from exec until ANSWERS returns true. Ends
# the command again.
sub start_ms {
    my ($answers, $log, @command) = @_;
    my $start = now();
    my $pid   = spawn($log, @command);
    my $ended = 0;

    until ($ended || $answers->()) {
        $ended = waitpid($pid, POSIX::WNOHANG()) != 0;
        Time::HiRes::sleep(0.0005);
    }
    my $took = now() - $start;
    die "$command[0] does not start: see $log\n" if $ended;
    end($pid);
    return 1000 * $took;
}

# memory(PID ...): MiB; memory that the processes share is counted once.
sub memory {
    return sum0(map { part($_, 'smaps_rollup', qr/^Pss:\s+(\d+) kB/m) } @_) / 1024;
}

# processor_seconds(PID ...): the processor time they have used since they were started.
sub processor_seconds {
    my $ticks = sum0(map { part($_, 'stat', qr/\) \S (?:\S+ ){10}(\d+)/) + part($_, 'stat', qr/\) \S (?:\S+ ){11}(\d+)/) } @_);
    return $ticks / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

# forget_peaks(PID ...), peaks(PID ...): the most memory that each used between the two, MiB.
sub forget_peaks {
    for my $pid (@_) {
        open my $file, '>', "/proc/$pid/clear_refs" or die "clear_refs: $!\n";
        print $file "5\n";
        close $file;
    }
}

sub peaks {
    return map { part($_, 'status', qr/^VmHWM:\s+(\d+) kB/m) / 1024 } @_;
}

# 0 if the process has ended.
sub part {
    my ($pid, $name, $pattern) = @_;
    my $text = eval { read_file("/proc/$pid/$name") } // '';

    return $text =~ $pattern ? $1 : 0;
}

1;
