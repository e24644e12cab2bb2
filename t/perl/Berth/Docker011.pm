package Berth::Docker011;

# A docker 0.11 that pulls into a store of its own, and refuses what that docker refused: names, a
# json that its types cannot hold, ids and parents that do not fit, layers that it cannot unpack.
# Where dockers up to 1.5 are stricter, so is this one.
#
#     my $docker = Berth::Docker011->new($instance);
#     my @images = $docker->pull_tag('team/app', 'latest');    # base first
#     $images[0]{layer};                  # its bytes; also id, json
#     $docker->fetched;                   # ids that it did not have before
#     $docker->push('team/copy', { latest => $docker->pushable(@images) }, ...);

use strict;
use warnings;

use parent 'Berth::V1Client';

use Berth::HTTP;
use Berth::Image;
use JSON::PP ();

# docker 0.11 mounts two layers more than an image has, and aufs takes 127.
use constant MOST_IMAGES => 124;

sub new {
    my ($class, $instance, %option) = @_;
    return $class->SUPER::new($instance, graph => {}, fetched => [], %option);
}

# ---- names ----

# Dies as docker 0.6.3 to 1.4 does, before it asks any registry.
sub valid_name {
    my ($repository) = @_;
    my ($namespace, $name, @more) = split m{/}, $repository, -1;

    ($namespace, $name) = ('library', $namespace) unless defined $name;
    $namespace =~ /\A[a-z0-9_]{4,30}\z/ or die "Invalid namespace name ($namespace)\n";
    !@more && $name =~ /\A[a-z0-9_.-]+\z/ or die 'Invalid repository name (' . join('/', $name, @more) . ")\n";
    return "$namespace/$name";
}

# ---- pull ----

# Of a name of one part, the images are asked for by that name, the tags in "library".
sub tags {
    my ($self, $repository) = @_;
    my $whole = valid_name($repository);

    $self->{cookies} = {};
    $self->ping;
    my $images = Berth::V1Client::want('images', $self->index_call(GET => "/v1/repositories/$repository/images",
        { 'X-Docker-Token' => 'true' }), 200);
    ref JSON::PP::decode_json($images->{body}) eq 'ARRAY' or die "images: not a list\n";
    $self->{token} = Berth::HTTP::header($images, 'X-Docker-Token');
    defined Berth::HTTP::header($images, 'X-Docker-Endpoints') or die "images: no endpoints\n";
    my $tags = Berth::V1Client::want('tags', $self->got("/v1/repositories/$whole/tags"), 200);
    return JSON::PP::decode_json($tags->{body});
}

sub got {
    my ($self, $path) = @_;
    return $self->call(GET => $path, { $self->image_auth });
}

