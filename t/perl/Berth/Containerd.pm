package Berth::Containerd;

# A containerd of the test's own, with nothing in it, and its client ctr.
#
#     my $ctr = Berth::Containerd->start($instance);    # whose certificate it trusts
#     $ctr->works('it is pulled', qw(images pull), $ctr->hosts, "$host/team/app:1");

use strict;
use warnings;

use parent qw(Berth::Programs);

use Berth::Instance;
use Berth::Test;
use Carp qw(croak);
use File::Path qw(make_path);
use POSIX qw(WNOHANG);

my $CONFIG = <<'END';
version = 2
root = "%1$s/root"
state = "%1$s/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "%1$s/sock"
END

my $HOST = <<'END';
server = "%s"
ca = "%s"
[host]
END

sub start {
    my ($class, $instance) = @_;
    my $self = $class->new;
    my $dir  = $self->dir;

    $self->{command} = ['ctr', '--address', "$dir/sock"];
    $self->{owner}   = $$;
    Berth::Programs::save("$dir/config.toml", sprintf $CONFIG, $dir);
    $self->served_by($instance->host, $instance);
    $self->launch;
    return $self;
}

sub launch {
    my ($self) = @_;
    my $dir = $self->dir;

    $self->{daemon} = fork // die "fork: $!";
    if (!$self->{daemon}) {
        open STDOUT, '>', "$dir/log";
        open STDERR, '>&', \*STDOUT;
        exec('containerd', '--config', "$dir/config.toml") or POSIX::_exit(127);
    }
    within(30, sub { !$self->running || $self->run('version')->{status} == 0 });
    croak 'containerd does not start: ' . Berth::Instance::slurp("$dir/log") unless $self->running;
}

# What names of that host stand for is got from an instance.
sub served_by {
    my ($self, $host, $instance) = @_;
    my $dir = $self->dir . "/hosts/$host";

    make_path($dir);
    Berth::Programs::save("$dir/hosts.toml", sprintf $HOST, $instance->scheme . '://' . $instance->host, $instance->ca);
}

# The options of a push or a pull that lead there.
sub hosts { return ('--hosts-dir', "$_[0]{dir}/hosts") }

sub running {
    my ($self) = @_;

    delete $self->{daemon} if $self->{daemon} && waitpid($self->{daemon}, WNOHANG) != 0;
    return defined $self->{daemon};
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?, $!);
    return if $self->{owner} != $$ || !$self->running;
    kill 'TERM', $self->{daemon};
    within(30, sub { !$self->running }) or kill 'KILL', $self->{daemon};
}

1;
