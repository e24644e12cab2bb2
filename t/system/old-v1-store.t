#!/usr/bin/perl
# A directory that docker-registry 0.6 left: berth serves it, finds it, and changes nothing
# in it. Names and ids are those of a real one, with centos and ubuntu.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;
use Digest::SHA qw(sha256_hex);
use File::Path qw(make_path);
use JSON::PP qw(decode_json);

use constant CREATED => 1400121471;

my $SCRATCH = '511136ea3c5a64f264b78b5433614aec563103b4d4702f3ba7d4d2698e22c158';

# Each chain newest first, without the ancestor of all.
my %CHAINS = (
    ubuntu => [
        [
            '8aedcdadf14bb95a53f712aace7d0cb657447d24e41831518392d1a2b05d8bf7',
            '99ec81b80c55d906afd8179560fdab0ee93e32c52053816ca1d531597c1ff48f',
            'd4010efcfd86c7f59f6b83b90e9c66d4cc4d78cd2266e853b95d464ea0eb73e6',
            '4d26dd3ebc1c823cfa652280eca0230ec411fb6a742983803e49e051fe367efe',
            '5e66087f3ffe002664507d225d07b6929843c3f0299f5335a70c1727c8833737',
        ],
        [
            '7c0d7c261905a9fe83d1aea4037a265058f47e1e3e1134daac879393741cc016',
            '5e019ab7bf6deb75b211411ef7257d1e76bf7edee31d9da62a392df98d0529d6',
            '2209cbf9dcd35615211a2fdc6762bb5e651b5c847537359f05b9ab1bc9a74614',
            'f0ee64c4df74c766a16faebfb5123e2b67192eff4a82aa70d0d2081681200a79',
            'e2aa6665d37109cd6d196eec32c98d8f4412325cb2dc1588e5eb27cae4beb836',
        ],
        [
            '514b348987eff7991ad24b3fa26838f9768f41a618a1f78c8a4e6d5382b14df9',
            'e7206bfc66aac0ab946eb11dad1271f4f5f3f72ab65cff66b4092aeaee20475b',
            'cb12405ee8fa58aa11f2a2fe5ab98430fefdf330ce1a9bd37ba800abc14b9ca1',
            'cf8dc907452c970224551599da573c9e32897fc65286d942625c4c86dabd680d',
            '02dae1c13f51edae0a9817e01dcbbad380c1b31933779641e5f733958af5d8d5',
        ],
        [
            'f030997216f3f605c3db2e60fac9a327910f30319b3fae95a457f87801bc2734',
            '316b678ddf487a37012630ae3219c8bb78c1f4b58d31c9513c3ea6b88f9e5635',
            '07302703beccc2ea25f34333decad32ed06446e8a14c020ffbd0be017364b9fe',
            'ef519c9ee91a06fc33cefbda1bce27686617761700252dff0397f2c0e269f3c5',
            'a7cf8ae4e998c5339e769d6cc466f9133bd4d330a549bb846cb1641cd638247c',
        ],
    ],
    centos => [
        [
            '0b443ba0395813ef287c27f5ff953121a69ab23c467ffbefcefaec3f255e0693',
            '7064731afe90d78da2c117d64a1221c826234cd7145fd330ae7e207ff5606980',
        ],
        ['539c0211cd76cdeaedbecf9f023ef774612e331137ce7ebe4ae1b61088e7edbe'],
    ],
);

# The tags, by the number of their chain.
my %TAGS = (
    ubuntu => {
        '14.04' => 0, trusty => 0, latest => 0, '13.10' => 1, saucy => 1, '13.04' => 2, raring => 2,
        '12.10' => 3, quantal => 3,
    },
    centos => { '6.5' => 0, latest => 0, '6.4' => 1 },
);

my $META = '{"kernel": "3.13.0-24-generic", "arch": "amd64", "docker_go_version": "go1.2.1", '
    . '"last_update": 1400116767, "docker_version": "0.11.1", "os": "linux"}';

my $dir  = scratch();
my $data = "$dir/data";
my %images;

sub spew {
    my ($path, $bytes) = @_;

    make_path("$data/" . $path =~ s{/[^/]*$}{}r);
    open my $file, '>:raw', "$data/$path" or die "$path: $!";
    print $file $bytes;
    close $file;
    utime CREATED, CREATED, "$data/$path";
}

# Writes the images of one chain, given oldest first, and returns their ids.
sub write_chain {
    my (@ids) = @_;
    my @ancestry;
    my $parent;

    for my $id (@ids) {
        unshift @ancestry, $id;
        $images{$id} //= write_image($id, $parent, @ancestry);
        $parent = $images{$id};
    }
    return @ids;
}

