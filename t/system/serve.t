#!/usr/bin/perl
# berth and nginx as quickstart runs them: they start, they answer, they say no in JSON,
# they end, and whatever is killed, the next start works.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use File::Path qw(make_path);
use POSIX ();
use Time::HiRes qw(sleep time);

my $began = time;
my $berth = Berth::Instance->start;
diag(sprintf 'the first start took %.2f s', time - $began);

sub get {
    my ($path) = @_;
    return Berth::HTTP::request($berth, GET => $path);
}

# refused(RESPONSE, STATUS, NAME): the status, and an error in JSON.
sub refused {
    my ($response, $status, $name) = @_;

    is($response->{status}, $status, "$name: $status");
    ok(defined Berth::HTTP::json_error($response), "$name: in JSON") or diag(explain $response);
}

sub raw { return Berth::HTTP::raw($berth, @_) }

sub save {
    my ($path, $text) = @_;

    open my $file, '>', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
}

sub curl {
    my ($args) = @_;
    my $out = `curl -sS -i --max-time 20 --cacert @{[$berth->ca]} $args 2>&1`;
    $out =~ s{^HTTP/\S+ 100.*?\r\n\r\n}{}s;
    my ($head, $body) = $out =~ /\A(.*?\r\n)\r\n(.*)\z/s or return { status => $out };
    my ($version, $status) = $head =~ m{^HTTP/(\S+) (\d+)};

    return {
        version => $version, status => $status, body => $body,
        headers => { 'content-type' => [$head =~ /^content-type: (.*?)\r$/mi] },
    };
}

subtest 'it answers' => sub {
    my $r = get('/v1/_ping');

    is($r->{status}, 200, '/v1/_ping');
    is(Berth::HTTP::header($r, 'Content-Type'), 'application/json', 'it is JSON');
    ok(defined Berth::HTTP::header($r, $_), $_) for qw(X-Docker-Registry-Version X-Docker-Registry-Config);
    like(Berth::HTTP::header($r, 'X-Docker-Registry-Standalone'), qr/^true$/i, 'standalone');
    is(Berth::HTTP::header($r, 'Server'), 'nginx', 'the version of nginx is not shown');
    is(get('/_ping')->{status}, 200, '/_ping');
    is(get('/')->{status}, 200, '/');
    is(Berth::HTTP::request($berth, HEAD => '/v1/_ping')->{body}, '', 'HEAD has no body');
    refused(get('/v1/nothing'), 404, 'an unknown path');
    refused(get('/favicon.ico'), 404, 'one outside /v1');
};

subtest 'the certificate holds for each name' => sub {
    for my $name (qw(localhost 127.0.0.1 ::1)) {
        my $socket = IO::Socket::SSL->new(
            PeerHost            => '127.0.0.1',
            PeerPort            => $berth->port,
            SSL_ca_file         => $berth->ca,
            SSL_verifycn_name   => $name,
            SSL_verifycn_scheme => 'http',
        );
        ok($socket, $name) or diag($IO::Socket::SSL::SSL_ERROR);
    }
    my $old = IO::Socket::SSL->new(
        PeerHost    => '127.0.0.1',
        PeerPort    => $berth->port,
        SSL_ca_file => $berth->ca,
        SSL_version => 'TLSv1_1',
    );
    ok(!$old, 'TLS 1.1 is refused');
    like(scalar `openssl x509 -in @{[$berth->data]}/_berth/tls/server.pem -noout -text`, qr/ASN1 OID: prime256v1/,
        'its key is of the curve that costs a handshake least');
};

