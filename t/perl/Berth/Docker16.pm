package Berth::Docker16;

# A docker 1.6 to 1.9 that pulls manifests of schema 1 and checks all that one of those versions
# checks: the signature and the digest as 1.6 does, ids and parents as 1.8.3 does, the layers by
# their digests. It sends no Accept. Push is that of OldDocker.
#
#     my $docker = Berth::Docker16->new($instance, '1.6');
#     my $image  = $docker->pull_image('team/app', 'latest');    # undef: there is none
#     $image->{digest};                   # of the payload
#     $image->{images}[0]{layer};         # the base's; also id, json, digest

use strict;
use warnings;

use parent 'Berth::OldDocker';

use Berth::HTTP;
use Berth::Image;
use Berth::PrettyJws;
use Berth::V1Client;
use Digest::SHA qw(sha256_hex);
use JSON::PP ();

# By tag or by digest. Dies where docker gives up; where it goes on with API v1, returns undef.
sub pull_image {
    my ($self, $repository, $reference) = @_;
    my $r = $self->call_v2(GET => "/v2/$repository/manifests/$reference");

    return if $r->{status} == 404;
    my $got = checked(Berth::V1Client::want("manifest of $reference", $r, 200));
    die "manifest: $got->{digest}, not $reference\n" if $reference =~ /:/ && $reference ne $got->{digest};
    $_->{layer} = $self->blob($repository, $_->{digest}) for @{ $got->{images} };
    return $got;
}

# The objects that push() takes.
sub pushable {
    my ($self, @images) = @_;
    my $below;

    return map {
        $below = Berth::Image->new(id => $_->{id}, json => $_->{json} =~ s/\n\z//r, bytes => $_->{layer},
            parent => $below)
    } @images;
}

# Since 1.8 it asks for the length first.
sub blob {
    my ($self, $repository, $digest) = @_;
    my $path = "/v2/$repository/blobs/$digest";
    my $head = Berth::V1Client::want("blob $digest", $self->call_v2(HEAD => $path), 200);
    my $get  = Berth::V1Client::want("blob $digest", $self->call_v2(GET => $path), 200);

    for ($head, $get) {
        my $length = Berth::HTTP::header($_, 'Content-Length') // die "blob $digest: no Content-Length\n";
        $length == length $get->{body} or die "blob $digest: Content-Length: $length\n";
    }
    'sha256:' . sha256_hex($get->{body}) eq $digest or die "filesystem layer verification failed for digest $digest\n";
    return $get->{body};
}

# ---- the manifest ----

# { digest, name, tag, images => [{ id, parent, json, digest }, base first] } of an answer.
sub checked {
    my ($response) = @_;
    my $jws = Berth::PrettyJws->new($response->{body});
    my $doc = JSON::PP->new->utf8->decode($jws->payload);
    my ($layers, $history) = @$doc{qw(fsLayers history)};
    my $digest    = $jws->digest;
    my $announced = Berth::HTTP::header($response, 'Docker-Content-Digest') // $digest;
    my $fault     = $jws->fault;

    die "error verifying manifest: $fault\n" if $fault;
    $announced eq $digest or die qq(manifest: registry has "$announced", computed "$digest"\n);
    ($doc->{schemaVersion} // 0) == 1 or die "unsupported schema version\n";
    @$history == @$layers or die "length of history not equal to number of layers\n";
    @$layers or die "no FSLayers in manifest\n";
    my @images = map { image($history->[$_]{v1Compatibility}, $layers->[$_]{blobSum}) } 0 .. $#$layers;
    return { digest => $digest, name => $doc->{name}, tag => $doc->{tag}, architecture => $doc->{architecture},
        images => [reverse in_chain(@images)] };
}

sub image {
    my ($json, $digest) = @_;
    my $bytes = $json;

    utf8::encode($bytes);
    my $doc = JSON::PP->new->utf8->decode($bytes);
    ($doc->{id} // '') =~ /\A[0-9a-f]{64}\z/ or die 'image ID ' . ($doc->{id} // '') . " is invalid\n";
    $digest =~ /\Asha256:[0-9a-f]{64}\z/ or die "invalid checksum digest format: $digest\n";
    return { id => $doc->{id}, parent => $doc->{parent} // '', json => $bytes, digest => $digest };
}

# Top first: without the images that follow themselves; each is the child of the next.
sub in_chain {
    my (@images) = @_;
    my (@chain, %seen);

    for my $image (@images) {
        next if @chain && $chain[-1]{id} eq $image->{id};
        die "ID $image->{id} appears multiple times in manifest\n" if $seen{ $image->{id} }++;
        die "Invalid parent ID. Expected $image->{id}, got $chain[-1]{parent}.\n"
            if @chain && $chain[-1]{parent} ne $image->{id};
        push @chain, $image;
    }
    die "Invalid parent ID in the base layer of the image.\n" if $chain[-1]{parent} ne '';
    return @chain;
}

1;
