package Berth::Podman;

# podman and buildah with a storage of the test's own.
#
#     my $podman  = Berth::Podman->new($instance);
#     my $buildah = Berth::Podman->new($instance, 'buildah');
#     $podman->works('it is pulled', pull => "$host/app");

use strict;
use warnings;

use parent qw(Berth::Programs);

# new(INSTANCE, PROGRAM): podman, unless buildah.
sub new {
    my ($class, $instance, $program) = @_;
    my $self = $class->SUPER::new($instance);
    my $dir  = $self->dir;

    $self->{command} = [$program // 'podman', '--root', "$dir/storage", '--runroot', "$dir/runroot",
        '--storage-driver', 'vfs'];
    push @{ $self->{command} }, '--cgroup-manager', 'cgroupfs', '--events-backend', 'none', '--tmpdir', "$dir/tmp"
        if ($program // 'podman') eq 'podman';
    return $self;
}

1;
