#!/usr/bin/perl
# Debian's podman and buildah: push, pull, mount, multi-platform images, search.

use strict;
use warnings;

use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Podman;
use Berth::Programs qw(count served);
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use JSON::PP qw(decode_json);

needs_command($_) for qw(podman buildah);
my $berth   = Berth::Instance->start;
my $host    = $berth->host;
my $buildah = Berth::Podman->new($berth, 'buildah');
my $podman  = Berth::Podman->new($berth);

# What a push says of itself.
my $digest_file = $buildah->dir . '/digest';
my @push = (push => '--digestfile', $digest_file);
sub digest { return Berth::Instance::slurp($digest_file) }

# An image in buildah's storage with a layer of its own.
sub build {
    my ($name, @config) = @_;
    my $file = $buildah->dir . '/content';
    my $container = $buildah->works("$name: begun", from => 'scratch') =~ s/\n//r;

    Berth::Programs::save($file, Berth::Image::random_id());
    $buildah->works("$name: a file",   copy   => '--quiet', $container, $file, '/content');
    $buildah->works("$name: settings", config => @config, $container);
    return $buildah->works("$name: built", commit => '--quiet', '--rm', $container, $name) =~ s/\n//r;
}

my $UPLOADED = qr{"POST /v2/\S+/blobs/uploads/ [^"]*" status=202 };
my $MOUNTED  = qr{"POST /v2/\S+/blobs/uploads/\?\S*mount=\S+ [^"]*" status=201 };
my $id = build("$host/team/app:1", '--annotation', 'org.opencontainers.image.description=Says hello');
my $sent;

subtest 'push' => sub {
    $berth->seen;
    $buildah->works('it ends well', @push, "$host/team/app:1");
    is(count($berth->seen_until(qr{"PUT /v2/team/app/manifests/1 }), $UPLOADED), 2, 'a layer and a config are sent');
    $sent = digest();
    is(served($berth, 'team/app', '1'), $sent, 'the tag is of the digest that buildah names');
};

subtest 'push again' => sub {
    $berth->seen;
    $buildah->works('it ends well', @push, "$host/team/app:1", "docker://$host/team/app:2");
    my $seen = $berth->seen_until(qr{"PUT /v2/team/app/manifests/2 });
    is(count($seen, qr{"(POST|PATCH) }), 0, 'nothing is sent again');
    is(digest(), $sent, 'the same digest');
};

subtest 'push to another repository' => sub {
    $berth->seen;
    $buildah->works('it ends well', push => "$host/team/app:1", "docker://$host/team/app/copy:1");
    my $seen = $berth->seen_until(qr{"PUT /v2/team/app/copy/manifests/1 });
    is(count($seen, $MOUNTED), 1, 'the layer is mounted');
    is(served($berth, 'team/app/copy', '1'), $sent, 'the same digest');
};

subtest 'a clean podman pulls' => sub {
    $podman->works('by tag', pull => "$host/team/app:1");
    is($podman->works('it is there', inspect => '--format', '{{.Id}} {{.Digest}}', "$host/team/app:1"), "$id $sent\n",
        'the same image');
    $podman->works('it is removed', rmi => "$host/team/app:1");
    $podman->works('by digest', pull => "$host/team/app\@$sent");
    is($podman->works('it is there', inspect => '--format', '{{.Id}}', $id), "$id\n", 'the same image');
    $podman->works('all tags', pull => '--all-tags', "$host/team/app");
    my $names = $podman->works('they are listed', images => '--noheading', '--format', '{{.Tag}}', "$host/team/app");
    is(join(' ', sort grep { !/none/ } split /\n/, $names), '1 2', 'both');
    my $missing = $podman->run(pull => "$host/team/app:3");
    isnt($missing->{status}, 0, 'one that is not there fails');
    like($missing->{err}, qr/manifest unknown/, 'with a clear word');
};

subtest "docker's form" => sub {
    $podman->works('it is pushed', @push, '--format', 'v2s2', $id, "$host/team/docker:1");
    is(served($berth, 'team/docker', '1'), digest(), 'the tag is of the digest that podman names');
    my $manifest = decode_json(Berth::V2Client->new($berth)->get_manifest('team/docker', '1')->{body});
    is($manifest->{mediaType}, 'application/vnd.docker.distribution.manifest.v2+json', 'it is in that form');
    $podman->works('it is pulled', pull => "$host/team/docker:1");
};

subtest 'two platforms' => sub {
    my %id = map { $_ => build("localhost/$_", '--arch', $_) } qw(amd64 arm64);

    $buildah->works('a list', manifest => 'create', 'localhost/both');
    $buildah->works("$_ is added", manifest => 'add', 'localhost/both', "localhost/$_") for sort keys %id;
    $buildah->works('it is pushed', manifest => @push, '--all', 'localhost/both', "docker://$host/team/both:1");
    is(served($berth, 'team/both', '1'), digest(), 'the tag is of the digest that buildah names');
    my $index = decode_json($podman->works('podman inspects it', manifest => 'inspect', "$host/team/both:1"));
    is(join(' ', sort map { $_->{platform}{architecture} } @{ $index->{manifests} }), 'amd64 arm64', 'both are in it');
    for my $architecture (sort keys %id) {
        $podman->works("$architecture is pulled", pull => '--arch', $architecture, "$host/team/both:1");
        is($podman->works('it is there', inspect => '--format', '{{.Id}}', "$host/team/both:1"), "$id{$architecture}\n",
            'the one of that platform');
    }
};

subtest '100 layers' => sub {
    my $image  = Berth::Oci->image(layers => 100);
    my @format = ('--format', '{{len .RootFS.Layers}} {{.Digest}}');

    Berth::V2Client->new($berth, as => 'podman')->push('team/tall', '1', $image);
    $podman->works('they are pulled', pull => "$host/team/tall:1");
    is($podman->works('they are there', inspect => @format, "$host/team/tall:1"), '100 ' . $image->digest . "\n",
        'all of them');
};

sub found { return $podman->search_rows($host, @_) }

subtest 'search' => sub {
    my $image = Berth::Image->new;

    Berth::V1Client->new($berth)->push($_, { latest => $image }, $image) for qw(old/application library/other);
    ok(within(10, sub { found('other') =~ /library/ }), 'the index knows them');
    $berth->seen;
    is(found('team/app'), "team/app/copy: Says hello\nteam/app: Says hello", 'a part of a name, and the description');
    like($berth->seen_until(qr{"GET /v1/search}), qr{"GET /v1/search\?\S*q=team%2Fapp\S* .* status=200 },
        'by the search of v1');
    like(found('app'), qr{^old/application: \nteam/app/copy: .*\nteam/app: }, 'of both APIs');
    is(found('library/other'), 'library/other: ', 'one in library');
    is(found('team/a*'), found('team/app'), 'a pattern');
    is(found('t*m/*pp'), found('team/app'), 'and one with stars inside');
    is(found('nothing'), '', 'nothing that is not there');
    is(found('team/app', '--limit', 1), 'team/app: Says hello', 'no more than the limit, the best first');
    my $tags = $podman->works('podman search --list-tags', search => '--list-tags', '--no-trunc', "$host/team/app");
    is(join(' ', $tags =~ m{/team/app\s+(\S+)$}mg), '1 2', 'the tags');
};

subtest 'a directory of certificates' => sub {
    my @push = (push => $id, "$host/team/app:certificate");

    $podman->distrust;
    isnt($podman->run(@push)->{status}, 0, 'an unknown certificate is refused');
    $podman->works('it is taken when it lies there', @push[0, 1], '--cert-dir', $podman->certs, $push[2]);
};

done_testing();