subtest 'nginx says no in JSON' => sub {
    my $id = Berth::Image::random_id();

    refused(raw("garbage\r\n\r\n"), 400, 'a bad request line');
    refused(raw("GET / HTTP/1.1\r\n\r\n"), 400, 'no Host');
    refused(raw("GET / HTTP/1.1\r\nHost: x\r\nX: " . 'x' x 70000 . "\r\n\r\n"), 400, 'a header too long');
    refused(raw('GET /' . 'x' x 70000 . " HTTP/1.1\r\nHost: x\r\n\r\n"), 414, 'a URI too long');
    refused(raw("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n"), 405, 'TRACE');
    refused(raw("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n"), 501, 'an odd transfer encoding');
    refused(raw("PUT /v1/images/$id/json HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"),
        413, 'a body too large');
    refused(raw("PUT /v1/images/$id/json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        . sprintf("%x\r\n", 5_000_000) . 'x' x 5_000_000 . "\r\n0\r\n\r\n"), 413, 'the same in chunks');
    refused(get($_), 404, $_) for '/_berth_check', '/_berth_error', '/_berth_store/_berth/tls/ca.key',
        '/%5fberth_store/_berth/tls/ca.key', '/v1/images/../../_berth_store/_berth/tls/ca.key';

    my $plain = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $berth->port) or die "connect: $!";
    my $c = bless { socket => $plain, in => '' }, 'Berth::HTTP';
    $c->send("GET /v1/_ping HTTP/1.0\r\n\r\n");
    my $r = $c->response;
    refused($r, 400, 'plain HTTP on the TLS port');
    like($r->{body}, qr/HTTPS/, 'it says why');
};

subtest 'HTTP/2' => sub {
    my $url = 'https://' . $berth->host;
    my $big = scratch();
    my $id  = Berth::Image::random_id();

    if (system 'command -v curl >/dev/null') {
        not_run("$0: HTTP/2", 'curl is not installed');
        plan(skip_all => 'curl is not installed');
    }
    system "head -c 5000000 /dev/zero >$big/body";
    is(curl("$url/v1/_ping")->{version}, 2, 'is spoken');
    refused(curl("-T $big/body $url/v1/images/$id/json"), 413, 'a body too large');
    refused(curl("-T - $url/v1/images/$id/json <$big/body"), 413, 'the same without its length');
    refused(curl("-T $big/body $url/v1/images/$id/layer"), 404, 'a layer of no image');
    refused(curl("-H 'Expect: 100-continue' --http1.1 -T $big/body $url/v1/images/$id/layer"), 404,
        'the same in HTTP/1.1, asking first');
};

# The value of a key, as a script asks for it.
sub setting {
    my ($config, $key) = @_;
    my $value = `@{[build_dir()]}/berth check-config --get $key --config $config`;

    return $value =~ /\A(.*)\n\z/ ? $1 : undef;
}

subtest 'nginx keeps fewer connections than berth has threads' => sub {
    my $run = $berth->data . '/_berth/run';
    my ($workers, $threads) = map { setting("$run/config.yml", $_) } qw(workers threads);
    my ($keepalive) = $berth->log('berth-http.conf') =~ /keepalive (\d+);/;
    my @nginx_workers = $berth->nginx_workers;

    ok($workers && $threads, 'check-config --get tells workers and threads') or return;
    cmp_ok(@nginx_workers * $keepalive, '<', $workers * $threads, 'with room to spare');
};

subtest 'what cannot start says so in one line' => sub {
    my $no = sub {
        my ($name, $pattern, %option) = @_;
        my $other = eval { Berth::Instance->start(%option) };
        my $error = $@;

        ok(!$other, $name);
        like($error, qr/^quickstart ended: quickstart: [^\n]*$pattern[^\n]*\n at /, 'in one line');
    };
    my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "listen: $!";

    $no->('a second one on the same data', qr/already/, data => $berth->data);
    $no->('a port in use', qr/port \d+ is in use/, port => $taken->sockport);
    $no->('data that cannot be written', qr/cannot make/, data => '/dev/null/data');
    $no->('no port', qr/not a port/, port => '70000');
    $no->('no option', qr/unknown option/, args => ['--prot']);
    $no->('no configuration', qr/cannot read/, args => ['--config', '/nonexistent/config.yml']);
    $no->('no program', qr/no program/, args => ['--build-dir', '/nonexistent']);
    is(get('/v1/_ping')->{status}, 200, 'the first one still answers');
};

subtest 'two side by side' => sub {
    my $other = Berth::Instance->start(http => 1);
    my %image = map { $_ => Berth::Oci->image } $berth, $other;

    is(Berth::HTTP::request($_, GET => '/v1/_ping')->{status}, 200, $_->scheme) for $berth, $other;
    Berth::V2Client->new($_)->push('a/b', 'latest', $image{$_}) for $berth, $other;
    is(Berth::V2Client->new($_)->pull('a/b', 'latest')->{digest}, $image{$_}->digest, 'each keeps its own')
        for $berth, $other;
    is($other->stop('INT'), 0, 'one ends by SIGINT');
    is(scalar $other->processes, 0, 'and leaves no process');
    is(get('/v1/_ping')->{status}, 200, 'the other still answers');
};

subtest 'the reader of what quickstart says may go away' => sub {
    my $dir   = scratch();
    my $port  = Berth::Instance::free_port();
    my $other = bless {
        scheme => 'http', port => $port, data => "$dir/data", scratch => $dir, owner => $$, launched => 1,
    }, 'Berth::Instance';
    my @command = (Berth::Instance::quickstart(), '--http', '--port', $port, '--data', "$dir/data");

    pipe(my $out, my $in) or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        local $SIG{PIPE} = 'DEFAULT';
        open STDOUT, '>&', $in;
        open STDERR, '>', "$dir/stderr";
        exec(@command) or POSIX::_exit(127);
    }
    close $_ for $in, $out;    # what it says when it is ready nobody hears
    ok(within(30, sub { -e "$dir/data/_berth/run/nginx-access.log" }), 'it starts');
    sleep 1;
    my $r = eval { Berth::HTTP::request($other, GET => '/v1/_ping') };
    is($r && $r->{status}, 200, 'it goes on');
    kill 'TERM', $pid;
    is(waitpid($pid, 0), $pid, 'until it is asked to end');
    is($?, 0, 'and ends well');
};

