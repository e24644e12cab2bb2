package Bench::V1Image;

# An image of API v1 whose layer is a file, pushed in the steps of a docker.
#
#     my $image = begin($berth);                    # its json is there
#     my $image = push_layer($berth, $file);        # and its layer
#     finish($berth, $image, $file);                # and its checksum: it is complete
#     remove($berth, $image);

use strict;
use warnings;

use Bench::Tool qw(capture curl_seconds);
use Berth::Image;
use Berth::V1Client;
use Exporter qw(import);
use File::Path qw(remove_tree);

our @EXPORT_OK = qw(begin finish layer_url push_layer remove);

sub begin {
    my ($berth) = @_;
    my $image = Berth::Image->new(bytes => '');

    Berth::V1Client->new($berth)->put_json($image)->{status} == 200 or die "PUT json failed\n";
    return $image;
}

sub push_layer {
    my ($berth, $file) = @_;
    my $image = begin($berth);

    curl_seconds('-T', $file, layer_url($berth, $image));
    return $image;
}

sub layer_url {
    my ($berth, $image) = @_;
    return "$berth->{url}/v1/images/" . $image->id . '/layer';
}

sub finish {
    my ($berth, $image, $file) = @_;
    my $sum = payload_sum($image->json, $file);

    Berth::V1Client->new($berth)->put_checksum($image, 'X-Docker-Checksum-Payload' => "sha256:$sum")->{status} == 200
        or die "PUT checksum failed\n";
}

sub payload_sum {
    my ($json, $file) = @_;
    my $out = capture('sh', '-c', '{ printf "%s\n" "$1"; cat "$2"; } | openssl dgst -sha256', 'sh', $json, $file);
    my ($sum) = $out =~ /([0-9a-f]{64})/;

    return $sum;
}

# From the disk: API v1 has no request for that.
sub remove {
    my ($berth, $image) = @_;
    my $id = $image->id;

    remove_tree($berth->data . "/images/$id", $berth->data . "/_berth/push/$id");
}

1;
