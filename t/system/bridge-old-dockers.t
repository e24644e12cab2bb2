#!/usr/bin/perl
# One image, every docker: what each generation since 2013 pushes, and what skopeo pushes, is
# pulled by all of them; a tag that is moved or deleted through one API is so in the other.

use strict;
use warnings;

use Berth::Docker011;
use Berth::Docker16;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::OldDocker;
use Berth::Programs qw(saved served);
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);

needs_command($_) for qw(skopeo openssl);

my $SCHEMA_2 = 'application/vnd.docker.distribution.manifest.v2+json';
my $SIGNED   = 'application/vnd.docker.distribution.manifest.v1+prettyjws';

my $dir    = scratch();
my $berth  = Berth::Instance->start;
my $host   = $berth->host;
my $skopeo = Berth::Programs->new($berth);
my @all    = Berth::OldDocker->generations;

sub get {
    my ($path, @headers) = @_;
    return Berth::HTTP::request($berth, GET => $path, \@headers);
}

# The result of a step, or why this client gives up.
sub tried {
    my ($step) = @_;
    my $result = eval { $step->() };
    return $result // 'gives up: ' . $@ =~ s/\n\z//r;
}

sub sums { return join ' ', map { substr $_, 0, 12 } @_ }

# The tags that each API lists; the status of another answer than 200.
sub v1_tags {
    my ($name) = @_;
    my $r = get("/v1/repositories/$name/tags");
    return $r->{status} == 200 ? join ' ', sort keys %{ decode_json($r->{body}) } : $r->{status};
}

sub v2_tags {
    my ($name) = @_;
    my $r = get("/v2/$name/tags/list");
    return $r->{status} == 200 ? join ' ', @{ decode_json($r->{body})->{tags} } : $r->{status};
}

# ---- all pull from all ----

# { repository => the sums of its layers }
my %pushed;

for my $version (@all) {
    my $base = Berth::Image->new;
    my $top  = Berth::Image->new(parent => $base);
    my $name = 'team/by-' . $version =~ tr/./-/r;

    is(tried(sub { Berth::OldDocker->new($berth, $version)->push($name, { latest => $top }, $base, $top) }), 2,
        "docker $version pushes");
    $pushed{$name} = sums(map { $_->layer_sum } $base, $top);
}
for (['team/by-skopeo', Berth::Oci->image(layers => 2)],
    ['team/docker-form', Berth::Oci->image(form => 'docker', layers => 3)],
    ['team/platforms', Berth::Oci->index(map { Berth::Oci->image(architecture => $_) } qw(s390x amd64))])
{
    my ($name, $image) = @$_;
    my ($amd64) = grep { $_->{platform} eq 'amd64' } $image->{platform} ? $image : $image->parts;

    $skopeo->works("skopeo pushes $name", qw(skopeo copy --quiet --all --preserve-digests),
        saved("$dir/" . $image->hex, $image), "docker://$host/$name:latest");
    $pushed{$name} = sums(map { $_->hex } grep { $_->type =~ /layer|rootfs/ } $amd64->parts);
}

# What API v1 has of schema 1 is made after the answer to the push.
for my $name (qw(team/by-1-6 team/by-1-9)) {
    ok(within(30, sub { v1_tags($name) eq 'latest' }), "API v1 has $name soon");
}

for my $version (@all) {
    subtest "docker $version pulls all" => sub {
        for my $name (sort keys %pushed) {
            # this stand-in for docker 1.10 knows no lists
            next if $version eq '1.10' && $name eq 'team/platforms';
            my $docker = Berth::OldDocker->new($berth, $version);
            is(tried(sub { sums(@{ $docker->pull($name, 'latest') }) }), $pushed{$name}, $name);
        }
    };
}

# Of images that were pulled; of another result, itself.
sub sums_of { return ref $_[0] ? sums(map { sha256_hex($_->{layer}) } @{ $_[0] }) : $_[0] }

