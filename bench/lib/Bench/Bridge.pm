package Bench::Bridge;

# What clients of one API pay for images of the other: the first request for the manifest of an
# image of API v1 compared with a program that does nothing but decompress and hash its layer,
# all later requests with those for an image that was pushed through the same API.

use strict;
use warnings;

use Bench::Table qw(heading row);
use Bench::Tool qw(command_seconds contest compare curl_seconds program run wrk_rate write_file);
use Berth::HTTP;
use Berth::Image;
use Berth::Oci;
use Berth::V1Client;
use Berth::V2Client;
use File::Path qw(make_path remove_tree);
use JSON::PP ();

use constant FIRST  => '<= 1.2';
use constant LAYERS => 20;

my $ACCEPT = 'Accept: application/vnd.docker.distribution.manifest.v2+json';

my ($ground, $berth);

sub measure {
    ($ground) = @_;

    my $done = eval { measure_all(); 1 };
    undef $berth;    # before the directory is removed
    die $@ unless $done;
}

sub measure_all {
    $berth = $ground->berth('bridge', http => 1);
    heading('the bridge, first time', 'unpack + sums');
    first($_) for qw(gzip plain);
    heading('the bridge, later', 'same API');
    later();
}

# --- the first time ---

# A layer that is an archive: of it, as docker would pack it, or as it is.
sub layer {
    my ($form) = @_;
    my $path = $ground->dir . "/layer.$form";

    return $path if -e $path;
    run('tar', '-C', $ground->much('archive'), $form eq 'gzip' ? '-czf' : '-cf', $path, '.');
    $ground->settle;
    return $path;
}

sub first {
    my ($form) = @_;
    my $file = layer($form);
    my $what = sprintf 'GET manifest, %s layer of %d MiB, first time, s', $form, (-s $file) >> 20;

    run('sh', '-c', 'cat "$1" >"$1.copy" && rm "$1.copy"', 'sh', $file);    # into memory
    row($what, contest($ground->much('transfers'),
        sub { first_seconds($file) },
        sub { command_seconds(program('sums'), $file) }), FIRST);
}

# Of a new image each time, as docker-registry leaves it in its directory. The one before is
# removed.
sub first_seconds {
    my ($file) = @_;
    my $id    = Berth::Image::random_id();
    my $image = $berth->data . "/images/$id";
    my $tags  = $berth->data . "/repositories/first/$id";

    make_path($image, $tags);
    link $file, "$image/layer" or die "link $file: $!\n";
    write_file("$image/json",     qq({"id":"$id","created":"2014-05-15T02:37:51Z","os":"linux","architecture":"amd64"}));
    write_file("$image/ancestry", qq(["$id"]));
    write_file("$tags/tag_latest", $id);
    my $took = curl_seconds('-H', $ACCEPT, "$berth->{url}/v2/first/$id/manifests/latest");
    remove_tree([ $image, $tags ]);
    return $took;
}

# --- later ---

# Two images of as many layers, one pushed through each API.
sub later {
    my @images = Berth::Image->new;
    my $own    = Berth::Oci->image(form => 'docker', layers => LAYERS);

    push @images, Berth::Image->new(parent => $images[-1]) while @images < LAYERS;
    Berth::V1Client->new($berth)->push('later/v1', { latest => $images[-1] }, @images);
    Berth::V2Client->new($berth)->push('later/v2', 'latest', $own);
    in_v2(manifest('later/v1'), manifest('later/v2'));
    in_v1(get('/v1/repositories/later/v2/tags')->{latest}, $images[-1]->id);
}

sub get {
    my ($path, @headers) = @_;
    my $response = Berth::HTTP::request($berth, GET => $path, \@headers);

    $response->{status} == 200 or die "GET $path: $response->{status} $response->{body}\n";
    my $document = JSON::PP::decode_json($response->{body});
    $document->{digest} = Berth::HTTP::header($response, 'Docker-Content-Digest') if ref $document eq 'HASH';
    return $document;
}

sub manifest {
    my ($repository) = @_;
    return { %{ get("/v2/$repository/manifests/latest", split /: /, $ACCEPT) }, at => "/v2/$repository" };
}

sub in_v2 {
    my @both = @_;

    rates('GET manifest by tag, ' . LAYERS . ' layers', map { "$_->{at}/manifests/latest" } @both);
    rates('GET manifest, digest',                       map { "$_->{at}/manifests/$_->{digest}" } @both);
    rates('GET blob, a layer',                          map { "$_->{at}/blobs/$_->{layers}[0]{digest}" } @both);
    rates('GET blob, the config',                       map { "$_->{at}/blobs/$_->{config}{digest}" } @both);
    rates('tags/list',                                  map { "$_->{at}/tags/list" } @both);
}

sub in_v1 {
    my @both = @_;

    for my $what (qw(json ancestry layer)) {
        rates("GET image $what", map { "/v1/images/$_/$what" } @both);
    }
    rates('GET tags', map { "/v1/repositories/later/$_/tags" } qw(v2 v1));
}

sub rates {
    my ($what, $bridged, $own) = @_;

    row("$what, answers/s", compare($ground->much('loads'),
        sub { wrk_rate($berth->{url} . $bridged, '-H', $ACCEPT) },
        sub { wrk_rate($berth->{url} . $own,     '-H', $ACCEPT) }));
}

1;
