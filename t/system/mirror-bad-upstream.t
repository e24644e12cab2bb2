#!/usr/bin/perl
# A mirror of an upstream that misbehaves: what its clients get, that nothing is kept
# which is not whole and right, and that a later good answer heals it.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::StandIn;
use Berth::Test;
use Berth::V1Client;
use Berth::V1Store;
use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json encode_json);
use Time::HiRes qw(sleep time);

our $source = Berth::StandIn->start;
our $mirror = Berth::Instance->configured("mirroring:\n  source: " . $source->url . "\n  tags_cache_ttl: 1\n");
our $docker = Berth::V1Client->new($mirror);

sub path_of {
    my ($image, $what) = @_;
    return '/v1/images/' . $image->id . "/$what";
}

# The source has this image. %change: answers that are not the good ones, by json, ancestry
# or layer; sum => 0, size => 0: it tells none.
sub source_has {
    my ($image, %change) = @_;
    my @sum  = defined $change{sum}  ? () : ('X-Docker-Checksum-Payload' => $image->payload_sum);
    my @size = defined $change{size} ? () : ('X-Docker-Size' => length $image->bytes);
    my %good = (
        json     => { body => $image->json, headers => [ @size, @sum ] },
        ancestry => { body => encode_json([$image->id]) },
        layer    => { body => $image->bytes, headers => ['Content-Type' => 'application/octet-stream'] },
    );

    $source->answer('GET ' . path_of($image, $_), %{ $change{$_} // $good{$_} }) for keys %good;
    return $image;
}

# A layer of some pieces.
sub an_image {
    my $bytes = join '', map { sha256_hex($_ . rand) } 1 .. 4000;
    return Berth::Image->new(files => { data => $bytes });
}

sub get {
    my ($path) = @_;
    return $docker->call(GET => $path);
}

# What a client gets of a layer: { status, body, cut }; cut: the answer broke off.
sub layer_of {
    my ($image) = @_;
    my %got = (body => '');
    my $r   = eval { $docker->call(GET => path_of($image, 'layer'), {}, undef, sink => sub { $got{body} .= $_[0] }) };

    return { %got, status => $r ? $r->{status} : 200, cut => !$r };
}

sub kept_of {
    my ($image) = @_;
    my $dir = $mirror->data . '/images/' . $image->id;

    return join ' ', map { s{.*/}{}r } sort glob "$dir/*";
}

sub is_unavailable {
    my ($response, $what) = @_;

    is($response->{status}, 503, "$what: not now");
    ok(Berth::HTTP::header($response, 'Retry-After'), "$what: when to come again");
    ok(defined Berth::HTTP::json_error($response), "$what: in the form of API v1");
}

# No client may take what it got for the layer.
sub is_no_layer {
    my ($image, $what) = @_;
    my $got = layer_of($image);

    ok($got->{cut} || $got->{status} =~ /^50[23]$/, "$what: an error ($got->{status})");
    isnt(sha256_hex($got->{body}), $image->layer_sum, "$what: not all of it");
    cmp_ok(length $got->{body}, '<', length $image->bytes, "$what: less than it should be");
    within(5, sub { !(() = glob $mirror->data . '/_berth/mirror/image/*/layer') });
    is(kept_of($image), '', "$what: nothing is kept");
}

sub is_healed {
    my ($image, $what) = @_;
    my $got;

    source_has($image);
    $got = layer_of($image);
    is($got->{status}, 200, "$what: then it comes");
    is(sha256_hex($got->{body}), $image->layer_sum, "$what: right");
    ok(within(5, sub { kept_of($image) eq '_checksum ancestry json layer' }), "$what: and is kept");
}

my %refusal = (
    'an error'         => { status => 500, body => '{}' },
    'a closed door'    => { fault => 'close' },
    'no HTTP'          => { fault => 'garbage' },
    'a teapot'         => { status => 418, body => '"short and stout"' },
    'half of the body' => { fault => 'half', body => '{"id": "' . 'a' x 5000 . '"}' },
);

subtest 'layers that are none' => sub {
    my %layer = (
        %refusal,
        'half of the body'  => { fault => 'half', body => undef },
        'another layer'     => { body => 'x' x 100_000 },
        'a byte is another' => { body => undef, flip => 1 },
        'too short'         => { body => undef, cut => 1000 },
        'empty'             => { body => '' },
        'empty, no length'  => { body => '', fault => 'endless' },
        'no length'         => { body => undef, cut => 1000, fault => 'endless' },
        'too long'          => { body => 'x' x 1_000_000 },
    );

    for my $what (sort keys %layer) {
        my $image = an_image();
        my %answer = %{ $layer{$what} };

        $answer{body} = $image->bytes if exists $answer{body} && !defined $answer{body};
        substr($answer{body}, 90_000, 1) =~ tr/\0-\xff/\1-\xff\0/ if delete $answer{flip};
        substr($answer{body}, -(delete $answer{cut})) = '' if $answer{cut};
        source_has($image, layer => \%answer);
        is_no_layer($image, $what);
        is_healed($image, $what);
    }
};

subtest 'a layer whose length is not announced' => sub {
    my $image = an_image();

    source_has($image, size => 0, layer => { body => $image->bytes, fault => 'endless' });
    is(sha256_hex(layer_of($image)->{body}), $image->layer_sum, 'comes, and is right by its sum');
    ok(within(5, sub { kept_of($image) eq '_checksum ancestry json layer' }), 'and is kept');
};

subtest 'many clients ask for a layer that is not valid' => sub {
    my $image   = an_image();
    my $clients = 8;

    source_has($image, layer => { body => $image->bytes, fault => 'half', delay => 0.5 });
    my @got = in_parallel(map { sub { my $got = layer_of($image); $got->{cut} || $got->{status} == 503 } } 1 .. $clients);

    is(scalar(grep { $_ } @got), $clients, 'each gets an error');
    cmp_ok(scalar(grep { $_->{path} eq path_of($image, 'layer') } $source->asked), '<', 4,
        'and the source was not asked once for each');
    is_healed($image, 'many');
};

subtest 'a source that tells no sum' => sub {
    my $image = an_image();

    source_has($image, sum => 0, layer => { body => 'x' x 100_000 });
    is_no_layer($image, 'no archive');
    source_has($image, sum => 0, layer => { body => $image->bytes, fault => 'half' });
    is_no_layer($image, 'half of it');
    source_has($image, sum => 0, layer => { body => substr($image->bytes, 0, 99_000), fault => 'endless' });
    is_no_layer($image, 'shorter than the json says');
    source_has($image, sum => 0, size => 0, layer => { body => $image->bytes, fault => 'endless' });
    is_no_layer($image, 'neither sum nor length');
    source_has($image, sum => 0);
    is(sha256_hex(layer_of($image)->{body}), $image->layer_sum, 'an archive that is whole is taken');
    ok(within(5, sub { kept_of($image) eq '_checksum ancestry json layer' }), 'and kept, with its sum');
};

# A plain tar that ends between two of its files is one that unpacks.
subtest 'a size that is another' => sub {
    for my $size (50, 1_000_000_000) {
        my $image = an_image();
        my %json  = (body => $image->json, headers => [ 'X-Docker-Size' => $size,
            'X-Docker-Checksum-Payload' => $image->payload_sum ]);

        source_has($image, json => \%json, layer => { body => $image->bytes, fault => 'endless' });
        my $got = layer_of($image);
        ok($got->{cut} || $got->{status} == 503, "$size bytes were announced: an error ($got->{status})");
        is(kept_of($image), '', 'nothing is kept');
    }
};

subtest 'a layer cut where nobody sees it' => sub {
    my @entries = map {
        my $content = rand() x 2000;
        my ($header) = Berth::Image::tar_entry("file-$_", $content);
        $header . $content . "\0" x (-length($content) % 512)
    } 1 .. 4;
    my $image = Berth::Image->new(bytes => join('', @entries) . "\0" x 1024);
    my $cut   = { body => join('', @entries[0, 1]), fault => 'endless' };
    my %moved = (status => 302, headers => [ Location => '/cut', 'Transfer-Encoding' => 'chunked' ], body => "0\r\n\r\n");

    source_has($image, sum => 0, size => 0, layer => $cut);
    is_no_layer($image, 'its end is the connection\'s');
    $source->answer('GET /cut', %$cut);
    source_has($image, sum => 0, size => 0, layer => { %moved, fault => 'endless' });
    is_no_layer($image, 'behind a redirect in chunks');
    source_has($image, sum => 0, size => 0, layer => { %$cut, headers => [ 'Transfer-Encoding' => 'identity' ] });
    is_no_layer($image, 'another transfer coding');
    is_healed($image, 'cut');
};

subtest 'a small layer that is not valid' => sub {
    my $image = Berth::Image->new;

    in_parallel(map { sub { get('/v1/_ping')->{status} } } 1 .. 16) for 1 .. 2;    # nginx keeps their connections
    source_has($image, layer => { body => 'x' x length $image->bytes });
    $source->asked;
    is_unavailable(get(path_of($image, 'layer')), 'a small layer');
    is(scalar(grep { $_->{path} =~ /layer$/ } $source->asked), 1, 'the source was asked once');
    is_healed($image, 'a small layer');
};

# Their bodies end with the connection: what is cut off looks like what is whole.
subtest 'clients of HTTP/1.0' => sub {
    my $image = an_image();
    my $get   = sub {
        my $c = Berth::HTTP->connect($mirror);
        $c->send('GET ' . path_of($image, 'layer') . " HTTP/1.0\r\nHost: localhost\r\n\r\n");
        return $c->response('GET');
    };

    source_has($image, size => 0, layer => { body => substr($image->bytes, 0, -1000), fault => 'endless' });
    is($get->()->{status}, 503, 'get an error for a layer that is cut off');
    source_has($image, size => 0, layer => { body => $image->bytes, fault => 'endless' });
    is(sha256_hex($get->()->{body}), $image->layer_sum, 'and sent one that is whole');
};

subtest 'json and ancestry that are none' => sub {
    my %answer = (
        %refusal,
        'no JSON'                 => { body => '{"id": ' },
        'of another'              => { body => Berth::Image->new->json },
        'a list'                  => { body => '[]' },
        'an object'               => { body => '{}' },
        'more than a json may be' => { body => ' ' x 1000, times => 9000 },
    );

    for my $what (sort keys %answer) {
        for my $file (qw(json ancestry)) {
            my $image = an_image();

            source_has($image, $file => $answer{$what});
            is_unavailable(get(path_of($image, $file)), "$file, $what");
            is(layer_of($image)->{status}, 503, "$file, $what: nor the layer");
            source_has($image);
            is(get(path_of($image, $file))->{status}, 200, "$file, $what: then it comes");
        }
    }
};

subtest 'clients without permission' => sub {
    for my $status (401, 403, 404) {
        my $image = an_image();

        source_has($image, json => { status => $status, body => '{}' });
        is(get(path_of($image, 'json'))->{status}, 404, "the source's $status is not an image");
    }
    my $image = source_has(an_image(), layer => { status => 404, body => '{}' });

    is(get(path_of($image, 'json'))->{status}, 200, 'a json without a layer');
    is(layer_of($image)->{status}, 404, 'is not a layer');
};

subtest 'lists that are none' => sub {
    my %answer = (
        %refusal,
        'no JSON'   => { body => '{"latest": ' },
        'a text'    => { body => '"latest"' },
        'odd'       => { body => '[{"id": 7}]' },
        'no names'  => { body => '{"../..": "' . 'a' x 64 . '"}' },
    );
    my $n = 0;

    for my $what (sort keys %answer) {
        my $repo = '/v1/repositories/team/app' . $n++;

        $source->answer("GET $repo/$_", %{ $answer{$what} }) for qw(tags images);
        is_unavailable(get("$repo/$_"), "$_, $what") for qw(tags images);
        $source->answer("GET $repo/tags", body => '{"latest": "' . 'a' x 64 . '"}');
        $source->answer("GET $repo/images", body => '[{"id": "' . 'a' x 64 . '"}]');
        is(get("$repo/$_")->{status}, 200, "$_, $what: then they come") for qw(tags images);
        sleep 1 if $n == 1;
        $source->answer("GET $repo/$_", %{ $answer{$what} }) for qw(tags images);
        is(get("$repo/$_")->{status}, 200, "$_, $what: and are kept") for qw(tags images);
    }
};

subtest 'a search that is not valid' => sub {
    my $own   = Berth::Image->new;
    my @terms = qw(own team ow tea te wn am eam);    # each is asked for again

    $docker->push('team/own', { latest => $own }, $own);
    for my $answer (values %refusal, { body => '[]' }, { body => '{"results": 7}' },
        { body => '{"results": [{"name": "../../etc"}, {"name": 7}, 7]}' }) {
        my $term = shift @terms;

        $source->answer("GET /v1/search?q=$term&n=100", %$answer);
        my $got = get("/v1/search?q=$term");
        is($got->{status}, 200, 'a search');
        is_deeply([map { $_->{name} } @{ decode_json($got->{body})->{results} }], ['team/own'], 'finds what is here');
    }
};

subtest 'a source that is moved' => sub {
    my $image = source_has(an_image());
    my $moved = '/elsewhere';

    $source->answer("GET $moved", body => $image->bytes);
    $source->answer('GET ' . path_of($image, 'layer'), status => 302, headers => [ Location => $moved ], body => '');
    is(sha256_hex(layer_of($image)->{body}), $image->layer_sum, 'a layer behind a redirect');
    $image = source_has(an_image(), layer => { status => 302, headers => [ Location => 'file:///etc/passwd' ], body => '' });
    is_no_layer($image, 'a redirect to a file');
    $image = an_image();
    source_has($image, layer => { status => 302, headers => [ Location => path_of($image, 'layer') ], body => '' });
    is_no_layer($image, 'a redirect to itself');
};

# What the source answers is not trusted with the network that the mirror stands in.
subtest 'a source that leads elsewhere' => sub {
    my $other = Berth::StandIn->start;
    my $moved = sub {
        my ($to) = @_;
        my $image = source_has(an_image());
        my $path  = path_of($image, 'layer');

        $other->answer("GET $path", body => $image->bytes);
        $source->answer("GET $path", status => 302, headers => [ Location => $to . $path ], body => '');
        return $image;
    };

    is_no_layer($moved->($other->url), 'another port of its own host');
    is_no_layer($moved->('http://localhost:' . $other->port), 'a name of a private address');
    is(scalar(() = $other->asked), 0, 'nobody is asked there');
    like($mirror->log('berth.log'), qr/a redirect leads to the private address 127\.0\.0\.1/, 'the log says why');
    $other->stop;
};

subtest 'a source that leads from https to http' => sub {
    local $source = Berth::StandIn->start(tls => 1);
    my $other = Berth::StandIn->start;
    my %option = (env => { SSL_CERT_FILE => $source->certificate });
    my $lines = 'mirroring: {source: "' . $source->url . "\"}\n";

    for my $trusted (0, 1) {
        local $mirror = Berth::Instance->configured($lines . ($trusted ? "trust_redirects: true\n" : ''), %option);
        local $docker = Berth::V1Client->new($mirror);
        my $image = source_has(an_image());
        my $path  = path_of($image, 'layer');

        is(layer_of(source_has(an_image()))->{status}, 200, 'what it has itself comes');
        $other->answer("GET $path", body => $image->bytes);
        $source->answer("GET $path", status => 302, headers => [ Location => $other->url . $path ], body => '');
        if ($trusted) {
            is(sha256_hex(layer_of($image)->{body}), $image->layer_sum, 'trusted: it is followed');
        } else {
            is_no_layer($image, 'by default');
            is(scalar(() = $other->asked), 0, 'nobody is asked there');
            like($mirror->log('berth.log'), qr/a redirect leads from https to http/, 'the log says why');
        }
        is($mirror->stop, 0, 'a clean end');
    }
    $_->stop for $source, $other;
};

subtest 'a source that is slow' => sub {
    my $image = source_has(an_image(), json => { fault => 'never' });
    my $late  = an_image();

    source_has($late, layer => { body => $late->bytes, delay => 2 });
    $source->answer('GET /v1/repositories/team/slow/tags', fault => 'never');
    my ($json, $tags, $ping, $layer) = in_parallel(
        sub { get(path_of($image, 'json'))->{status} },
        sub { get('/v1/repositories/team/slow/tags')->{status} },
        sub { get('/v1/_ping')->{status} },
        sub { sha256_hex(layer_of($late)->{body}) },
    );

    is($json,  503, 'no json in time');
    is($tags,  503, 'nor tags');
    is($ping,  200, 'others are answered');
    is($layer, $late->layer_sum, 'a layer that is late comes whole');
};

# A worker was killed while it fetched: the next fetch starts from the beginning, and a client that comes
# before the upstream has answered must not get what the old one left.
subtest 'what a killed fetch left' => sub {
    my $image = an_image();
    my $dir   = $mirror->data . '/_berth/mirror/image/' . $image->id;
    my $bytes = length $image->bytes;

    source_has($image, layer => { body => $image->bytes, delay => 2 });
    get(path_of($image, 'json'));
    system($mirror->as_owner, 'sh', '-c',
        "mkdir -p '$dir' && head -c 1000 /dev/zero >'$dir/layer' && printf $bytes >'$dir/length'") == 0
        or die "cannot write to $dir";
    my @sums = in_parallel(map { my $late = $_; sub { sleep $late; sha256_hex(layer_of($image)->{body}) } } 0, 0.7);

    is($sums[$_], $image->layer_sum, ('the first', 'and the second')[$_] . ' gets all of the new one') for 0, 1;
};

subtest 'a reload while layers come' => sub {
    my $image = Berth::Image->new(files => { data => join '', map { rand } 1 .. 200_000 });
    my $begun = sub { glob $mirror->data . '/_berth/mirror/image/' . $image->id . '/layer' };

    source_has($image, layer => { body => $image->bytes, pace => int(length($image->bytes) / 30) });
    my $first = Berth::HTTP->connect($mirror);
    $first->head(GET => path_of($image, 'layer'), Host => $mirror->host);
    ok(within(5, $begun), 'a fetch begins');
    my @sums = in_parallel(
        (map { sub { sha256_hex(layer_of($image)->{body}) } } 1 .. 6),
        sub { sleep 0.5; $first->drop; kill 'HUP', $mirror->berth_master },
    );
    pop @sums;
    is(scalar(grep { $_ eq $image->layer_sum } @sums), 6, 'all have it whole');
    ok(within(5, sub { kept_of($image) eq '_checksum ancestry json layer' }), 'and it is kept');
    is(scalar(grep { $_->{path} eq path_of($image, 'layer') } $source->asked), 1, 'of one fetch');
};

subtest 'two mirrors of one another' => sub {
    my $port  = Berth::Instance::free_port();
    my $other = Berth::Instance->configured("mirroring:\n  source: http://127.0.0.1:$port\n", http => 1);
    my $one   = Berth::Instance->configured("mirroring:\n  source: http://127.0.0.1:" . $other->port . "\n",
        http => 1, port => $port);
    my $image = Berth::Image->new;
    my $start = time;

    for my $path (path_of($image, 'json'), path_of($image, 'layer'), '/v1/repositories/no/ne/tags',
        '/v1/repositories/no/ne/images') {
        is(Berth::HTTP::request($_, GET => $path)->{status}, 404, $path) for $one, $other;
    }
    cmp_ok(time - $start, '<', 5, 'no circle');
    Berth::V1Client->new($other)->push('team/app', { latest => $image }, $image);
    is(Berth::HTTP::request($one, GET => path_of($image, 'layer'))->{body}, $image->bytes, 'what one has, both have');
    is($_->stop, 0, 'a clean end') for $one, $other;
};

subtest 'what is kept' => sub {
    my @images = map { s{.*/}{}r } glob $mirror->data . '/images/*';

    is(scalar(grep { !-e $mirror->data . "/images/$_/layer" } @images), 0, 'no image lacks its layer');
    ok(within(5, sub { !(() = glob $mirror->data . '/images/*/_inprogress') }), 'none is unfinished');
    ok(within(5, sub { !(() = glob $mirror->data . '/_berth/mirror/image/*/layer') }), 'no layer is on the way');
};

# The file is empty, or cut off.
sub damage {
    my ($path, $left) = @_;

    truncate $path, $left or die "$path: $!";
    return;
}

subtest 'what is kept here is damaged' => sub {
    my $place = $mirror->data . '/_berth/mirror/image/';
    my $repo  = '/v1/repositories/team/damaged';
    my $image = source_has(an_image());
    my %file  = (json => 'json', facts => 'json', ancestry => 'ancestry');
    my $want  = '{"latest": "' . 'b' x 64 . '"}';

    for my $left (0, 7) {
        for my $file (sort keys %file) {
            my $path = path_of($image, $file{$file});
            my $good = get($path);

            damage($place . $image->id . "/$file", $left);
            my $again = get($path);
            is_deeply([@$again{qw(status body)}], [@$good{qw(status body)}],
                "$file, $left bytes: the source is asked again");
        }
        $source->answer("GET $repo/tags", body => $want);
        get("$repo/tags");
        damage($_, $left) for glob $mirror->data . '/_berth/mirror/repo/*damaged/tags';
        is(get("$repo/tags")->{body}, $want, "tags, $left bytes: likewise");
    }
    is_healed($image, 'a whole one');
    for my $file (qw(json ancestry layer)) {
        damage($mirror->data . '/images/' . $image->id . "/$file", 0);
        is(get(path_of($image, 'json'))->{body}, $image->json, "an image without its $file: asked again");
        is_healed($image, "an image without its $file");
        is(get(path_of($image, 'ancestry'))->{body}, encode_json([ $image->id ]), 'all of it');
    }
};

is($mirror->stop, 0, 'a clean end');
is_deeply([Berth::V1Store::complaints($mirror->data)], [], 'its store is in order');

# One worker, as few threads as nginx's configuration wants.
sub narrow_mirror {
    return Berth::Instance->configured("workers: 1\nthreads: 64\nmirroring:\n  source: " . $source->url . "\n");
}

# Requests of clients that do not read: their connections.
sub asked_for {
    my ($instance, @paths) = @_;
    return map {
        my $c = Berth::HTTP->connect($instance);
        $c->head(GET => $_, Host => $instance->host);
        $c
    } @paths;
}

sub answers_at_once {
    my ($instance, $what) = @_;
    my $start    = time;
    my $response = Berth::HTTP::request($instance, GET => '/v1/_ping', [], undef, timeout => 10);

    is($response && $response->{status}, 200, "$what: others are answered");
    cmp_ok(time - $start, '<', 3, "$what: at once");
}

subtest 'many clients wait for a silent upstream' => sub {
    my $narrow  = narrow_mirror();
    my @images  = map { source_has(an_image(), json => { fault => 'never' }) } 1 .. 90;
    my @clients = asked_for($narrow, map { path_of($_, 'json') } @images);

    sleep 1;
    answers_at_once($narrow, 'json');
    undef @clients;
    @images = map { source_has(an_image(), layer => { fault => 'never' }) } 1 .. 90;
    @clients = asked_for($narrow, map { path_of($_, 'layer') } @images);
    sleep 1;
    answers_at_once($narrow, 'layers');
    undef @clients;
    my $start = time;
    is($narrow->stop, 0, 'nor does its end wait');
    cmp_ok(time - $start, '<', 9, 'for long');
};

subtest 'many clients that do not read' => sub {
    my $narrow  = narrow_mirror();
    my $image   = Berth::Image->new(files => { data => join '', map { rand } 1 .. 400_000 });
    my @clients = asked_for($narrow, (path_of(source_has($image), 'layer')) x 90);

    sleep 1;
    answers_at_once($narrow, 'a layer');
    undef @clients;
    is($narrow->stop, 0, 'a clean end');
};

done_testing;
