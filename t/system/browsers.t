#!/usr/bin/perl
# What a browser and a stranger see: headers that every answer carries, requests of pages of
# other sites, paths that nginx and berth could read differently, nginx's own questions for
# a password, and what a cache may keep.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Routes;
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use IO::Socket::INET;
use MIME::Base64 qw(encode_base64);

my $berth = Berth::Instance->start;
my $oci   = Berth::Oci->image;
my $image = Berth::Image->new;
my ($blob) = $oci->parts;
my $layer  = $image->path('layer');
my $bytes  = '/v2/team/oci/blobs/' . $blob->digest;

Berth::V1Client->new($berth)->push('team/app', { latest => $image }, $image);
Berth::V2Client->new($berth)->push('team/oci', 'latest', $oci);

sub header { return Berth::HTTP::header(@_) }

# ask(METHOD => PATH, HEADERS, BODY)
sub ask { return Berth::HTTP::request($berth, @_) }

sub raw { return Berth::HTTP::raw($berth, @_) }

sub plain_http {
    my ($path) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $berth->port) or die "connect: $!";
    my $c = bless { socket => $socket, in => '' }, 'Berth::HTTP';

    $c->send("GET $path HTTP/1.0\r\n\r\n");
    return $c->response;
}

# ---- headers of every answer ----

my %EVERY = (
    'X-Content-Type-Options'  => 'nosniff',
    'Content-Security-Policy' => "default-src 'none'; sandbox",
);
my $version = (`@{[build_dir()]}/berth --version` =~ /(\d+\.\d+\S*)/)[0] // die 'no version';

# What is wrong with the headers of an answer, '' for nothing.
sub fault {
    my ($r) = @_;

    return 'no answer' unless $r;
    for my $name (sort keys %EVERY) {
        my $values = $r->{headers}{ lc $name } // [];
        return "$name: " . join(' | ', @$values) unless @$values == 1 && $values->[0] eq $EVERY{$name};
    }
    for my $name (sort keys %{ $r->{headers} }) {
        return "$name tells the version" if grep { /\Q$version\E/ } @{ $r->{headers}{$name} };
    }
    return '';
}

# carries([WHAT, STATUS, RESPONSE] ...): with these statuses, undef for any.
sub carries {
    for (@_) {
        my ($what, $status, $r) = @$_;

        is($r && $r->{status}, $status, "$what: $status") if defined $status;
        is(fault($r), '', $what);
    }
}

subtest 'each row of both APIs' => sub {
    for my $row (Berth::Routes::rows()) {
        my $body = $row->{method} =~ /GET|DELETE/ ? undef : '{}';
        my $what = "$row->{method} $row->{path}";

        carries([ $what, undef, ask($row->{method} => $row->{path}, [], $body) ]);
        carries([ "HEAD $row->{path}", undef, ask(HEAD => $row->{path}) ]) if $row->{method} eq 'GET';
        carries([ "OPTIONS $row->{path}", 200, ask(OPTIONS => $row->{path}) ]);
        carries([ "PROPFIND $row->{path}", 405, ask(PROPFIND => $row->{path}) ]);
    }
};

