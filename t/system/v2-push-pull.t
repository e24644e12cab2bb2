#!/usr/bin/perl
# docker, podman and containerd push and pull by API v2, through nginx and TLS: what lies in the
# store afterwards, how it is sent, and what nginx says when it speaks for itself.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V2Client;
use Berth::V2Test;
use Digest::SHA qw(sha256_hex sha512_hex);
use JSON::PP qw(decode_json);

my $berth  = Berth::Instance->start;
my %client = map { $_ => Berth::V2Client->new($berth, as => $_) } qw(docker podman containerd);
my $docker = $client{docker};
my %image;

subtest 'push and pull, each client from each' => sub {
    for my $who (sort keys %client) {
        my $form  = $who eq 'docker' ? 'docker' : 'oci';
        my $large = Berth::Oci->blob(size => 3_000_000, type => 'application/vnd.oci.image.layer.v1.tar');

        $image{$who} = Berth::Oci->image(form => $form, layers => [Berth::Oci->layer({ a => $who }, $form), $large]);
        is($client{$who}->push("by/$who", 'latest', $image{$who}), 3, "$who sends three blobs");
        for my $other (sort keys %client) {
            is_deeply(eval { $client{$other}->pull("by/$who", 'latest') }, Berth::V2Client::expected($image{$who}),
                "$other pulls them") or diag($@);
        }
        is($client{$who}->push("by/$who", 'again', $image{$who}), 0, 'the next time it sends none');
    }
    nothing_left($berth);
};

subtest 'an image of several platforms, and what refers to it' => sub {
    my $index = Berth::Oci->index(map { Berth::Oci->image(architecture => $_, layers => 2) } qw(amd64 arm64 s390x));
    my $signature = Berth::Oci->artifact(subject => $index, type => 'application/vnd.example.signature');

    is($client{podman}->push('team/app', 'v1', $index), 9, 'podman sends layers and configs');
    is_deeply($client{containerd}->pull('team/app', 'v1'), Berth::V2Client::expected($index), 'containerd pulls all');
    $client{podman}->push_blob('team/app', $_) for $signature->parts;
    my $r = $client{podman}->put_manifest('team/app', $signature->digest, $signature);
    is($r->{status}, 201, 'a signature');
    is(header($r, 'OCI-Subject'), $index->digest, 'of it');
    $r = $client{podman}->call(GET => '/v2/team/app/referrers/' . $index->digest);
    is_deeply([map { $_->{digest} } @{ decode_json($r->{body})->{manifests} }], [$signature->digest], 'is found');
    is(header($r, 'Content-Type'), $index->type, 'in an index');
};

subtest 'what lies in the store' => sub {
    my $image = Berth::Oci->image;
    my $before = $berth->tree;
    my ($layer, $config) = $image->parts;
    my $root = 'docker/registry/v2';
    my $data = sub { my $h = $_[0]->hex; "$root/blobs/sha256/" . substr($h, 0, 2) . "/$h/data" };
    my $repo = "$root/repositories/in/store";

    $docker->push('in/store', 'latest', $image);
    my @new = grep { !$before->{$_} } sort keys %{ $berth->tree };
    is_deeply(\@new, [sort map({ $data->($_) } $layer, $config, $image),
        map({ "$repo/_layers/sha256/" . $_->hex . '/link' } $layer, $config),
        "$repo/_manifests/revisions/sha256/" . $image->hex . '/link',
        "$repo/_manifests/tags/latest/current/link",
        "$repo/_manifests/tags/latest/index/sha256/" . $image->hex . '/link'], 'exactly distribution\'s files');
    for my $blob ($layer, $config, $image) {
        my $file = $berth->data . '/' . $data->($blob);
        is(Berth::Instance::slurp($file), $blob->bytes, 'the bytes as they came');
        is(sprintf('%04o', (stat $file)[2] & 07777), '0640', 'for its owner and group');
        is((stat $file)[3], 1, 'under one name');
    }
    is(Berth::Instance::slurp($berth->data . "/$_"), $image->digest, 'a link is a digest without a newline')
        for grep { m{_manifests/.*/link$} } @new;
};