subtest 'a configuration of one\'s own' => sub {
    my $dir = scratch();

    open my $file, '>', "$dir/config.yml" or die "config.yml: $!";
    print $file "prod:\n    storage: local\n    storage_path: $dir/store\n    issue: well\n";
    close $file;
    my $other = Berth::Instance->start(
        http => 1, data => "$dir/store", args => ['--config', "$dir/config.yml"],
        env => { SETTINGS_FLAVOR => 'prod' },
    );
    my $r = Berth::HTTP::request($other, GET => '/v1/_ping');
    is(Berth::HTTP::header($r, 'X-Docker-Registry-Config'), 'prod', 'is the one that is used');
    ok(-d "$dir/store/images", 'and its storage path');
};

# What the CA of quickstart may sign: a certificate for this name.
sub ca_signs {
    my ($name) = @_;
    my $dir = scratch();
    my $tls = $berth->data . '/_berth/tls';

    my $made = system("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x"
        . " -keyout $dir/key -out $dir/csr 2>/dev/null && printf 'subjectAltName=$name' >$dir/ext"
        . " && openssl x509 -req -in $dir/csr -CA $tls/ca.crt -CAkey $tls/ca.key -set_serial 7 -days 1"
        . " -extfile $dir/ext -out $dir/crt 2>/dev/null");
    $made == 0 or die "no certificate for $name";
    return system("openssl verify -CAfile $tls/ca.crt $dir/crt >/dev/null 2>&1") == 0;
}

subtest 'a client that trusts the CA trusts it for this registry alone' => sub {
    ok(ca_signs($_), $_) for qw(DNS:localhost IP:127.0.0.1 IP:::1);
    ok(!ca_signs($_), "not $_") for qw(DNS:registry.example.com DNS:com IP:127.0.0.2 IP:8.8.8.8 IP:::2 IP:2606:4700::1111);
};

