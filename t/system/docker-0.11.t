#!/usr/bin/perl
# Berth::Docker011, the docker 0.11 of the tests: it pulls an old directory, has what is in it, and
# refuses what a docker of that age cannot use.

use strict;
use warnings;

use Berth::Docker011;
use Berth::Instance;
use Berth::OldV1Store;
use Berth::Test;

my $dir   = scratch();
my $store = Berth::OldV1Store->write("$dir/data", '0.6.9');
my $berth = Berth::Instance->start(data => "$dir/data");

subtest 'pull' => sub {
    my $docker = Berth::Docker011->new($berth);

    for my $name (qw(centos ubuntu)) {
        my $tags = $store->tags("library/$name");
        is_deeply($docker->tags($name), $tags, "tags of $name");
        for my $tag (sort keys %$tags) {
            my @images = $docker->pull_tag($name, $tag);
            is_deeply([map { $_->{id} } @images], [$store->chain($tags->{$tag})], "$name:$tag");
            ok(!(grep { $images[$_]{layer} ne ($store->layers($tags->{$tag}))[$_] } 0 .. $#images), 'its layers');
        }
    }
    $docker->pull_tag(qw(ubuntu trusty));
    is(join(' ', $docker->fetched), '', 'what is there is not fetched again');
    my @images = $docker->pushable($docker->pull_tag(qw(ubuntu trusty)));
    is($docker->push('team/copy', { latest => $images[-1] }, @images), 0, 'nor sent again');
    is(scalar $docker->pull_tag('team/copy', 'latest'), 6, 'and it is there');
};

sub refused {
    my ($code) = @_;
    return eval { $code->(); 1 } ? 'taken' : $@ =~ s/\n\z//r;
}

subtest 'names' => sub {
    my $docker = Berth::Docker011->new($berth);

    is(refused(sub { $docker->pull_tag(@$_) }), $_->[2], $_->[0]) for
        ['dev/app',    'x', 'Invalid namespace name (dev)'],
        ['my-org/app', 'x', 'Invalid namespace name (my-org)'],
        ['team/App',   'x', 'Invalid repository name (App)'],
        ['team/a/b',   'x', 'Invalid repository name (a/b)'],
        ['centos',     'x', 'Tag x not found in repository centos'];
};

subtest 'jsons' => sub {
    my ($id, $parent) = ('a' x 64, 'b' x 64);
    my $fault = sub { Berth::Docker011::json_fault($_[0], $id, $_[1]) // 'taken' };
    my $json  = sub { qq({"id":"$id"$_[0]}) };

    is($fault->($store->image($store->scratch_id)->json =~ s/"id":"\w+"/"id":"$id"/r), 'taken', 'of docker 0.4');
    is($fault->($json->($_->[0]), $_->[2]), $_->[1], $_->[0]) for
        ['', 'taken'],
        [',"created":null', 'cannot unmarshal created'],
        [',"created":"2014"', 'cannot unmarshal created'],
        [',"created":"2013-03-23T22:24:18.818426-07:00"', 'taken'],
        [',"config":null,"comment":null', 'taken'],
        [',"config":{"Cmd":"/bin/sh"}', 'cannot unmarshal config: cannot unmarshal Cmd'],
        [',"config":{"Cmd":[1]}', 'cannot unmarshal config: cannot unmarshal Cmd'],
        [',"config":{"ExposedPorts":["80/tcp"]}', 'cannot unmarshal config: cannot unmarshal ExposedPorts'],
        [',"container_config":{"Healthcheck":{},"Labels":{"a":"b"},"Volumes":{"/data":{}}}', 'taken'],
        [',"author":7', 'cannot unmarshal author'],
        [',"Size":"7"', 'cannot unmarshal Size'],
        [qq(,"parent":"$parent"), "its parent is $parent, in the ancestry none"],
        [qq(,"parent":"$parent"), 'taken', $parent],
        ['', "its parent is none, in the ancestry $parent", $parent];
    is($fault->('[]'), 'it is not JSON', 'a list');
    is($fault->(qq({"id":"$parent"})), "it names the image $parent", 'of another image');
};

subtest 'layers' => sub {
    my $fault = sub { Berth::Docker011::layer_fault(@_) // 'taken' };

    is($fault->($_->[1], length $_->[1]), $_->[2], $_->[0]) for
        ['zeros', "\0" x 1024, 'taken'],
        ['nothing', '', 'Tarball too short'],
        ['zstd', "\x28\xb5\x2f\xfd" . 'x' x 600, 'it is not an archive'],
        map({ ["layer $_", $_, 'taken'] } map { $store->image($_)->bytes } $store->ids);
    is($fault->("\0" x 1024, 'x'),  'X-Docker-Size: x',    'a size that is not a number');
    is($fault->("\0" x 1024, 1025), '1024 bytes of 1025', 'another size');
};

done_testing();
