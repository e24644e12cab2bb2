#!/usr/bin/perl
# Debian's containerd and its ctr: push, pull, mount, images of several platforms, a mirror.

use strict;
use warnings;

use Berth::Containerd;
use Berth::Instance;
use Berth::Oci;
use Berth::Programs qw(count served);
use Berth::Test;
use Berth::V2Client;

needs_command($_) for qw(containerd ctr);
if ($> != 0) {
    not_run($0, 'not run as root');
    plan(skip_all => 'not run as root');
}
my $berth = Berth::Instance->start;
my $host  = $berth->host;
my $ctr   = Berth::Containerd->start($berth);
my @push  = (qw(images push), $ctr->hosts);

# Copies are cheap here, and overlays do not lie in each other.
sub pull {
    my ($client) = @_;
    return (qw(images pull --snapshotter native), $client->hosts);
}

# Puts an image or an index into containerd by this name, as an archive of OCI's layout.
sub import_image {
    my ($name, $manifest) = @_;
    my $dir = $ctr->dir . '/layout';

    mkdir $_ for $dir, "$dir/blobs", "$dir/blobs/sha256";
    Berth::Programs::save("$dir/oci-layout", '{"imageLayoutVersion": "1.0.0"}');
    Berth::Programs::save("$dir/index.json", Berth::Oci::json({ schemaVersion => 2, manifests => [
        { %{ $manifest->descriptor }, annotations => { 'io.containerd.image.name' => $name } },
    ] }));
    my @blobs = $manifest;
    while (my $blob = shift @blobs) {
        Berth::Programs::save("$dir/blobs/sha256/" . $blob->hex, $blob->bytes);
        push @blobs, $blob->parts;
    }
    system 'tar', '-C', $dir, '-cf', "$dir.tar", '.';
    $ctr->works("$name is imported", qw(images import --all-platforms --no-unpack), "$dir.tar");
}

