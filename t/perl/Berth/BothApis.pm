package Berth::BothApis;

# Whether API v1 and API v2 have the same of a repository.
#
#     is_deeply([Berth::BothApis::differences($berth, 'team/app')], [], 'both APIs agree');
#
# All of its tags must have a form in both, and its name a namespace.

use strict;
use warnings;

use Berth::Docker011;
use Berth::HTTP;
use Berth::V2Client;
use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);

my $EMPTY_LAYER = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4';

sub got {
    my ($berth, $path) = @_;
    my $r = Berth::HTTP::request($berth, GET => $path);

    return $r->{status} == 200 ? decode_json($r->{body}) : undef;
}

# The tags that each API lists, sorted.
sub listed_v1 {
    my ($berth, $repository) = @_;
    return sort keys %{ got($berth, "/v1/repositories/$repository/tags") // {} };
}

sub listed_v2 {
    my ($berth, $repository) = @_;
    my $list = got($berth, "/v2/$repository/tags/list?n=10000") // {};
    return sort @{ $list->{tags} // [] };
}

# What differs, a text for each.
sub differences {
    my ($berth, $repository) = @_;
    my @v1   = listed_v1($berth, $repository);
    my @v2   = listed_v2($berth, $repository);
    my %tags = map { $_ => 1 } @v1, @v2;

    return ("@v1" eq "@v2" ? () : "API v1 lists @v1, API v2 @v2", map { of_tag($berth, $repository, $_) } sort keys %tags);
}

# The layers must be the same bytes.
sub of_tag {
    my ($berth, $repository, $tag) = @_;
    my @images = eval { Berth::Docker011->new($berth)->pull_tag($repository, $tag) } or return "$tag, API v1: $@";
    my $pulled = eval { Berth::V2Client->new($berth)->pull($repository, $tag) } or return "$tag, API v2: $@";
    my @layers = grep { $_ ne $EMPTY_LAYER } map { 'sha256:' . sha256_hex($_->{layer}) } @images;
    my @blobs  = map { $_->{digest} } @{ $pulled->{parts} };

    pop @blobs;    # the config
    return "@layers" eq "@blobs" ? () : "$tag: API v1 has the layers @layers, API v2 @blobs";
}

1;
