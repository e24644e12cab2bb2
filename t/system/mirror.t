#!/usr/bin/perl
# A mirror in front of another berth, over HTTPS: what is pulled through it, what it keeps,
# one fetch for many, clients that go away, a source that is away or lies.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::StandIn;
use Berth::Test;
use Berth::V1Client;
use Berth::V1Store;
use JSON::PP qw(decode_json encode_json);
use Time::HiRes qw(sleep);

my $source = Berth::Instance->start;

# A berth that mirrors it, with more lines of config.yml.
sub a_mirror {
    my ($more) = @_;

    return Berth::Instance->configured(
        "mirroring:\n  source: https://" . $source->host . "\n  tags_cache_ttl: 2\n" . ($more // ''),
        env => { SSL_CERT_FILE => $source->ca });
}

my $mirror = a_mirror();
my $pusher = Berth::V1Client->new($source);
my $docker = Berth::V1Client->new($mirror);

my $base = Berth::Image->new;
my $top  = Berth::Image->new(parent => $base, size => 3_000_000);
my $big  = Berth::Image->new(parent => $base, size => 40_000_000);

# What the source was asked for since the last look: a list of paths.
sub asked {
    sleep 0.2;
    return $source->seen =~ m{request="GET (\S+)}g;
}

sub stored {
    my ($image) = @_;
    my $dir = $mirror->data . '/images/' . $image->id;

    opendir my $handle, $dir or return '';
    return join ' ', sort grep { !/^\.\.?$/ } readdir $handle;
}

sub is_pulled {
    my ($got, @images) = @_;

    is(scalar keys %{ $got->{images} }, scalar @images, 'all images');
    for my $image (@images) {
        is($got->{images}{ $image->id }{json},      $image->json,      'the json, byte for byte');
        is($got->{images}{ $image->id }{layer_sum}, $image->layer_sum, 'the layer');
    }
}

$pusher->push('team/app', { latest => $top, base => $base }, $base, $top);
$pusher->push('team/big', { latest => $big }, $big);

subtest 'a pull through the mirror' => sub {
    my $got = $docker->pull('team/app');

    is_deeply($got->{tags}, { latest => $top->id, base => $base->id }, 'the tags');
    is_pulled($got, $base, $top);
    ok(within(5, sub { stored($_) eq '_checksum ancestry json layer' }), 'is an image of the mirror') for $base, $top;
    is(Berth::Instance::slurp($mirror->data . '/images/' . $top->id . '/_checksum'), $top->payload_sum,
        'with its sum');
    ok(within(5, sub { !(() = glob $mirror->data . '/_berth/mirror/image/*') }), 'and nothing else');
    asked();
    is_pulled($docker->pull('team/app'), $base, $top);
    is_deeply([grep { m{^/v1/images/} } asked()], [], 'the next one asks for no image');
};

subtest 'what the source has not' => sub {
    my $response = $docker->call(GET => '/v1/repositories/no/ne/images');

    is($response->{status}, 404, 'no images');
    is($docker->call(GET => '/v1/repositories/no/ne/tags')->{status}, 404, 'no tags');
    is($docker->call(GET => '/v1/images/' . 'a' x 64 . "/$_")->{status}, 404, "no $_") for qw(json ancestry layer);
};

subtest 'own images, too' => sub {
    my $own = Berth::Image->new(parent => $base);

    is($docker->push('team/own', { latest => $own }, $base, $own), 1, 'only what is not here is sent');
    is($docker->put_tag('team/app', 'mine', $own)->{status},   200, 'a tag next to those of the source');
    is($docker->put_tag('team/app', 'latest', $own)->{status}, 200, 'and one in place of it');
    my $got = $docker->pull('team/app');

    is_deeply($got->{tags}, { latest => $own->id, base => $base->id, mine => $own->id }, 'own tags come first');
    is($docker->call(GET => '/v1/repositories/team/app/tags/latest')->{body}, '"' . $own->id . '"', 'so does one');
    is($docker->call(GET => '/v1/repositories/team/app/tags/base')->{body}, '"' . $base->id . '"', 'else the source');
    $got = decode_json($docker->call(GET => '/v1/search?q=team')->{body});
    is_deeply([map { $_->{name} } @{ $got->{results} }], [qw(team/app team/own team/big)],
        'a search shows both, own ones first, each once');
    is($got->{num_results}, 3, 'and counts them');
    $got = decode_json($docker->call(GET => '/v1/search?q=team&n=1&page=3')->{body});
    is_deeply([map { $_->{name} } @{ $got->{results} }], ['team/big'], 'also in pages');
    is($pusher->call(GET => '/v1/repositories/team/own/tags')->{status}, 404, 'the source knows nothing of it');
};

subtest 'another index' => sub {
    my $index = Berth::StandIn->start;
    my $read  = 'Token signature=0123456789abcdef,repository="team/app",access=read';
    my $there = a_mirror("standalone: false\nindex_endpoint: " . $index->url . "\n");

    $index->answer('GET /v1/repositories/team/app/images', body => encode_json([map { { id => $_->id } } $base, $top]),
        headers => ['X-Docker-Token' => $read, 'X-Docker-Endpoints' => 'unused']);
    my $reader = Berth::V1Client->new($there, user => 'jo', password => 'x', index => $index);
    is_pulled($reader->pull('team/app'), $base, $top);
    is($reader->call(GET => $big->path('layer'), { Authorization => $read })->{status}, 404,
        'what the index does not grant is not fetched');
    is($there->stop, 0, 'a clean end');
};

# docker asks for each image's json, and sends none that is there.
subtest 'a push onto what only the source has' => sub {
    my $there = Berth::Image->new;
    my $above = Berth::Image->new(parent => $there);
    my $own   = Berth::Image->new(parent => $above);

    $pusher->push('team/there', { latest => $above }, $there, $above);
    is($docker->push('team/onto', { latest => $own }, $there, $above, $own), 1, 'only the own image is sent');
    is_pulled($docker->pull('team/onto'), $there, $above, $own);
    is($docker->put_tag('team/onto', 'theirs', $above)->{status}, 200, 'a tag on an image of the source');
    is(stored($_), '_checksum ancestry json layer', 'all of it is here') for $there, $above, $own;
    is($docker->put_tag('team/onto', 'none', Berth::Image->new)->{status}, 404, 'not on one that nobody has');
};

subtest 'one fetch for many' => sub {
    my $clients = 12;

    asked();
    my @sums = in_parallel(map {
        sub { $docker->pull_image($big->id)->{layer_sum} }
    } 1 .. $clients);

    is(scalar(grep { defined && $_ eq $big->layer_sum } @sums), $clients, 'each has the layer');
    is(scalar(grep { $_ eq $big->path('layer') } asked()), 1, 'which was fetched once');
};

subtest 'clients that go away' => sub {
    my $image = Berth::Image->new(size => 60_000_000);

    $pusher->push('team/gone', { latest => $image }, $image);
    my $c = Berth::HTTP->connect($mirror);

    $c->head(GET => $image->path('layer'), Host => $mirror->host);
    undef $c;
    ok(within(20, sub { stored($image) eq '_checksum ancestry json layer' }), 'leaves a fetch that goes on');
    is($docker->pull_image($image->id)->{layer_sum}, $image->layer_sum, 'and is whole');
};

subtest 'a worker is killed' => sub {
    my $image = Berth::Image->new(size => 200_000_000);

    $pusher->push('team/killed', { latest => $image }, $image);
    my $c = Berth::HTTP->connect($mirror);

    $c->head(GET => $image->path('layer'), Host => $mirror->host);
    ok(within(20, sub { -s $mirror->data . '/_berth/mirror/image/' . $image->id . '/layer' }), 'while it fetches');
    my %killed = map { $_ => 1 } $mirror->berth_workers;

    $mirror->kill9(keys %killed);
    ok(within(10, sub {
        my @workers = $mirror->berth_workers;
        return @workers && !grep { $killed{$_} } @workers;    # one that writes dies late
    }), 'others take its place');
    is(stored($image), '', 'nothing of the layer is an image');
    is($docker->pull_image($image->id)->{layer_sum}, $image->layer_sum, 'the next client has it, whole');
};

subtest 'the source is away' => sub {
    $docker->pull('team/gone');
    $source->stop;
    is_pulled($docker->pull('team/app', 'base'), $base);
    sleep 2.2;    # longer than tags_cache_ttl
    is_deeply([keys %{ $docker->pull('team/gone')->{tags} }], ['latest'], 'old tags are better than none');
    my $response = $docker->call(GET => '/v1/images/' . 'b' x 64 . '/json');

    is($response->{status}, 503, 'what was never asked for');
    ok(defined Berth::HTTP::header($response, 'Retry-After'), 'may be there later');
    $response = $docker->call(GET => '/v1/repositories/never/asked/tags');
    is($response->{status}, 503, 'tags, too');
    is($docker->call(GET => '/v1/search?q=own')->{status}, 200, 'own results are found');
};

is($mirror->stop, 0, 'a clean end');
is_deeply([Berth::V1Store::complaints($mirror->data)], [], 'its store is in order');
done_testing;
