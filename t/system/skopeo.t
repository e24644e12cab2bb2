#!/usr/bin/perl
# Debian's skopeo: images, indexes and artifacts go in and come out byte for byte, are listed,
# inspected, copied between repositories, synchronised and deleted.

use strict;
use warnings;

use Berth::Instance;
use Berth::Oci;
use Berth::Programs qw(count saved served);
use Berth::Test;
use Berth::V2Client;
use JSON::PP qw(decode_json);

needs_command('skopeo');
my $berth  = Berth::Instance->start;
my $host   = $berth->host;
my $client = Berth::V2Client->new($berth);
my $skopeo = Berth::Programs->new($berth);
my $dir    = $skopeo->dir;

sub works {
    my ($name, @arguments) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return $skopeo->works($name, 'skopeo', @arguments);
}

# The files of a directory and their contents but for skopeo's version.
sub contents {
    my ($path) = @_;
    return { map { m{([^/]+)$} => Berth::Instance::slurp($_) } grep { !m{/version$} } glob "$path/*" };
}

# How many images are in it.
sub configs {
    my ($manifest) = @_;
    return scalar grep { $_->type =~ /config|image\.v1/ } map { $_, $_->parts } $manifest->parts;
}

my @platforms = qw(amd64 arm64);
my $oci  = Berth::Oci->image(layers => 3, annotations => { 'org.opencontainers.image.description' => 'Says hello' });
my @KINDS = (
    ['an OCI image',        'team/oci',    $oci],
    ['a Docker image',      'team/docker', Berth::Oci->image(layers => 3, form => 'docker')],
    ['an OCI index',        'team/index',  Berth::Oci->index(map { Berth::Oci->image(architecture => $_) } @platforms)],
    ['a Docker list',       'team/list',
        Berth::Oci->index(map { Berth::Oci->image(architecture => $_, form => 'docker') } @platforms)],
    ['100 layers',          'team/tall',   Berth::Oci->image(layers => 100)],
    ["Docker's 100 layers", 'team/high',   Berth::Oci->image(layers => 100, form => 'docker')],
);
my @copy = qw(copy --quiet --all --preserve-digests);