subtest 'what is served' => sub {
    my @accept = (Accept => $oci->type);
    my $new = '/v1/images/' . ('c' x 64);

    carries(
        [ 'a layer, by nginx',      200, ask(GET => $layer) ],
        [ 'its head',               200, ask(HEAD => $layer) ],
        [ 'a part of it',           206, ask(GET => $layer, [ Range => 'bytes=0-9' ]) ],
        [ 'two parts of it',        206, ask(GET => $layer, [ Range => 'bytes=0-1,4-5' ]) ],
        [ 'a part that is not',     416, ask(GET => $layer, [ Range => 'bytes=99999999-' ]) ],
        [ 'a layer that is known',  304, ask(GET => $layer, [ 'If-Modified-Since' => 'Mon, 01 Jan 2035 00:00:00 GMT' ]) ],
        [ 'under a condition',      412, ask(GET => $layer, [ 'If-Match' => '"x"' ]) ],
        [ 'a blob, by nginx',       200, ask(GET => $bytes) ],
        [ 'a part that is not',     416, ask(GET => $bytes, [ Range => 'bytes=99999999-' ]) ],
        [ 'a blob that is known',   304, ask(GET => $bytes, [ 'If-None-Match' => '"' . $blob->digest . '"' ]) ],
        [ 'a manifest',             200, ask(GET => '/v2/team/oci/manifests/latest', \@accept) ],
        [ 'tags',                   200, ask(GET => '/v2/team/oci/tags/list') ],
        [ 'the catalog',            200, ask(GET => '/v2/_catalog') ],
        [ 'a search',               200, ask(GET => '/v1/search?q=%3Cscript%3E') ],
        [ 'the status, of a host',  200, raw("GET /_status HTTP/1.1\r\nHost: <script>\r\nConnection: close\r\n\r\n") ],
        [ 'an upload begins',       202, ask(POST => '/v2/team/oci/blobs/uploads/', [], '') ],
        [ 'a blob that is pushed',  201, ask(POST => '/v2/x/blobs/uploads/?digest=' . $blob->digest, [], $blob->bytes) ],
        [ 'a blob that is removed', 202, ask(DELETE => '/v2/x/blobs/' . $blob->digest) ],
        [ 'a refused layer',        404, ask(PUT => "$new/layer", [], 'x' x 100_000) ],
        [ 'one that has no room',   507, raw("POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9" . '0' x 17 . "\r\n\r\n") ],
        [ 'a digest that is wrong', 400, ask(POST => '/v2/x/blobs/uploads/?digest=' . $blob->digest, [], 'not it') ],
    );
};

subtest 'errors of nginx' => sub {
    my $long = 'x' x 70_000;

    carries(
        [ 'no request',        400, raw("garbage\r\n\r\n") ],
        [ 'no host',           400, raw("GET / HTTP/1.1\r\n\r\n") ],
        [ 'a long header',     400, raw("GET / HTTP/1.1\r\nHost: x\r\nX: $long\r\n\r\n") ],
        [ 'a long path',       414, raw("GET /$long HTTP/1.1\r\nHost: x\r\n\r\n") ],
        [ 'TRACE',             405, raw("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n") ],
        [ 'an odd coding',     501, raw("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n") ],
        [ 'an odd version',    505, raw("GET / HTTP/9.1\r\nHost: x\r\n\r\n") ],
        [ 'a large body',      413, ask(PUT => '/v2/a/manifests/x', [], 'x' x 5_000_000) ],
        [ 'a body unwanted',   413, ask(GET => '/v2/', [], 'x' x 50_000) ],
        [ 'an inner place',    404, ask(GET => '/_berth_error') ],
        [ 'the store',         404, ask(GET => '/_berth_store/_berth/tls/ca.key') ],
        [ 'a path of no URI',  400, raw("GET /../.. HTTP/1.1\r\nHost: x\r\n\r\n") ],
        [ 'plain HTTP',        400, plain_http('/v1/_ping') ],
        [ 'plain HTTP, v2',    400, plain_http('/v2/') ],
    );
};

subtest 'a file that nginx cannot open' => sub {
    plan(skip_all => 'root opens every file') if Berth::Instance::stays_root();
    my $large = Berth::Oci->blob(size => 100_000, type => 'application/vnd.oci.image.layer.v1.tar');
    my $file  = $berth->data . '/docker/registry/v2/blobs/sha256/' . substr($large->hex, 0, 2) . '/' . $large->hex . '/data';

    # berth itself reads the small ones
    Berth::V2Client->new($berth)->push('team/large', 'x', Berth::Oci->image(layers => [$large])) or die 'no push';

    my $mode = (stat $file)[2] & 0777;
    chmod 0, $file or die "$file: $!";
    my $r = ask(GET => '/v2/team/large/blobs/' . $large->digest);
    chmod $mode, $file;
    carries([ 'is an error', 403, $r ]);
    is(Berth::V2Client::error_codes($r), 'DENIED', 'in the form of its API');
};

subtest 'HTTP/2' => sub {
    if (system 'command -v curl >/dev/null') {
        not_run("$0: HTTP/2", 'curl is not installed');
        plan(skip_all => 'curl is not installed');
    }
    for my $path ('/v2/', $bytes, '/nothing', '/_berth_error') {
        my $head = `curl -sS -I --max-time 20 --cacert @{[$berth->ca]} https://@{[$berth->host]}$path 2>&1`;
        like($head, qr/^\Q@{[lc $_]}: $EVERY{$_}\E\r$/m, "$path: $_") for sort keys %EVERY;
    }
};

