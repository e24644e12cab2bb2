#!/usr/bin/perl
# Images that go from one API to the other and back: their layers keep their digests, and are
# never uploaded again.

use strict;
use warnings;

use Berth::Docker011;
use Berth::Docker16;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::OldV1Store;
use Berth::Programs qw(saved served);
use Berth::Test;
use Berth::V1Store;
use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);

needs_command($_) for qw(skopeo openssl xz bzip2);

my $dir    = scratch();
my $store  = Berth::OldV1Store->write("$dir/data", '0.6.9');
my $berth  = Berth::Instance->start(data => "$dir/data");
my $skopeo = Berth::Programs->new($berth);
my $host   = $berth->host;

# What was sent while the code ran, until this request: digests of blobs, ids of layers of API v1.
sub sent {
    my ($last, $code) = @_;

    $berth->seen;
    $code->();
    my $seen = $berth->seen_until($last);
    return ($seen =~ m{"PUT /v2/\S+/blobs/uploads/\S+?digest=(\S+) }g, $seen =~ m{"PUT /v1/images/(\w+)/layer }g);
}

# None of these layers is among it. (skopeo sends configs.)
sub sends_none_of {
    my ($layers, $last, $name, $code) = @_;
    my %sent = map { s/%3A/:/ri => 1 } sent($last, $code);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(join(' ', grep { $sent{$_} } @$layers), '', $name);
}

