#!/usr/bin/perl
# One directory that docker-registry 0.6 and distribution have written, bridged by berth: both old
# servers still find all that is theirs, and distribution's garbage collection removes none of it.

use strict;
use warnings;

use Berth::Distribution;
use Berth::Docker011;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::OldV1Store;
use Berth::Programs qw(saved);
use Berth::Test;
use Berth::V1Store;
use JSON::PP qw(decode_json);

needs_command($_) for qw(docker-registry skopeo xz bzip2);

my $dir    = scratch();
my $data   = "$dir/data";
my $store  = Berth::OldV1Store->write($data, '0.6.9');
my $skopeo = Berth::Programs->new;
my $ubuntu = $store->tags('library/ubuntu');
my @copy   = qw(skopeo copy --quiet --all --preserve-digests);
my $berth;

my @TYPES = map { "application/vnd.$_+json" } qw(
    docker.distribution.manifest.v2 docker.distribution.manifest.list.v2 oci.image.manifest.v1 oci.image.index.v1);

# What distribution should serve: { repository => { tag => digest } }.
my %expected;

sub pushes {
    my ($server, $repository, $tag, $image) = @_;

    $skopeo->works("$repository:$tag is pushed", @copy, '--dest-tls-verify=false', saved("$dir/" . $image->hex, $image),
        'docker://' . $server->host . "/$repository:$tag");
    $expected{$repository}{$tag} = $image->digest;
}

# skopeo reads and checks all blobs.
sub pulls {
    my ($server, $repository, $tag) = @_;
    my $to = "$dir/pulled-" . $server->port . "-$repository-$tag" =~ tr{/}{-}r;

    $skopeo->works("$repository:$tag is pulled", @copy, '--src-tls-verify=false',
        'docker://' . $server->host . "/$repository:$tag", "dir:$to");
}

sub listed {
    my ($server, $path, $member) = @_;
    my $answer = eval { decode_json(Berth::HTTP::request($server, GET => $path)->{body}) };
    return join ' ', sort @{ $answer->{$member} // [] };
}

# The digest of the manifest that a client of today gets; false: none.
sub served {
    my ($server, $repository, $tag) = @_;
    my $head = Berth::HTTP::request($server, HEAD => "/v2/$repository/manifests/$tag", [Accept => join ', ', @TYPES]);
    return $head->{status} == 200 && Berth::HTTP::header($head, 'Docker-Content-Digest');
}

sub serves_its_own {
    my ($old) = @_;

    is(listed($old, '/v2/_catalog?n=100', 'repositories'), join(' ', sort keys %expected), 'its catalog');
    for my $repository (sort keys %expected) {
        my $tags = $expected{$repository};
        is(listed($old, "/v2/$repository/tags/list", 'tags'), join(' ', sort keys %$tags), "its tags of $repository");
        for my $tag (sort keys %$tags) {
            is(served($old, $repository, $tag), $tags->{$tag}, "its $repository:$tag");
            pulls($old, $repository, $tag);
        }
    }
}

my $old = Berth::Distribution->start($data);

subtest 'distribution writes' => sub {
    pushes($old, 'owned/app', 'oci', Berth::Oci->image(layers => 2));
    pushes($old, 'owned/app', 'index', Berth::Oci->index(map { Berth::Oci->image(architecture => $_) } qw(arm64 amd64)));
    pushes($old, 'ubuntu', $_, Berth::Oci->image(form => 'docker', layers => 3)) for qw(latest v2);
    serves_its_own($old);
    $old->stop;
};

my $before = Berth::Instance::tree_of($data);

subtest 'berth serves all of it by both APIs' => sub {
    $berth = Berth::Instance->start(data => $data, http => 1);
    my $docker = Berth::Docker011->new($berth);

    my $all = join ' ', sort 'v2', keys %$ubuntu;
    ok(within(20, sub { listed($berth, '/v2/ubuntu/tags/list', 'tags') eq $all }), 'tags of both are in one repository')
        or diag(listed($berth, '/v2/ubuntu/tags/list', 'tags'));
    is(join(' ', sort keys %{ $docker->tags('ubuntu') }), $all, 'also by API v1');
    is(served($berth, 'ubuntu', 'latest'), $expected{ubuntu}{latest}, 'a tag in both is the one of API v2');
    is(scalar $docker->pull_tag('ubuntu', 'latest'), 3, 'for API v1, too');
    pulls($berth, 'ubuntu', $_) for sort keys %$ubuntu;
    is(scalar $docker->pull_tag('owned/app', $_), $_ eq 'oci' ? 2 : 1, "docker 0.11 pulls owned/app:$_") for qw(oci index);
    is(scalar $docker->pull_tag('ubuntu', 'trusty'), 6, 'and what was its own');
    is_deeply($berth->tree, $before, 'no pull has changed the directory');
    is($berth->stop, 0, 'a clean end');
};

subtest 'distribution serves its own' => sub {
    $old->launch;
    serves_its_own($old);
    $old->stop;
};

subtest 'distribution collects its garbage' => sub {
    my $done = $old->collect;

    is($done->{status}, 0, 'it ends well') or diag("$done->{out}$done->{err}");
    is_deeply(Berth::Instance::tree_of($data), $before, 'there was none');
    $old->launch;
    serves_its_own($old);
    $old->stop;
};

# What a push refers to becomes a part of the other directory.
subtest 'pushes that refer to the other side' => sub {
    $berth->launch;
    $skopeo->works('skopeo copies a v1 image', @copy, '--src-tls-verify=false', '--dest-tls-verify=false',
        'docker://' . $berth->host . "/ubuntu:$_", 'docker://' . $berth->host . "/team/kept:$_") for qw(14.04 12.10);
    $expected{'team/kept'}{$_} = served($berth, 'team/kept', $_) for qw(14.04 12.10);
    my $layer = $store->image($ubuntu->{'14.04'});
    my $hex   = $layer->layer_sum;
    is((stat "$data/docker/registry/v2/blobs/sha256/" . substr($hex, 0, 2) . "/$hex/data")[1],
        (stat "$data/images/" . $layer->id . '/layer')[1], 'a layer has two names, and is one file');

    my $docker = Berth::Docker011->new($berth);
    my @below  = $docker->pushable($docker->pull_tag('owned/app', 'oci'));
    my $child  = Berth::Image->new(parent => $below[-1]);
    is($docker->push('team/child', { own => $child }, @below, $child), 1, 'docker 0.11 pushes on top of an image of API v2');
    is_deeply([Berth::V1Store::complaints($data)], [], 'both layouts are in order');
    ok(-e "$data/images/" . $_->id . '/layer', 'an image below it is in the old directory') for @below;
    is($berth->stop, 0, 'a clean end');
};

subtest 'distribution has what was pushed' => sub {
    my $done = $old->collect;

    is($done->{status}, 0, 'its collection ends well') or diag("$done->{out}$done->{err}");
    $old->launch;
    serves_its_own($old);
    $old->stop;
    $berth->launch;
    pulls($berth, 'team/kept', $_) for qw(14.04 12.10);
    pulls($berth, 'ubuntu', 'quantal');
    is(scalar Berth::Docker011->new($berth)->pull_tag('team/child', 'own'), 3, 'berth as well');
    is($berth->stop, 0, 'a clean end');
};

done_testing();
