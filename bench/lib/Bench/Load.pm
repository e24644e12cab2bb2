package Bench::Load;

# Runs the load programs push.c and mix.c, and measures the processor time and the memory that a
# registry uses in that time.
#
#     my $load = Bench::Load->new($ground);
#     my $rate = $load->images($registry, 256, 64, 'close');
#     my $got  = $load->mix($registry, $plan, 5, 32);     # { rate, megabytes, half, slow, ... }

use strict;
use warnings;

use Bench::Process qw(memory processor_seconds);
use Bench::Tool qw(capture program write_file);
use IO::Select;
use List::Util qw(max);

sub new {
    my ($class, $ground) = @_;

    return bless { dir => $ground->dir, push => program('push'), mix => program('mix') }, $class;
}

# images(REGISTRY, COUNT, AT-ONCE [, 'close']) pushes new images; names(...) pushes one whose
# blobs are there; see push.c. Returns the pushes per second, and the milliseconds of processor
# time of one.
sub images { my ($self, $registry, @how) = @_; return $self->push_many($registry, 'images', @how) }
sub names  { my ($self, $registry, @how) = @_; return $self->push_many($registry, 'names',  @how) }

sub push_many {
    my ($self, $registry, $what, $count, @how) = @_;
    my @all  = map { $_->{pid} } $registry->processes;
    my $used = processor_seconds(@all);
    my $rate = 0 + capture($self->{push}, $registry->{url}, $what, $count, @how);

    return { rate => $rate, processor_ms => 1000 * (processor_seconds(@all) - $used) / $count };
}

# blob(REGISTRY, FILE): pushes a blob of this size; returns the seconds, and the digest.
sub blob {
    my ($self, $registry, $file) = @_;
    return split ' ', capture($self->{push}, $registry->{url}, 'blob', $file);
}

# mix(REGISTRY, PLAN, SECONDS, AT-ONCE [, 'close']): see mix.c for the plan. Returns requests per
# second, megabytes per second, the milliseconds of the median and of the slowest in a hundred,
# the processor time of the registry in microseconds a request, and the most memory that it
# used, in MiB: of all its processes, and without nginx.
sub mix {
    my ($self, $registry, $plan, $seconds, @how) = @_;
    my @all  = map { $_->{pid} } $registry->processes;
    my @own  = map { $_->{pid} } grep { $_->{name} ne 'nginx' } $registry->processes;
    my $used = processor_seconds(@all);
    my %most = (memory => 0, without_nginx => 0);

    write_file("$self->{dir}/plan", $plan);
    open my $pipe, '-|', 'sh', '-c', 'exec "$@" <"$0"', "$self->{dir}/plan", $self->{mix}, $registry->{url}, $seconds, @how
        or die "mix: $!\n";
    my $ended = IO::Select->new($pipe);
    until ($ended->can_read(0.2)) {
        $most{memory}        = max($most{memory},        memory(@all));
        $most{without_nginx} = max($most{without_nginx}, memory(@own));
    }
    my $line = readline $pipe;
    close $pipe or die "mix failed with $registry->{url}\n";
    my %got;
    @got{qw(rate megabytes half slow)} = split ' ', $line;
    $got{processor_us} = 1e6 * (processor_seconds(@all) - $used) / ($got{rate} * $seconds);
    return { %got, %most };
}

1;
