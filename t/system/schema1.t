#!/usr/bin/perl
# Manifests of Docker's schema 1: of distribution's store, of docker 1.9 and of skopeo. They have
# the digest of their payload everywhere, and each server signs what the other has stored.

use strict;
use warnings;

use Berth::Distribution;
use Berth::HTTP;
use Berth::Instance;
use Berth::Oci;
use Berth::PrettyJws;
use Berth::Programs qw(saved served);
use Berth::Test;
use Berth::V2Client;
use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);
use MIME::Base64 qw(decode_base64);

use constant SIGNED => 'application/vnd.docker.distribution.manifest.v1+prettyjws';

needs_command($_) for qw(docker-registry skopeo openssl);
my $scratch = scratch();
my $data    = "$scratch/data";
my $tools   = Berth::Programs->new;
my $vectors = decode_json(Berth::Instance::slurp(source_dir() . '/t/data/schema1-push.json'));
my ($good)  = grep { $_->{case} eq 'good' } @{ $vectors->{cases} };
my @docker  = ('User-Agent' => 'docker/1.9.1 go/go1.4.2 git-commit/a34a1d5 kernel/4.4.0 os/linux arch/amd64');
my ($old, $berth);

# What should be served: { 'repository:tag' => digest }.
my %expected;

# ---- clients ----

sub image_dir {
    my ($name) = @_;
    return saved("$scratch/$name", Berth::Oci->image(form => 'docker', layers => 3));
}

sub skopeo_pushes {
    my ($server, $name) = @_;
    my $url = 'docker://' . $server->host . "/$name";

    $tools->works("skopeo pushes $name", qw(skopeo copy --quiet --format v2s1 --dest-tls-verify=false),
        image_dir($name =~ s{[/:]}{-}gr), $url);
    $expected{$name} = decode_json($tools->works('and inspects it', qw(skopeo inspect --tls-verify=false), $url))->{Digest};
}

# As docker 1.6 to 1.9: no Content-Type; the answer must have the digest that it worked out.
sub docker_pushes {
    my ($server, $name) = @_;
    my ($repository, $tag) = split /:/, $name;
    my $call = sub { Berth::HTTP::request($server, @_) };
    my %layers = %{ $vectors->{layers} };

    for my $digest (sort keys %layers) {
        my $begun = $call->(POST => "/v2/$repository/blobs/uploads/", \@docker, '');
        my $at    = Berth::V2Client::location($begun);
        is($call->(PUT => $at . ($at =~ /\?/ ? '&' : '?') . "digest=$digest", \@docker, decode_base64($layers{$digest}))
            ->{status}, 201, 'a layer');
    }
    utf8::encode(my $body = $good->{body});
    my $put = $call->(PUT => "/v2/$repository/manifests/$tag", \@docker, $body);
    is($put->{status}, 201, "docker 1.9 pushes $name") or diag($put->{body});
    is(Berth::HTTP::header($put, 'Docker-Content-Digest'), $good->{payload_digest}, 'and gets its digest');
    $expected{$name} = $good->{payload_digest};
}

# ---- what is served ----

# By tag and by digest, with GET and HEAD.
sub serves {
    my ($server, $name) = @_;
    my ($repository, $tag) = split /:/, $name;
    my @faults;

    for my $reference ($tag, $expected{$name}) {
        my ($get, $head) = map { Berth::HTTP::request($server, $_ => "/v2/$repository/manifests/$reference", \@docker) }
            qw(GET HEAD);
        if ($get->{status} != 200) {
            push @faults, "GET $reference: $get->{status}";
            next;
        }
        my $jws = Berth::PrettyJws->new($get->{body});
        push @faults, grep { defined } $jws->fault;
        push @faults, 'payload: ' . $jws->digest if $jws->digest ne $expected{$name};
        push @faults, 'no payload' if $jws->payload =~ /"signatures"/;
        for ([GET => $get], [HEAD => $head]) {
            my ($method, $response) = @$_;
            my %want = ('Content-Type' => SIGNED, 'Content-Length' => length $get->{body},
                ETag => "\"$expected{$name}\"", 'Docker-Content-Digest' => $expected{$name});
            for my $header (sort keys %want) {
                my $value = Berth::HTTP::header($response, $header) // 'none';
                push @faults, "$method: $header: $value" if $value ne $want{$header};
            }
        }
    }
    is(join(', ', @faults), '', "$name is served, signed");
}