# The digests of the layers that a manifest of API v2 has, by its tag or digest.
sub layers_of {
    my ($name, $reference) = @_;
    my $r = Berth::HTTP::request($berth, GET => "/v2/$name/manifests/$reference", [Accept => '*/*']);

    return [map { $_->{digest} } @{ decode_json($r->{body})->{layers} // [] }];
}

# Pulls an image, and pushes it to another repository. skopeo remembers where it has the layers
# from, and mounts them.
sub pull_and_push {
    my ($from, $to) = @_;
    my $kept = "$dir/" . $to =~ tr{/:}{--}r;
    my @copy = qw(skopeo copy --quiet --all --preserve-digests);

    $skopeo->works("skopeo pulls $from",    @copy, "docker://$host/$from", "dir:$kept");
    $skopeo->works("and pushes it to $to", @copy, "dir:$kept", "docker://$host/$to");
}

sub digests_of { return [map { 'sha256:' . sha256_hex($_->{layer}) } @_] }

# ---- v1, v2, v1 ----

for my $tag (qw(14.04 13.10 12.10)) {
    subtest "ubuntu:$tag to API v2 and back" => sub {
        my $to     = 'team/from' . $tag =~ tr/.//dr;
        my $docker = Berth::Docker011->new($berth);
        my @before = $docker->pull_tag('ubuntu', $tag);
        my $layers = layers_of('ubuntu', $tag);

        sends_none_of($layers, qr{"PUT /v2/$to/manifests/new }, 'no layer was sent',
            sub { pull_and_push("ubuntu:$tag", "$to:new") });
        is(served($berth, $to, 'new'), served($berth, 'ubuntu', $tag), 'the same digest');
        is_deeply(layers_of($to, 'new'), $layers, 'the same layers');

        my $other = Berth::Docker011->new($berth);
        my @after = $other->pull_tag($to, 'new');
        is_deeply([grep { !/a3ed95ca/ } @{ digests_of(@after) }], $layers, 'docker 0.11 gets these layers');
        is(scalar @after, scalar @before, 'in as many images');
        is($other->push("$to-again", { v1 => ($other->pushable(@after))[-1] }, $other->pushable(@after)), 0,
            'and pushes them elsewhere without sending one');
        is_deeply([map { $_->{id} } Berth::Docker011->new($berth)->pull_tag("$to-again", 'v1')], [map { $_->{id} } @after],
            'they are there, under their ids');
        my $last = layers_of("$to-again", 'v1');
        is_deeply($last, $layers, 'and for API v2 these are still the same layers');
    };
}

# ---- v2, v1, v2 ----

# The ids by the formula of doc/bridge.md, of an image without empty layers.
sub ids_of {
    my ($image) = @_;
    my @parts  = $image->parts;
    my $config = pop @parts;
    my @ids    = '';

    for (@parts) {
        push @ids, sha256_hex($_->hex . " $ids[-1]" . ($_ == $parts[-1] ? ' ' . $config->bytes : ''));
    }
    return [@ids[1 .. $#ids]];
}

sub push_v2 {
    my ($name, $image) = @_;
    $skopeo->works("$name is pushed", qw(skopeo copy --quiet --all --preserve-digests), saved("$dir/" . $image->hex, $image),
        "docker://$host/$name");
}

my %images = (
    'an OCI image'     => Berth::Oci->image(layers => 3),
    "docker's form"    => Berth::Oci->image(form => 'docker', layers => 2),
    'an index'         => Berth::Oci->index(map { Berth::Oci->image(architecture => $_) } qw(arm64 amd64)),
);

for my $what (sort keys %images) {
    subtest "$what to API v1 and back" => sub {
        my $name  = 'team/' . $what =~ tr/A-Za-z/_/cdr =~ tr/A-Z/a-z/r;
        my $image = $images{$what};
        my ($amd64) = grep { $_->{platform} && $_->{platform} eq 'amd64' } $image, grep { $_->parts } $image->parts;
        my @layers  = map { $_->digest } grep { $_->type =~ /layer|rootfs/ } $amd64->parts;

        push_v2("$name:new", $image);
        my $docker = Berth::Docker011->new($berth);
        my @pulled = $docker->pull_tag($name, 'new');
        is_deeply(digests_of(@pulled), \@layers, 'docker 0.11 gets the layers');
        is_deeply([map { $_->{id} } @pulled], ids_of($amd64), 'under the ids of distribution');
        my @push   = $docker->pushable(@pulled);
        my $child  = Berth::Image->new(parent => $push[-1]);
        my @sent = sent(qr{"PUT /v1/repositories/$name-v1/images },
            sub { $docker->push("$name-v1", { own => $child, same => $push[-1] }, @push, $child) });
        is("@sent", $child->id, 'it sends an image of its own on top, and no other');

        is_deeply(layers_of("$name-v1", 'same'), \@layers, 'API v2 has the layers by their digests');
        is_deeply(layers_of("$name-v1", 'own'), [@layers, 'sha256:' . sha256_hex($child->bytes)], 'and the new one');
        sends_none_of(\@layers, qr{"PUT /v2/$name-v2/manifests/new }, 'no layer was sent',
            sub { pull_and_push("$name-v1:same", "$name-v2:new") });
        is_deeply(layers_of("$name-v2", 'new'), \@layers, 'the same layers');
        is_deeply([map { $_->{id} } Berth::Docker011->new($berth)->pull_tag("$name-v1", 'same')], [map { $_->{id} } @pulled],
            'API v1 has the same ids');
    };
}

# ---- schema 1 ----

sub layers_by_id { return [map { "$_->{id} $_->{digest}" } @{ $_[0]{images} }] }

# Into the repository that it has them from: these dockers mount no blobs.
for my $version (qw(1.6 1.9)) {
    for (['ubuntu', '14.04'], ['ubuntu', '12.10'], ['team/anociimage', 'new']) {
        my ($name, $tag) = @$_;
        subtest "$name:$tag by docker $version" => sub {
            my $docker = Berth::Docker16->new($berth, $version);
            my $image  = $docker->pull_image($name, $tag);
            my @push   = $docker->pushable(@{ $image->{images} });
            my $again  = "by-$version-$tag";

            my @sent   = sent(qr{"PUT /v2/$name/manifests/$again },
                sub { $docker->push($name, { $again => $push[-1] }, @push) });
            is("@sent", '', 'it pushes what it has pulled without sending a layer');
            my $pulled = $docker->pull_image($name, $again);
            is_deeply(layers_by_id($pulled), layers_by_id($image), 'the same images come back');
        };
    }
}

is_deeply([Berth::V1Store::complaints($berth->data)], [], 'the directory is in order for both old servers');
is($berth->stop, 0, 'a clean end');
done_testing();
