#!/usr/bin/perl
# What an operator does: the index is deleted, damaged, rebuilt; the log is rotated, the
# configuration read again; berth is started on a socket that somebody else has opened.

use strict;
use warnings;

use Berth::FastCGI;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;
use File::Path qw(make_path remove_tree);
use IO::Socket::UNIX;
use JSON::PP qw(decode_json);
use POSIX ();
use Time::HiRes qw(sleep time);

my $berth  = Berth::Instance->start;
my $docker = Berth::V1Client->new($berth);
my $index  = $berth->data . '/_berth/index.db';
my $config = $berth->data . '/_berth/run/config.yml';
my @names  = map { "team/app-$_" } 10 .. 29;

sub search {
    my ($term) = @_;
    my $r = Berth::HTTP::request($berth, GET => "/v1/search?q=$term");

    return $r->{status} unless $r->{status} == 200;
    return join ' ', map { $_->{name} } @{ decode_json($r->{body})->{results} };
}

sub berth_command {
    my (@arguments) = @_;
    my $output = join ' ', map { "'$_'" } $berth->as_owner, build_dir() . '/berth', @arguments, '--config', $config;

    $output = `$output 2>&1`;
    return ($? >> 8, $output);
}

is($docker->announce($_, [])->{status}, 200, "$_ is announced") for @names;
is(search('app-1'), join(' ', @names[0 .. 9]), 'search finds them');

subtest 'the index is deleted' => sub {
    $berth->stop;
    unlink "$index$_" for '', '-wal', '-shm';
    $berth->launch;
    ok(within(10, sub { search('app-1') eq join ' ', @names[0 .. 9] }), 'it is rebuilt by itself');
};

subtest 'the index is damaged while requests come' => sub {
    my %seen;

    open my $file, '+<:raw', $index or die "$index: $!";
    print $file 'x' x -s $index;
    close $file;
    open $file, '+<:raw', "$index-wal" or die "$index-wal: $!";
    print $file 'x' x -s "$index-wal";
    close $file;
    my $image = Berth::Image->new;
    is($docker->push('team/during', { v1 => $image }, $image), 1, 'a push succeeds');
    ok(within(20, sub { my $got = search('team/'); $seen{$got}++; $got eq join ' ', sort(@names, 'team/during') }),
        'search comes back whole') or diag(search('team/'));
    diag("seen meanwhile: $_") for grep { length $_ < 10 } sort keys %seen;
};

subtest 'a directory is in the place of the index' => sub {
    $berth->stop;
    unlink "$index$_" for '', '-wal', '-shm';
    make_path("$index/of/somebody");
    $berth->launch;
    is(Berth::HTTP::request($berth, GET => '/v1/repositories/team/app-10/images')->{status}, 200, 'images are served');
    is(search('app-1'), 503, 'search says that it is not ready');
    like($berth->log('berth.log'), qr/index\.prepare error=io .* directory/, 'the log says why');
    ok(-d "$index/of/somebody", 'the directory is left alone');
    $berth->stop;
    remove_tree($index);
    $berth->launch;
    ok(within(10, sub { search('team/') eq join ' ', sort(@names, 'team/during') }), 'the index is built again once it is gone');
};