# Without those that differ each time.
sub stable_headers {
    my ($r) = @_;
    return { map { $_ => $r->{headers}{$_} } grep { !/^(?:date|connection)$/ } keys %{ $r->{headers} } };
}

subtest 'how a blob is sent' => sub {
    my ($blob) = grep { $_->size > 1_000_000 } $image{podman}->parts;
    my $get = sub { return $docker->get_blob('by/podman', $blob, @_) };
    my $bytes = $blob->bytes;
    my $tag   = '"' . $blob->digest . '"';
    my %kept  = (
        'Docker-Content-Digest'           => $blob->digest,
        'ETag'                            => $tag,
        'Cache-Control'                   => 'public, max-age=31536000, immutable',
        'Docker-Distribution-Api-Version' => 'registry/2.0',
    );
    my $keeps = sub {
        my ($r, $name) = @_;
        is_deeply({ map { $_ => header($r, $_) } keys %kept }, \%kept, "$name: digest, ETag, Cache-Control, API");
        is(header($r, $_), undef, "no $_") for qw(X-Accel-Redirect X-Docker-Registry-Version Pragma Expires Last-Modified);
    };
    my $r = $get->();

    $keeps->($r, 'GET');
    is(sha256_hex($r->{body}), $blob->hex, 'the bytes');
    is(header($r, 'Content-Type'), 'application/octet-stream', 'Content-Type');
    is(header($r, 'Content-Length'), $blob->size, 'Content-Length');
    is_deeply(stable_headers($docker->head_blob('by/podman', $blob)), stable_headers($r), 'HEAD has the same headers');

    $r = $get->(Range => 'bytes=5-9');
    is($r->{status}, 206, 'a range');
    is($r->{body}, substr($bytes, 5, 5), 'its bytes');
    is(header($r, 'Content-Range'), 'bytes 5-9/' . $blob->size, 'Content-Range');
    $keeps->($r, '206');
    is($get->(Range => 'bytes=2999990-')->{body}, substr($bytes, -10), 'what is left of a download');
    is($get->(Range => 'bytes=-7')->{body}, substr($bytes, -7), 'the last bytes');
    $r = $get->(Range => 'bytes=3000000-');
    is_error($r, 416, 'RANGE_INVALID', 'a range after the end');
    is(header($r, 'Content-Range'), 'bytes */3000000', 'it tells the length');
    $keeps->($r, '416');
    like(header($get->(Range => 'bytes=0-1,5-9'), 'Content-Type'), qr{^multipart/byteranges}, 'two ranges');

    my %if_range = ($tag => 206, '"sha256:' . '0' x 64 . '"' => 200, "W/$tag" => 200);
    for (sort keys %if_range) {
        $r = $get->(Range => 'bytes=5-9', 'If-Range' => $_);
        is($r->{status}, $if_range{$_}, "If-Range: $_");
        $keeps->($r, $if_range{$_});
    }
    for ($tag, '*', qq("other", $tag), "W/$tag") {
        $r = $get->('If-None-Match' => $_);
        is($r->{status}, 304, "If-None-Match: $_");
        $keeps->($r, '304');
    }
    is($get->('If-None-Match' => '"other"')->{status}, 200, 'another');
    is_error($docker->get_blob('by/podman', Berth::Oci->blob(bytes => 'none')), 404, 'BLOB_UNKNOWN', 'none');
    is($docker->head_blob('by/podman', Berth::Oci->blob(bytes => 'none'))->{status}, 404, 'HEAD of none');
};

