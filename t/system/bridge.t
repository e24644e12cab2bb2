#!/usr/bin/perl
# "berth bridge": makes a directory of docker-registry ready for API v2, before the first start or
# while requests come, and reports what the other API cannot show. And what the server does by itself
# after a push.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V1Client;
use Berth::V1Directory;
use Berth::V2Client;
use File::Path qw(remove_tree);
use JSON::PP qw(decode_json);
use POSIX ();

use constant IMAGES => 200;
use constant SCHEMA2 => 'application/vnd.docker.distribution.manifest.v2+json';

my $dir  = scratch();
my $data = "$dir/data";
my $old  = Berth::V1Directory->new($data);
my $base = $old->image(Berth::Image->new);

for my $n (1 .. IMAGES) {
    $old->tag('library/old', "v$n", $old->image(Berth::Image->new(parent => $base)));
}
spew("$dir/config.yml", "dev:\n    storage_path: $data\n");

sub spew {
    my ($path, $text) = @_;

    open my $file, '>', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
}

my @berth = (build_dir() . '/berth', 'bridge', '--config', "$dir/config.yml");

# (exit status, standard output, standard error)
sub run {
    my (@arguments) = @_;
    my ($pid, $out) = start(@arguments);

    waitpid $pid, 0;
    return ($? >> 8, $out->());
}

my @kept;

# A process, and what it has printed so far.
sub start {
    my (@arguments) = @_;
    my $scratch = scratch();
    my $pid;

    push @kept, $scratch;
    $pid = fork // die "fork: $!";

    return ($pid, sub { map { Berth::Instance::slurp("$scratch/$_") } qw(out err) }) if $pid;
    open STDOUT, '>', "$scratch/out" or die "out: $!";
    open STDERR, '>', "$scratch/err" or die "err: $!";
    exec(@berth, @arguments) or POSIX::_exit(127);
}

# The number of images that have a record: their form, or why they have none.
sub made {
    my @records = glob "$data/_berth/bridge/image/??/*";

    return scalar @records;
}

subtest 'what it must be asked' => sub {
    for my $wrong ([], [qw(--all --report)], [qw(--report --rate 1M)], [qw(--all --rate 0)], [qw(--all --rate fast)],
        [qw(--all --rate 1T)], [qw(--all more)])
    {
        my ($status, undef, $error) = run(@$wrong);
        is($status, 2, "not \"@$wrong\"");
        like($error, qr/^berth: /, 'which is said');
    }
};

subtest 'a report before anything was made' => sub {
    my ($status, $out, $error) = run('--report');

    is($status, 0,  'it succeeds');
    is($out,    '', 'nothing is wrong');
    like($error, qr/^bridge: 0 tags are in both APIs, @{[IMAGES]} will be .* 0 cannot be, 0 are hidden/m, 'all is to be made');
    is(made(), 0, 'it makes nothing');
};

# A layer has some 150 bytes.
subtest 'killed, and continued' => sub {
    my ($pid) = start('--all', '--rate', '1K');
    ok(within(30, sub { made() >= 3 }), 'some images are made');
    kill 'KILL', $pid;
    waitpid $pid, 0;
    my $before = made();
    cmp_ok($before, '<', IMAGES, 'not all when it is killed');

    ($pid, my $printed) = start('--all', '--rate', '1K');
    ok(within(30, sub { made() >= $before + 3 }), 'another run goes on');
    kill 'TERM', $pid;
    waitpid $pid, 0;
    is($? >> 8, 1, 'it fails when it is interrupted');
    like(($printed->())[0], qr/^bridge: \d+ tags, \d+ images were made, interrupted: run it again to go on/m, 'and says so');
    $before = made();
    cmp_ok($before, '<', IMAGES, 'not all is made');

    my ($status, $out) = run('--all');
    is($status, 0, 'the next run succeeds');
    is($out, sprintf("bridge: %d tags, %d images were made, done\n", IMAGES, IMAGES - $before),
        'and makes what was left');
    is(made(), IMAGES, 'all is made');
    is((run('--all'))[1], sprintf("bridge: %d tags, 0 images were made, done\n", IMAGES), 'nothing is made twice');
};

subtest 'a report of what cannot be' => sub {
    my $good   = $old->image(Berth::Image->new);
    my $zstd   = $old->image(Berth::Image->new(bytes => pack('H*', '28b52ffd') . 'x' x 40));
    my $orphan = $old->image(Berth::Image->new);

    remove_tree("$data/images/" . $orphan->id);
    $old->tag('library/odd', 'fine', $good);
    $old->tag('library/odd', 'a b',  $good);
    $old->tag('library/odd', 'zstd', $zstd);
    $old->tag('library/odd', 'gone', $orphan);
    $old->tag('team/UPPER',  'x',    $good);
    my ($status, $out, $error) = run('--all');
    is($status, 0, 'it succeeds, although something cannot be made');
    like($error, qr/ bridge\.refused repository=odd tag=zstd reason=/, 'it is logged');
    ($status, $out, $error) = run('--report');
    is($status, 0, 'the report');
    my %why = map { my ($api, $name, $tag, $reason) = split /\t/; ("$api $name:$tag" => $reason) } split /\n/, $out;
    is_deeply([sort keys %why],
        ['v1 library/odd:a b', 'v1 library/odd:gone', 'v1 library/odd:zstd', 'v1 team/UPPER:x'],
        'has what cannot be, and nothing else');
    like($why{'v1 library/odd:zstd'}, qr/zstd/,        'the reason: zstd');
    like($why{'v1 library/odd:a b'},  qr/API v2/,      'the tag');
    like($why{'v1 team/UPPER:x'},     qr/lower-case/, 'the name');
    like($error, qr/^bridge: @{[IMAGES + 1]} tags are in both APIs, 0 will be .* 4 cannot be, 0 are hidden/m, 'the numbers');
};

