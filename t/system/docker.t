#!/usr/bin/perl
# Debian's docker, its daemon started by hand: push, pull, mount, manifest lists, search. It trusts
# any certificate of localhost.

use strict;
use warnings;

use Berth::Docker;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Programs qw(count served);
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use JSON::PP qw(decode_json);

my $daemon = Berth::Docker->start;
if (!$daemon) {
    not_run($0, Berth::Docker::why());
    plan(skip_all => Berth::Docker::why());
}
my $berth  = Berth::Instance->start;
my $host   = $berth->host;
my $docker = client($daemon);

sub client {
    my ($daemon) = @_;
    return Berth::Programs->new(undef, $daemon->command('docker'));
}

# An image of these files, a layer each, built from nothing.
sub build {
    my ($tag, $files, @lines) = @_;
    my $context = scratch();

    for my $name (keys %$files) {
        open my $file, '>', "$context/$name" or die "$context/$name: $!";
        print $file $files->{$name};
        close $file;
    }
    open my $recipe, '>', "$context/Dockerfile" or die "$context/Dockerfile: $!";
    print $recipe "$_\n" for 'FROM scratch', (map { "COPY $_ /$_" } sort keys %$files), 'CMD ["/one"]', @lines;
    close $recipe;
    return $docker->works("$tag is built", 'build', '--quiet', '--tag', $tag, "$context");
}

# The digest that docker's push and pull name at their end.
sub digest_in {
    my ($output) = @_;
    return $output =~ /digest: (sha256:[0-9a-f]{64})/i ? $1 : undef;
}

my $UPLOADED = qr{"POST /v2/\S+/blobs/uploads/ [^"]*" status=202 };
my $MOUNTED  = qr{"POST /v2/\S+/blobs/uploads/\?\S*mount=\S+ [^"]*" status=201 };
my $sent;
my $id = build("$host/team/app:1", { one => "first\n", two => "second\n" },
    'LABEL org.opencontainers.image.description="Says hello"');

