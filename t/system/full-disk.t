#!/usr/bin/perl
# A disk that is full: each request gets a clear answer, nothing is torn or left, and
# with room again the same push succeeds. The disk is a tmpfs of 64 MiB.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;

if ($> != 0) {
    not_run($0, 'mounting a small disk needs root');
    plan(skip_all => 'mounting a small disk needs root');
}

my $disk = scratch();

system('mount', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', $disk) == 0 or do {
    not_run($0, 'no file system can be mounted here');
    plan(skip_all => 'no file system can be mounted here');
};

my $berth  = Berth::Instance->start(data => "$disk/data");
my $docker = Berth::V1Client->new($berth);
my $podman = Berth::V2Client->new($berth, as => 'podman');
my $small  = Berth::Image->new(size => 1_000_000);
my $large  = Berth::Image->new(size => 100_000_000);
my $late   = Berth::Image->new(size => 8_000_000);

sub is_full {
    my ($response, $name) = @_;

    is($response->{status}, 507, "$name: 507");
    isnt(Berth::HTTP::json_error($response), '', 'in JSON');
}

sub is_full_v2 {
    my ($response, $name) = @_;

    is($response->{status}, 507, "$name: 507");
    is(Berth::V2Client::error_codes($response), 'UNAVAILABLE', 'in JSON');
}

# Writes until nothing fits any more.
sub fill_disk {
    open my $file, '>:raw', "$disk/filler" or die "filler: $!";
    my $block = "\0" x 65536;
    1 while syswrite $file, $block;
    1 while syswrite $file, "\0";
    close $file;
}

is($docker->push('team/app', { v1 => $small }, $small), 1, 'there is room for a small image');
my $today  = Berth::Oci->image(layers => 2);
my $huge   = Berth::Oci->blob(size => 100_000_000);
my $upload = Berth::V2Client::location($podman->begin('team/app'));
my $begun  = Berth::Oci->blob(bytes => 'x' x 2000);
is($podman->push('team/app', 'v2-1', $today), 3, 'and for one of today');
is($podman->patch($upload, 'x' x 1000)->{status}, 202, 'and for a part of a blob');
my $before = $berth->tree;

subtest 'a layer larger than the disk' => sub {
    is($docker->put_json($large)->{status}, 200, 'its json fits');
    is_full($docker->put_layer($large), 'chunked, its length unknown');
    ok(within(5, sub { !$berth->left('body') }), 'nothing of it is left in body/');
    is(scalar(grep { /layer/ } $berth->left('push')), 0, 'nor in push/');
};

subtest 'a blob larger than the disk' => sub {
    is_full_v2($podman->patch($upload, $huge->reader), 'a part, chunked, its length unknown');
    is_full_v2($podman->call(POST => '/v2/team/app/blobs/uploads/?digest=' . $huge->digest, [], $huge->reader), 'a whole');
    ok(within(5, sub { !$berth->left('body') }), 'nothing of it is left in body/');
    is(Berth::HTTP::header($podman->call(GET => $upload), 'Range'), '0-999', 'the upload stands where it stood');
};

subtest 'no room at all' => sub {
    # nginx gives the room of the refused body back a moment after its answer
    ok(within(5, sub { $docker->put_json($late)->{status} == 200 }), 'the json came in time');
    is($docker->put_layer($late)->{status}, 200, 'and the layer');
    fill_disk();
    is_full($docker->put_checksum($late), 'the checksum');
    is_full($docker->put_json(Berth::Image->new), 'another json');
    is_full($docker->put_layer($large), 'another layer');
    is($docker->put_tag('team/app', 'v2', $small)->{status}, 507, 'a tag');
    is_full_v2($podman->begin('team/app'), 'an upload');
    is_full_v2($podman->patch($upload, 'x' x 1000), 'a part');
    is_full_v2($podman->finish($upload, $begun->digest, 'x' x 1000), 'the last part');
    is_full_v2($podman->put_manifest('team/app', 'v2-2', Berth::Oci->index($today)), 'a manifest');
    is_full_v2($podman->put_manifest('team/app', 'v2-2', $today), 'a tag of one that is there');
    is($docker->get_json($small)->{status}, 200, 'what is there is served');
    is_deeply(eval { $podman->pull('team/app', 'v2-1') }, Berth::V2Client::expected($today), 'also by API v2');
    is($docker->pull('team/app')->{images}{ $small->id }{layer_sum}, $small->layer_sum, 'and pulled');
    is_deeply([$berth->left('tmp')], [], 'nothing is left in tmp/');
};

subtest 'room again' => sub {
    unlink "$disk/filler";
    is($docker->put_checksum($late)->{status}, 200, 'the checksum is taken now');
    is($docker->push('team/app', { v2 => $late }, $late), 0, 'and the image need not be sent again');
    is($docker->pull('team/app')->{images}{ $late->id }{layer_sum}, $late->layer_sum, 'it is whole');
    is($podman->finish($upload, $begun->digest, 'x' x 1000)->{status}, 201, 'the last part of the blob is taken');
    my $after = $berth->tree;
    is_deeply([grep { $after->{$_} ne $before->{$_} } grep { m{^(images|docker)/} } keys %$before], [],
        'no file of the first images was touched');
};

is($berth->stop, 0, 'it ends well');
system 'umount', $disk;
done_testing;