# What docker 1.6 has pushed has other ids in API v1: those of its schema 2 form.
subtest 'with all their checks' => sub {
    for my $name (sort keys %pushed) {
        my $v1  = tried(sub { [Berth::Docker011->new($berth)->pull_tag($name, 'latest')] });
        my $got = tried(sub { Berth::Docker16->new($berth, '1.6')->pull_image($name, 'latest')->{images} });
        is(sums_of($v1),  $pushed{$name}, "docker 0.11: $name");
        is(sums_of($got), $pushed{$name}, "docker 1.6: $name");
        next if !ref $v1 || !ref $got || $name =~ /by-1-[69]/;
        is_deeply([map { $_->{id} } @$got], [map { $_->{id} } @$v1], 'both know it by the same ids');
    }
};

# docker 28 and containerd 2.1 name no type of schema 1.
subtest 'what a docker 1.6 pushed, for clients of today' => sub {
    for my $name (qw(team/by-1-6 team/by-1-9 team/by-0-11)) {
        my $new  = get("/v2/$name/manifests/latest", Accept => "$SCHEMA_2, application/vnd.oci.image.manifest.v1+json");
        my $type = Berth::HTTP::header($new, 'Content-Type');

        is("$new->{status} $type", "200 $SCHEMA_2", "$name as schema 2");
        my $digest = Berth::HTTP::header($new, 'Docker-Content-Digest');
        is($digest, 'sha256:' . sha256_hex($new->{body}), 'its digest');
        is(get("/v2/$name/manifests/$digest")->{body}, $new->{body}, 'by digest');
        my @layers = map { $_->{digest} =~ s/sha256://r } @{ decode_json($new->{body})->{layers} };
        is(sums(@layers), $pushed{$name}, 'its layers');
        my $both = get("/v2/$name/manifests/latest", Accept => "$SIGNED, $SCHEMA_2");
        is(Berth::HTTP::header($both, 'Content-Type'), $name =~ /by-1/ ? $SIGNED : $SCHEMA_2, 'as it is, if both are fine');
        is(Berth::HTTP::header($both, 'Vary'), 'Accept', 'a cache knows that they differ');
    }
};

# ---- tags ----

# How many layers the tag has, by either API.
sub layers_in_both {
    my ($name, $tag) = @_;
    my $v1 = tried(sub { scalar Berth::Docker011->new($berth)->pull_tag($name, $tag) });
    my $v2 = get("/v2/$name/manifests/$tag", Accept => '*/*');

    return "$v1, " . ($v2->{status} == 200 ? scalar @{ decode_json($v2->{body})->{layers} } : $v2->{status});
}

sub v1_push {
    my ($name, $tag, $layers) = @_;
    my @images = Berth::Image->new;

    push @images, Berth::Image->new(parent => $images[-1]) while @images < $layers;
    Berth::V1Client->new($berth)->push($name, { $tag => $images[-1] }, @images);
}

sub v2_push {
    my ($name, $tag, $layers) = @_;
    return Berth::V2Client->new($berth)->push($name, $tag, Berth::Oci->image(layers => $layers));
}

sub both_list {
    my ($tags, $name, $what) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(v1_tags($name), $tags, "$what: API v1");
    is(v2_tags($name), $tags, "$what: API v2");
}

subtest 'tags are those of both APIs' => sub {
    v1_push('team/tags', 'old', 1);
    v2_push('team/tags', 'new', 2);
    both_list('new old', 'team/tags', 'one each');
    is(layers_in_both('team/tags', 'old'), '1, 1', 'old');
    is(layers_in_both('team/tags', 'new'), '2, 2', 'new');
    v2_push('team/tags', 'old', 3);
    is(layers_in_both('team/tags', 'old'), '3, 3', 'old is moved by API v2');
    v1_push('team/tags', 'new', 4);
    is(layers_in_both('team/tags', 'new'), '4, 4', 'new is moved by API v1');
    both_list('new old', 'team/tags', 'still both');
    $berth->restart;
    both_list('new old', 'team/tags', 'after a restart');
    is(layers_in_both('team/tags', 'old') . '; ' . layers_in_both('team/tags', 'new'), '3, 3; 4, 4', 'as they were');

    my $delete = sub { Berth::HTTP::request($berth, DELETE => $_[0])->{status} };
    is($delete->('/v1/repositories/team/tags/tags/old'), 200, 'API v1 deletes what API v2 has pushed');
    is($delete->('/v2/team/tags/manifests/new'), 202, 'API v2 deletes what API v1 has pushed');
    is(layers_in_both('team/tags', $_), "gives up: Tag $_ not found in repository team/tags, 404", "$_ is gone")
        for qw(old new);
    v1_push('team/tags', 'third', 1);
    is($delete->('/v2/team/tags/manifests/' . served($berth, 'team/tags', 'third')), 202, 'by the digest of its manifest');
    both_list('', 'team/tags', 'nothing is left');
};

subtest 'names' => sub {
    v1_push('library/one', 'v1', 1);
    v2_push('one', 'v2', 2);
    both_list('v1 v2', 'one', 'library/one of API v1 is one of API v2');
    v2_push('library/one', 'other', 3);
    is(v2_tags('library/one'), 'other', 'library/one of API v2 is another one');
    is(v1_tags('library/one'), 'v1 v2', 'which API v1 does not show');
    v2_push('library/solo', 'x', 1);
    is(v1_tags('library/solo'), 'x', 'unless it has nothing else of that name');
    v2_push('team/a/b', 'deep', 1);
    is(v1_tags('team/a%2Fb'), 'deep', 'three parts');
    my $catalog = decode_json(get('/v2/_catalog?n=1000')->{body})->{repositories};
    is(join(' ', grep { m{\A(?:library/)?(?:one|solo)\z|/a/b} } @$catalog), 'library/one library/solo one team/a/b',
        'the catalog');
    my $found = sub { join ' ', sort map { $_->{name} } @{ decode_json(get("/v1/search?q=$_[0]")->{body})->{results} } };
    is($found->('one'), 'library/one', 'search has it once');
    is($found->('by-1'), 'team/by-1-10 team/by-1-3 team/by-1-5 team/by-1-6 team/by-1-9', 'and those of both APIs');
};

# ---- what has no form ----

subtest 'what old dockers cannot use' => sub {
    my $zstd  = Berth::Oci->blob(type => 'application/vnd.oci.image.layer.v1.tar+zstd', bytes => "\x28\xb5\x2f\xfdx");
    my %image = (
        arm64 => [Berth::Oci->image(architecture => 'arm64'), qr{linux/arm64}],
        zstd  => [Berth::Oci->image(layers => [$zstd]), qr{zstd}],
        tall  => [Berth::Oci->image(layers => 125), qr{124}],
        index => [Berth::Oci->index(Berth::Oci->image(architecture => 'arm64')), qr{linux/amd64}],
    );

    for my $tag (sort keys %image) {
        my ($image, $reason) = @{ $image{$tag} };
        Berth::V2Client->new($berth)->push('team/new', $tag, $image);
        my $r = get("/v1/repositories/team/new/tags/$tag");
        is($r->{status}, 404, "$tag: API v1 answers 404");
        like(Berth::HTTP::json_error($r), $reason, 'and says why');
        my $schema1 = get("/v2/team/new/manifests/$tag", Accept => $SIGNED);
        is($schema1->{status}, 404, 'so does API v2 for schema 1');
        like($schema1->{body}, $reason, 'with the reason');
    }
    is(v1_tags('team/new'), '', 'API v1 does not list them');
    v2_push('team/new', 'good', 1);
    is(v1_tags('team/new'), 'good', 'but what old dockers can use');
};

subtest 'schema1: off' => sub {
    my $inner = Berth::Instance->configured("bridge:\n  schema1: off\n", http => 1);
    my $image = Berth::Oci->image(layers => 2);
    my @sums  = map { $_->hex } ($image->parts)[0, 1];

    Berth::V2Client->new($inner)->push('team/app', 'latest', $image);
    for my $version (qw(1.6 1.9)) {
        my $docker = Berth::OldDocker->new($inner, $version);
        ok(!$docker->finds_v2, "docker $version does not see API v2");
        is_deeply(tried(sub { $docker->pull('team/app', 'latest') }), \@sums, 'and pulls by API v1');
    }
    is_deeply(tried(sub { Berth::OldDocker->new($inner, '1.10')->pull('team/app', 'latest') }), \@sums,
        'docker 1.10 does see it');
    is($inner->stop, 0, 'a clean end');
};

is($berth->stop, 0, 'a clean end');
done_testing();
