#!/usr/bin/perl
# Directories that docker-registry left: berth serves them, finds what is in them, and changes
# nothing. Names and ids are those of a real one, with centos and ubuntu.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::OldV1Store;
use Berth::Test;
use Berth::V1Client;
use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);

my ($store, $berth, $docker);

sub get {
    my ($path) = @_;
    return Berth::HTTP::request($berth, GET => $path);
}

sub pulls_all {
    my ($repository) = @_;
    my $tags   = $store->tags($repository);
    my $pulled = $docker->pull($repository);
    my %own    = map { $_ => 1 } map { $store->chain($_) } values %$tags;

    is_deeply($pulled->{tags}, $tags, 'all tags');
    is_deeply([sort keys %{ $pulled->{images} }], [sort keys %own], 'their images');
    for my $id (sort keys %own) {
        my $image = $store->image($id);
        is($pulled->{images}{$id}{json}, $image->json, substr($id, 0, 12) . ': json');
        is($pulled->{images}{$id}{layer_sum}, sha256_hex($image->bytes), 'layer');
        is_deeply(decode_json(get($image->path('ancestry'))->{body}), [reverse $store->chain($id)], 'ancestry');
    }
    my %listed = map { $_->{id} => 1 } @{ decode_json(get("/v1/repositories/$repository/images")->{body}) };
    is_deeply(\%listed, \%own, 'the images are listed');
}

# The data of a tag, which were not kept before 0.6.6, and the list of a layer's files, which 0.6.5
# and 0.9.1 did keep.
sub keeps_data {
    my ($version) = @_;
    my $meta = decode_json($version eq '0.6.5' ? '{}' : $store->meta);
    my $got  = decode_json(get('/v1/repositories/library/ubuntu/tags/latest/json')->{body});

    is($got->{last_update}, $meta->{last_update}, 'the data of a tag');
    is_deeply(decode_json(get('/v1/repositories/ubuntu/json')->{body}), $got, 'of the repository, without its namespace');
    my $image = $store->image($store->tags('library/centos')->{'6.5'});
    is_deeply([map { $_->[0] } @{ decode_json(get($image->path('files'))->{body}) }], [qw(/ etc etc/yum.conf)],
        'the files of a layer');
    my $json = get($image->path('json'));
    is(Berth::HTTP::header($json, 'X-Docker-Size'), $image->size, 'the size of a layer');
    is(Berth::HTTP::header($json, 'X-Docker-Checksum') // Berth::HTTP::header($json, 'X-Docker-Checksum-Payload'),
        $store->checksum($image->id), 'its sum, as it was kept');
}

# On the first start the index is built while requests go on.
sub found {
    my ($term) = @_;
    return join ' ', sort map { $_->{name} } @{ decode_json(get("/v1/search?q=$term")->{body})->{results} };
}

sub finds {
    my $all = join ' ', sort $store->repositories;

    ok(within(20, sub { found('') eq $all }), 'search finds all') or diag(found(''));
    is(found('ubu'),    'library/ubuntu', 'by a part of the name');
    is(found('UBU'),    'library/ubuntu', 'in any case');
    is(found('debian'), '',               'and nothing that is not there');
}

sub takes_more {
    my ($before) = @_;
    my $latest = $store->tags('library/ubuntu')->{latest};
    my $child  = Berth::Image->new(parent => $store->image($latest));
    my @old    = map { $store->image($_) } $store->chain($latest);

    is($docker->push('team/child', { latest => $child }, @old, $child), 1,
        'a push on top of an old image sends the new one alone');
    my $after = $berth->tree;
    is_deeply({ map { $_ => $after->{$_} } keys %$before }, $before, 'and leaves the old ones as they are');
}

for my $version (qw(0.6.5 0.6.9 0.9.1)) {
    subtest "docker-registry $version" => sub {
        my $dir = scratch();

        $store = Berth::OldV1Store->write("$dir/data", $version);
        my $before = Berth::Instance::tree_of("$dir/data");
        is(scalar $store->ids, 24, '24 images');
        $berth  = Berth::Instance->start(data => "$dir/data");
        $docker = Berth::V1Client->new($berth);
        pulls_all($_) for grep { m{\Alibrary/} } $store->repositories;
        keeps_data($version);
        finds();
        is_deeply($berth->tree, $before, 'no file has changed');
        $berth->restart;
        my $trusty = $store->tags('library/ubuntu')->{trusty};
        is($docker->pull('library/ubuntu', 'trusty')->{tags}{trusty}, $trusty, 'after a restart');
        is_deeply($berth->tree, $before, 'still no file has changed');
        takes_more($before);
        is($berth->stop, 0, 'a clean end');
    };
}

done_testing();
