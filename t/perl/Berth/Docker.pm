package Berth::Docker;

# A docker daemon of a test's own, and podman with a storage of its own, as commands that a
# shell finds: docker, podman.
#
#     my $docker = Berth::Docker->start or skip(Berth::Docker::why(), 1);
#     my $output = $docker->run('docker pull localhost:5000/busybox');

use strict;
use warnings;

use Berth::Instance;
use Berth::Test;
use POSIX qw(WNOHANG);

my $why;

# Why start() gave nothing.
sub why { return $why }

sub start {
    my ($class) = @_;
    my $self = bless { dir => scratch(), owner => $$ }, $class;

    $why = no_docker() and return;
    $self->write_command(docker => "/usr/bin/docker -H unix://$self->{dir}/sock");
    $self->write_command(podman => "/usr/bin/podman --root $self->{dir}/podman --runroot $self->{dir}/podman-run"
        . ' --storage-driver vfs');
    return $self->launch;
}

sub no_docker {
    return 'not run as root'            if $> != 0;
    return 'dockerd is not installed'   if !grep { -x "$_/dockerd" } split(/:/, $ENV{PATH}), '/usr/sbin';
    return '/usr/bin/docker is missing' if !-x '/usr/bin/docker';
    return;
}

sub write_command {
    my ($self, $name, $command) = @_;

    mkdir "$self->{dir}/bin";
    open my $file, '>', "$self->{dir}/bin/$name" or die "$name: $!";
    print $file "#!/bin/sh\nexec $command \"\$@\"\n";
    close $file;
    chmod 0755, "$self->{dir}/bin/$name";
}

# The path of one of these commands.
sub command { return "$_[0]{dir}/bin/$_[1]" }

sub launch {
    my ($self) = @_;
    my $dir = $self->{dir};
    my $ended;

    $self->{pid} = fork // die "fork: $!";
    if (!$self->{pid}) {
        open STDOUT, '>', "$dir/log";
        open STDERR, '>&', \*STDOUT;
        exec('dockerd', '--host', "unix://$dir/sock", '--data-root', "$dir/root", '--exec-root', "$dir/exec",
            '--pidfile', "$dir/pid", '--bridge=none', '--iptables=false', '-s', 'vfs') or POSIX::_exit(127);
    }
    within(60, sub {
        ($ended = waitpid($self->{pid}, WNOHANG) == $self->{pid}) || ($self->run('docker version'), $? == 0)[1];
    });
    return $self unless $ended;
    delete $self->{pid};
    ($why) = reverse split /\n/, Berth::Instance::slurp("$dir/log");
    $why = "dockerd does not start: $why";
    return;
}

# run(COMMAND): what it says; $? is its status. dockerd, too, is found in /usr/sbin.
sub run {
    my ($self, $command) = @_;
    local $ENV{PATH} = "$self->{dir}/bin:$ENV{PATH}:/usr/sbin:/sbin";

    return scalar `{ $command; } 2>&1 </dev/null`;
}

# Where the daemon has unpacked a layer and those below it, by the digest of their chain.
sub directory_of {
    my ($self, $chain_id) = @_;
    my $root  = "$self->{dir}/root";
    my $cache = Berth::Instance::slurp("$root/image/vfs/layerdb/" . $chain_id =~ s{:}{/}r . '/cache-id');

    return "$root/vfs/dir/$cache";
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} // return;

    kill 'TERM', $pid;
    within(30, sub { waitpid($pid, WNOHANG) == $pid }) or kill 'KILL', $pid;
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?, $!);
    $self->stop if $self->{owner} == $$;
}

1;