subtest 'push' => sub {
    $berth->seen;
    $sent = digest_in($docker->works('it ends well', push => "$host/team/app:1"));
    my $seen = $berth->seen_until(qr{"PUT /v2/team/app/manifests/1 });
    is(count($seen, $UPLOADED), 3, 'two layers and a config are sent');
    is(served($berth, 'team/app', '1'), $sent, 'the tag is of the digest that docker names');
};

subtest 'push again' => sub {
    $docker->works('one more tag', tag => "$host/team/app:1", "$host/team/app:2");
    $berth->seen;
    is(digest_in($docker->works('it ends well', push => "$host/team/app:2")), $sent, 'the same digest');
    my $seen = $berth->seen_until(qr{"PUT /v2/team/app/manifests/2 });
    is(count($seen, qr{"(POST|PATCH) }), 0, 'nothing is sent again');
    like($seen, qr{"PUT /v2/team/app/manifests/2 HTTP/1.1" status=201 }, 'but for the manifest');
};

subtest 'push to another repository' => sub {
    $docker->works('one more name', tag => "$host/team/app:1", "$host/team/deep/copy:1");
    $berth->seen;
    is(digest_in($docker->works('it ends well', push => "$host/team/deep/copy:1")), $sent, 'the same digest');
    my $seen = $berth->seen_until(qr{"PUT /v2/team/deep/copy/manifests/1 });
    is(count($seen, $MOUNTED), 2, 'both layers are mounted');
    is(count($seen, $UPLOADED), 1, 'the config alone is sent');
};

subtest 'a clean client pulls' => sub {
    my $fresh = Berth::Docker->start;
    my $other = client($fresh);

    is(digest_in($other->works('by tag', pull => "$host/team/app:1")), $sent, 'what was pushed');
    is($other->works('it is there', 'inspect', '--format', '{{.Id}}', "$host/team/app:1"), $id, 'the same image');
    $berth->seen;
    like($other->works('again', pull => "$host/team/app:1"), qr/Image is up to date/, 'it has it');
    unlike($berth->seen_until(qr{"HEAD /v2/team/app/manifests/1 }), qr{"GET /v2/team}, 'and asks for nothing else');
    $other->works('it is removed', rmi => "$host/team/app:1");
    $other->works('by digest', pull => "$host/team/app\@$sent");
    is($other->works('it is there', 'inspect', '--format', '{{.Id}}', "$host/team/app\@$sent"), $id, 'the same image');
    $other->works('all tags', pull => '--all-tags', "$host/team/app");
    my $tags = $other->works('they are listed', images => '--format', '{{.Tag}}', "$host/team/app");
    is(join(' ', sort grep { !/none/ } split /\n/, $tags), '1 2', 'both');
    isnt($other->run(pull => "$host/team/app:3")->{status}, 0, 'one that is not there fails');
    like($other->run(pull => "$host/team/app:3")->{err}, qr/manifest .*unknown/, 'with a clear word');
};

# "docker manifest push" speaks plain HTTP to a registry of localhost and nothing else.
subtest 'a manifest list' => sub {
    my $plain  = Berth::Instance->start(http => 1);
    my $host   = $plain->host;
    my $name   = "$host/team/many:all";
    my @images = map { Berth::Oci->image(form => 'docker', architecture => $_) } qw(amd64 arm64);
    my $client = Berth::V2Client->new($plain);
    my ($create, $annotate, $push, $inspect) = map { [manifest => @$_] }
        ['create', '--insecure'], ['annotate', '--variant', 'v8'], ['push', '--insecure'], ['inspect', '--insecure'];

    $client->push('team/many', $_->{platform}, $_) for @images;
    $docker->works('it is created', @$create, $name, map { "$host/team/many:$_" } qw(amd64 arm64));
    $docker->works('and annotated', @$annotate, $name, "$host/team/many:arm64");
    my ($digest) = $docker->works('it is pushed', @$push, $name) =~ /^(sha256:\w+)$/m;
    is(served($plain, 'team/many', 'all'), $digest, 'the tag is of the digest that docker names');
    my $list = decode_json($docker->works('it is inspected', @$inspect, $name));
    is_deeply([map { $_->{digest} } @{ $list->{manifests} }], [map { $_->digest } @images], 'both are in it');
    is($list->{manifests}[1]{platform}{variant}, 'v8', 'as annotated');
    $docker->works('it is pulled', pull => '--platform', 'linux/arm64', $name);
    is($docker->works('it is there', inspect => '--format', '{{.Architecture}}', $name), "arm64\n", 'of that platform');
};

subtest '100 layers' => sub {
    my $image = Berth::Oci->image(layers => 100);

    Berth::V2Client->new($berth)->push('team/tall', 'oci', $image);
    is(digest_in($docker->works('they are pulled', pull => "$host/team/tall:oci")), $image->digest, 'the digest');
    is(count($docker->works('they are there', inspect => '--format', '{{json .RootFS.Layers}}', "$host/team/tall:oci"),
        qr/sha256:/), 100, 'all of them');
    $docker->works('one more name', tag => "$host/team/tall:oci", "$host/other/tall:docker");
    $berth->seen;
    my $digest = digest_in($docker->works('they are pushed', push => "$host/other/tall:docker"));
    is(count($berth->seen_until(qr{"PUT /v2/other/tall/manifests/docker }), $MOUNTED), 100, 'all are mounted');
    is(served($berth, 'other/tall', 'docker'), $digest, 'in an image of the other form');
};

sub found { return $docker->search_rows($host, @_) }

subtest 'search' => sub {
    my $image = Berth::Image->new;

    Berth::V1Client->new($berth)->push($_, { latest => $image }, $image) for qw(old/application library/other);
    ok(within(10, sub { found('other') =~ /library/ }), 'the index knows them');
    $berth->seen;
    is(found('team/app'), 'team/app: Says hello', 'a part of a name, and the description');
    like($berth->seen_until(qr{"GET /v1/search}), qr{"GET /v1/search\?q=team%2Fapp&n=25 .* status=200 }, 'by the search of v1');
    is(found('app'), "old/application: \nteam/app: Says hello", 'of both APIs');
    is(found('library/other'), 'library/other: ', 'one in library');
    is(found('nothing'), '', 'nothing that is not there');
    is(found('team/app', '--limit', 1), 'team/app: Says hello', 'no more than the limit, the best first');
};

done_testing();