# The digest by which a client knows an image.
sub known {
    my ($client, $name) = @_;
    my ($row) = grep { /^\Q$name\E / } split /\n/, $client->works('it is listed', qw(images list));

    return ($row // '') =~ /(sha256:[0-9a-f]{64})/ ? $1 : undef;
}

my $UPLOADED = qr{"POST /v2/\S+/blobs/uploads/ [^"]*" status=202 };
my $MOUNTED  = qr{"POST /v2/\S+/blobs/uploads/\?\S*mount=\S+ [^"]*" status=201 };
my $PUT      = qr{"PUT /v2/\S+/blobs/uploads/\S+ [^"]*" status=201 };
my $image    = Berth::Oci->image(layers => 3);
my $index    = Berth::Oci->index(map { Berth::Oci->image(architecture => $_) } qw(amd64 arm64 s390x));

subtest 'push' => sub {
    import_image("$host/team/app:1", $image);
    $berth->seen;
    $ctr->works('it ends well', @push, "$host/team/app:1");
    my $seen = $berth->seen_until(qr{"PUT /v2/team/app/manifests/});
    is(count($seen, $UPLOADED), 4,  'three layers and a config are begun');
    is(count($seen, $PUT),      4,  'and sent');
    is(count($seen, qr{"PATCH }), 0, 'in one request each');
    is(served($berth, 'team/app', '1'), $image->digest, 'the tag is of its digest');
};

subtest 'push again' => sub {
    $ctr->works('one more tag', qw(images tag), "$host/team/app:1", "$host/team/app:2");
    $berth->seen;
    $ctr->works('it ends well', @push, "$host/team/app:2");
    my $seen = $berth->seen_until(qr{"PUT /v2/team/app/manifests/});
    is(count($seen, qr{"(POST|PATCH) }), 0, 'nothing is sent again');
    is(served($berth, 'team/app', '2'), $image->digest, 'the same digest');
};

subtest 'a clean client pulls' => sub {
    my $other = Berth::Containerd->start($berth);
    my @pull  = pull($other);

    $other->works('by tag', @pull, "$host/team/app:1");
    is(known($other, "$host/team/app:1"), $image->digest, 'what was pushed');
    my $config = ($image->parts)[-1];
    is($other->works('its config', qw(content get), $config->digest), $config->bytes, 'as it was');
    $berth->seen;
    $other->works('again', @pull, "$host/team/app:1");
    unlike($berth->seen_until(qr{"HEAD /v2/team/app/manifests/1 }), qr{"GET /v2/team}, 'it asks for nothing else');
    my $by_digest = "$host/team/app\@" . $image->digest;
    $other->works('by digest', @pull, $by_digest);
    is(known($other, $by_digest), $image->digest, 'the same image');
    my $missing = $other->run(@pull, "$host/team/app:3");
    isnt($missing->{status}, 0, 'one that is not there fails');
    like($missing->{err}, qr/app:3: not found/, 'with a clear word');

    # It knows where it has the blobs from.
    $other->works('one more name', qw(images tag), "$host/team/app:1", "$host/team/app/copy:1");
    $berth->seen;
    $other->works('it is pushed elsewhere', qw(images push), $other->hosts, "$host/team/app/copy:1");
    my $seen = $berth->seen_until(qr{"PUT /v2/team/app/copy/manifests/});
    is(count($seen, $MOUNTED), 4, 'layers and config are mounted');
    is(count($seen, $PUT),     0, 'nothing is sent');
    is(served($berth, 'team/app/copy', '1'), $image->digest, 'the same digest');
};

subtest 'several platforms' => sub {
    import_image("$host/team/many:1", $index);
    $ctr->works('they are pushed', @push, "$host/team/many:1");
    is(served($berth, 'team/many', '1'), $index->digest, 'the tag is of the index');
    for my $only (0, 1) {
        my $other   = Berth::Containerd->start($berth);
        my @wanted  = $only ? qw(--platform linux/arm64) : '--all-platforms';
        my %content;

        $other->works("they are pulled: @wanted", pull($other), @wanted, "$host/team/many:1");
        is(known($other, "$host/team/many:1"), $index->digest, 'by the digest of the index');
        $content{$_} = 1 for split /\n/, $other->works('its content', qw(content list --quiet));
        is(join(' ', map { $_->{platform} } grep { $content{ $_->digest } && $content{ ($_->parts)[0]->digest } }
            $index->parts), $only ? 'arm64' : 'amd64 arm64 s390x', 'of those platforms');
    }
};

subtest '100 layers' => sub {
    my $tall = Berth::Oci->image(layers => 100);

    Berth::V2Client->new($berth)->push('team/tall', '1', $tall);
    $ctr->works('they are pulled', qw(content fetch), $ctr->hosts, "$host/team/tall:1");
    my %content = map { $_ => 1 } split /\n/, $ctr->works('the content', qw(content list --quiet));
    is(scalar(grep { $content{ $_->digest } } $tall->parts), 101, 'all of them are there, and the config');
    $ctr->works('one more name', qw(images tag), "$host/team/tall:1", "$host/other/tall:1");
    $berth->seen;
    $ctr->works('they are pushed', @push, "$host/other/tall:1");
    is(count($berth->seen_until(qr{"PUT /v2/other/tall/manifests/}), $MOUNTED), 101, 'all are mounted');
    is(served($berth, 'other/tall', '1'), $tall->digest, 'with the same digest');
};

# What is asked of a mirror has the name of the registry that it stands for in its query.
subtest 'a mirror of another registry' => sub {
    $ctr->served_by('docker.io', $berth);
    $berth->seen;
    $ctr->works('it serves', pull($ctr), '--platform', 'linux/s390x', 'docker.io/team/many:1');
    is(known($ctr, 'docker.io/team/many:1'), $index->digest, 'what it has');
    like($berth->seen_until(qr{"HEAD /v2/team/many/manifests/1}),
        qr{"HEAD /v2/team/many/manifests/1\?ns=docker\.io [^"]*" status=200 }, 'asked with a query');
};

subtest 'a certificate' => sub {
    my @pull    = pull($ctr);
    my $default = $ctr->dir . "/hosts/$host/hosts.toml";

    Berth::Programs::save($default, qq(server = "https://$host"\n[host]\n));
    my $refused = $ctr->run(@pull, "$host/team/app:1");
    like($refused->{err}, qr/certificate signed by unknown authority/, 'an unknown one is refused');
    $ctr->works('it is taken when it is known', @pull, '--tlscacert', $berth->ca, "$host/team/app:1");
};

done_testing();
