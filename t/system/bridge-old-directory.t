#!/usr/bin/perl
# Directories that docker-registry left, through API v2: skopeo copies each tag, and its layers
# make the root file system that the old layers make. A pull changes nothing in the directory, and
# what berth keeps for it can be thrown away.

use strict;
use warnings;

use Berth::Canonical;
use Berth::Docker011;
use Berth::Docker16;
use Berth::HTTP;
use Berth::Instance;
use Berth::OldV1Store;
use Berth::Programs qw(served);
use Berth::RootFs;
use Berth::Tar;
use Berth::Test;
use Digest::SHA qw(sha256_hex);
use Encode qw(encode_utf8);
use File::Path qw(remove_tree);
use JSON::PP qw(decode_json);
use MIME::Base64 qw(decode_base64);

needs_command($_) for qw(skopeo openssl xz bzip2);

my ($store, $berth, $skopeo);
my $count = 0;

sub listed {
    my ($path, $member) = @_;
    return join ' ', sort @{ decode_json(Berth::HTTP::request($berth, GET => $path)->{body})->{$member} // [] };
}

# The name of a repository in API v2.
sub v2_name { return $_[0] =~ s{\Alibrary/}{}r }

# { repository => { tag => digest } } of all that API v2 serves.
sub digests {
    return { map {
        my $name = v2_name($_);
        my $tags = $store->tags($_);
        $name => { map { $_ => served($berth, $name, $_) } keys %$tags };
    } $store->repositories };
}

sub blob { return Berth::Instance::slurp("$_[0]/" . $_[1] =~ s/\A\w+://r) }

sub copies {
    my ($name, $to) = @_;
    $skopeo->works("$name to $to", qw(skopeo copy --quiet --all), 'docker://' . $berth->host . "/$name", $to);
}

# A directory in skopeo's own form keeps all bytes.
sub copies_to_dir {
    my ($name, $tag, $id) = @_;
    my $dir = $skopeo->dir . '/dir-' . ++$count;

    copies("$name:$tag", "dir:$dir");
    my $bytes    = Berth::Instance::slurp("$dir/manifest.json");
    my $manifest = decode_json($bytes);
    my @layers   = map { blob($dir, $_->{digest}) } @{ $manifest->{layers} };
    my $config   = decode_json(blob($dir, $manifest->{config}{digest}));

    my @images   = map { { json => $store->image($_)->json, layer => $store->image($_)->bytes } } $store->chain($id);
    my ($want_config, $want_manifest) = Berth::Canonical::of(@images);

    is('sha256:' . sha256_hex($bytes), served($berth, $name, $tag), 'its digest');
    is($bytes, $want_manifest, 'its manifest is as the specification says');
    is(blob($dir, $manifest->{config}{digest}), $want_config, 'and its config');
    is_deeply([map { 'sha256:' . sha256_hex(Berth::Tar::unpacked($_)) } @layers], $config->{rootfs}{diff_ids},
        'its diff_ids');
    is(scalar @{ $config->{history} }, scalar $store->layers($id), 'a history of all images');
    is_deeply(\@layers, [grep { !/\A\0*\z/ } map { /\A\x1f\x8b/ ? $_ : Berth::Tar::unpacked($_) } $store->layers($id)],
        'layers are the files, or what is in them');
    has_files($id, @layers);
    return $config->{rootfs}{diff_ids};
}

# A layout of OCI: skopeo compresses what is not.
sub copies_to_oci {
    my ($name, $tag, $id, $diff_ids) = @_;
    my $dir = $skopeo->dir . '/oci-' . ++$count;

    copies("$name:$tag", "oci:$dir:x");
    my ($image)  = @{ decode_json(Berth::Instance::slurp("$dir/index.json"))->{manifests} };
    my $manifest = decode_json(blob("$dir/blobs/sha256", $image->{digest}));
    my $config   = decode_json(blob("$dir/blobs/sha256", $manifest->{config}{digest}));

    is_deeply($config->{rootfs}{diff_ids}, $diff_ids, 'the same diff_ids');
    has_files($id, map { blob("$dir/blobs/sha256", $_->{digest}) } @{ $manifest->{layers} });
}

sub has_files {
    my ($id, @layers) = @_;
    my $want = Berth::RootFs::of_layers($store->layers($id));

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(Berth::RootFs::differences($want, Berth::RootFs::of_layers(@layers)), '', 'the same root file system');
}

# By tag as schema 1: ids, jsons and layers of all images, also of those without files.
sub is_schema_1 {
    my ($name, $tag, $id) = @_;
    my $got   = Berth::Docker16->new($berth, '1.6')->pull_image($name, $tag);
    my @chain = $store->chain($id);

    is_deeply([map { $_->{id} } @{ $got->{images} }], \@chain, "$name:$tag in schema 1: the ids");
    is_deeply([map { $_->{json} } @{ $got->{images} }], [map { $store->image($_)->json } @chain], 'the jsons');
    is_deeply([map { sha256_hex($_->{layer}) } @{ $got->{images} }], [map { sha256_hex($_) } $store->layers($id)],
        'the layers');
}

sub is_served {
    my ($version) = @_;
    my $dir = scratch();
    my %once;

    $store = Berth::OldV1Store->write("$dir/data", $version);
    my $before = Berth::Instance::tree_of("$dir/data");
    $berth  = Berth::Instance->start(data => "$dir/data");
    $skopeo = Berth::Programs->new($berth);

    my $names = join ' ', sort map { v2_name($_) } $store->repositories;
    ok(within(20, sub { listed('/v2/_catalog', 'repositories') eq $names }), 'the catalog')
        or diag(listed('/v2/_catalog', 'repositories'));
    for my $repository ($store->repositories) {
        my ($name, $tags) = (v2_name($repository), $store->tags($repository));
        is(listed("/v2/$name/tags/list", 'tags'), join(' ', sort keys %$tags), "the tags of $name");
        for my $tag (sort keys %$tags) {
            my $seen = $once{ $tags->{$tag} }++;
            next if $seen && $version ne '0.6.9';    # each tag once
            my $diff_ids = copies_to_dir($name, $tag, $tags->{$tag});
            copies_to_oci($name, $tag, $tags->{$tag}, $diff_ids) if $version eq '0.6.9';
            is_schema_1($name, $tag, $tags->{$tag}) unless $seen;
        }
    }
    is_deeply($berth->tree, $before, 'no pull has changed the directory');

    my $digests = digests();
    is($berth->stop, 0, 'a clean end');
    ok(-d "$dir/data/_berth/bridge", 'there is something to throw away');
    remove_tree("$dir/data/_berth/bridge");
    $berth->launch;
    is_deeply(digests(), $digests, 'without what was made, the digests are the same');
    copies_to_dir('ubuntu', '12.10', $store->tags('library/ubuntu')->{'12.10'});
    is(scalar Berth::Docker011->new($berth)->pull_tag('ubuntu', 'trusty'), 6, 'docker 0.11 pulls as before');
    is_deeply($berth->tree, $before, 'the directory is as it was');
    is($berth->stop, 0, 'a clean end');
    return $digests;
}

# The vectors of t/unit/image, so that the second program is right where the old directories have
# nothing.
subtest 'the specification' => sub {
    for my $file (qw(v1-three-layers v1-very-old)) {
        my $vector = decode_json(Berth::Instance::slurp(source_dir() . "/t/data/$file.json"));
        my @images = map { { json => encode_utf8($_->{json}), layer => decode_base64($_->{layer_base64}) } }
            @{ $vector->{v1_images_base_first} };
        my ($config, $manifest) = Berth::Canonical::of(@images);

        is($config,   encode_utf8($vector->{schema2}{config}), "$file: the config");
        is($manifest, $vector->{schema2}{manifest},            'the manifest');
    }
};

my $digests;
for my $version (qw(0.6.5 0.6.9 0.9.1)) {
    subtest "docker-registry $version" => sub {
        my $got = is_served($version);
        $digests //= $got;
        is_deeply($got->{$_}, $digests->{$_}, "the same digests of $_ in every directory") for sort keys %$digests;
    };
}

done_testing();
