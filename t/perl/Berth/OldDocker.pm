package Berth::OldDocker;

# The dockers of 2013 to 2016, a row each: which API, which headers, which requests in which
# order. What they demand of the answers is checked as they do: where a docker gives up,
# push, pull and login die.
#
#     my $docker = Berth::OldDocker->new($instance, '1.6');
#     $docker->login;
#     my $sent = $docker->push('team/app', { latest => $child }, $base, $child);
#     my $layers = $docker->pull('team/app', 'latest');    # their SHA-256, base first
#
# Images are Berth::Image objects. Where a docker packs them into a manifest, its layers are
# those of the images.

use strict;
use warnings;

use parent 'Berth::V1Client';

use Berth::HTTP;
use Berth::Test;
use Compress::Zlib ();
use Digest::SHA qw(sha256 sha256_hex);
use JSON::PP ();
use MIME::Base64 qw(encode_base64url);

use constant {
    GO_AGENT => 'Go 1.1 package http',    # of net/http until Go 1.4, where docker says nothing
    SCHEMA_2 => 'application/vnd.docker.distribution.manifest.v2+json',
    CONFIG   => 'application/vnd.docker.container.image.v1+json',
    LAYER    => 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};

# api: v1 or v2; sums: what goes with the json and with the checksum; looks: it looks for API v2
# first, and speaks v1 where it finds none; patches: an upload is POST, PATCH, PUT, not POST
# and PUT; whole_location: it uses Location as it is; checks_digest: it compares
# Docker-Content-Digest; manifest: 1 or 2.
my %GENERATIONS = (
    '0.6'  => { agent => 'docker/0.6.7 go/go1.2rc5 git-commit/cb48ecc kernel/3.8.0', sums => 'with the json' },
    '0.7'  => { agent => 'docker/0.7.6 go/go1.2 git-commit/bc3b2ec kernel/3.8.0 os/linux arch/amd64', sums => 'tarsum' },
    '0.9'  => { agent => 'docker/0.9.1 go/go1.2.1 git-commit/3600720 kernel/3.11.0 os/linux arch/amd64',
        sums => 'of the unpacked archive' },
    '0.11' => { agent => Berth::V1Client::AGENT, sums => 'both' },
    '1.3'  => { agent => 'docker/1.3.3 go/go1.3.3 git-commit/d344625 kernel/3.16.0 os/linux arch/amd64',
        sums => 'both' },
    '1.5'  => { agent => 'docker/1.5.0 go/go1.3.3 git-commit/a8a31ef kernel/3.16.0 os/linux arch/amd64',
        sums => 'both', looks => GO_AGENT },
    '1.6'  => { agent => 'docker/1.6.2 go/go1.4.2 git-commit/7c8fca2 kernel/3.19.0 os/linux arch/amd64',
        api => 'v2', manifest => 1, whole_location => 1, checks_digest => 1 },
    '1.9'  => { agent => 'docker/1.9.1 go/go1.4.2 git-commit/a34a1d5 kernel/4.2.0 os/linux arch/amd64',
        api => 'v2', manifest => 1, patches => 1 },
    '1.10' => { agent => 'docker/1.10.3 go/go1.5.3 git-commit/20f81dd kernel/4.4.0 os/linux arch/amd64',
        api => 'v2', manifest => 2, patches => 1, checks_digest => 1 },
);

# All of them, oldest first.
sub generations {
    return sort { (split /\./, $a)[0] <=> (split /\./, $b)[0] || (split /\./, $a)[1] <=> (split /\./, $b)[1] }
        keys %GENERATIONS;
}

sub new {
    my ($class, $instance, $version, %option) = @_;
    my $generation = $GENERATIONS{$version} or die "no docker $version\n";

    return $class->SUPER::new($instance, %$generation, %option);
}

sub header { return Berth::HTTP::header(@_) }

# Does it push by API v2?
sub speaks_v2 { return defined $_[0]{manifest} }

# ---- which API? ----

