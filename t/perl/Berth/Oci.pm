package Berth::Oci;

# Images as today's clients make them: layers, a config, a manifest; indexes and artifacts.
#
#     my $image = Berth::Oci->image(layers => 3);                # an OCI image
#     my $image = Berth::Oci->image(form => 'docker');           # schema 2
#     my $index = Berth::Oci->index($amd64, $arm64);
#     my $signature = Berth::Oci->artifact(subject => $image, type => 'application/x.sig');
#     my $blob = Berth::Oci->blob(size => 1 << 30);              # never in memory as a whole
#
# Each thing is an object of this package with a type, bytes, a digest and a size; one that is
# a manifest has parts as well: what must be in the repository before it, in that order.

use strict;
use warnings;

use Berth::Image;
use Compress::Zlib ();
use Digest::SHA qw(sha256_hex);
use JSON::PP ();

my %TYPES = (
    oci => {
        manifest => 'application/vnd.oci.image.manifest.v1+json',
        index    => 'application/vnd.oci.image.index.v1+json',
        config   => 'application/vnd.oci.image.config.v1+json',
        layer    => 'application/vnd.oci.image.layer.v1.tar+gzip',
    },
    docker => {
        manifest => 'application/vnd.docker.distribution.manifest.v2+json',
        index    => 'application/vnd.docker.distribution.manifest.list.v2+json',
        config   => 'application/vnd.docker.container.image.v1+json',
        layer    => 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    },
);

# blob(%option): bytes, or a size (that many bytes, made as they are read); type.
sub blob {
    my ($class, %option) = @_;
    my $self = bless { type => 'application/octet-stream', parts => [], %option }, $class;

    $self->{source} = Berth::Image->new(size => $self->{size}) unless defined $self->{bytes};
    return $self;
}

sub type  { return $_[0]{type} }
sub parts { return @{ $_[0]{parts} } }

# All of them, also of a large one.
sub bytes {
    my ($self) = @_;
    my $next = $self->reader;
    my ($all, $bytes) = ('');

    return $self->{bytes} if defined $self->{bytes};
    $all .= $bytes while ($bytes = $next->()) ne '';
    return $all;
}

# For Berth::HTTP::request(): the bytes, or a reader of a large one.
sub body {
    my ($self) = @_;
    return $self->{bytes} // $self->reader;
}

sub size {
    my ($self) = @_;
    return $self->{size} // length $self->{bytes};
}

sub digest {
    my ($self) = @_;
    return $self->{digest} //= 'sha256:' . ($self->{source} ? $self->{source}->layer_sum : sha256_hex($self->{bytes}));
}

sub hex { return $_[0]->digest =~ s/^sha256://r }

# reader(PIECE): a sub that gives the next bytes with each call, '' at the end.
sub reader {
    my ($self, $piece) = @_;
    my $at = 0;

    return $self->{source}->reader($piece) if $self->{source};
    return sub {
        my $bytes = $at < length $self->{bytes} ? substr $self->{bytes}, $at, $piece // 256 << 10 : '';

        $at += length $bytes;
        return $bytes;
    };
}

sub json {
    return JSON::PP->new->canonical->pretty->indent_length(3)->encode($_[0]);
}

sub descriptor {
    my ($self) = @_;
    return { mediaType => $self->type, digest => $self->digest, size => $self->size };
}

# A layer of these files, { name => content }; its diff_id is the digest of what it
# unpacks to.
sub layer {
    my ($class, $files, $form) = @_;
    my $tar = '';

    for my $name (sort keys %$files) {
        my ($header) = Berth::Image::tar_entry($name, $files->{$name});
        $tar .= $header . $files->{$name} . "\0" x (-length($files->{$name}) % 512);
    }
    $tar .= "\0" x 1024;
    return $class->blob(
        bytes   => Compress::Zlib::memGzip($tar),
        type    => $TYPES{ $form // 'oci' }{layer},
        diff_id => 'sha256:' . sha256_hex($tar),
    );
}

# image(%option): form (oci, docker), layers (how many, of one random file each; or a list of
# layers), architecture, annotations, labels.
sub image {
    my ($class, %option) = @_;
    my $types  = $TYPES{ $option{form} // 'oci' };
    my $wanted = $option{layers} // 1;
    my @layers = ref $wanted ? @$wanted : map {
        $class->layer({ "srv/file-$_" => Berth::Image::random_id() . "\n" }, $option{form})
    } 1 .. $wanted;
    my $config = $class->blob(type => $types->{config}, bytes => json({
        architecture => $option{architecture} // 'amd64',
        os           => 'linux',
        created      => '2024-05-15T02:37:51Z',
        config       => { Cmd => ['/bin/sh'], Labels => $option{labels} // {} },
        rootfs       => { type => 'layers', diff_ids => [map { $_->{diff_id} // $_->digest } @layers] },
        history      => [map { { created => '2024-05-15T02:37:51Z', created_by => '/bin/sh' } } @layers],
    }));

    return $class->manifest_of($types->{manifest}, [@layers, $config],
        config   => $config->descriptor,
        layers   => [map { $_->descriptor } @layers],
        platform => $option{architecture} // 'amd64',
        $option{annotations} ? (annotations => $option{annotations}) : (),
    );
}

# An index of manifests, in the form of the first.
sub index {
    my ($class, @manifests) = @_;
    my $form = $manifests[0]->type =~ /docker/ ? 'docker' : 'oci';

    return $class->manifest_of($TYPES{$form}{index}, [@manifests], manifests => [map {
        { %{ $_->descriptor }, platform => { os => 'linux', architecture => $_->{platform} // 'unknown' } }
    } @manifests]);
}

# artifact(%option): what refers to another manifest. subject, type, annotations, payload.
sub artifact {
    my ($class, %option) = @_;
    my $empty   = $class->blob(type => 'application/vnd.oci.empty.v1+json', bytes => '{}');
    my $payload = $class->blob(type => $option{type}, bytes => $option{payload} // Berth::Image::random_id());

    return $class->manifest_of($TYPES{oci}{manifest}, [$empty, $payload],
        artifactType => $option{type},
        config       => $empty->descriptor,
        layers       => [$payload->descriptor],
        $option{subject}     ? (subject     => $option{subject}->descriptor) : (),
        $option{annotations} ? (annotations => $option{annotations})         : (),
    );
}

sub manifest_of {
    my ($class, $type, $parts, %fields) = @_;
    my $platform = delete $fields{platform};

    return $class->blob(
        type     => $type,
        parts    => $parts,
        platform => $platform,
        bytes    => json({ schemaVersion => 2, mediaType => $type, %fields }),
    );
}

1;
