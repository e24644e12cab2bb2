package Berth::V1Client;

# Speaks to a registry as docker 0.11.1 does: the same requests, in its order, with its
# headers in its order. login, push and pull die where docker gives up, with the reason.
#
#     my $docker = Berth::V1Client->new($instance, user => 'jo', password => 'x');
#     $docker->login;
#     $docker->push('team/app', { latest => $child }, $base, $child);
#     my $got = $docker->pull('team/app');
#
# agent => another docker's User-Agent. With an index of its own (index => a Berth::StandIn or an instance) the calls of the index
# go there, all others to the registry.
#
# The single steps (put_json, put_layer, ...) return the response and die of nothing.

use strict;
use warnings;

use Berth::HTTP;
use Digest::SHA ();
use JSON::PP ();
use MIME::Base64 qw(encode_base64);

use constant AGENT => 'docker/0.11.1 go/go1.2.1 git-commit/fb99f99 kernel/3.13.0-24-generic os/linux arch/amd64 ';

sub new {
    my ($class, $instance, %option) = @_;
    return bless { instance => $instance, user => '', password => '', cookies => {}, %option }, $class;
}

# Headers as Go 1.2 writes them: its own first, then the others by name.
sub call {
    my ($self, $method, $path, $headers, $body, %option) = @_;
    my %header = %{ $headers // {} };
    my $server = $option{at} // $self->{instance};
    my @first  = (Host => $server->host);
    my $c      = Berth::HTTP->connect($server, timeout => $option{timeout});

    push @first, 'User-Agent' => $option{plain} ? 'Go 1.1 package http' : $self->{agent} // AGENT;
    push @first, 'Transfer-Encoding' => 'chunked' if ref $body;
    push @first, 'Content-Length' => length $body if defined $body && !ref $body;
    push @first, Connection => 'close' unless $option{plain};
    $header{Cookie} = join '; ', map { "$_=$self->{cookies}{$_}" } sort keys %{ $self->{cookies} }
        if %{ $self->{cookies} };
    $c->head($method, $path, @first, (map { $_ => $header{$_} } sort keys %header), 'Accept-Encoding' => 'gzip');
    ref $body ? $c->send_chunks($body) : defined $body && $c->send($body);

    my $response = $c->response($method, $option{sink}) or die "$method $path: no response\n";
    $self->keep_cookies($response);
    return $response;
}

sub keep_cookies {
    my ($self, $response) = @_;

    for (@{ $response->{headers}{'set-cookie'} // [] }) {
        $self->{cookies}{$1} = $2 if /^([^=;]+)=([^;]*)/;
    }
}

sub basic {
    my ($self) = @_;
    return 'Basic ' . encode_base64("$self->{user}:$self->{password}", '');
}

# Of the index calls: someone not logged in is an empty user to a PUT, nobody to a GET.
sub index_auth {
    my ($self, $method) = @_;

    return () if $method eq 'GET' && $self->{user} eq '';
    return (Authorization => $self->basic);
}

# Of the image calls: over TLS, to a standalone registry, Basic; else the token. Its value
# begins with "Token " already, and docker puts another in front.
sub image_auth {
    my ($self) = @_;

    return (Authorization => $self->basic) if $self->{basic_always};
    return (Authorization => "Token $self->{token}") if defined $self->{token};
    return ();
}

sub ping {
    my ($self) = @_;
    my $https    = $self->{instance}->scheme eq 'https';
    my $response = $self->call(GET => '/v1/_ping', undef, undef, plain => 1);
    my $standalone;

    $response   = $self->call(GET => '/v1/_ping', undef, undef, plain => 1) if $https;
    $standalone = Berth::HTTP::header($response, 'X-Docker-Registry-Standalone') // 'true';
    $self->{basic_always} = $https && $standalone =~ /^(true|1)$/i;
    return $response;
}

sub login {
    my ($self) = @_;
    my $account = JSON::PP->new->canonical->encode(
        { username => $self->{user}, password => $self->{password}, auth => '', email => 'jo@example.org' });
    my $response;

    $self->{cookies} = {};
    $self->ping;
    $response = $self->call(POST => '/v1/users/', { 'Content-Type' => 'application/json; charset=utf-8' },
        $account, plain => 1);
    return 'Account created' if $response->{status} == 201;
    die "login: $response->{status} $response->{body}\n" unless $response->{status} == 401
        || $response->{status} == 400 && $response->{body} eq '"Username or email already exists"';
    $response = $self->call(GET => '/v1/users/', { Authorization => $self->basic });
    return 'Login Succeeded' if $response->{status} == 200;
    die "login: $response->{status}\n";
}

# A call of the index.
sub index_call {
    my ($self, $method, $path, $headers, $body) = @_;

    return $self->call($method, $path, { $self->index_auth($method), %$headers }, $body, at => $self->{index});
}

# token(REPOSITORY, ACCESS): what the index hands out to one who is about to read, write
# or delete there; undef when it does not.
sub token {
    my ($self, $repository, $access) = @_;
    my %call     = (read => ['GET'], write => [PUT => '[]'], delete => ['DELETE']);
    my ($method, $body) = @{ $call{$access} };
    my $response = $self->index_call($method => "/v1/repositories/$repository/images", { 'X-Docker-Token' => 'true' },
        $body);

    return Berth::HTTP::header($response, 'X-Docker-Token');
}

# announce(REPOSITORY, [[image, tag or undef] ...], parents first)
sub announce {
    my ($self, $repository, $images) = @_;
    my $list = join ',', map {
        my ($image, $tag) = @$_;
        my $id = $image->id;
        defined $tag ? qq({"id":"$id","Tag":"$tag"}) : qq({"id":"$id"})
    } @$images;
    my $response = $self->index_call(PUT => "/v1/repositories/$repository/",
        { 'Content-Type' => 'application/json', 'X-Docker-Token' => 'true' }, "[$list]");

    $self->{token} = Berth::HTTP::header($response, 'X-Docker-Token');
    return $response;
}

sub get_json {
    my ($self, $image) = @_;
    return $self->call(GET => '/v1/images/' . $image->id . '/json', { $self->image_auth });
}

sub put_json {
    my ($self, $image, %header) = @_;
    return $self->call(PUT => '/v1/images/' . $image->id . '/json',
        { $self->image_auth, 'Content-Type' => 'application/json', %header }, $image->json);
}

# put_layer(IMAGE, %option): from (a reader other than the image's own), timeout.
sub put_layer {
    my ($self, $image, %option) = @_;
    return $self->call(PUT => $image->path('layer'),
        { $self->image_auth }, $option{from} // $image->reader, timeout => $option{timeout});
}

# put_checksum(IMAGE, %header): the headers are docker's unless others are given.
sub put_checksum {
    my ($self, $image, %header) = @_;

    %header = (
        'X-Docker-Checksum-Payload' => $image->payload_sum,
        $image->tarsum ? ('X-Docker-Checksum' => $image->tarsum) : (),
    ) unless %header;
    return $self->call(PUT => '/v1/images/' . $image->id . '/checksum', { $self->image_auth, %header }, '');
}

sub put_tag {
    my ($self, $repository, $tag, $image) = @_;
    return $self->call(PUT => "/v1/repositories/$repository/tags/$tag",
        { $self->image_auth, 'Content-Type' => 'application/json' }, '"' . $image->id . '"');
}

sub finish {
    my ($self, $repository) = @_;
    my $instance = $self->{instance};

    return $self->index_call(PUT => "/v1/repositories/$repository/images",
        {
            'Content-Type'       => 'application/json',
            'X-Docker-Endpoints' => $instance->scheme . '://' . $instance->host . '/v1/',
        }, '[]');
}

sub want {
    my ($what, $response, @statuses) = @_;

    return $response if grep { $_ == $response->{status} } @statuses;
    die "$what: $response->{status} $response->{body}\n";
}

# push_image(IMAGE): json, layer, checksum; false when the registry has it already.
sub push_image {
    my ($self, $image) = @_;
    my $id = substr $image->id, 0, 12;
    my $response;

    return 0 if $self->get_json($image)->{status} == 200;
    $response = $self->put_json($image);
    return 0 if $response->{status} == 409
        && (Berth::HTTP::json_error($response) // '') eq 'Image already exists';
    want("json of $id", $response, 200);
    want("layer of $id", $self->put_layer($image), 200);
    want("checksum of $id", $self->put_checksum($image), 200);
    return 1;
}

# push(REPOSITORY, { tag => image }, IMAGE ...): the images parents first. Returns how
# many of them were sent.
sub push {
    my ($self, $repository, $tags, @images) = @_;
    my %tag_of = map { $tags->{$_}->id => $_ } reverse sort keys %$tags;
    my $sent = 0;
    my $response;

    $self->{cookies} = {};
    $self->ping;
    $response = $self->announce($repository, [map { [$_, $tag_of{ $_->id }] } @images]);
    want('announcement', $response, 200, 201);
    defined Berth::HTTP::header($response, 'X-Docker-Token') or die "announcement: no token\n";
    defined Berth::HTTP::header($response, 'X-Docker-Endpoints') or die "announcement: no endpoints\n";
    for my $image (@images) {
        $sent += $self->push_image($image);
        for my $tag (grep { $tags->{$_}->id eq $image->id } sort keys %$tags) {
            want("tag $tag", $self->put_tag($repository, $tag, $image), 200, 201);
        }
    }
    want('end of the push', $self->finish($repository), 204);
    return $sent;
}

# pull(REPOSITORY, TAG): { tags => { tag => id }, images => { id => { json, size, layer_sum } } };
# one tag, or all of them.
sub pull {
    my ($self, $repository, $only) = @_;
    my %got = (images => {});

    $self->{cookies} = {};
    $self->ping;
    my $response = want('images', $self->index_call(GET => "/v1/repositories/$repository/images",
        { 'X-Docker-Token' => 'true' }), 200);
    $self->{token} = Berth::HTTP::header($response, 'X-Docker-Token') // die "images: no token\n";
    defined Berth::HTTP::header($response, 'X-Docker-Endpoints') or die "images: no endpoints\n";
    $response = want('tags', $self->call(GET => "/v1/repositories/$repository/tags", { $self->image_auth }), 200);
    $got{tags} = JSON::PP::decode_json($response->{body});
    for my $tag (defined $only ? $only : sort keys %{ $got{tags} }) {
        my $id = $got{tags}{$tag} // die "no tag $tag\n";
        $response = $self->call(GET => "/v1/images/$id/ancestry", { $self->image_auth });
        want("ancestry of $tag", $response, 200);
        $got{images}{$_} //= $self->pull_image($_) for reverse @{ JSON::PP::decode_json($response->{body}) };
    }
    return \%got;
}

sub pull_image {
    my ($self, $id) = @_;
    my $sha  = Digest::SHA->new(256);
    my $size = 0;
    my $json = want("json of $id", $self->call(GET => "/v1/images/$id/json", { $self->image_auth }), 200);

    Berth::HTTP::header($json, 'X-Docker-Size') =~ /^-?\d+$/ or die "json of $id: no size\n";
    want("layer of $id", $self->call(GET => "/v1/images/$id/layer", { $self->image_auth }, undef,
        sink => sub { $sha->add($_[0]); $size += length $_[0] }), 200);
    return { json => $json->{body}, size => $size, layer_sum => $sha->hexdigest };
}

1;
