package Berth::V2Client;

# Speaks to a registry as docker 20.10, podman 4.3 (also skopeo and buildah) and containerd 1.6
# do: the same requests, in their order, each over a connection of its own. push and pull
# die where those clients give up, or where they would be misled, with the reason.
#
#     my $docker = Berth::V2Client->new($instance, as => 'docker');
#     $docker->push('team/app', 'latest', $image);    # how many blobs were sent
#     my $got = $docker->pull('team/app', 'latest');  # { digest, type, parts }
#
# The single steps (begin, patch, finish, ...) return the response and die of nothing but
# silence.

use strict;
use warnings;

use Berth::HTTP;
use Digest::SHA ();
use JSON::PP ();
use List::Util qw(shuffle);

my @MANIFEST_TYPES = (
    'application/json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
);

my %CLIENTS = (
    docker => {
        headers => [
            'User-Agent' => 'docker/20.10.24+dfsg1 go/go1.19.8 git-commit/5d6db84 kernel/6.1.0-13-amd64 os/linux'
                . ' arch/amd64 UpstreamClient(Docker-Client/20.10.24+dfsg1 \(linux\))',
        ],
        pings  => 1,
        upload => \&upload_as_docker,
        heads  => 1,    # before it asks for a manifest
        accept => sub { return map { (Accept => $_) } shuffle @MANIFEST_TYPES },
    },
    podman => {
        headers => [
            'User-Agent'                      => 'containers/5.23.1 (github.com/containers/image)',
            'Docker-Distribution-Api-Version' => 'registry/2.0',
        ],
        pings  => 1,
        upload => \&upload_as_podman,
        accept => sub { return map { (Accept => $_) } @MANIFEST_TYPES[1 .. 5] },
    },
    containerd => {
        headers => ['User-Agent' => 'containerd/1.6.20~ds1'],
        upload  => \&upload_as_containerd,
        heads   => 1,
        accept  => sub { my ($type) = @_; return (Accept => join ', ', $type // @MANIFEST_TYPES[1 .. 4], '*/*') },
    },
);

sub new {
    my ($class, $instance, %option) = @_;
    return bless { instance => $instance, client => $CLIENTS{ $option{as} // 'docker' } }, $class;
}

sub call {
    my ($self, $method, $path, $headers, $body, %option) = @_;
    my @headers = (@{ $self->{client}{headers} }, @{ $headers // [] });

    return Berth::HTTP::request($self->{instance}, $method, $path, \@headers, $body, %option)
        // die "$method $path: no response\n";
}

# ---- single steps ----

sub head_blob {
    my ($self, $repository, $blob) = @_;
    return $self->call(HEAD => "/v2/$repository/blobs/" . $blob->digest);
}

sub get_blob {
    my ($self, $repository, $blob, @headers) = @_;
    return $self->call(GET => "/v2/$repository/blobs/" . $blob->digest, \@headers);
}

# begin(REPOSITORY, QUERY): an upload.
sub begin {
    my ($self, $repository, $query) = @_;
    return $self->call(POST => "/v2/$repository/blobs/uploads/" . ($query ? "?$query" : ''), [], '');
}

# mount(REPOSITORY, BLOB, FROM): as docker and podman write it, or without a FROM.
sub mount {
    my ($self, $repository, $blob, $from) = @_;
    my $query = 'mount=' . escape($blob->digest);

    $query = 'from=' . escape($from) . "&$query" if defined $from;
    return $self->begin($repository, $query);
}

# patch(UPLOAD, BODY, %headers): BODY as Berth::HTTP::request() has it.
sub patch {
    my ($self, $upload, $body, @headers) = @_;
    return $self->call(PATCH => $upload, \@headers, $body);
}

# finish(UPLOAD, DIGEST, BODY, %headers)
sub finish {
    my ($self, $upload, $digest, $body, @headers) = @_;
    my $separator = $upload =~ /\?/ ? '&' : '?';

    return $self->call(PUT => $upload . $separator . 'digest=' . escape($digest), \@headers, $body // '');
}

sub put_manifest {
    my ($self, $repository, $reference, $manifest) = @_;
    return $self->call(PUT => "/v2/$repository/manifests/$reference", ['Content-Type' => $manifest->type],
        $manifest->bytes);
}

sub get_manifest {
    my ($self, $repository, $reference, @headers) = @_;
    return $self->call(GET => "/v2/$repository/manifests/$reference", \@headers);
}

sub head_manifest {
    my ($self, $repository, $reference, @headers) = @_;
    return $self->call(HEAD => "/v2/$repository/manifests/$reference", \@headers);
}

# The path that a response's Location leads to, which may be a whole URL.
sub location {
    my ($response) = @_;
    my $location = Berth::HTTP::header($response, 'Location') // die "no Location\n";

    return $location =~ s{^https?://[^/]+}{}r;
}

sub escape {
    return $_[0] =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
}

# error_codes(RESPONSE): the codes of an error in v2's form, "A, B"; undef when it is
# anything else.
sub error_codes {
    my ($response) = @_;
    my $body = eval { JSON::PP::decode_json($response->{body}) };

    return unless (Berth::HTTP::header($response, 'Content-Type') // '') =~ m{^application/json\b};
    return unless ref $body eq 'HASH' && ref $body->{errors} eq 'ARRAY' && @{ $body->{errors} };
    return if grep { !defined $_->{code} || !defined $_->{message} } @{ $body->{errors} };
    return join ', ', map { $_->{code} } @{ $body->{errors} };
}

# ---- what is checked ----

# want(WHAT, RESPONSE, STATUS, NAME => VALUE ...): a header has this value, matches this
# pattern, or, for undef, is there.
sub want {
    my ($what, $response, $status, %header) = @_;

    $response->{status} == $status or die "$what: $response->{status} $response->{body}\n";
    $header{'Docker-Distribution-Api-Version'} = 'registry/2.0';
    for my $name (sort keys %header) {
        my $got    = Berth::HTTP::header($response, $name) // die "$what: no $name\n";
        my $wanted = $header{$name} // qr/./;

        die "$what: $name: $got\n" unless ref $wanted ? $got =~ $wanted : $got eq $wanted;
    }
    return $response;
}

# How far an upload is: there is no other way to say "nothing" than to say "one byte".
sub range_of {
    my ($size) = @_;
    return '0-' . ($size > 0 ? $size - 1 : 0);
}

# ---- push ----

# The upload's path, of one that was begun.
sub begun {
    my ($self, $repository) = @_;
    my $response = want('POST', $self->begin($repository), 202,
        'Docker-Upload-UUID' => undef, Range => '0-0', 'Content-Length' => 0);

    return location($response);
}

sub finished {
    my ($response, $blob) = @_;

    want('PUT', $response, 201, 'Docker-Content-Digest' => $blob->digest, 'Content-Length' => 0);
    location($response) =~ m{/blobs/\Q@{[$blob->digest]}\E$} or die 'PUT: Location: ' . location($response) . "\n";
}

sub upload_as_docker {
    my ($self, $repository, $blob) = @_;
    my $upload   = $self->begun($repository);
    my $response = want('PATCH', $self->patch($upload, $blob->reader(32 << 10)), 202,
        Range => range_of($blob->size), 'Docker-Upload-UUID' => undef);

    finished($self->finish(location($response), $blob->digest), $blob);
    want('HEAD', $self->head_blob($repository, $blob), 200, 'Content-Length' => $blob->size,
        'Docker-Content-Digest' => $blob->digest);
}

# A layer is compressed while it is sent: its chunks have odd sizes. A config has a length.
sub upload_as_podman {
    my ($self, $repository, $blob) = @_;
    my $upload = $self->begun($repository);
    my $body   = $blob->type =~ /config|image\.v1/ ? $blob->bytes : $blob->reader(10_007);
    my @type   = ('Content-Type' => 'application/octet-stream');
    my $response = want('PATCH', $self->patch($upload, $body, @type), 202, Range => range_of($blob->size));

    finished($self->finish(location($response), $blob->digest, '', @type), $blob);
}

sub upload_as_containerd {
    my ($self, $repository, $blob) = @_;
    my $upload = $self->begun($repository);
    my @type   = ('Content-Type' => 'application/octet-stream');

    finished($self->finish($upload, $blob->digest, $blob->body, @type), $blob);
}

# push(REPOSITORY, TAG, MANIFEST): how many blobs were sent.
sub push {
    my ($self, $repository, $tag, $manifest) = @_;

    want('GET /v2/', $self->call(GET => '/v2/'), 200) if $self->{client}{pings};
    return $self->push_manifest($repository, $tag, $manifest);
}

sub push_manifest {
    my ($self, $repository, $reference, $manifest) = @_;
    my $response;
    my $sent = 0;

    for my $part ($manifest->parts) {
        $sent += $part->parts ? $self->push_manifest($repository, $part->digest, $part)
            : $self->push_blob($repository, $part);
    }
    $response = want("manifest $reference", $self->put_manifest($repository, $reference, $manifest), 201,
        'Docker-Content-Digest' => $manifest->digest, 'Content-Length' => 0);
    location($response) =~ m{/manifests/\Q@{[$manifest->digest]}\E$} or die 'manifest: ' . location($response) . "\n";
    return $sent;
}

# False when the repository has it. Nothing but 404 may be said of one that it has not.
sub push_blob {
    my ($self, $repository, $blob) = @_;
    my $response = $self->head_blob($repository, $blob);

    if ($response->{status} == 200) {
        want('HEAD', $response, 200, 'Content-Length' => $blob->size);
        return 0;
    }
    want('HEAD', $response, 404);
    $self->{client}{upload}->($self, $repository, $blob);
    return 1;
}

# ---- pull ----

# pull(REPOSITORY, REFERENCE): { digest, type, parts => [...] }, all of whose bytes have come and
# have the digests by which they were asked for; of an index all manifests.
sub pull {
    my ($self, $repository, $reference) = @_;
    my $client = $self->{client};

    want('GET /v2/', $self->call(GET => '/v2/'), 200) if $client->{pings};
    return $self->pull_manifest($repository, $reference) unless $client->{heads};
    my $head = want("HEAD $reference", $self->head_manifest($repository, $reference, $client->{accept}->()), 200,
        'Content-Length' => qr/^[1-9]\d*$/, 'Content-Type' => qr{^application/vnd\.}, 'Docker-Content-Digest' => undef);
    my ($digest, $type, $size) =
        map { Berth::HTTP::header($head, $_) } qw(Docker-Content-Digest Content-Type Content-Length);

    return $self->pull_manifest($repository, $digest, $type, $size);
}

# With what is known of it already.
sub pull_manifest {
    my ($self, $repository, $reference, $type, $size) = @_;
    my $response = want("manifest $reference",
        $self->get_manifest($repository, $reference, $self->{client}{accept}->($type)), 200,
        'Content-Type' => $type // qr{^application/vnd\.}, 'Docker-Content-Digest' => undef,
        'Content-Length' => $size // qr/^[1-9]\d*$/);
    my $digest   = 'sha256:' . Digest::SHA::sha256_hex($response->{body});
    my $manifest = JSON::PP::decode_json($response->{body});
    my @parts;

    die "manifest $reference: has $digest\n"
        if $digest ne Berth::HTTP::header($response, 'Docker-Content-Digest') || $reference =~ /:/ && $reference ne $digest;
    @parts = $manifest->{manifests}
        ? map { $self->pull_manifest($repository, @$_{qw(digest mediaType size)}) } @{ $manifest->{manifests} }
        : map { $self->pull_blob($repository, $_) } @{ $manifest->{layers} }, $manifest->{config};
    return { digest => $digest, type => Berth::HTTP::header($response, 'Content-Type'), parts => \@parts };
}

sub pull_blob {
    my ($self, $repository, $descriptor) = @_;
    my $sha = Digest::SHA->new(256);
    my $response = want("blob $descriptor->{digest}", $self->call(GET => "/v2/$repository/blobs/$descriptor->{digest}",
        [Accept => "$descriptor->{mediaType}, */*"], undef, sink => sub { $sha->add($_[0]) }), 200,
        'Content-Length' => $descriptor->{size});
    my $digest = 'sha256:' . $sha->hexdigest;

    $digest eq $descriptor->{digest} or die "blob $descriptor->{digest}: has $digest\n";
    return { digest => $digest, type => $descriptor->{mediaType}, parts => [] };
}

# What a pull of this manifest should bring.
sub expected {
    my ($manifest) = @_;
    return { digest => $manifest->digest, type => $manifest->type, parts => [map { expected($_) } $manifest->parts] };
}

1;