# The images of the tag, the base first: [{ id, json, layer }, ...]. Ids that it has already are
# not asked for again.
sub pull_tag {
    my ($self, $repository, $tag) = @_;
    my $id = $self->tags($repository)->{$tag} // die "Tag $tag not found in repository $repository\n";
    my $ancestry = JSON::PP::decode_json(
        Berth::V1Client::want('ancestry', $self->got("/v1/images/$id/ancestry"), 200)->{body});

    ($ancestry->[0] // '') eq $id or die "ancestry: it does not begin with $id\n";
    @$ancestry <= MOST_IMAGES or die "ancestry: Cannot create container with more than 127 parents\n";
    $self->{fetched} = [];
    for my $at (reverse 0 .. $#$ancestry) {
        $self->{graph}{ $ancestry->[$at] } //= $self->fetch($ancestry->[$at], $ancestry->[ $at + 1 ]);
    }
    return map { $self->{graph}{$_} } reverse @$ancestry;
}

sub fetched { return @{ $_[0]{fetched} } }

sub fetch {
    my ($self, $id, $parent) = @_;
    my $json  = Berth::V1Client::want("json of $id", $self->got("/v1/images/$id/json"), 200);
    my $fault = json_fault($json->{body}, $id, $parent);

    die "json of $id: $fault\n" if $fault;
    my $layer = Berth::V1Client::want("layer of $id", $self->got("/v1/images/$id/layer"), 200)->{body};
    my $size  = Berth::HTTP::header($json, 'X-Docker-Size') // length $layer;
    $fault = layer_fault($layer, $size);
    die "layer of $id: $fault\n" if $fault;
    push @{ $self->{fetched} }, $id;
    return { id => $id, parent => $parent, json => $json->{body}, layer => $layer };
}

# The objects that push() takes.
sub pushable {
    my ($self, @images) = @_;
    my %made;

    return map {
        $made{ $_->{id} } = Berth::Image->new(id => $_->{id}, json => $_->{json}, bytes => $_->{layer},
            parent => $_->{parent} ? $made{ $_->{parent} } : undef)
    } @images;
}

# ---- what it takes ----

# The members that docker 0.11 has a field for; it skips all others.
my %CONFIG = (
    (map { $_ => 'text' } qw(Hostname Domainname User Cpuset Image WorkingDir)),
    (map { $_ => 'number' } qw(Memory MemorySwap CpuShares)),
    (map { $_ => 'boolean' } qw(AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce NetworkDisabled)),
    (map { $_ => 'texts' } qw(PortSpecs Env Cmd Entrypoint OnBuild)),
    (map { $_ => 'names' } qw(ExposedPorts Volumes)),
);
my %IMAGE = (
    (map { $_ => 'text' } qw(id parent comment container docker_version author architecture os)),
    created => 'time', Size => 'number', container_config => \%CONFIG, config => \%CONFIG,
);

my $TIME = qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\z/;

my %IS = (
    text    => sub { JSON::PP->new->allow_nonref->encode($_[0]) =~ /\A"/ },
    number  => sub { !ref $_[0] && JSON::PP->new->allow_nonref->encode($_[0]) =~ /\A-?\d+\z/ },
    boolean => sub { JSON::PP::is_bool($_[0]) },
    time    => sub { !ref $_[0] && $_[0] =~ $TIME },
);
$IS{texts} = sub { ref $_[0] eq 'ARRAY' && !grep { defined && !$IS{text}->($_) } @{ $_[0] } };
$IS{names} = sub { ref $_[0] eq 'HASH' && !grep { ref ne 'HASH' } values %{ $_[0] } };

# Why the json of an image with this id and parent (undef: a base) is refused; undef: it is taken.
sub json_fault {
    my ($json, $id, $parent) = @_;
    my $doc = eval { JSON::PP->new->utf8->decode($json) };

    return 'it is not JSON' if ref $doc ne 'HASH';
    my $fault = type_fault($doc, \%IMAGE);
    return $fault if $fault;
    return "it names the image " . ($doc->{id} // 'nothing') if ($doc->{id} // '') ne $id;
    return "Invalid image ID $id" if $id !~ /\A[0-9a-f]{64}\z/;    # since 1.3.3
    return 'its parent is ' . ($doc->{parent} || 'none') . ', in the ancestry ' . ($parent // 'none')
        if ($doc->{parent} // '') ne ($parent // '');
    return;
}

# Go takes null for everything but a time.
sub type_fault {
    my ($doc, $types) = @_;

    for my $key (sort grep { $types->{$_} } keys %$doc) {
        my ($value, $type) = ($doc->{$key}, $types->{$key});
        next if !defined $value && $type ne 'time';
        my $fault = !ref $type ? !defined $value || !$IS{$type}->($value)
            : ref $value eq 'HASH' ? type_fault($value, $type) : 1;
        return "cannot unmarshal $key" . ($fault eq '1' ? '' : ": $fault") if $fault;
    }
    return;
}

# xz is a program that docker runs; dockers that resume a download compare the size.
sub layer_fault {
    my ($layer, $size) = @_;

    return "X-Docker-Size: $size"             if $size !~ /\A\d+\z/;
    return length($layer) . " bytes of $size" if $size != length $layer;
    return 'Tarball too short'                if length $layer < 10;
    return if $layer =~ /\A(?:\x1f\x8b\x08|BZh|\xfd7zXZ\0)/;    # gzip, bzip2, xz
    return if $layer =~ /\A\0+\z/ || $layer =~ /\A.{257}ustar/s;
    return 'it is not an archive';
}

1;