subtest 'other names want another CA' => sub {
    my $dir   = scratch();
    my $other = Berth::Instance->start(data => "$dir/data", env => { HOSTNAME => 'one.example' });
    my $first = Berth::Instance::slurp($other->ca);

    like($first, qr/BEGIN CERTIFICATE/, 'there is one');
    unlike($other->output, qr/new CA/, 'and no word of it');
    $other->restart;
    is(Berth::Instance::slurp($other->ca), $first, 'a restart keeps it');
    $other->{env}{HOSTNAME} = 'two.example';
    $other->restart;
    isnt(Berth::Instance::slurp($other->ca), $first, 'another name makes another');
    like($other->output, qr/new CA is made, for these names: .*two\.example.*\n.*must be given \Q@{[$other->ca]}\E/, 'which is said');
    is(Berth::HTTP::request($other, GET => '/v2/')->{status}, 200, 'and serves');
    unlink "$dir/data/_berth/tls/ca.names";    # as an older quickstart left it
    $other->restart;
    like($other->output, qr/new CA is made/, 'one without names is replaced');
};

# ---- which user runs it ----

# The users of an instance's processes.
sub uids_of {
    my ($instance) = @_;
    # not the owner of /proc/PID: that is root while a process starts a program
    my %uids = map { Berth::Instance::slurp("/proc/$_->{pid}/status") =~ /^Uid:\t\d+\t(\d+)/m ? ($1 => 1) : () } $instance->processes;
    return [ sort keys %uids ];
}

sub only_by_root {
    my $why = $> != 0 ? 'not run as root'
        : Berth::Instance::stays_root() ? 'the directories are closed to others' : return;

    not_run("$0: root and other users", $why);
    plan(skip_all => $why);
}

sub serves {
    my ($instance) = @_;
    my $image  = Berth::Image->new(size => 2_000_000);
    my $docker = Berth::V1Client->new($instance);

    is($docker->push('a/b', { latest => $image }, $image), 1, 'a push succeeds');
    is($docker->pull('a/b')->{images}{ $image->id }{layer_sum}, $image->layer_sum, 'and a pull');
    is($instance->stop, 0, 'it ends');
}

subtest 'the owner of the data' => sub {
    only_by_root();
    my $dir = scratch();

    mkdir "$dir/data";
    chown 65534, 65534, "$dir/data";
    my $other = Berth::Instance->start(data => "$dir/data");
    is_deeply(uids_of($other), [65534], 'runs everything');
    serves($other);
};

subtest 'root runs nothing' => sub {
    only_by_root();
    my $dir  = scratch();
    my $data = "$dir/data";

    isnt("@{ uids_of($berth) }", '0', 'of what has no owner yet');
    unlike("@{ uids_of($berth) }", qr/\b0\b/, 'not a single process');

    # a store that root has, and a way out of it
    make_path("$data/images/x", "$data/_berth/run", "$dir/outside");
    save("$data/images/x/json", '{}');
    save("$dir/outside/file", 'of root');
    symlink "$dir/outside", "$data/images/link";
    my $other = Berth::Instance->start(data => $data);
    my ($uid) = @{ uids_of($other) };
    like($other->output, qr/^\Q$data\E goes from root to \S+: berth and nginx run as that user$/m, 'what root owns is handed over');
    is((stat "$data/$_")[4], $uid, $_ || 'the directory') for '', 'images', 'images/x/json', '_berth/tls/ca.key';
    is((stat "$dir/outside$_")[4], 0, 'not what lies outside') for '', '/file';
    serves($other);
    save("$data/images/x/new", '{}');
    $other->launch;
    unlike($other->output, qr/goes from root/, 'once');
    is((stat "$data/images/x/new")[4], 0, 'and not again: the directory is the user\'s own by then');
    $other->stop;
};

subtest 'what cannot be handed over' => sub {
    only_by_root();
    my $dir = scratch();
    my $no  = sub {
        my ($what, $pattern, %option) = @_;

        ok(!eval { Berth::Instance->start(%option) }, $what);
        like($@, qr/^quickstart ended: quickstart: [^\n]*$pattern[^\n]*\n at /, 'in one line');
    };

    mkdir "$dir/$_" for qw(data closed closed/data);
    save("$dir/data/letters", 'of root');
    chmod 0700, "$dir/closed";
    $no->('a directory that holds something else', qr/holds more than a registry/, data => "$dir/data");
    is((stat "$dir/data$_")[4], 0, 'which stays root\'s') for '', '/letters';
    $no->('one in a closed directory', qr/cannot reach \Q$dir\E\/closed/, data => "$dir/closed/data");
    is((stat "$dir/closed/data")[4], 0, 'which stays root\'s');
    $no->('a user that does not exist', qr/no user: nobody-of-that-name/, args => [ '--user', 'nobody-of-that-name' ]);
    my $other = Berth::Instance->start(data => "$dir/nobodys", args => [ '--user', 'nobody' ]);
    is_deeply(uids_of($other), [65534], 'a user who is named');
    $other->stop;
    $other = Berth::Instance->start(data => "$dir/roots", args => [ '--user', 'root' ]);
    is_deeply(uids_of($other), [0], 'root, if he is named');
    serves($other);
};