# To 0.6.7 the sum was the client's tarsum, in 0.6.8 and 0.6.9 that of the payload: some have
# one, some the other.
sub write_image {
    my ($id, $parent, @ancestry) = @_;
    my $image = Berth::Image->new(id => $id, parent => $parent, files => { 'etc/id' => $id });

    spew("images/$id/json",      $image->json);
    spew("images/$id/ancestry",  '[' . join(', ', map { qq("$_") } @ancestry) . ']');
    spew("images/$id/layer",     $image->bytes);
    spew("images/$id/_checksum", $id =~ /^[0-7]/ ? $image->tarsum : $image->payload_sum);
    return $image;
}

for my $name (sort keys %CHAINS) {
    my (%seen, @ids);

    for my $chain (@{ $CHAINS{$name} }) {
        push @ids, grep { !$seen{$_}++ } write_chain($SCRATCH, reverse @$chain);
    }
    spew("repositories/library/$name/_index_images", '[' . join(', ', map { qq({"id": "$_"}) } @ids) . ']');
    spew("repositories/library/$name/json", $META);
    for my $tag (keys %{ $TAGS{$name} }) {
        spew("repositories/library/$name/tag_$tag",      $CHAINS{$name}[ $TAGS{$name}{$tag} ][0]);
        spew("repositories/library/$name/tag${tag}_json", $META);
    }
}

my $before = Berth::Instance::tree_of($data);
is(scalar(grep { m{^images/} } keys %$before), 24 * 4, '24 images');

my $berth  = Berth::Instance->start(data => $data);
my $docker = Berth::V1Client->new($berth);

sub get {
    my ($path) = @_;
    return Berth::HTTP::request($berth, GET => $path);
}

for my $name (sort keys %CHAINS) {
    subtest "library/$name" => sub {
        my %want = map { $_ => $CHAINS{$name}[ $TAGS{$name}{$_} ][0] } keys %{ $TAGS{$name} };
        my $pulled = $docker->pull("library/$name");

        is_deeply($pulled->{tags}, \%want, 'all tags');
        for my $id (sort keys %{ $pulled->{images} }) {
            is($pulled->{images}{$id}{json}, $images{$id}->json, substr($id, 0, 12) . ': json');
            is($pulled->{images}{$id}{layer_sum}, sha256_hex($images{$id}->bytes), 'layer');
        }
        for my $chain (@{ $CHAINS{$name} }) {
            is_deeply(decode_json(get("/v1/images/$chain->[0]/ancestry")->{body}), [@$chain, $SCRATCH], 'ancestry');
        }
        is_deeply(decode_json(get("/v1/repositories/library/$name/tags/latest/json")->{body}), decode_json($META),
            'meta-data of a tag');
        is_deeply(decode_json(get("/v1/repositories/$name/json")->{body}), decode_json($META),
            'of the repository, without its namespace');
        is_deeply([sort map { $_->{id} } @{ decode_json(get("/v1/repositories/$name/images")->{body}) }],
            [sort keys %{ $pulled->{images} }], 'the images are listed');
    };
}

is(scalar keys %images, 24, 'there are 24 images');
my $r = get("/v1/images/$SCRATCH/json");
is(Berth::HTTP::header($r, 'X-Docker-Size'), length $images{$SCRATCH}->bytes, 'X-Docker-Size');
is(Berth::HTTP::header($r, 'X-Docker-Checksum') // Berth::HTTP::header($r, 'X-Docker-Checksum-Payload'),
    $images{$SCRATCH}->tarsum, 'the sum as it was kept');

# On the first start the index is built while requests go on.
sub found {
    my ($term) = @_;
    return join ' ', sort map { $_->{name} } @{ decode_json(get("/v1/search?q=$term")->{body})->{results} };
}
ok(within(20, sub { found('') eq 'library/centos library/ubuntu' }), 'search finds both') or diag(found(''));
is(found('ubu'),    'library/ubuntu', 'search by a part of the name');
is(found('UBU'),    'library/ubuntu', 'in any case');
is(found('debian'), '',               'and nothing that is not there');

is_deeply($berth->tree, $before, 'no file has changed');
$berth->restart;
is($docker->pull('library/ubuntu', 'trusty')->{tags}{trusty}, $CHAINS{ubuntu}[0][0], 'after a restart');
is_deeply($berth->tree, $before, 'still no file has changed');

my $child = Berth::Image->new(parent => $images{ $CHAINS{ubuntu}[0][0] });
my @old   = map { $images{$_} } $SCRATCH, reverse @{ $CHAINS{ubuntu}[0] };
is($docker->push('team/child', { latest => $child }, @old, $child), 1,
    'a push on top of an old image sends the new one alone');
my $after = $berth->tree;
is_deeply({ map { $_ => $after->{$_} } keys %$before }, $before, 'and leaves the old ones as they are');
done_testing();
