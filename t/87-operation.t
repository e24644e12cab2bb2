#!/usr/bin/perl
# What an operator does: the index is deleted, damaged, made anew; the log is rotated, the
# configuration read again; berth is started on a socket that somebody else has opened.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;
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
    my $output = join ' ', map { "'$_'" } build_dir() . '/berth', @arguments, '--config', $config;

    $output = `$output 2>&1`;
    return ($? >> 8, $output);
}

is($docker->announce($_, [])->{status}, 200, "$_ is announced") for @names;
is(search('app-1'), join(' ', @names[0 .. 9]), 'search finds them');

subtest 'the index is deleted' => sub {
    $berth->stop;
    unlink "$index$_" for '', '-wal', '-shm';
    $berth->launch;
    ok(within(10, sub { search('app-1') eq join ' ', @names[0 .. 9] }), 'it is made anew by itself');
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

subtest 'berth reindex' => sub {
    my ($status, $output) = berth_command('reindex', '--afresh');

    is($status, 0, 'succeeds');
    is($output, "reindex: 21 repositories, done\n", 'and says so in a line');
    SKIP: {
        skip('script(1) is not there', 1) if system 'command -v script >/dev/null';
        my $typescript = `script -qec "'@{[build_dir()]}/berth' reindex --afresh --config '$config'" /dev/null </dev/null`;
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
    my $answer = ask_fcgi($path, REQUEST_METHOD => 'GET', REQUEST_URI => '/v1/_ping');
    like($answer, qr/Status: 200 OK\r\n.*\r\n\r\ntrue/s, 'is served') or diag(Berth::Instance::slurp("$dir/log"));
    ok(!-e "$dir/data/_berth/berth.sock", 'and no other is made');
    kill 'TERM', $pid;
    ok(within(10, sub { waitpid($pid, POSIX::WNOHANG()) == $pid }), 'it ends');
    is($?, 0, 'well');
};

# One request by the FastCGI protocol; returns what came back on its standard output.
sub ask_fcgi {
    my ($path, %param) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!";
    my $record = sub { my ($type, $content) = @_; pack('CCnnCC', 1, $type, 1, length $content, 0, 0) . $content };
    my $params = join '', map { pack('CC', length $_, length $param{$_}) . $_ . $param{$_} } sort keys %param;
    my ($raw, $answer) = ('', '');

    $socket->syswrite($record->(1, pack('nCx5', 1, 0)) . $record->(4, $params) . $record->(4, '') . $record->(5, ''));
    1 while $socket->sysread($raw, 65536, length $raw);
    while (length $raw >= 8) {
        my (undef, $type, undef, $length, $padding) = unpack 'CCnnC', $raw;
        $answer .= substr $raw, 8, $length if $type == 6;
        $raw = substr $raw, 8 + $length + $padding;
    }
    return $answer;
}

is($berth->stop, 0, 'it ends well');
done_testing;