my $berth = Berth::Instance->start(data => $data);

sub manifest {
    my ($name, $tag) = @_;
    return Berth::HTTP::request($berth, GET => "/v2/$name/manifests/$tag", [Accept => SCHEMA2]);
}

@berth = ($berth->as_owner, build_dir() . '/berth', 'bridge', '--config', "$data/_berth/run/config.yml");

subtest 'while the server runs' => sub {
    is(manifest('old', 'v7')->{status}, 200, 'what was made before the start is served');
    is((run('--all'))[1], sprintf("bridge: %d tags, 0 images were made, done\n", IMAGES + 4), 'a run finds it');
    my $digest = Berth::HTTP::header(manifest('old', 'v7'), 'Docker-Content-Digest');

    $berth->stop;
    remove_tree("$data/_berth/bridge");
    $berth->launch;
    is((run('--all'))[1], sprintf("bridge: %d tags, %d images were made, done\n", IMAGES + 4, IMAGES + 1),
        'what was thrown away is made again');
    is(Berth::HTTP::header(manifest('old', 'v7'), 'Docker-Content-Digest'), $digest, 'with the same digest');
};

subtest 'a push through API v1' => sub {
    my $docker = Berth::V1Client->new($berth);
    my @images = (Berth::Image->new);
    my $before = made();

    push @images, Berth::Image->new(parent => $images[0]);
    $docker->push('team/new', { 1 => $images[1] }, @images);
    ok(within(20, sub { made() == $before + 1 }), 'gets its form of API v2 without a request for it');
    ok(within(20, sub { $berth->log('berth.log') =~ / bridge\.made images=1$/m }), 'which the log says');
    is_deeply([$berth->left('bridge/asked')], [], 'nothing is left to be made');
    is(manifest('team/new', 1)->{status}, 200, 'it is served');
};

# The tags of API v1, or the status of a failure.
sub tags_in_v1 {
    my ($name) = @_;
    my $r = Berth::HTTP::request($berth, GET => "/v1/repositories/$name/tags");

    return $r->{status} == 200 ? join ' ', sort keys %{ decode_json($r->{body}) } : $r->{status};
}

# An index with both platforms has the tag in each case.
subtest 'another platform' => sub {
    my $today  = Berth::V2Client->new($berth, as => 'docker');
    my $file   = "$data/_berth/run/config.yml";
    my $config = Berth::Instance::slurp($file);
    my @images = map { Berth::Oci->image(architecture => $_) } qw(amd64 arm64);

    $today->push('team/today', 'amd64', $images[0]);
    $today->push('team/today', 'arm64', $images[1]);
    $today->push('team/today', 'both',  Berth::Oci->index(@images));
    is(tags_in_v1('team/today'), 'amd64 both', 'API v1 has what is for linux/amd64');
    spew($file, "$config    bridge: {platform: linux/arm64}\n");
    kill 'HUP', $berth->berth_master;
    ok(within(20, sub { tags_in_v1('team/today') eq 'arm64 both' }), 'what is for linux/arm64, after a reload')
        or diag(tags_in_v1('team/today'));
    spew($file, $config);
    $berth->restart;
    ok(within(20, sub { tags_in_v1('team/today') eq 'amd64 both' }), 'and again for linux/amd64, after a restart')
        or diag(tags_in_v1('team/today'));
};

# A layer that takes some seconds: most of it is a hole in the file.
my $long = Berth::Image->new(bytes => (Berth::Image::tar_entry('empty', ''))[0] . "\0" x 1024);

sub job {
    my ($pid) = grep { (getpriority 0, $_) > 0 } $berth->berth_workers;
    return $pid;
}

# Leaves the mark of a push.
sub ask {
    my ($name) = @_;
    my $asked = '_berth/bridge/asked';
    my ($uid, $gid) = (stat $data)[ 4, 5 ];

    $old->spew("$asked/$name", '');
    chown $uid, $gid, "$data/$asked", "$data/$asked/$name";
}

subtest 'a stop, and a death, while a form is made' => sub {
    $berth->stop;
    $old->image($long);
    $old->tag('team/long', 'x', $long);
    truncate "$data/images/" . $long->id . '/layer', 3 << 30 or die "layer: $!";
    ask('team%2Flong');
    my $before = made();
    $berth->launch;
    ok(within(20, \&job), 'a mark that was left is looked at after the start');
    is(Berth::HTTP::request($berth, GET => '/v1/_ping')->{status}, 200, 'requests are answered');
    is($berth->stop, 0, 'a stop does not wait for it');
    is(scalar(() = $berth->left('bridge/asked')), 1, 'the mark is still there');

    $berth->launch;
    ok(within(20, \&job), 'it begins again');
    $berth->kill9(job());
    ok(within(10, sub { !job() }), 'it is killed');
    is(scalar(() = $berth->left('bridge/asked')), 1, 'the mark is still there');
    is(made(), $before, 'nothing is made');
    truncate "$data/images/" . $long->id . '/layer', 1536 or die "layer: $!";
    $berth->restart;
    ok(within(30, sub { made() == $before + 1 }), 'after a restart it is made');
    ok(within(10, sub { !$berth->left('bridge/asked') }), 'and the mark is removed');
};

is($berth->stop, 0, 'it ends well');
done_testing;
