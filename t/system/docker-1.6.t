#!/usr/bin/perl
# Berth::Docker16, the docker 1.6 to 1.9 of the tests: it pushes and pulls schema 1, and refuses
# manifests that one of those versions refuses.

use strict;
use warnings;

use Berth::Docker16;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Digest::SHA qw(sha256_hex);

needs_command('openssl');

my $berth  = Berth::Instance->start;
my $base   = Berth::Image->new;
my $middle = Berth::Image->new(parent => $base);
my $top    = Berth::Image->new(parent => $middle);

for my $version (qw(1.6 1.9)) {
    subtest "docker $version" => sub {
        my $docker = Berth::Docker16->new($berth, $version);
        my $name   = 'team/by-' . $version;

        is($docker->push($name, { latest => $top }, $base, $middle, $top), 3, 'it pushes');
        my $got = $docker->pull_image($name, 'latest');
        is_deeply([map { [@$_{qw(id json layer)}] } @{ $got->{images} }],
            [map { [$_->id, $_->json . "\n", $_->bytes] } $base, $middle, $top], 'and pulls the same');
        is_deeply($docker->pull_image($name, $got->{digest}), $got, 'by digest');
        is($docker->pull_image($name, 'none'), undef, 'no other tag');
        my @images = $docker->pushable(@{ $got->{images} });
        is($docker->push($name, { again => $images[-1] }, @images), 0, 'it sends no layer again');
    };
}

# ---- what it refuses ----

my $docker = Berth::Docker16->new($berth, '1.6');

# The verdict on a manifest of these entries, top first: [id, parent].
sub verdict {
    my (@entries) = @_;
    my @images = map {
        my ($id, $parent) = @$_;
        my $json = qq({"id":"$id") . ($parent ? qq(,"parent":"$parent") : '') . '}';
        Berth::Image->new(bytes => 'x', json => $json)
    } reverse @entries;
    return verdict_on($docker->schema_1('team/app', 'x', @images));
}

sub verdict_on {
    my ($body, undef, %headers) = @_;
    my $r   = { status => 200, headers => { map { lc $_ => [$headers{$_}] } keys %headers }, body => $body };
    my $got = eval { Berth::Docker16::checked($r) };

    return $got ? scalar @{ $got->{images} } : $@ =~ s/\n\z//r;
}

my ($a, $b, $c) = map { $_ x 64 } qw(a b c);

subtest 'ids and parents' => sub {
    is(verdict([$c, $b], [$b, $a], [$a]), 3, 'a chain');
    is(verdict([$c, $b], [$c, $b], [$b]), 2, 'the top twice, as 1.6 writes it');
    is(verdict([$c, $a], [$b, $a], [$a]), "Invalid parent ID. Expected $b, got $a.", 'another parent');
    is(verdict([$c, $b], [$b]), 2, 'the base has no parent');
    is(verdict([$c, $b], [$b, $a]), 'Invalid parent ID in the base layer of the image.', 'the base has one');
    is(verdict([$c, $b], [$b, $c], [$c]), "ID $c appears multiple times in manifest", 'an id in two places');
    is(verdict(['abc']), 'image ID abc is invalid', 'a short id');
    is(verdict(['A' x 64]), 'image ID ' . 'A' x 64 . ' is invalid', 'capitals');
};

subtest 'signatures' => sub {
    my ($body, $payload) = $docker->schema_1('team/app', 'x', $base);
    my $digest = 'sha256:' . sha256_hex($payload);
    my ($kid)  = $body =~ /"kid": "(\w{4})/;

    is(verdict_on($body), 1, 'a good one');
    is(verdict_on($body, '', 'Docker-Content-Digest' => $digest), 1, 'with its digest');
    like(verdict_on($body, '', 'Docker-Content-Digest' => "sha256:$a"), qr/\Amanifest: registry has "sha256:a/,
        'with another digest');
    like(verdict_on($payload), qr/\Aerror verifying manifest: no signature/, 'none');
    like(verdict_on($body =~ s/"tag": "x"/"tag": "y"/r), qr/\Aerror verifying manifest: openssl/, 'of another payload');
    like(verdict_on($body =~ s/"kid": "$kid/"kid": "AAAA/r), qr/\Aerror verifying manifest: kid/, 'of another key');
};

is($berth->stop, 0, 'a clean end');
done_testing();