subtest 'manifests' => sub {
    my $image = $image{docker};
    my @where = ('by/docker', $image->digest);
    my $whole = $docker->get_manifest(@where);

    for my $reference ('latest', $image->digest) {
        my $r = $docker->get_manifest('by/docker', $reference);
        is($r->{body}, $image->bytes, 'as it was pushed');
        is(header($r, 'Content-Type'), $image->type, 'Content-Type');
        is(header($r, 'ETag'), '"' . $image->digest . '"', 'ETag');
        is_deeply(stable_headers($docker->head_manifest('by/docker', $reference)), stable_headers($r),
            'HEAD has the same headers');
        is($docker->get_manifest('by/docker', $reference, 'If-None-Match' => header($r, 'ETag'))->{status}, 304, 'If-None-Match');
    }
    like(header($whole, 'Cache-Control'), qr/immutable/, 'by digest it stays what it is');
    unlike(header($docker->get_manifest('by/docker', 'latest'), 'Cache-Control'), qr/immutable/, 'a tag does not');
    my @accepts = ([], ['text/html'], ['application/json', $image->type], [$image->type, 'application/json'], ['*/*']);
    for my $accept (@accepts) {
        my $r = $docker->get_manifest(@where, map { (Accept => $_) } @$accept);
        is($r->{status}, 200, 'Accept: ' . join ' | ', @$accept);
        is(header($r, 'Content-Type'), $image->type, 'its own type');
    }
    is_error($docker->get_manifest('by/docker', 'none'), 404, 'MANIFEST_UNKNOWN', 'none');
    is_error($docker->get_manifest('by/docker', 'la%20test'), 404, 'MANIFEST_UNKNOWN', 'an impossible tag');
};

subtest 'how large a manifest may be' => sub {
    my $layer = Berth::Oci->layer({ a => 'b' });
    my $padded = sub { return Berth::Oci->image(layers => [$layer], annotations => { pad => 'x' x $_[0] }) };
    my $sized  = sub { return $padded->($_[0] - $padded->(0)->size) };
    my $most = $sized->(4 << 20);
    my $more = $sized->((4 << 20) + 1);

    is($most->size, 4 << 20, 'one of 4 MiB');
    ok(eval { $docker->push('in/size', 'most', $most); 1 }, 'is taken') or diag($@);
    is($docker->get_manifest('in/size', 'most')->{body}, $most->bytes, 'and served');
    is_error($docker->put_manifest('in/size', 'more', $more), 413, 'SIZE_INVALID', 'one more byte');
    is_error($docker->call(PUT => '/v2/in/size/manifests/more', ['Content-Type' => $more->type], $more->reader), 413,
        'SIZE_INVALID', 'the same in chunks');
    is($docker->get_manifest('in/size', 'more')->{status}, 404, 'it is not there');
};

