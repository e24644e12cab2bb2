#!/usr/bin/perl
# The images of an old directory, unpacked by podman, docker and containerd of today: each file is
# as in the old layers, with owner, mode, time, links, devices and extended attributes.

use strict;
use warnings;

use Berth::Containerd;
use Berth::Docker;
use Berth::Instance;
use Berth::OldV1Store;
use Berth::Podman;
use Berth::Programs;
use Berth::RootFs;
use Berth::Test;
use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);

needs_command($_) for qw(xz bzip2);
if ($> != 0) {
    not_run($0, 'not run as root');
    plan(skip_all => 'not run as root');
}

# In some containers root may not make devices.
sub may_make_devices {
    my $dir = scratch();
    my $may = system("mknod $dir/null c 1 3 2>/dev/null") == 0;

    not_run("$0: devices", 'mknod is not permitted') unless $may;
    return $may;
}

my $dir   = scratch();
my $store = Berth::OldV1Store->write("$dir/data", '0.6.9', devices => may_make_devices());
my $berth = Berth::Instance->start(data => "$dir/data");
my $host  = $berth->host;

# One tag of each image: [name, id].
my %names;
for my $repository ($store->repositories) {
    my $tags = $store->tags($repository);
    $names{ $tags->{$_} } //= $repository =~ s{\Alibrary/}{}r . ":$_" for sort grep { /\d/ } keys %$tags;
}

# is_unpacked(ID, DIRECTORY, COMPARED): what is compared of both, all unless given.
sub is_unpacked {
    my ($id, $root, $compared) = @_;
    my $want = Berth::RootFs::of_layers($store->layers($id));

    $compared //= sub { $_[0] };
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok(-d $root, 'it is unpacked') or return;
    is(Berth::RootFs::differences(map { $compared->($_) } $want, Berth::RootFs::of_directory($root)), '',
        'each file is as it was');
}

# containerd's native snapshots are copies, in which directories have the time of the copy.
sub without_times_of_directories {
    my ($tree) = @_;
    return { map { $_ => $tree->{$_} =~ s/\Adirectory .*\K at [\d.]+//r } keys %$tree };
}

# The name of the topmost layer with those below it: of one, its diff_id.
sub chain_id {
    my ($first, @more) = @_;
    my $id = $first;

    $id = 'sha256:' . sha256_hex("$id $_") for @more;
    return $id;
}

subtest 'podman' => sub {
    needs_command('podman');
    my $podman = Berth::Podman->new($berth);

    for my $id (sort keys %names) {
        $podman->works("$names{$id} is pulled", pull => "$host/$names{$id}");
        my $root = $podman->works('it is mounted', image => 'mount', "$host/$names{$id}") =~ s/\n\z//r;
        is_unpacked($id, $root);
        $podman->works('no longer', image => 'unmount', "$host/$names{$id}");
    }
};

subtest 'docker' => sub {
    my $daemon = Berth::Docker->start;
    if (!$daemon) {
        not_run("$0: docker", Berth::Docker::why());
        plan(skip_all => Berth::Docker::why());
    }
    my $docker = Berth::Programs->new(undef, $daemon->command('docker'));

    for my $id (sort keys %names) {
        $docker->works("$names{$id} is pulled", pull => "$host/$names{$id}");
        my $layers = decode_json($docker->works('its layers', inspect => '--format', '{{json .RootFS.Layers}}',
            "$host/$names{$id}"));
        is_unpacked($id, $daemon->directory_of(chain_id(@$layers)));
    }
};

subtest 'containerd' => sub {
    needs_command($_) for qw(containerd ctr);
    my $ctr = Berth::Containerd->start($berth);

    for my $id (sort keys %names) {
        my $root = "$dir/$id";
        mkdir $root;
        $ctr->works("$names{$id} is pulled", qw(images pull --snapshotter native), $ctr->hosts, "$host/$names{$id}");
        $ctr->works('it is mounted', qw(images mount --snapshotter native), "$host/$names{$id}", $root);
        is_unpacked($id, $root, sub { without_times_of_directories($_[0]) });
        $ctr->works('no longer', qw(images unmount --snapshotter native --rm), $root);
    }
};

is($berth->stop, 0, 'a clean end');
done_testing();
