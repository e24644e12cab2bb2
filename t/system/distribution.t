#!/usr/bin/perl
# One directory, served by distribution (Debian's docker-registry) and by berth in turn: each
# serves what the other wrote, and berth notices at its start what was written meanwhile.

use strict;
use warnings;

use Berth::Distribution;
use Berth::HTTP;
use Berth::Instance;
use Berth::Oci;
use Berth::Programs qw(saved);
use Berth::Test;
use Berth::V2Client;
use Digest::SHA qw(sha512_hex);
use File::Find ();
use JSON::PP qw(decode_json);

needs_command($_) for qw(docker-registry skopeo);
my $scratch = scratch();
my $data    = "$scratch/data";
my $skopeo  = Berth::Programs->new;
my $old     = Berth::Distribution->start($data);
my $berth;

my @copy = qw(skopeo copy --quiet --all --preserve-digests);

# What should be served: { repository => { tag or digest => manifest } }.
my %expected;

# ---- writing ----

# By skopeo, and expected from then on.
sub pushed {
    my ($server, $repository, $tag, $manifest) = @_;
    my $from = saved($skopeo->dir . '/' . $manifest->hex, $manifest);

    $skopeo->works("$repository:$tag is pushed", @copy, '--dest-tls-verify=false', $from,
        'docker://' . $server->host . "/$repository:$tag");
    remember($repository, $tag, $manifest);
}

sub remember {
    my ($repository, $tag, $manifest) = @_;

    $expected{$repository}{ $_->digest } = $_ for $manifest, grep { $_->parts } $manifest->parts;
    $expected{$repository}{$tag} = $manifest;
}

# Also from what is expected, with all its tags.
sub deleted {
    my ($server, $repository, $manifest) = @_;
    my $response = Berth::V2Client->new($server)->call(DELETE => "/v2/$repository/manifests/" . $manifest->digest);
    my $names    = $expected{$repository};

    is($response->{status}, 202, "a manifest of $repository is deleted");
    delete @$names{ grep { $names->{$_}->digest eq $manifest->digest } keys %$names };
}

# ---- reading ----

sub got {
    my ($server, $path, @headers) = @_;
    return Berth::HTTP::request($server, GET => $path, \@headers);
}