# In the directory DIR/closed, which is root's alone.
sub closed_clone {
    my ($dir) = @_;
    my $clone = "$dir/closed/clone";

    make_path("$clone/build");
    chmod 0700, "$dir/closed";
    system('cp', '-r', map({ source_dir() . "/$_" } qw(quickstart quickstart.d nginx)), $clone);
    system('cp', build_dir() . '/berth', "$clone/build/");
    return $clone;
}

subtest 'a clone that others cannot enter' => sub {
    only_by_root();
    my $dir   = scratch();
    my $clone = closed_clone($dir);
    my $port  = Berth::Instance->free_port;

    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $ENV{BERTH_HOME} = "$dir/home";
        open STDOUT, '>', "$dir/stdout";
        exec("$clone/quickstart", '--no-build', '--http', '--port', $port) or POSIX::_exit(127);
    }
    ok(within(60, sub { Berth::Instance::slurp("$dir/stdout") =~ /^berth is ready at /m }), 'it is served all the same');
    like(Berth::Instance::slurp("$dir/stdout"), qr{its data is \Q$dir\E/home/data}, 'from elsewhere, which is said');
    my $uid = (stat "$dir/home/data")[4];
    isnt($uid, 0, 'as another user');
    is((stat "$dir/home/data/_berth/berth.sock")[4], $uid, 'whose socket it is');
    kill 'TERM', $pid;
    ok(within(30, sub { waitpid($pid, POSIX::WNOHANG()) == $pid }), 'it ends');
    is($?, 0, 'well');
};

# Root would run a program that this user can exchange.
subtest 'such a clone, and a directory of another user for its copy' => sub {
    only_by_root();
    my $dir     = scratch();
    my $clone   = closed_clone($dir);
    my $refused = sub {
        my ($what, $place) = @_;
        my $said = `BERTH_HOME='$dir/home' timeout 60 '$clone/quickstart' --no-build --http 2>&1`;

        like($said, qr/^quickstart: users other than root can change \Q$place\E: /, $what);
        ok(!-e "$dir/home/program/quickstart", 'nothing is copied');
    };

    mkdir "$dir/$_" for qw(home other);
    chown 65534, 65534, "$dir/home";
    $refused->('it is his', "$dir/home");
    chown 0, 0, "$dir/home";
    chmod 0777, "$dir/home";
    $refused->('all can write there', "$dir/home");
    chmod 0755, "$dir/home";
    chmod 0700, "$dir/other";
    symlink "$dir/other", "$dir/home/program" or die "symlink: $!";
    $refused->('there is a link', "$dir/home/program");
    is((stat "$dir/other")[2] & 0777, 0700, 'what it leads to stays closed');
};

subtest 'an upload in flight is finished before the end' => sub {
    my $image  = Berth::Image->new(size => 1_000_000);
    my $docker = Berth::V1Client->new($berth);
    my $next   = $image->reader(100_000);
    my $n      = 0;

    $docker->put_json($image);
    my $r = $docker->put_layer($image, from => sub {
        kill 'TERM', $berth->{pid} if $n == 3;
        sleep 0.2 if $n++ >= 3;
        return $next->();
    });
    is($r->{status}, 200, 'its client hears so');
    is($berth->stop, 0, 'quickstart ends well');
    is(scalar $berth->processes, 0, 'no process is left');
    is(scalar $berth->left('body'), 0, 'no body file either');
    $berth->launch;
    is($docker->put_checksum($image)->{status}, 200, 'the layer is there: its sum is taken after a restart');
};

