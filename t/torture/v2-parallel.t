#!/usr/bin/perl
# Many at once by API v2: pushes of one image, of one layer, to one tag; parts and ends of one
# upload; a manifest that is pushed, read and deleted.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V2Client;
use Berth::V2Test;
use JSON::PP qw(decode_json);
use Time::HiRes qw(time);

use constant PUSHES => 64;

my $berth   = Berth::Instance->start;
my @clients = map { Berth::V2Client->new($berth, as => $_) } qw(docker podman containerd);
my $client  = $clients[0];

sub listed {
    my ($path, $member) = @_;
    return decode_json($client->call(GET => $path)->{body})->{$member} // [];
}

# Of that many bytes.
sub layer {
    my ($size) = @_;
    return Berth::Oci->blob(size => $size, type => 'application/vnd.oci.image.layer.v1.tar');
}

# push_all(TARGETS): each [repository, tag, image] by a client of its own, all at once.
sub push_all {
    my @targets = @_;

    $_->digest for map { $_->parts } map { $_->[2] } @targets;    # once, not in each process
    my @sent = in_parallel(map {
        my ($n, $target) = ($_, $targets[$_]);
        sub { return $clients[$n % @clients]->push(@$target) }
    } 0 .. $#targets);
    is(scalar(grep { !defined } @sent), 0, @targets . ' pushes at once succeed');
}

# What is wrong with those images when they are pulled: a list.
sub wrong {
    return grep { defined } map {
        my ($repository, $reference, $image) = @$_;
        my $got = eval { $client->pull($repository, $reference) };
        !$got ? "$repository:$reference: $@"
            : $got->{digest} ne $image->digest ? "$repository:$reference: has $got->{digest}"
            : undef;
    } @_;
}

subtest 'one image, one tag' => sub {
    my $image = Berth::Oci->image(layers => [layer(2_000_000), Berth::Oci->layer({ a => 'b' })]);

    push_all((['one/image', 'latest', $image]) x PUSHES);
    is_deeply([wrong(['one/image', 'latest', $image])], [], 'it is whole');
    is_deeply(listed('/v2/one/image/tags/list', 'tags'), ['latest'], 'its tag is listed once');
    nothing_left($berth);
};

subtest 'one image, many tags' => sub {
    my $image  = Berth::Oci->image(layers => [layer(300_000)]);
    my @pushes = map { ['many/tags', sprintf('t%02d', $_), $image] } 1 .. PUSHES;

    push_all(@pushes);
    is_deeply([wrong(@pushes)], [], 'each tag is of it');
    is_deeply(listed('/v2/many/tags/tags/list', 'tags'), [map { $_->[1] } @pushes], 'and listed');
    nothing_left($berth);
};

subtest 'one image, many repositories' => sub {
    my $image  = Berth::Oci->image(layers => [layer(300_000)]);
    my @pushes = map { [sprintf('many/app%02d', $_), 'latest', $image] } 1 .. PUSHES;

    push_all(@pushes);
    is_deeply([wrong(@pushes)], [], 'each has it');
    is_deeply(listed('/v2/_catalog?n=1000&last=many/a', 'repositories'),
        [(map { $_->[0] } @pushes), 'many/tags', 'one/image'], 'and is in the catalog');
    nothing_left($berth);
};

subtest 'many images of one layer, one tag' => sub {
    my $layer  = layer(1_000_000);
    my @pushes = map {
        ['one/tag', 'latest', Berth::Oci->image(layers => [$layer, Berth::Oci->layer({ a => "$_" })])]
    } 1 .. PUSHES;

    push_all(@pushes);
    my $last = header($client->head_manifest('one/tag', 'latest'), 'Docker-Content-Digest');
    is(scalar(grep { $_->[2]->digest eq $last } @pushes), 1, 'the tag is of one of them');
    is_deeply([wrong(map { ['one/tag', $_->[2]->digest, $_->[2]] } @pushes)], [], 'each is there by its digest');
    nothing_left($berth);
};

subtest 'many signatures of one image' => sub {
    my $image = Berth::Oci->image;
    my @signatures = map { Berth::Oci->artifact(subject => $image, type => 'application/vnd.example.sig') } 1 .. PUSHES;

    $client->push('signed/app', 'latest', $image);
    push_all(map { ['signed/app', $_->digest, $_] } @signatures);
    is_deeply([sort map { $_->{digest} } @{ listed('/v2/signed/app/referrers/' . $image->digest, 'manifests') }],
        [sort map { $_->digest } @signatures], 'each is listed');
};

# ---- one upload ----

# Sends each of these requests but for its last byte, then the last bytes, one right after the
# other; returns the responses. A request: [method, path, body, headers].
sub at_once {
    my @requests = @_;
    my @connections;

    for my $request (@requests) {
        my ($method, $path, $body, @headers) = @$request;
        my $c = Berth::HTTP->connect($berth);

        $c->head($method => $path, Host => $berth->host, 'Content-Length' => length $body, @headers);
        $c->send(substr $body, 0, -1);
        push @connections, $c;
    }
    $connections[$_]->send(substr $requests[$_][2], -1) for 0 .. $#requests;
    return map { $_->response } @connections;
}

use constant PART => 3_000_000;

my $rounds = quick() ? 4 : 12;
my @letters = qw(a b c);

subtest 'parts of one upload, for one place' => sub {
    for my $round (1 .. $rounds) {
        my $upload = location($client->begin('one/upload'));
        my @r = at_once(map { [PATCH => $upload, $_ x PART, 'Content-Range' => '0-' . (PART - 1)] } @letters);
        my ($won) = grep { $r[$_]{status} == 202 } 0 .. $#r;

        is(join(' ', sort map { $_->{status} } @r), '202 416 416', 'one is taken');
        stands_at($_, $upload, PART, $_->{status}) for @r;
        stands_at($client->call(GET => $upload), $upload, PART, 'the upload');
        my $blob = Berth::Oci->blob(bytes => ($letters[ $won // 0 ] x PART) . $round);
        Berth::V2Client::finished($client->finish($upload, $blob->digest, "$round"), $blob);
        ok($client->get_blob('one/upload', $blob)->{body} eq $blob->bytes, 'it has the bytes of that part alone');
    }
    nothing_left($berth);
};

# Without a place a part is for where the upload stood when it began to come.
subtest 'parts of one upload, for no place' => sub {
    for my $round (1 .. $rounds) {
        my $upload = location($client->begin('one/upload'));
        my @r      = at_once(map { [PATCH => $upload, $_ x PART] } @letters);
        my ($won)  = grep { $r[$_]{status} == 202 } 0 .. $#r;

        is(join(' ', sort map { $_->{status} } @r), '202 416 416', 'one is taken');
        stands_at($_, $upload, PART, $_->{status}) for @r;
        my $blob = Berth::Oci->blob(bytes => ($letters[ $won // 0 ] x PART) . $round);
        is($client->finish($upload, $blob->digest, "$round")->{status}, 201, 'it has the bytes of that part alone');
    }
    nothing_left($berth);
};

subtest 'ends of one upload' => sub {
    for my $round (1 .. $rounds) {
        my $blob   = Berth::Oci->blob(bytes => ('x' x PART) . $round);
        my $upload = location($client->begin('one/end'));
        my $path   = "$upload?digest=" . $blob->digest;
        my @r      = at_once(([PUT => $path, $blob->bytes]) x 3);

        is(scalar(grep { $_->{status} == 201 } @r) >= 1, 1, 'one succeeds')
            or diag(explain [map { $_->{status} } @r]);
        is_deeply([grep { !/^(?:201|416)$/ } map { $_->{status} } @r], [], 'the others hear that it has moved');
        ok($client->get_blob('one/end', $blob)->{body} eq $blob->bytes, 'the blob is whole');
        is($client->finish($upload, $blob->digest)->{status}, 201, 'a client that asks again learns that it is there');
    }
    nothing_left($berth);
};

subtest 'an upload is cancelled while its end comes' => sub {
    for my $round (1 .. $rounds) {
        my $blob   = Berth::Oci->blob(bytes => ('y' x PART) . $round);
        my $upload = location($client->begin('one/cancel'));
        my $path   = "$upload?digest=" . $blob->digest;
        my ($end, $cancel) = at_once([PUT => $path, $blob->bytes], [DELETE => $upload, ' ']);
        my $got = $client->get_blob('one/cancel', $blob);

        like("$end->{status} $cancel->{status}", qr/^(?:201 (?:204|404)|404 204)$/, 'one of both succeeds');
        is($got->{status}, $end->{status} == 201 ? 200 : 404, 'the blob is there when it was acknowledged');
        ok($got->{status} == 404 || $got->{body} eq $blob->bytes, 'and whole');
    }
    nothing_left($berth);
};

# ---- one manifest ----

subtest 'a tag that comes and goes' => sub {
    my $image = Berth::Oci->image;
    my $until = time + (quick() ? 1 : 3);
    my $path  = '/v2/come/go/manifests/';

    # How often $call ended with which status; what is served is whole.
    my $repeat = sub {
        my ($call) = @_;
        my %seen;

        while (time < $until) {
            my $r = $call->();
            $seen{ $r->{status} }++;
            die "other bytes\n" if $r->{status} == 200 && $r->{body} ne $image->bytes;
        }
        return join ' ', sort keys %seen;
    };
    $client->push('come/go', 'latest', $image);
    my @seen = in_parallel(
        (sub { $repeat->(sub { $client->put_manifest('come/go', 'latest', $image) }) }) x 2,
        (sub { $repeat->(sub { $client->call(DELETE => $path . 'latest') }) }),
        (sub { $repeat->(sub { $client->call(DELETE => $path . $image->digest) }) }),
        (sub { $repeat->(sub { $client->get_manifest('come/go', 'latest') }) }) x 2,
    );
    is_deeply([@seen[0, 1]], [201, 201], 'each push succeeds');
    like($_, qr/^(?:202)?(?: ?404)?$/, 'a deletion succeeds or finds nothing') for @seen[2, 3];
    like($_, qr/^(?:200)?(?: ?404)?$/, 'a reader finds it whole or not at all') for @seen[4, 5];
    is($client->put_manifest('come/go', 'latest', $image)->{status}, 201, 'at the end it is pushed once more');
    is_deeply([wrong(['come/go', $_, $image])], [], "and there by $_") for 'latest', $image->digest;
    is_deeply(listed('/v2/come/go/tags/list', 'tags'), ['latest'], 'and listed');
};

is($berth->stop, 0, 'it ends well');
done_testing();