# It is there when a 200 or a 401 says so in a header. A docker with an API v1 of its own
# does not look.
sub finds_v2 {
    my ($self) = @_;
    my $agent = $self->{looks} // $self->{agent};

    return 0 unless $self->{looks} || ($self->{api} // '') eq 'v2';
    my $r = Berth::HTTP::request($self->{instance}, GET => '/v2/', ['User-Agent' => $agent]);
    return $r->{status} =~ /^(?:200|401)$/ && (header($r, 'Docker-Distribution-Api-Version') // '') =~ m{\bregistry/2\.0\b};
}

# Docker 1.5 would go on by a draft of API v2, which names layers by tarsums.
sub is_v1 {
    my ($self) = @_;
    my $found = $self->finds_v2;

    die "API v2 is there: HEAD of a tarsum follows, and fails\n" if $found && $self->{looks};
    return !$found;
}

sub login {
    my ($self) = @_;

    return $self->is_v1 ? $self->SUPER::login : 'not asked for';
}

sub push {
    my ($self, $repository, $tags, @images) = @_;

    return $self->SUPER::push($repository, $tags, @images) if $self->is_v1;
    return $self->push_v2($repository, $tags, @images);
}

# Of a manifest that is not there, API v1 is asked.
sub pull {
    my ($self, $repository, $tag) = @_;
    my $layers = $self->is_v1 ? undef : $self->pull_v2($repository, $tag);

    return $layers if $layers;
    my $got = $self->SUPER::pull($repository, $tag);
    my $id  = $got->{tags}{$tag};
    my @sums;
    while (defined $id) {
        my $image = $got->{images}{$id} or die "no image $id\n";
        unshift @sums, $image->{layer_sum};
        $id = JSON::PP::decode_json($image->{json})->{parent};
    }
    return \@sums;
}

# ---- checksums of API v1 ----

# Before 0.7 the sum came with the json, and nothing after the layer.
sub put_json {
    my ($self, $image, %header) = @_;

    $header{'X-Docker-Checksum'} = $image->tarsum if $self->{sums} eq 'with the json';
    return $self->SUPER::put_json($image, %header);
}

sub put_checksum {
    my ($self, $image, %header) = @_;
    my %sums = (
        'with the json'           => sub { return () },
        'tarsum'                  => sub { return ('X-Docker-Checksum' => $image->tarsum) },
        'of the unpacked archive' => sub {
            my $unpacked = Compress::Zlib::memGunzip($image->bytes);
            return ('X-Docker-Checksum' => $image->tarsum, 'X-Docker-Checksum-Payload' => 'sha256:' . sha256_hex($unpacked));
        },
        'both' => sub { return ('X-Docker-Checksum' => $image->tarsum, 'X-Docker-Checksum-Payload' => $image->payload_sum) },
    );

    return { status => 200, headers => {}, body => 'true' } if $self->{sums} eq 'with the json';
    %header = $sums{ $self->{sums} }->() unless %header;
    return $self->SUPER::put_checksum($image, %header);
}

# ---- API v2 ----

sub call_v2 {
    my ($self, $method, $path, $headers, $body) = @_;

    return Berth::HTTP::request($self->{instance}, $method, $path, ['User-Agent' => $self->{agent}, @{ $headers // [] }],
        $body) // die "$method $path: no response\n";
}

# The address of an upload, as the docker follows it.
sub upload_at {
    my ($self, $response) = @_;
    my $location = header($response, 'Location') // die "no Location\n";
    my $instance = $self->{instance};
    my $base     = $instance->scheme . '://' . $instance->host;

    if ($self->{whole_location} && $location !~ m{^https?://}) {
        die qq(Put $location: unsupported protocol scheme ""\n);
    }
    $location =~ s{^\Q$base\E(?=/)}{} or $location =~ m{^/} or die "Location: $location is another registry\n";
    return $location;
}

# True: it was sent.
sub push_blob {
    my ($self, $repository, $bytes) = @_;
    my $digest = 'sha256:' . sha256_hex($bytes);
    my $head   = $self->call_v2(HEAD => "/v2/$repository/blobs/$digest");

    return 0 if $head->{status} == 200;
    $head->{status} == 404 or die "$head->{status} trying head request for $repository - $digest\n";
    my $r = $self->call_v2(POST => "/v2/$repository/blobs/uploads/", [], '');
    Berth::V1Client::want('POST', $r, 202);
    if ($self->{patches}) {
        my @chunks = ($bytes, '');
        $r = Berth::V1Client::want('PATCH', $self->call_v2(PATCH => $self->upload_at($r), [], sub { shift @chunks }), 202);
        header($r, 'Range') =~ /^0-\d+$/ or die "PATCH: no Range\n";
        $bytes = '';
    }
    my $at = $self->upload_at($r);
    $at .= ($at =~ /\?/ ? '&' : '?') . "digest=$digest";
    Berth::V1Client::want('PUT', $self->call_v2(PUT => $at, ['Content-Type' => 'application/octet-stream'], $bytes), 201);
    return 1;
}

sub push_v2 {
    my ($self, $repository, $tags, @images) = @_;
    my $sent = 0;

    for my $tag (sort keys %$tags) {
        my @chain = chain($tags->{$tag}, @images);
        $sent += $self->push_blob($repository, $_->bytes) for @chain;
        my ($bytes, $payload, @type) = $self->{manifest} == 1
            ? $self->schema_1($repository, $tag, @chain) : $self->schema_2($repository, @chain);
        my $r = Berth::V1Client::want("manifest of $tag",
            $self->call_v2(PUT => "/v2/$repository/manifests/$tag", \@type, $bytes), 200, 201, 202);
        my $digest = 'sha256:' . sha256_hex($payload);
        my $announced   = header($r, 'Docker-Content-Digest') // die "manifest of $tag: no digest\n";
        die qq(unable to verify manifest digest: registry has "$announced", computed "$digest"\n)
            if $self->{checks_digest} && $announced ne $digest;
    }
    return $sent;
}

# An image and those below it, base first.
sub chain {
    my ($top, @images) = @_;
    my %by_id = map { $_->id => $_ } @images;
    my @chain = $top;

    unshift @chain, $by_id{ $chain[0]{parent} } while $chain[0]{parent};
    return @chain;
}

sub schema_2 {
    my ($self, $repository, @chain) = @_;
    my $config = JSON::PP->new->canonical->encode({
        architecture => 'amd64', os => 'linux', config => {},
        rootfs => { type => 'layers', diff_ids => [map { 'sha256:' . sha256_hex(Compress::Zlib::memGunzip($_->bytes)) } @chain] },
        history => [map { { created => '2016-03-10T00:00:00Z' } } @chain],
    });
    my $described = sub {
        my ($type, $bytes) = @_;
        return { mediaType => $type, size => length $bytes, digest => 'sha256:' . sha256_hex($bytes) };
    };
    my $manifest = JSON::PP->new->canonical->encode({
        schemaVersion => 2, mediaType => SCHEMA_2, config => $described->(CONFIG, $config),
        layers => [map { $described->(LAYER, $_->bytes) } @chain],
    });

    $self->push_blob($repository, $config);
    return ($manifest, $manifest, 'Content-Type' => SCHEMA_2);
}

# The layers' sums, base first; nothing when there is no such manifest.
sub pull_v2 {
    my ($self, $repository, $tag) = @_;
    my @accept = $self->{manifest} == 1 ? () : map { (Accept => $_) } 'application/vnd.docker.distribution.manifest.v1+prettyjws',
        'application/json', SCHEMA_2, 'application/vnd.docker.distribution.manifest.list.v2+json';
    my $r = $self->call_v2(GET => "/v2/$repository/manifests/$tag", \@accept);

    if ($r->{status} == 404) {
        my ($code) = map { $_->{code} } @{ JSON::PP::decode_json($r->{body})->{errors} };
        $code =~ /^(?:MANIFEST|NAME)_UNKNOWN$/ or die "manifest of $tag: $code\n";
        return;
    }
    Berth::V1Client::want("manifest of $tag", $r, 200);
    my $doc = JSON::PP::decode_json($r->{body});
    my @digests = $doc->{schemaVersion} == 1
        ? $self->read_schema_1($r) : map { $_->{digest} } @{ $doc->{layers} };
    return [map { $self->pull_blob($repository, $_) } @digests];
}

sub pull_blob {
    my ($self, $repository, $digest) = @_;
    my $r = Berth::V1Client::want("blob $digest", $self->call_v2(GET => "/v2/$repository/blobs/$digest"), 200);

    defined header($r, 'Content-Length') or die "blob $digest: no Content-Length\n";
    "sha256:" . sha256_hex($r->{body}) eq $digest or die "filesystem layer verification failed for digest $digest\n";
    return sha256_hex($r->{body});
}

# ---- schema 1, signed as libtrust does ----

my $SPKI = pack 'H*', '3059301306072a8648ce3d020106082a8648ce3d030107034200';    # of P-256 (RFC 5480), before the point

# A JSON string as Go writes it, which also escapes what HTML would read.
sub go_string {
    my ($text) = @_;
    return JSON::PP->new->allow_nonref->encode($text) =~ s/([<>&])/sprintf '\\u%04x', ord $1/ger;
}

# The signed body, and the payload of which the digest is taken.
sub schema_1 {
    my ($self, $repository, $tag, @chain) = @_;
    my $list = sub {
        my ($key, @values) = @_;
        return join ",\n", map { qq(      {\n         "$key": ) . go_string($_) . "\n      }" } @values;
    };
    my @top_first = reverse @chain;
    my $payload = qq({\n   "schemaVersion": 1,\n   "name": "$repository",\n   "tag": "$tag",\n   "architecture": "amd64",\n)
        . qq(   "fsLayers": [\n) . $list->(blobSum => map { 'sha256:' . sha256_hex($_->bytes) } @top_first) . "\n   ],\n"
        . qq(   "history": [\n) . $list->(v1Compatibility => map { $_->json . "\n" } @top_first) . "\n   ]\n}";

    return ($self->sign($payload), $payload);
}

sub sign {
    my ($self, $payload) = @_;
    my $length    = length($payload) - 2;    # without "\n}"
    my $protected = encode_base64url(qq({"formatLength":$length,"formatTail":"Cn0","time":"2015-12-01T00:00:00Z"}));
    my ($jwk, $signature) = $self->signature($protected . '.' . encode_base64url($payload));

    return substr($payload, 0, $length) . qq(,\n   "signatures": [\n      {\n         "header": {\n)
        . qq(            "jwk": {\n$jwk\n            },\n            "alg": "ES256"\n         },\n)
        . qq(         "signature": "$signature",\n         "protected": "$protected"\n      }\n   ]\n});
}

# The key as JSON, and the signature: r and s, 32 bytes each, which openssl writes as DER.
sub signature {
    my ($self, $text) = @_;
    my $dir = $self->{key_dir} //= scratch();
    my $run = sub { my ($command) = @_; my $out = qx{cd $dir && openssl $command}; $? == 0 or die "openssl $command\n"; return $out };

    $run->('ecparam -name prime256v1 -genkey -noout -out key') unless -e "$dir/key";
    open my $file, '>:raw', "$dir/text" or die "text: $!\n";
    print $file $text;
    close $file or die "text: $!\n";
    my $point = substr $run->('pkey -in key -pubout -outform DER'), -64;
    my $der   = $run->('dgst -sha256 -sign key text');
    my @numbers = map { substr "\0" x 32 . $_, -32 } unpack 'x3 C/a x C/a', $der;
    my %jwk = (crv => 'P-256', kid => kid($SPKI . "\x04" . $point), kty => 'EC',
        x => encode_base64url(substr $point, 0, 32), y => encode_base64url(substr $point, 32));

    return (join(",\n", map { qq(               "$_": "$jwk{$_}") } sort keys %jwk), encode_base64url(join '', @numbers));
}

# The first 30 bytes of the key's SHA-256 in base32 (RFC 4648, section 6), in groups of four.
sub kid {
    my ($der) = @_;
    my @letters = ('A' .. 'Z', 2 .. 7);
    my $text = join '', map { $letters[oct "0b$_"] } unpack '(a5)48', unpack 'B240', sha256($der);

    return join ':', $text =~ /(.{4})/g;
}

# Its layers, base first. Docker 1.6 also compares the digest with the payload's.
sub read_schema_1 {
    my ($self, $response) = @_;
    my $doc = JSON::PP::decode_json($response->{body});
    my ($signature) = @{ $doc->{signatures} // [] } or die "missing signature key\n";
    my $protected = JSON::PP::decode_json(MIME::Base64::decode_base64url($signature->{protected}));
    my $payload   = substr($response->{body}, 0, $protected->{formatLength})
        . MIME::Base64::decode_base64url($protected->{formatTail});
    my $digest = 'sha256:' . sha256_hex($payload);
    my $announced   = header($response, 'Docker-Content-Digest') // $digest;

    die qq(manifest: registry has "$announced", computed "$digest"\n) if $self->{checks_digest} && $announced ne $digest;
    @{ $doc->{history} } && @{ $doc->{history} } == @{ $doc->{fsLayers} } or die "manifest: history and layers differ\n";
    JSON::PP::decode_json($_->{v1Compatibility})->{id} or die "manifest: no id\n" for @{ $doc->{history} };
    return reverse map { $_->{blobSum} } @{ $doc->{fsLayers} };
}

1;