# skopeo compares the digest with the payload's, and the layers with theirs.
sub skopeo_pulls {
    my ($server, $name) = @_;
    my ($repository) = split /:/, $name;
    my $from = 'docker://' . $server->host . "/$repository\@$expected{$name}";
    my $to   = "$scratch/pulled-" . $server->port . '-' . ($name =~ s{[/:]}{-}gr);

    $tools->works("skopeo pulls $name", qw(skopeo copy --quiet --src-tls-verify=false), $from, "dir:$to");
    my $manifest = Berth::Instance::slurp("$to/manifest.json");
    is(Berth::PrettyJws->new($manifest)->digest, $expected{$name}, 'the same payload');
    for my $sum (map { s/^sha256://r } map { $_->{blobSum} } @{ decode_json($manifest)->{fsLayers} }) {
        is(sha256_hex(Berth::Instance::slurp("$to/$sum")), $sum, 'a layer');
    }
}

sub serves_all {
    my ($server) = @_;

    serves($server, $_) for sort keys %expected;
    skopeo_pulls($server, $_) for sort keys %expected;
}

sub kids {
    my ($server, $name) = @_;
    my ($repository, $tag) = split /:/, $name;
    my $got = Berth::HTTP::request($server, GET => "/v2/$repository/manifests/$tag");
    return $got->{status} == 200 ? Berth::PrettyJws->new($got->{body})->kids : "$got->{status} $got->{body}";
}

# ---- in turn ----

my $key = "$data/_berth/schema1.pem";
my $kid;

subtest 'distribution writes' => sub {
    $old = Berth::Distribution->start($data, compatibility => '{ schema1: { enabled: true } }');
    skopeo_pushes($old, 'old/app:1');
    docker_pushes($old, 'vec/bimg:old');
    serves_all($old);
    $old->stop;
};

subtest 'berth serves it' => sub {
    $berth = Berth::Instance->configured("workers: 4\n", dir => $scratch, http => 1);
    my @kids = in_parallel(map { sub { kids($berth, 'old/app:1') } } 1 .. 8);
    ($kid) = @kids;
    is(join(' ', grep { $_ ne $kid } @kids), '', 'all its processes make one key');
    is(sprintf('%o', (stat $key)[2] & 07777), '600', 'and nobody else can read it');
    serves_all($berth);
};

subtest 'berth writes' => sub {
    skopeo_pushes($berth, 'new/app:1');
    docker_pushes($berth, 'vec/bimg:new');
    serves_all($berth);
    my ($sha) = $expected{'new/app:1'} =~ /:(..)/;
    is('sha256:' . sha256_hex(Berth::Instance::slurp("$data/docker/registry/v2/blobs/sha256/$sha/"
        . $expected{'new/app:1'} =~ s/sha256://r . '/data')), $expected{'new/app:1'}, 'the payload is what it stores');
    $berth->restart;
    is(kids($berth, 'new/app:1'), $kid, 'a start does not change its key');
    is($berth->stop, 0, 'it ends well');
    undef $berth;    # it would end those who come after it
};

subtest 'distribution serves it' => sub {
    $old = Berth::Distribution->start($data,
        compatibility => "{ schema1: { enabled: true, signingkeyfile: \"$key\" } }");
    serves_all($old);
    is(kids($old, 'new/app:1'), $kid, 'also with the key of berth');
    $old->stop;
    my $done = $old->collect;
    is($done->{status}, 0, 'its collection ends well') or diag("$done->{out}$done->{err}");
    $old->launch;
    serves_all($old);
    $old->stop;
};

subtest 'a key that is configured' => sub {
    my $other = "$scratch/other.pem";

    is(system("openssl ecparam -name prime256v1 -genkey -noout -out $other"), 0, 'openssl makes one');
    chmod 0644, $other;    # berth may run as another user
    $berth = Berth::Instance->configured("schema1_signing_key: $other\n", dir => $scratch, http => 1);
    serves_all($berth);
    isnt(kids($berth, 'old/app:1'), $kid, 'the key is another');
    is($berth->stop, 0, 'it ends well');
    undef $berth;
    is(system("openssl ecparam -name secp384r1 -genkey -noout -out $other"), 0, 'one of another kind');
    eval { Berth::Instance->configured("schema1_signing_key: $other\n", dir => $scratch, http => 1) };
    like($@, qr/schema1_signing_key \Q$other\E: the file must hold a private key on the curve P-256/, 'is refused at the start');
};

done_testing();