subtest 'several tags at once' => sub {
    my $image = Berth::Oci->image;

    $docker->push('in/tags', 'first', $image);
    my $r = $docker->call(PUT => '/v2/in/tags/manifests/' . $image->digest . '?tag=b&tag=a',
        ['Content-Type' => $image->type], $image->bytes);
    is($r->{status}, 201, 'are taken');
    is_deeply([sort @{ $r->{headers}{'oci-tag'} // [] }], ['a', 'b'], 'each in a header of its own');
    is_deeply(decode_json($docker->call(GET => '/v2/in/tags/tags/list')->{body}),
        { name => 'in/tags', tags => ['a', 'b', 'first'] }, 'and listed');
};

subtest 'sha512' => sub {
    my $bytes  = 'five hundred and twelve';
    my $digest = 'sha512:' . sha512_hex($bytes);
    my $upload = location($docker->begin('in/sha512'));

    $docker->patch($upload, substr $bytes, 0, 9);
    my $r = $docker->finish($upload, $digest, substr $bytes, 9);
    is($r->{status}, 201, 'in parts');
    is(header($r, 'Docker-Content-Digest'), $digest, 'under its digest');
    $r = $docker->call(GET => "/v2/in/sha512/blobs/$digest");
    is($r->{body}, $bytes, 'it is served');
    is(header($r, 'Docker-Content-Digest'), $digest, 'as what it was asked for');
};

# ---- nginx ----

sub raw { return Berth::HTTP::raw($berth, @_) }

subtest 'nginx says no in the form of the API' => sub {
    my $host = "Host: x\r\n";

    is_error(raw("TRACE $_ HTTP/1.1\r\n$host\r\n"), 405, 'UNSUPPORTED', "TRACE $_")
        for '/v2', '/v2/', '//v2/a', '/v2?n=1';
    is_error(raw("GET /v2/ HTTP/1.1\r\n\r\n"), 400, 'UNSUPPORTED', 'no Host');
    is_error(raw("GET /v2/ HTTP/1.1\r\n${host}X: " . 'x' x 70_000 . "\r\n\r\n"), 400, 'UNSUPPORTED', 'a header too long');
    is_error(raw("PUT /v2/ HTTP/1.1\r\n${host}Transfer-Encoding: odd\r\n\r\n"), 501, 'UNSUPPORTED', 'an odd encoding');
    is_error(raw("PUT /v2/a/manifests/b HTTP/1.1\r\n${host}Content-Length: 5000000\r\n\r\n"), 413, 'SIZE_INVALID',
        'a manifest too large');
    is_error(raw("PATCH /v2/a/blobs/uploads/x HTTP/1.1\r\n${host}Content-Length: x\r\n\r\n"), 400, 'UNSUPPORTED',
        'a length that is not valid');
    my $r = raw('GET /v2/' . 'x' x 70_000 . " HTTP/1.1\r\n$host\r\n");
    is($r->{status}, 414, 'a target too long: 414');
    for my $path ('/v1/_ping', '/v22/', '/') {
        $r = raw("TRACE $path HTTP/1.1\r\n$host\r\n");
        ok(defined Berth::HTTP::json_error($r), "TRACE $path: in the form of v1");
        is(header($r, 'Docker-Distribution-Api-Version'), undef, 'without a word of v2');
    }
    my $plain = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $berth->port) or die "connect: $!";
    my $c = bless { socket => $plain, in => '' }, 'Berth::HTTP';
    $c->send("GET /v2/ HTTP/1.0\r\n\r\n");
    $r = $c->response;
    is_error($r, 400, 'MANIFEST_UNKNOWN', 'plain HTTP on the TLS port');
    like($r->{body}, qr/HTTPS/, 'it says why');
};

subtest 'long targets and headers' => sub {
    my $last = Berth::V2Client::escape('a' x 128 . '%' x 3000);

    is($docker->call(GET => "/v2/_catalog?n=5&last=$last")->{status}, 200, 'a long target');
    is($docker->call(GET => '/v2/', [Authorization => 'Bearer ' . 'x' x 12_000])->{status}, 200, 'a long token');
    is($docker->call(GET => '/v2/', [map { (Accept => "application/x.$_") } 1 .. 60])->{status}, 200, 'many Accept lines');
};

subtest 'a large blob' => sub {
    my $size  = quick() ? 32 << 20 : 300 << 20;
    my $large = Berth::Oci->blob(size => $size, type => 'application/vnd.oci.image.layer.v1.tar');
    my $image = Berth::Oci->image(layers => [$large]);

    is($docker->push('in/large', 'latest', $image), 2, "$size bytes are pushed");
    is_deeply($client{podman}->pull('in/large', 'latest'), Berth::V2Client::expected($image), 'and pulled');
    nothing_left($berth);
};

subtest 'the other scheme, and after a restart' => sub {
    my $image = Berth::Oci->image(form => 'docker');

    $berth->stop;
    $berth->{scheme} = 'http';
    $berth->launch;
    is($docker->push('by/plain', 'latest', $image), 2, 'a push over HTTP');
    is_deeply($docker->pull('by/plain', 'latest'), Berth::V2Client::expected($image), 'a pull over HTTP');
    is_deeply($client{podman}->pull('by/podman', 'latest'), Berth::V2Client::expected($image{podman}),
        'what was there before');
};

nothing_left($berth);
done_testing();
