#!/usr/bin/perl
# A Docker of 2014 logs in, pushes and pulls; what lies in the store afterwards; and what
# becomes of pushes that are wrong, refused, or broken off.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;
use JSON::PP qw(decode_json);
use Time::HiRes qw(sleep);

my $berth  = Berth::Instance->start;
my $docker = Berth::V1Client->new($berth, user => 'jo', password => 'secret');
my $base   = Berth::Image->new;
my $middle = Berth::Image->new(parent => $base, files => { 'etc/motd' => "hello\n", 'var/empty' => '' });
my $top    = Berth::Image->new(parent => $middle, size => 3_000_000);

sub file {
    my ($path) = @_;
    return Berth::Instance::slurp($berth->data . "/$path");
}

# The files that a push of these images and tags leaves, as the old server left them.
sub expected_files {
    my ($repository, $tags, @images) = @_;

    return sort map({ my $i = $_->id; map { "images/$i/$_" } qw(_checksum ancestry json layer) } @images),
        map({ ("repositories/$repository/tag_$_", "repositories/$repository/tag${_}_json") } @$tags),
        map({ "repositories/$repository/$_" } '_index_images', (grep { $_ eq 'latest' } @$tags) ? 'json' : ());
}

# is_error(RESPONSE, STATUS, TEXT, NAME): TEXT is a string or a pattern.
sub is_error {
    my ($response, $status, $text, $name) = @_;

    is($response->{status}, $status, "$name: $status");
    ref $text ? like(Berth::HTTP::json_error($response), $text, 'and says why')
        : is(Berth::HTTP::json_error($response), $text, 'and says why');
}

subtest 'login, push, pull' => sub {
    is($docker->login, 'Account created', 'login');
    is($docker->push('team/app', { latest => $top, 'v1.0' => $middle }, $base, $middle, $top), 3,
        'three images are sent');
    my $pulled = $docker->pull('team/app');

    is_deeply($pulled->{tags}, { latest => $top->id, 'v1.0' => $middle->id }, 'the tags');
    for my $image ($base, $middle, $top) {
        my $got = $pulled->{images}{ $image->id };
        is($got->{json}, $image->json, 'the json, byte for byte');
        is($got->{layer_sum}, $image->layer_sum, 'the layer');
        is($got->{size}, $image->size, 'its size');
    }
};

subtest 'what lies in the store' => sub {
    is_deeply([sort keys %{ $berth->tree }],
        [expected_files('team/app', ['latest', 'v1.0'], $base, $middle, $top)],
        'exactly the files of the old server');
    is(file('images/' . $top->id . '/json'), $top->json, 'json');
    is(file('images/' . $top->id . '/_checksum'), $top->payload_sum, '_checksum');
    is_deeply(decode_json(file('images/' . $top->id . '/ancestry')), [map { $_->id } $top, $middle, $base],
        'ancestry, newest first');
    is(file('repositories/team/app/tag_v1.0'), $middle->id, 'a tag is an id without a newline');
    is_deeply([map { $_->{id} } @{ decode_json(file('repositories/team/app/_index_images')) }],
        [map { $_->id } $base, $middle, $top], '_index_images');

    my $meta = decode_json(file('repositories/team/app/taglatest_json'));
    cmp_ok(abs(delete($meta->{last_update}) - time), '<', 60, 'last_update');
    is_deeply($meta, {
        docker_version => '0.11.1', docker_go_version => 'go1.2.1', kernel => '3.13.0-24-generic',
        os => 'linux', arch => 'amd64',
    }, 'the rest of a tag\'s meta-data');
    is_deeply(decode_json(file('repositories/team/app/json'))->{docker_version}, '0.11.1', 'json of the repository');
    is_deeply([$berth->left('body'), $berth->left('tmp')], [], 'nothing is left on the way');
};

subtest 'again' => sub {
    my $before = $berth->tree;
    my $images = sub { my ($tree) = @_; return { map { $_ => $tree->{$_} } grep { /^images/ } keys %$tree } };

    is($docker->push('team/app', { latest => $top }, $base, $middle, $top), 0, 'nothing is sent');
    is_deeply($images->($berth->tree), $images->($before), 'no image is touched');
    is_error($docker->put_json($base), 409, 'Image already exists', 'its json once more');
    is($docker->push('team/other', { x => $middle }, $base, $middle), 0,
        'the images are shared between repositories');
    is($docker->pull('team/other')->{images}{ $middle->id }{layer_sum}, $middle->layer_sum, 'and pulled from both');
};

