package Berth::Distribution;

# Debian's docker-registry, the program that berth's store has its layout from, on a free port
# and a directory that berth may have written. One of them at a time may run on it.
#
#     my $old = Berth::Distribution->start($berth->data);
#     Berth::V2Client->new($old)->pull('team/app', 'latest');
#     $old->stop;
#     my $done = $old->collect;    # { status, out, err } of its garbage-collect

use strict;
use warnings;

use parent qw(Berth::Programs);

use Berth::Instance;
use Berth::Test;
use Carp qw(croak);
use IO::Socket::INET;
use POSIX qw(WNOHANG);

my $CONFIG = <<'END';
version: 0.1
log: { accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: "%s" }
  delete: { enabled: true }
http: { addr: "127.0.0.1:%d" }
END

# start(DATA, %option): compatibility, the value of that key of its configuration.
sub start {
    my ($class, $data, %option) = @_;
    my $self = $class->new;

    mkdir $data;
    $self->{data}   = $data;
    $self->{port}   = Berth::Instance::free_port();
    $self->{owner}  = $$;
    $self->{config} = $self->dir . '/config.yml';
    my $more = $option{compatibility} ? "compatibility: $option{compatibility}\n" : '';
    Berth::Programs::save($self->{config}, sprintf($CONFIG, $data, $self->{port}) . $more);
    $self->launch;
    return $self;
}

# Once more, after stop().
sub launch {
    my ($self) = @_;
    my $log = $self->dir . '/log';

    $self->{daemon} = fork // die "fork: $!";
    if (!$self->{daemon}) {
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        $self->enter;
        exec('docker-registry', 'serve', $self->{config}) or POSIX::_exit(127);
    }
    my $answers = sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}) };
    within(30, sub { !$self->running || $answers->() });
    croak 'docker-registry does not start: ' . Berth::Instance::slurp($log) unless $self->running;
}

# As the directory's owner: what root would write there, nobody else could change.
sub enter {
    my ($self) = @_;
    my ($uid, $gid) = (stat $self->{data})[ 4, 5 ];

    $self->SUPER::enter;
    return if $> != 0 || $uid == 0;
    POSIX::setgid($gid) && POSIX::setuid($uid) or die "setuid: $!";
}

# As an instance of berth has it, for Berth::HTTP.
sub scheme { return 'http' }
sub port   { return $_[0]{port} }
sub host   { return "localhost:$_[0]{port}" }

sub running {
    my ($self) = @_;

    delete $self->{daemon} if $self->{daemon} && waitpid($self->{daemon}, WNOHANG) != 0;
    return defined $self->{daemon};
}

sub stop {
    my ($self) = @_;

    return unless $self->running;
    kill 'TERM', $self->{daemon};
    within(5, sub { !$self->running }) or kill 'KILL', $self->{daemon};
    within(5, sub { !$self->running }) or croak 'docker-registry does not end';
}

# Removes what nothing refers to; nobody may serve the directory meanwhile.
sub collect {
    my ($self) = @_;
    return $self->run('docker-registry', 'garbage-collect', $self->{config});
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?, $!);
    $self->stop if $self->{owner} == $$;
}

1;
