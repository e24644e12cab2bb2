#!/usr/bin/perl
# Blobs on their way in by API v2, through nginx and TLS: in one request and in parts of every
# form, resumed, cancelled, mounted; and what becomes of those that are wrong, refused or broken
# off.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V2Client;
use Berth::V2Test;
use Time::HiRes qw(sleep);

my $berth  = Berth::Instance->start;
my $docker = Berth::V2Client->new($berth);

# While it is being sent an upload is a file in _berth/body: seen between the pieces.
sub body_files_while_sending {
    my ($method, $path, $blob, %option) = @_;
    my $c      = Berth::HTTP->connect($berth);
    my $next   = $blob->reader(100_000);
    my @length = $option{chunked} ? ('Transfer-Encoding' => 'chunked') : ('Content-Length' => $blob->size);
    my $send   = sub { return $option{chunked} ? $c->chunk($_[0]) : $c->send($_[0]) };
    my $seen   = 0;
    my $bytes;

    $c->head($method => $path, Host => $berth->host, @{ $option{headers} // [] }, @length);
    while (($bytes = $next->()) ne '') {
        $send->($bytes) or last;
        sleep 0.01 unless $seen;
        $seen ||= $berth->left('body');
    }
    $c->chunk('') if $option{chunked};
    return ($seen, $c->response);
}

subtest 'a body is a file, unless it is refused' => sub {
    my $blob   = Berth::Oci->blob(size => 2_000_000);
    my $digest = 'digest=' . $blob->digest;
    my $unknown = '/v2/a/b/blobs/uploads/11111111-2222-4333-8444-555555555555';
    my $other   = 'digest=' . Berth::Oci->blob(size => 1)->digest;    # the repository does not have it
    my %refused = (
        'a part of no upload'      => [PATCH => $unknown, 404, 'BLOB_UPLOAD_UNKNOWN'],
        'the end of no upload'     => [PUT => "$unknown?$other", 404, 'BLOB_UPLOAD_UNKNOWN'],
        'an end without a digest'  => [PUT => $unknown, 400, 'DIGEST_INVALID'],
        'a digest that is not valid'    => [POST => '/v2/a/b/blobs/uploads/?digest=sha256:abc', 400, 'DIGEST_INVALID'],
        'a name that is not valid'      => [POST => "/v2/A/b/blobs/uploads/?$digest", 400, 'NAME_INVALID'],
        'a name in odd spelling'   => [POST => "/v2/a%2FB/blobs/uploads/?$digest", 400, 'NAME_INVALID'],
        'another method'           => [PUT => "/v2/a/b/blobs/uploads/?$digest", 405, 'UNSUPPORTED'],
    );

    for my $chunked (0, 1) {
        my $how = $chunked ? 'in chunks' : 'with its length';
        my $upload = location($docker->begin('a/b'));
        my @welcome = (
            ["PATCH $how", 202, PATCH => $upload],
            ["PUT $how", 201, PUT => location($docker->begin('a/b')) . "?$digest"],
            ["POST $how", 201, POST => "/v2/a/b/blobs/uploads/?$digest"],
        );
        for my $one (@welcome) {
            my ($name, $status, $method, $path) = @$one;
            my ($seen, $r) = body_files_while_sending($method, $path, $blob, chunked => $chunked);
            is($seen, 1, "$name: it is seen as a file");
            is($r->{status}, $status, 'and taken');
        }
        is($docker->call(DELETE => $upload)->{status}, 204, 'what was begun is cancelled');
        for my $name (sort keys %refused) {
            my ($method, $path, $status, $code) = @{ $refused{$name} };
            my ($seen, $r) = body_files_while_sending($method, $path, $blob, chunked => $chunked);
            is($seen, 0, "$name $how is not a file");
            is_error($r, $status, $code, $name);
        }
    }
    my ($seen, $again) = body_files_while_sending(PUT => "$unknown?$digest", $blob);
    is($again->{status}, 201, 'an end whose answer was lost may come again');
    my $r = Berth::HTTP::request($berth, PUT => '/v2/a/b/blobs/uploads', [], 'x');
    like(header($r, 'Allow'), qr/\bPOST\b/, 'the methods that are allowed are named');

    my $c = Berth::HTTP->connect($berth);
    $c->head(POST => "/v2/a/b/blobs/uploads/?$digest", Host => $berth->host, 'Content-Length' => '999999999999999');
    is_error($c->response, 507, 'UNAVAILABLE', 'one larger than the disk');
    nothing_left($berth);
};

subtest 'a body that comes with GET or DELETE is not an upload' => sub {
    my $upload = location($docker->begin('a/b'));
    my $blob   = Berth::Oci->blob(size => 20_000_000);

    for my $method (qw(GET DELETE)) {
        for my $chunked (0, 1) {
            my ($seen, $r) = body_files_while_sending($method, $upload, $blob, chunked => $chunked);
            is_error($r, 413, 'SIZE_INVALID', "20 MB with $method");
            is($seen, 0, 'none of it was a file');
        }
    }
    is(Berth::HTTP::request($berth, GET => $upload, [], '{}')->{status}, 204, 'a small one does not matter');
    is(Berth::HTTP::request($berth, DELETE => $upload, [], '{}')->{status}, 204, 'nor here');
    unlike($berth->log('nginx-error.log'), qr/buffered to a temporary file/, 'no request without a body was a file');
};

# A body that is sent in these chunks.
sub chunks {
    my @all = (@_, '');
    return sub { return shift @all };
}

subtest 'a blob in parts of every form' => sub {
    my @bytes = map { $_ x 1000 } 'a' .. 'd';
    my $blob  = Berth::Oci->blob(bytes => join('', @bytes));
    my $range = sub { return ('Content-Range' => $_[0] * 1000 . '-' . ($_[0] * 1000 + 999)) };
    my $r      = $docker->begin('in/parts');
    my $upload = location($r);

    is($r->{status}, 202, 'POST');
    stands_at($r, $upload, 0, 'POST');
    is(header($r, 'OCI-Chunk-Min-Length'), 1, 'parts may be small');
    my @forms = (
        ['length and range'  => $bytes[0], $range->(0)],
        ['chunked and range' => chunks($bytes[1]), $range->(1)],
        ['length'            => $bytes[2]],
        ['chunked'           => chunks(unpack '(a300)*', $bytes[3])],
    );
    for my $i (0 .. $#forms) {
        my ($name, $body, @headers) = @{ $forms[$i] };
        $r = $docker->patch($upload, $body, @headers);
        is($r->{status}, 202, $name);
        stands_at($r, $upload, ($i + 1) * 1000, $name);
        $r = $docker->call(GET => $upload);
        is($r->{status}, 204, 'GET');
        stands_at($r, $upload, ($i + 1) * 1000, 'GET');
    }
    $r = $docker->patch($upload, '');
    is($r->{status}, 202, 'nothing');
    stands_at($r, $upload, 4000, 'nothing');
    Berth::V2Client::finished($docker->finish($upload, $blob->digest), $blob);
    is($docker->get_blob('in/parts', $blob)->{body}, $blob->bytes, 'all of it is the blob');
    is_error($docker->call(GET => $upload), 404, 'BLOB_UPLOAD_UNKNOWN', 'the upload');
    is($docker->finish($upload, $blob->digest)->{status}, 201, 'a client that did not get the answer may ask again');
    nothing_left($berth);
};

subtest 'a blob in one or two requests' => sub {
    my $at = sub { return location($docker->begin('in/one')) };
    my %way = (
        'POST alone' => sub { $docker->call(POST => '/v2/in/one/blobs/uploads/?digest=' . $_[0]->digest,
            ['Content-Type' => 'application/octet-stream'], $_[0]->bytes) },
        'POST alone, in chunks' => sub { $docker->call(POST => '/v2/in/one/blobs/uploads/?digest=' . $_[0]->digest,
            [], $_[0]->reader) },
        'POST, PUT'             => sub { $docker->finish($at->(), $_[0]->digest, $_[0]->bytes) },
        'POST, PUT in chunks'   => sub { $docker->finish($at->(), $_[0]->digest, $_[0]->reader) },
        'POST, PATCH, the rest with PUT' => sub {
            my $upload = $at->();
            $docker->patch($upload, substr $_[0]->bytes, 0, 3);
            $docker->finish($upload, $_[0]->digest, substr($_[0]->bytes, 3), 'Content-Range' => '3-11');
        },
    );

    for my $way (sort keys %way) {
        my $blob = Berth::Oci->blob(bytes => sprintf '%-12.12s', $way =~ s/\W//gr . rand);
        Berth::V2Client::finished($way{$way}->($blob), $blob);
        is($docker->get_blob('in/one', $blob)->{body}, $blob->bytes, $way);
    }
    nothing_left($berth);
};

subtest 'a blob with nothing in it' => sub {
    my $empty = Berth::Oci->blob(bytes => '');
    my $put = sub { return location($docker->begin('in/' . $_[0])) . '?digest=' . $empty->digest };
    my $without = Berth::HTTP->connect($berth);

    is($docker->call(PUT => $put->('length'), [], '')->{status}, 201, 'Content-Length: 0');
    is($docker->call(PUT => $put->('chunked'), [], sub { '' })->{status}, 201, 'in no chunks');
    $without->head(PUT => $put->('none'), Host => $berth->host);
    is($without->response->{status}, 201, 'without either header');
    for (qw(length chunked none)) {
        my $r = $docker->get_blob("in/$_", $empty);
        is($r->{status}, 200, 'it is served');
        is(header($r, 'Content-Length'), 0, 'it has no length');
    }
};

subtest 'parts in the wrong place' => sub {
    my $blob   = Berth::Oci->blob(bytes => 'x' x 1000);
    my $upload = location($docker->begin('in/gaps'));
    my $big    = Berth::Oci->blob(size => 2_000_000);

    $docker->patch($upload, 'x' x 600, 'Content-Range' => '0-599');
    for my $wrong (['a gap', 700], ['an overlap', 500], ['the same again', 0]) {
        my ($name, $first) = @$wrong;
        my @range = ('Content-Range' => "$first-" . ($first + 99));

        for my $body ('x' x 100, chunks('x' x 100)) {
            my $r = $docker->patch($upload, $body, @range);
            is_error($r, 416, 'BLOB_UPLOAD_INVALID', $name);
            stands_at($r, $upload, 600, $name);
        }
        my $r = $docker->finish($upload, $blob->digest, 'x' x 100, @range);
        is_error($r, 416, 'BLOB_UPLOAD_INVALID', "$name with PUT");
        stands_at($r, $upload, 600, "$name with PUT");
    }
    my ($seen, $r) = body_files_while_sending(PATCH => $upload, $big, headers => ['Content-Range' => '700-2000699']);
    is($seen, 0, 'none of it was a file');
    stands_at($r, $upload, 600, 'a large one');

    is_error($docker->patch($upload, 'x' x 100, 'Content-Range' => '600-649'), 400, 'SIZE_INVALID',
        'more bytes than the range says');
    is_error($docker->patch($upload, chunks('x' x 100), 'Content-Range' => '600-649'), 400, 'SIZE_INVALID',
        'the same in chunks');
    is($docker->patch($upload, 'x', 'Content-Range' => 'odd')->{status}, 400, 'a range that is not valid');
    is_error($docker->finish($upload, 'sha256:' . '0' x 64, 'x' x 400), 400, 'DIGEST_INVALID', 'a wrong digest');
    stands_at($docker->call(GET => $upload), $upload, 600, 'after all that');
    is($docker->finish($upload, $blob->digest, 'x' x 400, 'Content-Range' => '600-999')->{status}, 201,
        'the right end may follow');
    nothing_left($berth);
};

subtest 'an upload that breaks off goes on' => sub {
    my $blob   = Berth::Oci->blob(bytes => Berth::Oci->blob(size => 2_000_000)->bytes);
    my $upload = location($docker->begin('in/broken'));

    is($docker->patch($upload, substr $blob->bytes, 0, 500_000)->{status}, 202, 'the first part');
    for my $chunked (0, 1) {
        for my $abrupt (0, 1) {
            my $c = Berth::HTTP->connect($berth);

            $c->head(PATCH => $upload, Host => $berth->host,
                $chunked ? ('Transfer-Encoding' => 'chunked') : ('Content-Length' => 1_500_000));
            $chunked ? $c->chunk('x' x 1_200_000) : $c->send('x' x 1_200_000);
            ok(within(5, sub { $berth->left('body') }), 'most of the second has arrived');
            $abrupt ? $c->drop : close $c->{socket};
            ok(within(5, sub { !$berth->left('body') }), 'nothing of it stays');
            stands_at($docker->call(GET => $upload), $upload, 500_000, 'the upload');
        }
    }
    $berth->restart;
    stands_at($docker->call(GET => $upload), $upload, 500_000, 'after a restart');
    is($docker->patch($upload, substr($blob->bytes, 500_000), 'Content-Range' => '500000-1999999')->{status}, 202,
        'the second part');
    Berth::V2Client::finished($docker->finish($upload, $blob->digest), $blob);
    is(header($docker->head_blob('in/broken', $blob), 'Content-Length'), 2_000_000, 'it is whole');
    nothing_left($berth);
};

subtest 'cancelled' => sub {
    my $upload = location($docker->begin('in/cancel'));

    $docker->patch($upload, 'x' x 1000);
    is_error($docker->call(DELETE => $upload =~ s{/in/}{/out/}r), 404, 'BLOB_UPLOAD_UNKNOWN', 'from elsewhere');
    is($docker->call(DELETE => $upload)->{status}, 204, 'DELETE');
    is_error($docker->call($_ => $upload), 404, 'BLOB_UPLOAD_UNKNOWN', $_) for qw(GET DELETE);
    is_error($docker->patch($upload, 'x'), 404, 'BLOB_UPLOAD_UNKNOWN', 'PATCH');
    nothing_left($berth);
};

subtest 'mounts' => sub {
    my $blob = Berth::Oci->blob(bytes => 'mounted ' . rand);
    my $none = Berth::Oci->blob(bytes => 'nowhere');
    my $file = $berth->data . '/docker/registry/v2/blobs/sha256/' . substr($blob->hex, 0, 2) . '/' . $blob->hex . '/data';

    $docker->push_blob('mount/from', $blob);
    my $inode = (stat $file)[1];
    Berth::V2Client::finished($docker->mount('mount/to', $blob, 'mount/from'), $blob);
    is($docker->get_blob('mount/to', $blob)->{body}, $blob->bytes, 'from a repository');
    Berth::V2Client::finished($docker->mount('mount/any', $blob), $blob);
    is($docker->head_blob('mount/any', $blob)->{status}, 200, 'from any');
    my $r = $docker->begin('mount/raw', 'mount=' . $blob->digest . '&from=mount/from');
    is($r->{status}, 201, 'as containerd writes it');
    is((stat $file)[1], $inode, 'the bytes lie there once');
    for my $not ([$none, 'mount/from'], [$blob, 'mount/nothing'], [$none, undef]) {
        $r = $docker->mount('mount/to', @$not);
        is($r->{status}, 202, 'what is not there is to be uploaded');
        stands_at($r, location($r), 0, 'it');
        is($docker->call(DELETE => location($r))->{status}, 204, 'or not');
    }
};

subtest 'HTTP/2' => sub {
    my $dir  = scratch();
    my $url  = 'https://' . $berth->host;
    my $curl = 'curl -sS --http2 --cacert ' . $berth->ca . " -o $dir/out -D $dir/head -w '%{http_version} %{http_code}'";
    my %way  = ('with its length' => "-X PATCH -T $dir/blob", 'without' => "-X PATCH -T - <$dir/blob");
    my $blob = Berth::Oci->blob(bytes => Berth::Oci->blob(size => 3_000_000)->bytes);

    if (system 'command -v curl >/dev/null') {
        not_run("$0: HTTP/2", 'curl is not installed');
        plan(skip_all => 'curl is not installed');
    }
    open my $file, '>:raw', "$dir/blob" or die "blob: $!";
    print $file $blob->bytes;
    close $file;
    for my $way (sort keys %way) {
        my $upload = location($docker->begin('in/h2'));
        is(`$curl $url$upload $way{$way}`, '2 202', "PATCH $way");
        is(`$curl -X PUT -H 'Content-Length: 0' '$url$upload?digest=@{[$blob->digest]}'`, '2 201', 'PUT of nothing');
    }
    my $empty  = Berth::Oci->blob(bytes => '');
    my $upload = location($docker->begin('in/h2'));
    is(`$curl -X PUT '$url$upload?digest=@{[$empty->digest]}'`, '2 201', 'PUT of nothing, without a length');
    is(`$curl -I $url/v2/in/h2/blobs/@{[$blob->digest]}`, '2 200', 'HEAD');
    like(Berth::Instance::slurp("$dir/head"), qr/^content-length: 3000000\r$/mi, 'it tells the length');
    is(`$curl -r 5-9 $url/v2/in/h2/blobs/@{[$blob->digest]}`, '2 206', 'a range');
    is(Berth::Instance::slurp("$dir/out"), substr($blob->bytes, 5, 5), 'its bytes');
    is(`$curl -X PATCH -T $dir/blob $url$upload`, '2 404', 'a part of no upload');
    nothing_left($berth);
};

nothing_left($berth);
done_testing();