subtest 'how a layer is sent' => sub {
    my $get = sub { Berth::HTTP::request($berth, $_[0] => $top->path('layer'), [@_[1 .. $#_]]) };
    my $r   = $get->('GET');
    my @first = map { substr $top->reader->(), $_, 5 } 0, 5;

    is(Berth::HTTP::header($r, 'Content-Type'), 'application/octet-stream', 'Content-Type');
    is(Berth::HTTP::header($r, 'Content-Length'), $top->size, 'Content-Length');
    is(Berth::HTTP::header($r, 'Last-Modified'), 'Thu, 01 Jan 1970 00:00:00 GMT', 'Last-Modified');
    like(Berth::HTTP::header($r, 'Cache-Control'), qr/public.*max-age=31536000/, 'Cache-Control');
    ok(defined Berth::HTTP::header($r, $_), $_) for qw(X-Docker-Registry-Version X-Docker-Registry-Config Expires);
    is(Berth::HTTP::header($r, $_), undef, "no $_") for qw(Set-Cookie X-Accel-Redirect Pragma ETag);
    my $head = $get->('HEAD');
    is(Berth::HTTP::header($head, 'Content-Length'), $top->size, 'HEAD');
    is_deeply([sort keys %{ $head->{headers} }], [sort keys %{ $r->{headers} }], 'it has the same headers');

    $r = $get->('GET', Range => 'bytes=5-9');
    is($r->{status}, 206, 'a range');
    is($r->{body}, $first[1], 'its bytes');
    is(Berth::HTTP::header($r, 'Content-Range'), 'bytes 5-9/' . $top->size, 'Content-Range');
    is(length $get->('GET', Range => 'bytes=2999990-')->{body}, 10, 'an open range');
    is(length $get->('GET', Range => 'bytes=-7')->{body}, 7, 'the last bytes');
    is_error($get->('GET', Range => 'bytes=3000000-'), 416, qr/range/, 'a range after the end');
    my %expect = ('Thu, 01 Jan 1970 00:00:00 GMT' => 206, 'Thu, 01 Jan 1971 00:00:00 GMT' => 200);
    is($get->('GET', Range => 'bytes=5-9', 'If-Range' => $_)->{status}, $expect{$_}, "If-Range: $_")
        for sort keys %expect;
    is($get->('GET', 'If-Modified-Since' => 'Fri, 02 Jan 2015 00:00:00 GMT')->{status}, 304, 'If-Modified-Since');
};

subtest 'a push that was not finished' => sub {
    my $image = Berth::Image->new(parent => $base);

    is($docker->put_json($image)->{status}, 200, 'json');
    is($docker->put_layer($image)->{status}, 200, 'layer');
    is_error($docker->get_json($image), 400, 'Image is being uploaded, retry later', 'it cannot be read yet');
    is_error(Berth::HTTP::request($berth, GET => $image->path('layer')), 400,
        'Image is being uploaded, retry later', 'nor its layer');
    is($docker->push('team/retry', { latest => $image }, $base, $image), 1, 'the next push sends it again');
    is($docker->pull('team/retry')->{images}{ $image->id }{layer_sum}, $image->layer_sum, 'and it can be pulled');
};

subtest 'sums' => sub {
    my $image = Berth::Image->new;
    my $other = Berth::Image->new;
    my $never = 'sha256:' . '0' x 64;

    $docker->put_json($_) for $image, $other;
    is_error($docker->put_checksum($image), 400, qr/^Checksum not found/, 'before the layer');
    is($docker->put_layer($_)->{status}, 200, 'layer') for $image, $other;
    is_error($docker->put_checksum($image, 'X-Docker-Checksum-Payload' => $never), 400,
        qr/^Checksum mismatch/, 'a wrong one');
    is_error($docker->get_json($image), 400, 'Image is being uploaded, retry later', 'the image stays unfinished');
    is_error($docker->put_checksum($image, 'X-Docker-Checksum' => $other->tarsum), 400, qr/^Checksum mismatch/, "another's tarsum");
    is($docker->put_checksum($image)->{status}, 200, 'the right one may follow');
    is(file('images/' . $image->id . '/_checksum'), $image->payload_sum, 'and is kept');
    is($docker->put_checksum($other, 'X-Docker-Checksum' => $other->payload_sum)->{status}, 200,
        'the simple sum in the other header will do');
    is($docker->get_json($_)->{status}, 200, 'it can be read') for $image, $other;
};

# While it is being sent an upload is a file in _berth/body: seen between the pieces.
sub body_files_while_sending {
    my ($image, %option) = @_;
    my $c      = Berth::HTTP->connect($berth);
    my $next   = $image->reader(100_000);
    my $path   = $option{path} // $image->path('layer');
    my @length = $option{chunked} ? ('Transfer-Encoding' => 'chunked') : ('Content-Length' => $image->size);
    my $seen   = 0;

    $c->head(PUT => $path, Host => $berth->host, @length, $option{expect} ? (Expect => '100-continue') : ());
    while ((my $bytes = $next->()) ne '') {
        ($option{chunked} ? $c->chunk($bytes) : $c->send($bytes)) or last;
        sleep 0.01;
        $seen = grep { -e } $berth->left('body');
        last if $seen;
    }
    if ($seen) {
        while ((my $bytes = $next->()) ne '') {
            $option{chunked} ? $c->chunk($bytes) : $c->send($bytes);
        }
    }
    $c->chunk('') if $option{chunked};
    return ($seen, $c->response);
}

subtest 'a refused upload writes no byte' => sub {
    my $known   = Berth::Image->new(size => 4_000_000);
    my $unknown = Berth::Image->new(size => 4_000_000);

    $docker->put_json($known);
    for my $chunked (0, 1) {
        for my $expect (0, 1) {
            my $how = ($chunked ? 'in chunks' : 'with its length') . ($expect ? ', asking first' : '');
            my ($seen, $r) = body_files_while_sending($known, chunked => $chunked, expect => $expect);
            is($seen, 1, "$how: an upload that is welcome is seen as a file");
            is($r->{status}, 200, 'and taken');
            ($seen, $r) = body_files_while_sending($unknown, chunked => $chunked, expect => $expect);
            is($seen, 0, 'one of no image is not');
            is_error($r, 404, 'Image not found', 'it');
        }
    }
    my ($seen, $r) = body_files_while_sending($unknown, path => '/v1/images/xyz/layer', chunked => 1);
    is($seen, 0, 'nor one with a bad id');
    is_error($r, 404, 'Invalid image ID', 'it');

    my $c = Berth::HTTP->connect($berth);
    $c->head(PUT => $known->path('layer'), Host => $berth->host, 'Content-Length' => '999999999999999');
    is_error($c->response, 507, qr/./, 'one larger than the disk, before its body');

    $r = Berth::HTTP::request($berth, POST => $known->path('layer'), [], 'x' x 1000);
    is_error($r, 405, qr/./, 'another method');
    like(Berth::HTTP::header($r, 'Allow'), qr/\bPUT\b/, 'it names those that are allowed');
    $r = Berth::HTTP::request($berth, PUT => '/v1/images/a%2Fb/layer', [], 'x' x 1000);
    is_error($r, 404, 'Invalid image ID', 'an id with a slash');
    ok(within(5, sub { !$berth->left('body') }), 'nothing is left');
};

subtest 'a body that comes with GET is not an upload' => sub {
    my $piece = 'x' x 100_000;

    for my $chunked (0, 1) {
        my $how  = $chunked ? 'in chunks' : 'with its length';
        my $c    = Berth::HTTP->connect($berth);
        my $seen = 0;

        $c->head(GET => $top->path('layer'), Host => $berth->host,
            $chunked ? ('Transfer-Encoding' => 'chunked') : ('Content-Length' => 20_000_000));
        for (1 .. 200) {
            ($chunked ? $c->chunk($piece) : $c->send($piece)) or last;
            $seen ||= $berth->left('body');
        }
        $c->chunk('') if $chunked;
        is($c->response->{status}, 413, "20 MB $how: 413");
        is($seen, 0, 'none of it was a file');
    }
    is(Berth::HTTP::request($berth, GET => $top->path('layer'), [], '{}')->{status}, 200, 'a small one does not matter');
};

subtest 'a tag does not write the log' => sub {
    is($docker->put_tag('team/app', 'a%20status=200', $top)->{status}, 200, 'a tag that looks like a field');
    like($berth->log('berth.log'), qr/ push\.tag .* tag="a status=200" id=\w+$/m, 'stands between quotes');
    is($docker->call(DELETE => '/v1/repositories/team/app/tags/a%20status=200')->{status}, 200, 'it is removed');
    like($berth->log('berth.log'), qr/ delete\.tag .* tag="a status=200" id=\w+$/m, 'so it does there');
};

subtest 'uploads that break off' => sub {
    my $image = Berth::Image->new(size => 2_000_000);

    $docker->put_json($image);
    for my $chunked (0, 1) {
        for my $abrupt (0, 1) {
            my $c    = Berth::HTTP->connect($berth);
            my $next = $image->reader(100_000);

            $c->head(PUT => $image->path('layer'), Host => $berth->host,
                $chunked ? ('Transfer-Encoding' => 'chunked') : ('Content-Length' => $image->size));
            $chunked ? $c->chunk($next->()) : $c->send($next->()) for 1 .. 15;
            ok(within(5, sub { $berth->left('body') }), 'most of it has arrived');
            $abrupt ? $c->drop : close $c->{socket};
            ok(within(5, sub { !$berth->left('body') }), 'nothing of it stays');
        }
    }
    ok(!-e $berth->data . '/images/' . $image->id . '/layer', 'there is no layer');
    is($docker->push('team/broken', { latest => $image }, $image), 1, 'the next push succeeds');
    is($docker->pull('team/broken')->{images}{ $image->id }{layer_sum}, $image->layer_sum, 'with the whole layer');
};

subtest 'a layer with nothing, and a large one' => sub {
    my $empty = Berth::Image->new(bytes => '');
    my $large = Berth::Image->new(size => quick() ? 32 << 20 : 300 << 20);
    my $c;

    $docker->put_json($empty);
    is(Berth::HTTP::request($berth, PUT => $empty->path('layer'), [], '')->{status}, 200, 'Content-Length: 0');
    is($docker->put_checksum($empty)->{status}, 200, 'its sum');
    is(Berth::HTTP::request($berth, GET => $empty->path('layer'))->{body}, '', 'it is served');

    is($docker->push('team/large', { latest => $large }, $large), 1, $large->size . ' bytes are pushed');
    is($docker->pull('team/large')->{images}{ $large->id }{layer_sum}, $large->layer_sum, 'and pulled');
    is((stat $berth->data . '/images/' . $large->id . '/layer')[3], 1, 'the layer has one name');
};

subtest 'layers over HTTP/2' => sub {
    my $dir = scratch();
    my %way = ('with its length' => '-T %s', 'without' => '-T - <%s');

    if (system 'command -v curl >/dev/null') {
        not_run("$0: layers over HTTP/2", 'curl is not installed');
        plan(skip_all => 'curl is not installed');
    }
    for my $way (sort keys %way) {
        my $image = Berth::Image->new(size => 3_000_000);
        my $next  = $image->reader;

        open my $file, '>:raw', "$dir/layer" or die "layer: $!";
        while ((my $bytes = $next->()) ne '') {
            print $file $bytes;
        }
        close $file;
        $docker->put_json($image);
        my $curl = sprintf "curl -sS --http2 --cacert %s -w ' %%{http_version} %%{http_code}' %s",
            $berth->ca, sprintf $way{$way}, "$dir/layer";
        is(`$curl -X PUT https://@{[$berth->host]}@{[$image->path('layer')]}` , 'true 2 200', $way);
        is($docker->put_checksum($image)->{status}, 200, 'the sum is right');
    }
};

subtest 'the other scheme, and after a restart' => sub {
    my $image = Berth::Image->new(parent => $top);

    $berth->stop;
    $berth->{scheme} = 'http';    # docker sends tokens where it sent Basic
    $berth->launch;
    my $plain = Berth::V1Client->new($berth);
    is($plain->push('team/plain', { latest => $image }, $base, $middle, $top, $image), 1, 'a push over HTTP');
    is_deeply([sort keys %{ $plain->pull('team/plain')->{images} }],
        [sort map { $_->id } $base, $middle, $top, $image], 'a pull over HTTP');
    is_deeply($plain->pull('team/app')->{tags}, { latest => $top->id, 'v1.0' => $middle->id },
        'what was there before');
};

is_deeply([$berth->left('body'), $berth->left('tmp')], [], 'nothing is left on the way');
done_testing();