# Until it answers again; a request may meet the moment between.
sub answers {
    return within(10, sub { my $r = eval { get('/v1/_ping') }; $r && $r->{status} == 200 });
}

subtest 'a worker that is killed is replaced' => sub {
    for my $kind (qw(nginx_workers berth_workers)) {
        my @before = $berth->$kind;

        cmp_ok(scalar @before, '>', 0, "$kind are there");
        $berth->kill9($before[0]);
        ok(within(10, sub { my %now = map { $_ => 1 } $berth->$kind; !$now{ $before[0] } && %now == @before }),
            'another takes its place');
        ok(answers(), 'and it answers');
        ok($berth->running, 'quickstart goes on');
    }
};

subtest 'without berth nginx says so' => sub {
    my $id = Berth::Image::random_id();
    my $c;

    kill 'STOP', $berth->{pid};    # it would end nginx
    $berth->kill9($berth->berth_master, $berth->berth_workers);
    refused(get('/v1/_ping'), 502, 'a small request');
    refused(Berth::HTTP::request($berth, PUT => "/v1/images/$id/json", [], '{}'), 502, 'a small body');
    my $r = Berth::HTTP::request($berth, PUT => "/v1/images/$id/layer", [], 'x' x 100_000);
    refused($r, 503, 'a layer');
    ok(defined Berth::HTTP::header($r, 'Retry-After'), 'which may come again');
    my %v2 = (
        502 => get('/v2/'),
        503 => Berth::HTTP::request($berth, POST => '/v2/a/blobs/uploads/', [], 'x' x 100_000),
    );
    for my $status (sort keys %v2) {
        is($v2{$status}{status}, $status, "API v2: $status");
        is(Berth::V2Client::error_codes($v2{$status}), 'UNAVAILABLE', 'in its form');
        is(Berth::HTTP::header($v2{$status}, 'Docker-Distribution-Api-Version'), 'registry/2.0', 'as API v2');
    }
    kill 'CONT', $berth->{pid};
    ok(within(20, sub { !$berth->running }), 'quickstart ends as well');
    isnt($berth->{status}, 0, 'not as if all was well');
    like($berth->errors, qr/^quickstart: berth ended$/m, 'it says why');
    is(scalar $berth->processes, 0, 'no process is left');
    $berth->launch;
};

subtest 'nginx\'s master is killed' => sub {
    $berth->kill9($berth->nginx_master);
    ok(within(20, sub { !$berth->running }), 'quickstart ends');
    isnt($berth->{status}, 0, 'not as if all was well');
    like($berth->errors, qr/^quickstart: nginx ended$/m, 'it says why');
    is(scalar $berth->processes, 0, 'no process is left');
    ok($berth->launch && answers(), 'the next start works');
};

subtest 'quickstart itself is killed' => sub {
    $berth->orphan;
    is(get('/v1/_ping')->{status}, 200, 'what it started goes on');
    my @before = map { $_->{pid} } $berth->processes;
    ok($berth->launch && answers(), 'the next start works, on the same port');
    my %now = map { $_->{pid} => 1 } $berth->processes;
    ok(!(grep { $now{$_} } @before), 'and has ended what was left');
};

subtest 'all are killed, with nginx\'s workers left over' => sub {
    my @workers = $berth->nginx_workers;

    $berth->kill9($berth->{pid}, $berth->nginx_master, $berth->berth_master, $berth->berth_workers);
    within(5, sub { !$berth->running });
    ok((grep { kill 0, $_ } @workers), 'a worker of nginx still holds the port');
    ok($berth->launch && answers(), 'the next start works');
    $berth->kill9($berth->{pid}, map { $_->{pid} } $berth->processes);
    within(5, sub { !$berth->running });
    ok($berth->launch && answers(), 'also when nothing is left over but files');
};

is($berth->stop, 0, 'it ends well');
is(scalar $berth->processes, 0, 'no process is left');
ok(!IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $berth->port), 'the port is free');
done_testing();