# A member of the JSON that is answered there, sorted.
sub listed {
    my ($server, $path, $member) = @_;
    my $answer = eval { decode_json(got($server, $path)->{body}) };

    return join ' ', sort @{ $answer->{$member} // [] };
}

sub names { return join ' ', sort keys %expected }

sub tags {
    my ($repository) = @_;
    return join ' ', sort grep { !/:/ } keys %{ $expected{$repository} };
}

# What is wrong with a manifest or one of its blobs: a list.
sub wrong {
    my ($server, $repository, $reference, $manifest) = @_;
    my $response = got($server, "/v2/$repository/manifests/$reference", Accept => $manifest->type);
    my $headers  = $response->{headers};
    my @wrong;

    push @wrong, 'bytes'  if $response->{body} ne $manifest->bytes;
    push @wrong, 'type'   if ($headers->{'content-type'}[0] // '') ne $manifest->type;
    push @wrong, 'digest' if ($headers->{'docker-content-digest'}[0] // '') ne $manifest->digest;
    for my $blob (grep { !$_->parts } $manifest->parts) {
        push @wrong, $blob->digest if got($server, "/v2/$repository/blobs/" . $blob->digest)->{body} ne $blob->bytes;
    }
    return map { "$repository:$reference: $_" } @wrong;
}

sub serves_all {
    my ($server) = @_;
    my @wrong = map {
        my $repository = $_;
        my $manifests  = $expected{$repository};
        map { wrong($server, $repository, $_, $manifests->{$_}) } sort keys %$manifests;
    } sort keys %expected;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_deeply(\@wrong, [], 'every manifest by tag and by digest, and its blobs, byte for byte');
    is(listed($server, '/v2/_catalog?n=100', 'repositories'), names(), 'the catalog');
    is(listed($server, "/v2/$_/tags/list", 'tags'), tags($_), "the tags of $_") for sort keys %expected;
}

# berth on the directory; its index is right soon after the start.
sub start_berth {
    $berth = $berth ? $berth->launch : Berth::Instance->start(data => $data);
    soon(sub { listed($berth, '/v2/_catalog?n=100', 'repositories') }, names(), 'berth starts, and has the catalog');
    soon(sub { listed($berth, "/v2/$_/tags/list", 'tags') }, tags($_), "and the tags of $_") for sort keys %expected;
}

# The index gets right while berth serves already.
sub soon {
    my ($code, $wanted, $name) = @_;
    my $got;

    within(5, sub { ($got = $code->()) eq $wanted });
    is($got, $wanted, $name);
}

sub found {
    my ($term) = @_;
    my $results = decode_json(got($berth, "/v1/search?q=$term")->{body})->{results};
    return join ', ', map { "$_->{name}: $_->{description}" } @$results;
}

sub referrers {
    my ($repository, $manifest) = @_;
    my $index = decode_json(got($berth, "/v2/$repository/referrers/" . $manifest->digest)->{body});
    return join ' ', sort map { $_->{digest} } @{ $index->{manifests} };
}

sub described { return Berth::Oci->image(annotations => { 'org.opencontainers.image.description' => $_[0] }) }

# ---- what distribution wrote ----

my $first  = described('The first one');
my $second = Berth::Oci->image(form => 'docker', layers => 3);
my $index  = Berth::Oci->index(map { Berth::Oci->image(architecture => $_) } qw(amd64 arm64));
my $list   = Berth::Oci->index(map { Berth::Oci->image(architecture => $_, form => 'docker') } qw(amd64 arm64));
my $gone   = Berth::Oci->image;
my $signed = Berth::Oci->artifact(subject => $first, type => 'application/vnd.example.signature');
my $upload;

subtest 'distribution writes' => sub {
    pushed($old, 'a', $_->[0], $_->[1]) for ['one', $first], ['two', $second], ['index', $index], ['gone', $gone];
    pushed($old, 'a/b', 'list', $list);
    pushed($old, 'a/b/deep/er', 'one', $first);
    pushed($old, 'team/app', '1', described('An application'));
    pushed($old, 'a', 'moved', $_) for $first, $second;
    pushed($old, 'a', 'signature', $signed);
    deleted($old, 'a', $gone);

    my $client = Berth::V2Client->new($old);
    my $begun  = Berth::V2Client::location($client->begin('a'));
    $upload = Berth::V2Client::location($client->patch($begun, 'half of it'));
    is(got($old, $upload)->{status}, 204, 'an upload is left half done');
    serves_all($old);
    $old->stop;
};

subtest 'berth serves it' => sub {
    start_berth();
    serves_all($berth);
    is(got($berth, '/v2/a/manifests/gone')->{status}, 404, 'what was deleted is not there');
    is(got($berth, '/v2/a/manifests/' . $gone->digest)->{status}, 404, 'by its digest neither');
    is(got($berth, $upload)->{status}, 404, 'nor is the upload');
    soon(sub { found('app') }, 'team/app: An application', 'search finds it with its description');
    soon(sub { referrers('a', $first) }, $signed->digest, 'what was signed has its signature');
};

# ---- what berth wrote ----

# An image with a layer that goes by its sha512, which skopeo cannot push.
sub push_sha512 {
    my ($repository, $tag) = @_;
    my $client = Berth::V2Client->new($berth);
    my $layer  = Berth::Oci->layer({ 'srv/file' => 'by another sum' });
    my $image;

    $layer->{digest} = 'sha512:' . sha512_hex($layer->bytes);
    $image = Berth::Oci->image(layers => [$layer]);
    for my $blob ($image->parts) {
        my $upload = Berth::V2Client::location($client->begin($repository));
        is($client->finish($upload, $blob->digest, $blob->bytes)->{status}, 201, 'a blob is taken');
    }
    is($client->put_manifest($repository, $tag, $image)->{status}, 201, 'and its manifest');
    remember($repository, $tag, $image);
}

subtest 'berth writes' => sub {
    pushed($berth, 'a', 'three', Berth::Oci->image(layers => 2));
    pushed($berth, 'a', 'moved', $index);
    pushed($berth, 'b', $_->[0], $_->[1]) for ['one', $second], ['list', $list], ['last', Berth::Oci->image];
    pushed($berth, 'a/b/c', 'docker', Berth::Oci->image(form => 'docker'));
    push_sha512('sums/app', '512');
    deleted($berth, 'b', $expected{b}{last});

    # no layer, no config, nothing but the index
    my $alone = Berth::Oci->manifest_of($index->type, [], manifests => []);
    is(Berth::V2Client->new($berth)->put_manifest('alone', 'index', $alone)->{status}, 201, 'an index alone');
    remember('alone', 'index', $alone);
    serves_all($berth);
    $berth->stop;
};

# Paths below distribution's directory with their modes, where those are neither
# distribution's nor berth's own.
sub odd_modes {
    my @odd;

    File::Find::find({
        no_chdir => 1,
        wanted   => sub {
            my $mode = (lstat)[2] & 07777;
            push @odd, sprintf '%s: %o', $_, $mode
                if !grep { $mode == $_ } -d _ ? (0755, 0750) : (0644, 0640);
        },
    }, "$data/docker");
    return \@odd;
}

subtest 'distribution serves it' => sub {
    is_deeply(odd_modes(), [], 'modes of files and directories');
    $old->launch;
    serves_all($old);
    my $copy = $skopeo->dir . '/copy';
    $skopeo->works('skopeo copies', @copy, '--src-tls-verify=false', 'docker://' . $old->host . '/b:list', "dir:$copy");
    is(Berth::Instance::slurp("$copy/manifest.json"), $list->bytes, 'what berth has taken');
    $old->stop;
};

subtest 'distribution collects its garbage' => sub {
    my $blob = "$data/docker/registry/v2/blobs/sha256/" . substr($gone->hex, 0, 2) . '/' . $gone->hex;

    ok(-d $blob, 'there is some');
    my $done = $old->collect;
    is($done->{status}, 0, 'it ends well') or diag("$done->{out}$done->{err}");
    ok(!-d $blob, 'the garbage is gone');
    $old->launch;
    serves_all($old);
};

# ---- distribution in between ----

subtest 'distribution writes in between' => sub {
    my $third = $expected{a}{three};

    pushed($old, 'a', 'new', described('The newest one'));
    pushed($old, 'a', 'moved', $first);
    deleted($old, 'a', $third);
    pushed($old, 'new/born', '1', described('Was not there before'));
    pushed($old, 'a/b', 'signature', Berth::Oci->artifact(subject => $list, type => 'application/vnd.example.sbom'));
    deleted($old, 'team/app', $expected{'team/app'}{1});
    is_deeply($expected{'team/app'}, {}, 'a repository is emptied');
    delete $expected{'team/app'};
    $old->stop;
};

subtest 'berth has noticed' => sub {
    start_berth();
    serves_all($berth);
    soon(sub { found('app') },  'sums/app: ', 'search does not find what was emptied');
    soon(sub { found('born') }, 'new/born: Was not there before', 'but what is new');
    soon(sub { referrers('a/b', $list) }, $expected{'a/b'}{signature}->digest, 'the new signature is listed');
    is($berth->stop, 0, 'it ends well');
};

subtest "another user's directory" => sub {
    if ($> != 0) {
        not_run("$0: another user's directory", 'not run as root');
        plan(skip_all => 'not run as root');
    }
    my $repositories = "$data/docker/registry/v2/repositories";
    my $user  = getpwnam 'nobody';
    my $owner = (stat $repositories)[4];

    chown $user, -1, $repositories or die "$repositories: $!";
    eval { $berth->launch };
    like($@, qr/^.*\Q$repositories\E belongs to user $user: run berth as that user, or give the directory to berth's$/m,
        'berth does not start, and says why');
    chown $owner, -1, $repositories;
    ok(eval { $berth->launch }, 'it starts when it has its own again') or diag($@);
};

done_testing();