subtest 'berth reindex' => sub {
    my ($status, $output) = berth_command('reindex', '--afresh');

    is($status, 0, 'succeeds');
    is($output, "reindex: 21 repositories, done\n", 'and says so in a line');
    SKIP: {
        skip('script(1) is not there', 1) if system 'command -v script >/dev/null';
        my $typescript = `@{[join ' ', $berth->as_owner]} script -qec "'@{[build_dir()]}/berth' reindex --afresh --config '$config'" /dev/null </dev/null`;
        like($typescript, qr/\r\[[-#]{20}\] \d+ repositories, at team\/app/, 'on a terminal it shows how far it is');
    }
    my $elsewhere = `@{[build_dir()]}/berth reindex --help`;
    like($elsewhere, qr/--afresh/, 'its help names its option');
};

subtest 'SIGHUP' => sub {
    my @before = $berth->berth_workers;
    my $flavor = sub { Berth::HTTP::header(Berth::HTTP::request($berth, GET => '/v1/_ping'), 'X-Docker-Registry-Config') };
    my $text   = Berth::Instance::slurp($config);
    my $bad    = 0;

    is($flavor->(), 'dev', 'the flavor so far');
    open my $file, '>', $config or die "$config: $!";
    print $file $text, "    workers: 3\n";
    close $file;
    kill 'HUP', $berth->berth_master;
    my $until = time + 3;
    while (time < $until) {
        $bad++ if Berth::HTTP::request($berth, GET => '/v1/_ping')->{status} != 200;
    }
    is($bad, 0, 'no request is refused meanwhile');
    ok(within(10, sub { $berth->berth_workers == 3 }), 'today\'s number of workers runs');
    my %now = map { $_ => 1 } $berth->berth_workers;
    ok(!(grep { $now{$_} } @before), 'none of those of before');

    open $file, '>', $config or die "$config: $!";
    print $file "dev: [\n";
    close $file;
    kill 'HUP', $berth->berth_master;
    ok(within(5, sub { $berth->log('berth.log') =~ /config\.reload kept=old/ }), 'a broken file is refused');
    is($flavor->(), 'dev', 'and the old one kept');
    open $file, '>', $config or die "$config: $!";
    print $file $text;
    close $file;
};

# What a SIGHUP does while requests come: each client goes on with its connection.
sub posts_until {
    my ($until) = @_;
    my $account = '{"username": "jo", "password": "secret", "email": "jo@example.org"}';
    my (%seen, $c);

    while (time < $until) {
        $c //= Berth::HTTP->connect($berth);
        $c->head(POST => '/v1/users/', Host => $berth->host, 'Content-Type' => 'application/json',
            'Content-Length' => length $account);
        $c->send($account);
        my $r = $c->response // { status => 'none' };
        $seen{ $r->{status} }++;
        undef $c if $r->{status} eq 'none' || (Berth::HTTP::header($r, 'Connection') // '') eq 'close';
    }
    return join ' ', sort keys %seen;
}

subtest 'SIGHUP under load' => sub {
    my $image  = Berth::Image->new(size => 3_000_000);
    my $next   = $image->reader(100_000);
    my $until  = time + 4;
    my $master = $berth->berth_master;
    my $reloads = () = $berth->log('berth.log') =~ /master\.reload workers/g;

    is($docker->put_json($image)->{status}, 200, 'an upload begins');
    my ($upload, $hups, @clients) = in_parallel(
        sub { $docker->put_layer($image, from => sub { sleep 0.1; $next->() })->{status} },
        sub { for (1 .. 3) { sleep 0.8; kill 'HUP', $master } return 3 },
        (sub { posts_until($until) }) x 3,
    );
    is_deeply(\@clients, [201, 201, 201], 'no client gets another answer than 201');
    is($upload, 200, 'nor does the upload fail');
    is($docker->put_checksum($image)->{status}, 200, 'its layer is there');
    my $now = () = $berth->log('berth.log') =~ /master\.reload workers/g;
    is($now - $reloads, $hups, 'the configuration was read so often');
};

subtest 'SIGHUP does not move the store' => sub {
    my $text  = Berth::Instance::slurp($config);
    my $dir   = scratch();
    my $moved = $text;

    $moved =~ s/^( +storage_path:).*/$1 "$dir\/store"/m or die 'no storage_path';
    open my $file, '>', $config or die "$config: $!";
    print $file $moved, "    index_database: $dir/index.db\n";
    close $file;
    my @before = $berth->berth_workers;
    kill 'HUP', $berth->berth_master;
    ok(within(5, sub { $berth->log('berth.log') =~ /config\.reload note="a new storage_path/ }), 'the log says so');
    ok(within(10, sub { my %now = map { $_ => 1 } $berth->berth_workers; !grep { $now{$_} } @before }),
        'new workers run');
    is(search('app-1'), join(' ', @names[0 .. 9]), 'search finds what is there');
    is($docker->announce('team/moved', [])->{status}, 200, 'a repository is announced');
    is(search('moved'), 'team/moved', 'and found');
    ok(-d $berth->data . '/repositories/team/moved', 'where the others are');
    ok(!-e "$dir/$_", "no $_ elsewhere") for qw(store index.db);
    open $file, '>', $config or die "$config: $!";
    print $file $text;
    close $file;
};

subtest 'what came while berth was away' => sub {
    my $dir = $berth->data . '/repositories/team/away';

    $berth->stop;
    make_path($dir);
    open my $file, '>', "$dir/json" or die "$dir/json: $!";
    print $file '{}';
    close $file;
    $berth->launch;
    ok(within(10, sub { search('away') eq 'team/away' }), 'is found after the start');
    my $worker = ($berth->berth_workers)[0];
    kill 'STOP', $worker;    # it does not hear that it shall end
    kill 'TERM', $berth->berth_master;
    sleep 0.5;
    $berth->kill9($worker);
    ok(within(20, sub { !$berth->running }), 'berth ends when a worker that hangs is killed');
    remove_tree($dir);
    $berth->launch;
    ok(within(10, sub { search('away') eq '' }), 'what went is found no more');
};

subtest 'a list of many nothings' => sub {
    my $list = '[' . '{},' x 1_390_000 . '{}]';
    my @memory;

    is(Berth::HTTP::request($berth, PUT => '/v1/repositories/m/a', [], $list)->{status}, 400, 'is refused');
    SKIP: {
        skip('a sanitizer takes memory of its own', 1) if $ENV{BERTH_SANITIZERS};
        @memory = map { Berth::Instance::slurp("/proc/$_/status") =~ /^VmHWM:\s+(\d+) kB/m } $berth->berth_workers;
        is(scalar(grep { $_ > 64 << 10 } @memory), 0, 'and takes no worker more than 64 MiB') or diag("@memory");
    }
};

subtest 'root keeps off another\'s data' => sub {
    if ($> != 0) {
        not_run("$0: data of another user", 'not run as root');
        plan(skip_all => 'not run as root');
    }
    my $dir = scratch();

    open my $file, '>', "$dir/config.yml" or die "config.yml: $!";
    print $file "dev:\n    storage_path: $dir/data\n";
    close $file;
    mkdir "$dir/data";
    chown 65534, 65534, "$dir/data";
    for my $command ('reindex', 'serve') {
        my $output = `timeout 20 @{[build_dir()]}/berth $command --config $dir/config.yml 2>&1 </dev/null`;
        isnt($?, 0, "berth $command refuses");
        like($output, qr/belongs to user 65534: run berth as that user/, 'and says why');
    }
    is_deeply([glob "$dir/data/*"], [], 'nothing is made there');
};

subtest 'a socket from somebody else' => sub {
    my $dir  = scratch();
    my $path = "$dir/fcgi.sock";
    my $socket = IO::Socket::UNIX->new(Local => $path, Listen => 64) or die "$path: $!";

    open my $file, '>', "$dir/config.yml" or die $!;
    print $file "dev:\n    storage_path: $dir/data\n    workers: 1\n";
    close $file;
    mkdir "$dir/data";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        POSIX::dup2(fileno $socket, 0);
        open STDERR, '>', "$dir/log";
        exec(build_dir() . '/berth', 'serve', '--config', "$dir/config.yml") or POSIX::_exit(127);
    }
    my $answer = Berth::FastCGI->connect($path)
        ->request({ REQUEST_METHOD => 'GET', REQUEST_URI => '/v1/_ping' }, '', keep => 0);
    is("$answer->{status} $answer->{body}", '200 true', 'is served') or diag(Berth::Instance::slurp("$dir/log"));
    ok(!-e "$dir/data/_berth/berth.sock", 'and no other is made');
    kill 'TERM', $pid;
    ok(within(10, sub { waitpid($pid, POSIX::WNOHANG()) == $pid }), 'it ends');
    is($?, 0, 'well');
};

is($berth->stop, 0, 'it ends well');
done_testing;