for (@KINDS) {
    my ($what, $repository, $image) = @$_;
    my $name = $repository =~ s{/}{-}r;

    subtest $what => sub {
        works('it goes in', @copy, saved("$dir/$name", $image), "docker://$host/$repository:1");
        is(served($berth, $repository, '1'), $image->digest, 'the tag is of its digest');
        works('it comes out', @copy, "docker://$host/$repository:1", "dir:$dir/$name-tag");
        is_deeply(contents("$dir/$name-tag"), contents("$dir/$name"), 'byte for byte');
        works('by digest', @copy, "docker://$host/$repository\@" . $image->digest, "dir:$dir/$name-digest");
        is_deeply(contents("$dir/$name-digest"), contents("$dir/$name"), 'byte for byte');
        is(works('it is inspected', qw(inspect --raw), "docker://$host/$repository:1"), $image->bytes, 'as it is');

        $berth->seen;
        works('it goes in again', @copy, "dir:$dir/$name", "docker://$host/$repository:2");
        is(count($berth->seen_until(qr{"PUT /v2/$repository/manifests/2 }), qr{"(POST|PATCH) }), 0, 'nothing is sent');
        works('it is copied', @copy, "docker://$host/$repository:2", "docker://$host/copies/$name:1");
        is(count($berth->seen_until(qr{"PUT /v2/copies/$name/manifests/1 }), qr{"PATCH }), configs($image),
            'all but its configs are mounted');
        is(served($berth, "copies/$name", '1'), $image->digest, 'with the same digest');
    };
}

subtest 'inspect' => sub {
    my $image = decode_json(works('an image', 'inspect', "docker://$host/team/oci:1"));
    is($image->{Digest}, $oci->digest, 'its digest');
    is(scalar @{ $image->{Layers} }, 3, 'its layers');
    is_deeply($image->{RepoTags}, [1, 2], 'the tags next to it');
    my $config = works('its config', qw(inspect --config --raw), "docker://$host/team/oci:1");
    is($config, ($oci->parts)[-1]->bytes, 'as it is');
    $image = decode_json(works('one of a list', qw(--override-arch arm64 inspect), "docker://$host/team/list:1"));
    is($image->{Architecture}, 'arm64', 'the one of that platform');
    my $none = $skopeo->run('skopeo', 'inspect', "docker://$host/team/oci:9");
    like($none->{err}, qr/manifest unknown/, 'one that is not there');
};

sub tags {
    my ($repository) = @_;
    return join ' ', @{ decode_json(works('tags', 'list-tags', "docker://$host/$repository"))->{Tags} };
}

subtest 'list-tags' => sub {
    $client->put_manifest('team/oci', $_, $oci) for map { sprintf 'v%03d', $_ } 1 .. 150;
    is(tags('team/oci'), join(' ', 1, 2, map { sprintf 'v%03d', $_ } 1 .. 150), 'all of them, sorted');
    my $none = $skopeo->run('skopeo', 'list-tags', "docker://$host/team/none");
    isnt($none->{status}, 0, 'none of a repository that is not there');
    like($none->{err}, qr/404 \(Not Found\)/, 'which is said');
};

subtest 'delete' => sub {
    my $other = Berth::Oci->image;

    $client->push('copies/team-oci', 'other', $other);
    works('by tag', 'delete', "docker://$host/copies/team-oci:1");
    is(tags('copies/team-oci'), 'other', 'the other is left');
    is(served($berth, 'copies/team-oci', $oci->digest), '', 'it is not there by its digest either');
    is(served($berth, 'team/oci', '1'), $oci->digest, 'but in the other repository');
    isnt($skopeo->run('skopeo', 'delete', "docker://$host/copies/team-oci:1")->{status}, 0, 'once only');
    works('by digest', 'delete', "docker://$host/copies/team-oci\@" . $other->digest);
    is(served($berth, 'copies/team-oci', 'other'), '', 'its tag went with it');
};

subtest 'sync' => sub {
    my @sync = qw(sync --all --preserve-digests);

    $client->push('sync/app', $_->[0], $_->[1]) for ['a', $oci], ['b', $KINDS[3][2]];
    works('to a directory', @sync, qw(--src docker --dest dir --scoped), "$host/sync/app", "$dir/sync");
    is_deeply([map { m{([^/]+)$} } glob "$dir/sync/$host/sync/app:*"], ['app:a', 'app:b'], 'both tags');
    works('from a directory', @sync, qw(--src dir --dest docker), "$dir/sync/$host/sync", "$host/mirror");
    works('to another place', @sync, qw(--src docker --dest docker), "$host/sync/app", "$host/place");
    for my $repository (qw(mirror/app place/app)) {
        is(tags($repository), 'a b', "$repository has the tags");
        is(served($berth, $repository, 'a'), $oci->digest,         'the image');
        is(served($berth, $repository, 'b'), $KINDS[3][2]->digest, 'the list');
    }
};

subtest 'schema 1' => sub {
    my $place = "docker://$host/team/schema1";

    works('it goes in', qw(copy --quiet --format v2s1), saved("$dir/schema1", $KINDS[1][2]), "$place:1");
    my $image = decode_json(works('it is inspected', 'inspect', "$place:1"));
    is(served($berth, 'team/schema1', '1'), $image->{Digest}, 'skopeo works out the same digest');
    is(scalar @{ $image->{Layers} }, 3, 'its layers');
    works('it comes out by that digest', qw(copy --quiet), "$place\@$image->{Digest}", "dir:$dir/schema1-out");
    works('and goes in again', qw(copy --quiet --preserve-digests), "dir:$dir/schema1-out", "$place:1");
    is(served($berth, 'team/schema1', '1'), $image->{Digest}, 'with the same digest');
};

subtest 'a directory of certificates' => sub {
    $skopeo->distrust;
    my ($list, $place) = ('list-tags', "docker://$host/team/oci");
    isnt($skopeo->run('skopeo', $list, $place)->{status}, 0, 'an unknown certificate is refused');
    works('it is taken when it lies there', $list, '--cert-dir', $skopeo->certs, $place);
};

done_testing();