# A block of nginx's that has headers or errors of its own gets none from around it.
subtest 'each block of nginx\'s files' => sub {
    my $text = Berth::Instance::slurp(source_dir() . '/nginx/berth-server.conf.in') =~ s/#.*//gr;
    my %block = ('server' => $text =~ s/^location [^\n]*\{\n.*?^\}//gmsr, $text =~ /^location ([^\n]*) \{\n(.*?)^\}/gms);

    cmp_ok(scalar keys %block, '>', 8, 'they are found');
    for my $name (sort keys %block) {
        next if $name eq '= /_berth_error/range';    # what it adds comes on top of a file's
        my $own = $block{$name} =~ /^\s*(?:add_header|error_page) /m;
        ok(!$own || $block{$name} =~ m{^\s*include "\@CONFDIR\@/berth-answer\.conf";$}m, $name);
    }
};

subtest 'a manifest that would be a page' => sub {
    for my $type ('text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/xml') {
        my $put = ask(PUT => '/v2/team/page/manifests/x', [ 'Content-Type' => $type ],
            '{"schemaVersion":2,"mediaType":"' . $type . '","x":"<script>alert(1)</script>"}');

        carries([ "PUT of $type", undef, $put ], [ 'GET of it', undef, ask(GET => '/v2/team/page/manifests/x') ]);
    }
};

# ---- pages of other sites ----

subtest 'a page of another site changes nothing' => sub {
    my %evil = (
        'as browsers say it'  => [ 'Sec-Fetch-Site' => 'cross-site', Origin => 'https://evil.example' ],
        'a neighbour'         => [ 'Sec-Fetch-Site' => 'same-site', Origin => 'https://localhost:1' ],
        'an older browser'    => [ Origin => 'https://evil.example' ],
        'a page of no origin' => [ Origin => 'null' ],
        'after many headers' => [ (map { ("X-$_" => 'x') } 1 .. 300), 'Sec-Fetch-Site' => 'cross-site' ],
    );
    my @own = ([ 'Sec-Fetch-Site' => 'same-origin', Origin => 'https://' . $berth->host ],
        [ Origin => 'https://' . $berth->host ], [ 'Sec-Fetch-Site' => 'none' ], []);

    for my $row (grep { $_->{method} ne 'GET' } Berth::Routes::rows()) {
        for my $who (sort keys %evil) {
            my $r = ask($row->{method} => $row->{path}, $evil{$who}, $row->{method} eq 'DELETE' ? undef : 'x' x 2000);

            is($r->{status}, 403, "$row->{method} $row->{path}, $who");
            like($r->{body}, qr/page of another site/, 'it says why');
            is(fault($r), '', 'with the headers of every answer');
        }
    }
    is(ask(GET => '/v2/', $evil{$_})->{status}, 200, "a page may ask, $_") for sort keys %evil;
    is(ask(POST => '/v2/team/oci/blobs/uploads/', $_, '')->{status}, 202, "@$_: taken") for @own;
    is(ask(DELETE => '/v2/team/oci/manifests/latest', $evil{'as browsers say it'})->{status}, 403, 'the tag');
    is(ask(HEAD => '/v2/team/oci/manifests/latest', [ Accept => $oci->type ])->{status}, 200, 'is there');
};

# ---- what nginx and berth read differently ----

# Without a byte of its body each of these must be refused: the body of an upload would be
# waited for, and written to the disk.
subtest 'no path leads around the question before an upload' => sub {
    my $id = 'a' x 64;
    my @targets = (
        [ PUT => '/v1/users/..%2fimages%2fx%2flayer' ],
        [ PUT => '/v1/users/..%2Fimages%2Fx%2Flayer' ],
        [ POST => '/v1/users/%2e%2e%2fimages%2fx%2flayer' ],
        [ PUT => '/v1/users/../images/x/layer' ],
        [ PUT => '/v1/users/%2e%2e/images/x/layer' ],
        [ PUT => '/v1/./images/x/layer' ],
        [ PUT => "/v1/images/$id%2flayer" ],
        [ PUT => "/v1/images%2f$id/layer" ],
        [ PUT => "/v1/images/$id/layer%2f" ],
        [ PUT => "/v1/images/$id/%6cayer" ],
        [ PUT => "/%761/images/$id/layer" ],
        [ PUT => "/V1/images/$id/layer" ],
        [ PUT => "/v1/images/$id/layer%3fx" ],
        [ PUT => "/v1/images/$id/layer#x" ],
        [ PUT => "/v1/images/$id/layer;x" ],
        [ PUT => "/v1/images/$id/layer%0a" ],
        [ PUT => "//v1//images//$id//layer//" ],
        [ PUT => '/v2/a/manifests/x%2fblobs%2fuploads%2fy' ],
        [ PUT => '/v2/a/manifests/../blobs/uploads/y' ],
        [ PUT => '/v2/a/manifests/x?/blobs/uploads/y' ],
        [ PUT => '/v1/repositories/library%2f..%2f..%2fimages%2fx%2flayer/properties/..%2flayer' ],
        [ PUT => '/v1/repositories/v2/a/blobs/uploads/x' ],
        [ POST => '/v2/a/blobs/%75ploads/' ],
        [ POST => '/v2/a/blobs%2fuploads/' ],
        [ POST => '/v2/a%2f..%2f..%2fblobs/uploads/?digest=x' ],
        [ POST => '/v2/A/blobs/uploads/' ],
        [ POST => '/v2/a%0ab/blobs/uploads/' ],
        [ POST => '/v2/a/blobs/uploads/x/y' ],
        [ PATCH => '/v2/a/blobs/uploads/x%2fy' ],
        [ PATCH => '/v2/a/blobs/uploads/none' ],
        [ DELETE => '/v2/a/blobs/uploads/none' ],
        [ GET => "/v1/images/$id/layer" ],
        [ HEAD => '/v2/a/blobs/uploads/x' ],
        [ OPTIONS => '/v2/a/blobs/uploads/' ],
    );

    for my $target (@targets) {
        for my $length ('Content-Length: 5000000', 'Transfer-Encoding: chunked') {
            my ($method, $path) = @$target;
            my $c = Berth::HTTP->connect($berth, timeout => 5);

            $c->send("$method $path HTTP/1.1\r\nHost: x\r\n$length\r\n\r\n");
            # what takes a small body, or none, waits for the first bytes: more than it takes
            $c->send(sprintf("%x\r\n", 4_500_000) . 'x' x 4_500_000 . "\r\n") if $length =~ /chunked/;
            my $r = eval { $c->response($method) };
            like($r && $r->{status}, qr/^4\d\d$/, "$method $path, $length: refused") or diag($@);
            is(scalar $berth->left('body'), 0, 'nothing is on the disk');
        }
    }
    is(ask(PUT => "/v1/images/$id/%6cayer", [], 'x')->{status}, 404, 'an odd spelling: the image counts first');
    my $upload = Berth::V2Client::location(ask(POST => '/v2/a/blobs/uploads/', [], ''));
    is(ask(PATCH => $upload =~ s/uploads/%75ploads/r, [], 'x')->{status}, 400, 'then the spelling');
    unlike($berth->log('berth.log'), qr/ status=500 /, 'and none of them is a fault of the registry');
};

# ---- a password that nginx asks for ----

# As doc/nginx.md prints it.
sub ask_for_passwords {
    my $run    = $berth->data . '/_berth/run';
    my $page   = Berth::Instance::slurp(source_dir() . '/doc/nginx.md');
    my ($lines) = $page =~ /^To ask for a password, .*?\n\n((?:    [^\n]*\n)+)/ms or die 'doc/nginx.md prints no lines';
    my $site = Berth::Instance::slurp("$run/site.conf");

    save("$run/htpasswd", "jo:{PLAIN}secret\n");
    $lines =~ s{/etc/nginx/registry\.htpasswd}{"$run/htpasswd"} or die "doc/nginx.md: $lines";
    $site =~ s/^server \{\n/$&$lines/m or die "site.conf: $site";
    save("$run/site.conf", $site);
    $berth->reload_nginx;
    return ask(GET => '/v2/')->{status} == 401;
}

sub save {
    my ($path, $text) = @_;

    open my $file, '>', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
}

is(header(ask(GET => $bytes), 'Cache-Control'), 'public, max-age=31536000, immutable', 'open to all: any cache may keep it');
is(header(ask(GET => $layer), 'Cache-Control'), 'public, max-age=31536000', 'a layer too');
ok(ask_for_passwords(), 'nginx takes the lines of doc/nginx.md') or diag($berth->log('nginx-error.log'));

my @password = (Authorization => 'Basic ' . encode_base64('jo:secret', ''));

subtest 'nginx asks for a password as an API does' => sub {
    my $id = 'a' x 64;
    my @rows = (
        [ GET => '/v2/' ], [ GET => '/v2/_catalog' ], [ GET => '/v2/x/manifests/latest' ], [ GET => $bytes ],
        [ HEAD => $bytes ], [ POST => '/v2/x/blobs/uploads/' ], [ PATCH => '/v2/x/blobs/uploads/0' ],
        [ PUT => '/v2/x/manifests/latest' ], [ PUT => "/v1/images/$id/json" ], [ PUT => "/v1/images/$id/layer" ],
        [ PUT => '/v1/repositories/a/b/' ], [ GET => '/v1/users/' ], [ GET => $layer ], [ GET => '/' ],
    );

    for my $row (@rows) {
        my ($method, $path) = @$row;
        my $body = $method =~ /^P/ ? '{}' : undef;

        for my $wrong ([], [ Authorization => 'Basic ' . encode_base64('jo:wrong', '') ]) {
            my $r = ask($method => $path, $wrong, $body);

            is($r->{status}, 401, "$method $path: 401");
            is_deeply($r->{headers}{'www-authenticate'}, ['Basic realm="registry"'], 'with the question');
            is(header($r, 'Content-Type'), 'application/json', 'as JSON');
            is(fault($r), '', 'and the headers of every answer');
            is(header($r, 'Docker-Distribution-Api-Version'), $path =~ m{^/v2} ? 'registry/2.0' : undef, 'of its API');
            next if $method eq 'HEAD';
            $path =~ m{^/v2} ? is(Berth::V2Client::error_codes($r), 'UNAUTHORIZED', 'in its form')
                : ok(defined Berth::HTTP::json_error($r), 'in its form');
        }
    }
};

subtest 'what a password opens, a cache keeps for nobody else' => sub {
    for my $row ([ $bytes, 'private, max-age=31536000, immutable' ], [ $layer, 'private, max-age=31536000' ],
        [ '/v2/team/oci/manifests/' . $oci->digest, 'private, max-age=31536000, immutable' ],
        [ "/v1/images/@{[$image->id]}/json", 'private, max-age=31536000' ]) {
        my ($path, $want) = @$row;
        for my $method (qw(GET HEAD)) {
            my $r = ask($method => $path, [ @password, Accept => $oci->type ]);

            is($r->{status}, 200, "$method $path");
            is(header($r, 'Cache-Control'), $want, 'for its asker alone');
        }
    }
    my $known = ask(GET => $bytes, [ @password, 'If-None-Match' => '"' . $blob->digest . '"' ]);
    is(header($known, 'Cache-Control'), 'private, max-age=31536000, immutable', 'also when it is known');
};

subtest 'plain HTTP on the port of HTTPS ends no fallback' => sub {
    my $r = plain_http('/v2/team/none/manifests/latest');

    is(Berth::V2Client::error_codes($r), 'MANIFEST_UNKNOWN', 'docker 1.8 to 1.10 go on with API v1');
    like($r->{body}, qr/HTTPS/, 'it says why');
};

# ---- without berth ----

subtest 'berth is away' => sub {
    kill 'STOP', $berth->{pid};    # it would end nginx
    $berth->kill9($berth->berth_master, $berth->berth_workers);
    carries(
        [ 'a ping',  502, ask(GET => '/v2/', \@password) ],
        [ 'a blob',  503, ask(POST => '/v2/a/blobs/uploads/', \@password, 'x' x 100_000) ],
        [ 'a layer', 503, ask(PUT => '/v1/images/' . 'a' x 64 . '/layer', \@password, 'x' x 100_000) ],
    );
    kill 'CONT', $berth->{pid};
    ok(within(20, sub { !$berth->running }), 'quickstart ends as well');
};

done_testing();
