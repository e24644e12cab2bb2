#!/usr/bin/perl
# Whatever body a client sends, nothing of it reaches another request. Bodies that look like
# FastCGI records, of 1 byte to 4 MiB, go to each row of both route tables and to each early
# exit; the next answer on the same connection must be the one that was asked for.

use strict;
use warnings;

use Berth::FastCGI;
use Berth::HTTP;
use Berth::Instance;
use Berth::Oci;
use Berth::Routes;
use Berth::Test;
use Berth::V2Client;
use Time::HiRes qw(sleep);

use constant {
    WORKERS => 4,
    PAUSED  => 16,
    SMALL   => [ 1, 7, 8, 9, 100, 4096, 8184, 8192, 8200, 24_576, 40_000, 65_536 ],
    LARGE   => [ 1 << 20, 4 << 20 ],
    KEY     => 'secret_key: 0123456789abcdef0123456789abcdef',
};

my $sanitized = $ENV{BERTH_SANITIZERS};
my $requests  = quick() || $sanitized ? 10_000 : 100_000;

# A request of the client's own making: one that nginx never saw.
my $smuggled = Berth::FastCGI::head({
    REQUEST_METHOD => 'DELETE',
    REQUEST_URI    => '/v2/victim/app/manifests/latest',
    REQUEST_ID     => 'smuggled',
    BERTH_PASS     => 'serve',
}, 1);

# libfcgi skips a record of another request. Its buffer may begin anywhere in the body, so
# the body is made of them, all eight bytes long.
sub body {
    my ($size) = @_;
    my $skipped = pack 'CCnnCC', 1, 5, 0xbeef, 0, 0, 0;
    my $end     = pack('CCnnCC', 1, 5, 0xbeef, 8, 0, 0) . 'and more' . $smuggled;

    return substr $end, 0, $size if $size <= length $end;
    return substr $skipped x ($size / 8) . $end, -$size;
}

my %body = map { $_ => body($_) } @{ SMALL() }, @{ LARGE() };

# The rows, and what ends a request before its row is asked: [method, path, more parameters].
sub cases {
    my @rows  = Berth::Routes::rows();
    my @cases = map { [ $_->{method}, $_->{path} ] } @rows;

    push @cases, [ HEAD => $_->{path} ] for grep { $_->{method} eq 'GET' } @rows;
    push @cases, map { [ $_ => $rows[0]{path} ], [ $_ => $rows[-1]{path} ] } qw(OPTIONS PROPFIND PUT);
    push @cases, map { [ PUT => $_ ], [ GET => $_ ] } '/nothing/here', '/%zz', '/v2/../x', '/v1/images/x/json',
        '/v2/team/app/blobs/sha256:x', '/v2/UPPER/manifests/latest', '*';
    push @cases, map { [ $_->{method}, $_->{path}, CONTENT_LENGTH => 9_000_000_000 ] } @rows;
    push @cases, map { [ $_->{method}, $_->{path}, BERTH_PASS => 'check' ] } @rows;
    return @cases;
}

# What is wrong with an answer to the request of that id.
sub wrong {
    my ($answer, $id, $what) = @_;

    return "$what: no answer" unless $answer && $answer->{status};
    my ($named) = $answer->{headers} =~ /^X-Request-Id: (\S+)/m;
    return "$what: the answer to $named" if defined $named && $named ne $id;
    return "$what: an error without an id" if $answer->{status} >= 400 && !defined $named && $what !~ /check/;
    return;
}

# send_cases(SOCKET, NAME, [case, size] ...): each on one kept connection, and after each a
# request whose answer names it. The first mistake, or ''.
sub send_cases {
    my ($socket, $name, @jobs) = @_;
    my $c = Berth::FastCGI->connect($socket);
    my $n = 0;

    for my $job (@jobs) {
        my ($case, $size) = @$job;
        my ($method, $path, @more) = @$case;
        my ($id, $what) = ($name . '-' . ++$n, "$method $path @more, $size bytes");
        my $answer = $c->request({
            REQUEST_METHOD => $method, REQUEST_URI => $path, REQUEST_ID => $id, BERTH_PASS => 'serve',
            CONTENT_LENGTH => $size, @more,
        }, $body{$size});
        my $mistake = wrong($answer, $id, $what);
        return $mistake if $mistake;
        $answer = $c->request({ REQUEST_METHOD => 'GET', REQUEST_URI => '/none', REQUEST_ID => "$id-next" });
        $mistake = wrong($answer, "$id-next", "after $what");
        return $mistake if $mistake;
        return "after $what: $answer->{status}" unless $answer->{status} == 404;
    }
    return '';
}

