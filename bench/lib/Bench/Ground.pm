package Bench::Ground;

# What the measurements of both APIs share: a directory, the number of rounds and the sizes, a
# large layer, a running berth.
#
#     my $ground = Bench::Ground->new($dir, quick => 1);
#     my $berth = $ground->berth('data', http => 1);

use strict;
use warnings;

use Bench::Process ();
use Bench::Tool qw(capture now run write_file);
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test qw(build_dir);
use IO::Handle;

use constant MIB => 1 << 20;

# The first line: MiB of the large layer. The second, for v1: rounds of its transfer and of
# load, repositories, a directory that is packed into a layer. The third, for v2: rounds of all
# that takes long and of load, repositories, seconds of the mix, images in a round of pushes.
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

# berth(NAME, %OPTION): starts a berth with the data directory of that name and with options of
# Berth::Instance; {url} is its address. An earlier one on that directory must be undefined
# before. Root runs it as root: the reference's nginx uses its files and must be the same user.
sub berth {
    my ($self, $name, %option) = @_;
    my @user  = $> == 0 ? ('--user', 'root') : ();
    my $berth = Berth::Instance->start(data => "$self->{dir}/$name", args => \@user, %option);

    $berth->{url} = $berth->scheme . '://127.0.0.1:' . $berth->port;
    return $berth;
}

# The file of the large layer; it is not an archive.
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

# Waits until all that was written is on the disk, so that it does not disturb what is measured
# next.
sub settle {
    my ($self) = @_;

    run('sync', '-f', $self->{dir});
}

# The microseconds that it takes to make a small file in the directory, and to flush it. An
# ext4 without a journal skips the inodes that were freed in the last five minutes one by one;
# figures of pushes are of little use during that time.
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

# config(NAME, REFERENCE): writes a configuration for a berth that is started without quickstart
# and gets its requests from the reference's nginx; returns its path.
sub config {
    my ($self, $name, $reference) = @_;
    my $path   = "$self->{dir}/$name";
    my $socket = $reference->starting;

    write_file("$path/config.yml", qq(dev:\n    storage_path: "$path"\n    socket: "$socket"\n));
    return "$path/config.yml";
}

# From exec to the first response; nginx and the index are there already.
sub start_ms {
    my ($self, $config, $reference) = @_;
    my $answers = sub { Berth::HTTP::request($reference, GET => '/v1/_ping')->{status} == 200 };

    return Bench::Process::start_ms($answers, "$self->{dir}/start.log", build_dir() . '/berth', 'serve', '--config', $config);
}

1;
