package Bench::Contents;

# The contents of a registry of API v2 that is measured, pushed as docker does it.
#
#     my $contents = Bench::Contents->new;
#     $contents->push_to($_) for $ours, $theirs;    # all that Berth::HTTP can connect to

use strict;
use warnings;

use Berth::Image;
use Berth::Oci;
use Berth::V2Client;

use constant { IMAGE => 'bench/image', MANY => 'bench/many', FEW => 10 };

# Blobs: the number of GETs out of 62, and the size in KiB. As in IBM's trace 65 % are smaller
# than 1 MB and 6 % larger than 64 MiB, but those above 1 MB have an eighth of their size:
# otherwise it would mostly be the bandwidth of the memory that is measured.
my @BLOBS = ([13, 4], [14, 64], [13, 512], [9, 4096 / 8], [9, 24576 / 8], [4, 98304 / 8]);

# Requests; a push makes five. The trace has 48 % GET of manifests, tags and /v2/, 31 %
# GET of blobs, 11 % HEAD, 10 % POST, PATCH and PUT.
my @CALLS = (
    [60, GET => \&by_tag], [20, GET => \&by_digest], [8, GET => \&few_tags], [8, GET => sub { '/v2/' }],
    (map { my $n = $_; [$BLOBS[$n][0], GET => sub { $_[0]->blob($n) }] } 0 .. $#BLOBS),
    [8, HEAD => \&by_tag], [9, HEAD => \&blob],
    [5, PUSH => sub { 'bench/push' }],
);

sub new {
    my ($class) = @_;

    return bless {
        image => Berth::Oci->image(form => 'docker', layers => 3),
        blobs => [map { Berth::Oci->blob(bytes => Berth::Image::random_id() x ($_->[1] * 16)) } @BLOBS],
    }, $class;
}

sub by_tag    { return '/v2/' . IMAGE . '/manifests/latest' }
sub by_digest { return '/v2/' . IMAGE . '/manifests/' . $_[0]{image}->digest }
sub blob      { return '/v2/' . IMAGE . '/blobs/' . $_[0]{blobs}[ $_[1] // 0 ]->digest }
sub few_tags  { return '/v2/' . IMAGE . '/tags/list' }
sub many_tags { return '/v2/' . MANY . '/tags/list' }

# The plan for mix.c.
sub plan {
    my ($self) = @_;
    return join '', map { "$_->[0] $_->[1] " . $_->[2]->($self) . "\n" } @CALLS;
}

# Pushes the image with FEW tags, so many repositories, and the blobs. push.c adds many more
# repositories, and a repository with many tags.
sub push_to {
    my ($self, $registry) = @_;
    my $docker = Berth::V2Client->new($registry);

    $docker->push(IMAGE, $_, $self->{image}) for 'latest', map { "v$_" } 2 .. FEW;
    $docker->push_blob(IMAGE, $_) for @{ $self->{blobs} };
    $self->push_again($docker, $_, 'latest') for MANY, map { "small/app-$_" } 3 .. FEW;
}

# Pushes the image to another repository, which mounts its blobs.
sub push_again {
    my ($self, $docker, $repository, $tag) = @_;

    for my $blob ($self->{image}->parts) {
        $docker->mount($repository, $blob, IMAGE)->{status} == 201 or die "no blob in $repository\n";
    }
    $docker->put_manifest($repository, $tag, $self->{image})->{status} == 201 or die "no image in $repository\n";
}

1;