# Shares the jobs out to processes; as many requests as were asked for, two a job.
sub send_all {
    my ($berth, $jobs) = @_;
    my $socket = $berth->data . '/_berth/berth.sock';
    my @share  = map { [] } 1 .. WORKERS;

    push @{ $share[ $_ % WORKERS ] }, $jobs->[$_] for 0 .. $#$jobs;
    my @mistakes = in_parallel(map { my $n = $_; sub { send_cases($socket, "w$n", @{ $share[$n] }) } } 0 .. $#share);
    is_deeply(\@mistakes, [ ('') x WORKERS ], 2 * @$jobs . ' requests, each with its own answer');
}

sub victim {
    my ($berth) = @_;
    my $client = Berth::V2Client->new($berth, as => 'docker');

    $client->push('victim/app', 'latest', Berth::Oci->image(layers => [ Berth::Oci->layer({ a => 'b' }) ]))
        or die 'no push';
    return sub {
        my ($left) = @_;
        my $r = Berth::HTTP::request($berth, HEAD => '/v2/victim/app/manifests/latest',
            [ Accept => 'application/vnd.oci.image.manifest.v1+json' ]);
        is($r->{status}, 200, "$left: the tag that a smuggled request would remove is there");
        unlike($berth->log('berth.log'), qr/smuggled/, "$left: and the log names no such request");
    };
}

# jobs(N): [case, size] for N requests, two a job. Each row gets a body of each large size.
sub jobs {
    my ($wanted) = @_;
    my @cases = cases();
    my @rows  = @cases[ 0 .. Berth::Routes::rows() - 1 ];
    my @jobs  = map { my $size = $_; map { [ $_, $size ] } @rows } @{ LARGE() };
    my @sizes = @{ SMALL() };

    for (my $i = 0; 2 * @jobs < $wanted; $i++) {
        push @jobs, [ $cases[ $i % @cases ], $sizes[ ($i + int($i / @cases)) % @sizes ] ];
    }
    return \@jobs;
}

my $berth = Berth::Instance->start(http => 1);
my $unharmed = victim($berth);

subtest 'in nginx\'s place, on kept connections' => sub {
    send_all($berth, jobs($requests));
    $unharmed->('afterwards');
};

subtest 'where callers are refused' => sub {
    my $strict = Berth::Instance->configured("check_tokens: true\n" . KEY . "\n", http => 1);
    send_all($strict, jobs($requests / 10));
};

subtest 'more than nginx lets in' => sub {
    my $c = Berth::FastCGI->connect($berth->data . '/_berth/berth.sock');
    my $answer = $c->request({ REQUEST_METHOD => 'GET', REQUEST_URI => '/none', REQUEST_ID => 'long' },
        body(4 << 20) x 3);
    ok(!$answer || $answer->{status} == 404, 'is not read for ever');
    ok(!$c->request({ REQUEST_METHOD => 'GET', REQUEST_URI => '/none', REQUEST_ID => 'next' }),
        'and nothing follows on that connection');
    $unharmed->('afterwards');
};

# through_nginx(INSTANCE, N): the same by HTTP/1.1, the next request sent without a pause.
# nginx may close a connection whose body it refused; it never gives a wrong answer.
sub through_nginx {
    my ($instance, $n) = @_;
    my @jobs = @{ jobs(2 * $n) };
    my ($c, $answered, $wrong) = (undef, 0, '');

    for my $i (0 .. $#jobs) {
        my ($method, $path) = @{ $jobs[$i][0] };
        my $size = $jobs[$i][1];
        $path = '/none' if $path eq '*';
        $c //= Berth::HTTP->connect($instance);
        $c->head($method, $path, Host => 'localhost', 'Content-Length' => $size);
        sleep 0.02 if $i % PAUSED == 0;    # then nginx reads the body into one buffer
        $c->send($body{$size});
        $c->head(GET => "/v1/search?q=mark$i-", Host => 'localhost');
        my $first  = eval { $c->response($method) };
        my $second = $first && eval { $c->response('GET') };
        if (!$second) {
            $wrong ||= "$method $path, $size bytes: closed without an answer" unless $first || $size > 4096;
            undef $c;
            next;
        }
        $answered++;
        $wrong ||= "after $method $path, $size bytes: $second->{body}" if index($second->{body}, "\"mark$i-\"") < 0;
    }
    is($wrong, '', 'each answer is the right one');
    cmp_ok($answered, '>=', $n / 3, 'most connections were kept');
}

subtest 'through nginx, HTTP' => sub {
    through_nginx($berth, $requests / 50);
    $unharmed->('afterwards');
};

my $tls = Berth::Instance->start;
my $tls_unharmed = victim($tls);

subtest 'through nginx, TLS' => sub {
    through_nginx($tls, $requests / 50);
    $tls_unharmed->('afterwards');
};

# One process of curl, one connection, all requests one after the other.
subtest 'through nginx, HTTP/2' => sub {
    my $dir  = scratch();
    my @jobs = grep { $_->[0][0] ne 'HEAD' && $_->[0][1] ne '*' } @{ jobs(2 * $requests / 100) };
    my $host = 'https://localhost:' . $tls->port;

    for my $size (keys %body) {
        open my $file, '>:raw', "$dir/$size" or die $!;
        print $file $body{$size};
        close $file;
    }
    open my $config, '>', "$dir/config" or die $!;
    for my $i (0 .. $#jobs) {
        my ($method, $path) = @{ $jobs[$i][0] };
        print $config "next\n" if $i > 0;
        print $config "http2\ncacert = \"@{[$tls->ca]}\"\npath-as-is\ngloboff\nsilent\nrequest = \"$method\"\n",
            "url = \"$host$path\"\ndata-binary = \"\@$dir/$jobs[$i][1]\"\noutput = \"/dev/null\"\n",
            "next\nhttp2\ncacert = \"@{[$tls->ca]}\"\nsilent\nurl = \"$host/v1/search?q=mark$i-\"\noutput = \"$dir/out$i\"\n";
    }
    close $config;
    system('curl', '--max-time', 300, '-K', "$dir/config");
    my @bad = grep { index(Berth::Instance::slurp("$dir/out$_"), "\"mark$_-\"") < 0 } 0 .. $#jobs;
    is_deeply(\@bad, [], @jobs . ' requests, each followed by the right answer');
    $tls_unharmed->('afterwards');
};

subtest 'rows without a body get none from nginx' => sub {
    for my $row (grep { $_->{body} eq 'NONE' } Berth::Routes::rows()) {
        my $r = Berth::HTTP::request($berth, $row->{method}, $row->{path}, [], 'x' x 5000);
        is($r->{status}, 413, "$row->{method} $row->{path}: more than a little is refused");
    }
};

is($_->stop, 0, 'it ends well') for $berth, $tls;
done_testing;
