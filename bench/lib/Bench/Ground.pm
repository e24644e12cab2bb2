package Bench::Ground;

# What both APIs are measured on: a directory, how much is asked for, a large layer, a berth.
#
#     my $ground = Bench::Ground->new($dir, quick => 1);
#     my $push   = $ground->compile([qw(push.c http.c)], '-lssl');
#     my $berth  = $ground->berth('data', http => 1);

use strict;
use warnings;

use Bench::Process ();
use Bench::Tool qw(capture now run write_file);
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test qw(build_dir source_dir);
use IO::Handle;

use constant MIB => 1 << 20;

# MiB of the large layer. For v1: rounds of its transfer, and of load, repositories, a
# directory that becomes a layer. For v2:
# rounds of all that takes long, and of load, repositories, seconds of the mix, images of a
# round of pushes.
my %FULL = (
    layer_mib => 1024,
    transfers => 7, loads  => 15, repositories => 100_000, archive => '/usr/share',
    turns     => 3, rounds => 5,  names        => 10_000, mix => 5, images => 192,
);
my %QUICK = (
    layer_mib => 256,
    transfers => 3, loads  => 3, repositories => 10_000, archive => '/usr/include',
    turns     => 2, rounds => 3, names        => 1000, mix => 2, images => 128,
);

sub new {
    my ($class, $dir, %option) = @_;

    return bless { dir => $dir, much => $option{quick} ? \%QUICK : \%FULL }, $class;
}

sub dir  { return $_[0]{dir} }
sub much { return $_[0]{much}{ $_[1] } }

# compile(SOURCES, FLAG ...): the program, which has the name of the first.
sub compile {
    my ($self, $sources, @flags) = @_;
    my $bench   = source_dir() . '/bench';
    my $program = "$self->{dir}/" . ($sources->[0] =~ s/\.c$//r);

    run('cc', '-std=gnu11', '-D_GNU_SOURCE', '-O2', '-pthread', '-o', $program, map({ "$bench/$_" } @$sources), @flags);
    return $program;
}

# berth(NAME, %HOW): one on the directory of that name, with what Berth::Instance takes; its
# {url} is where it is. One that ran there has to be given up before.
sub berth {
    my ($self, $name, %how) = @_;
    my $berth = Berth::Instance->start(data => "$self->{dir}/$name", %how);

    $berth->{url} = $berth->scheme . '://127.0.0.1:' . $berth->port;
    return $berth;
}

# The large layer, no archive.
sub layer {
    my ($self) = @_;
    my $path = "$self->{dir}/layer";

    return $path if -e $path;
    my $next = Berth::Image->new(size => $self->much('layer_mib') * MIB)->reader;
    open my $file, '>:raw', $path or die "$path: $!\n";
    while ((my $bytes = $next->()) ne '') {
        print $file $bytes or die "$path: $!\n";
    }
    close $file or die "$path: $!\n";
    $self->settle;
    return $path;
}

# What was written so far shall not be on its way to the disk while others are measured.
sub settle {
    my ($self) = @_;

    run('sync', '-f', $self->{dir});
}

# What a new small file costs there, in microseconds: to make, and to flush. An ext4 without
# a journal passes over what was removed in the last five minutes, inode by inode; figures of
# pushes mean little meanwhile.
sub file_costs {
    my ($self) = @_;
    my ($made, $flushed) = (0, 0);
    my $files = 200;

    mkdir "$self->{dir}/files" or die "$self->{dir}/files: $!\n";
    for my $i (1 .. $files) {
        my $start = now();
        open my $file, '>', "$self->{dir}/files/$i" or die "$self->{dir}/files/$i: $!\n";
        syswrite $file, "a small file\n";
        my $middle = now();
        $file->sync or die "fsync: $!\n";
        $made    += $middle - $start;
        $flushed += now() - $middle;
    }
    return map { 1e6 * $_ / $files } $made, $flushed;
}

# config(NAME, REFERENCE): for a berth that is started on the directory without quickstart;
# its requests come from the reference's nginx.
sub config {
    my ($self, $name, $reference) = @_;
    my $path   = "$self->{dir}/$name";
    my $socket = $reference->starting;

    write_file("$path/config.yml", qq(dev:\n    storage_path: "$path"\n    socket: "$socket"\n));
    return "$path/config.yml";
}

# From exec to the first answer, with nginx and the index there.
sub start_ms {
    my ($self, $config, $reference) = @_;
    my $answers = sub { Berth::HTTP::request($reference, GET => '/v1/_ping')->{status} == 200 };

    return Bench::Process::start_ms($answers, "$self->{dir}/start.log", build_dir() . '/berth', 'serve', '--config', $config);
}

1;
