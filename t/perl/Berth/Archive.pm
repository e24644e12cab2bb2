package Berth::Archive;

# Files that hold an image: tar archives with any header, OCI image layouts, what docker save wrote
# in each of its ages. They are lists of entries:
#
#     [NAME => CONTENT], or [NAME => CONTENT, type => '2', linkname => 'x', size => 3]
#
#     my @entries = Berth::Archive::layout('1.0' => $image);      # a Berth::Oci
#     Berth::Archive::write_tar($path, @entries);
#     Berth::Archive::write_directory($path, @entries);

use strict;
use warnings;

use Compress::Zlib ();
use Digest::SHA qw(sha256_hex);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use JSON::PP ();

sub json { return JSON::PP->new->canonical->encode($_[0]) }

# ---- archives ----

sub entry {
    my ($name, $content, %field) = @_;
    my $size   = $field{size} // length $content;
    my $header = pack 'a100 a8 a8 a8 a12 a12 a8 a1 a100 a6 a2 a32 a32 a8 a8 a155 x12',
        $name, '0000644', ('0000000') x 2, sprintf('%011o', $size), '00000000000', ' ' x 8,
        $field{type} // '0', $field{linkname} // '', "ustar\0", '00', 'root', 'root', ('0000000') x 2, '';

    substr $header, 148, 8, sprintf "%06o\0 ", unpack '%32C*', $header;
    return $header . $content . "\0" x (-length($content) % 512);
}

sub tar {
    my (@entries) = @_;
    return join('', map { entry(@$_) } @entries) . "\0" x 1024;
}

sub write_file {
    my ($path, $content) = @_;

    make_path(dirname($path));
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $content;
    close $file or die "$path: $!";
    return $path;
}

sub write_tar {
    my ($path, @entries) = @_;
    return write_file($path, tar(@entries));
}

# Of regular files alone.
sub write_directory {
    my ($path, @entries) = @_;

    write_file("$path/$_->[0]", $_->[1]) for @entries;
    return $path;
}

# ---- OCI image layouts ----

sub blob_name { return 'blobs/' . $_[0]->digest =~ s{:}{/}r }

# The files of a manifest and all that is in it.
sub blobs {
    my ($manifest) = @_;
    my %blobs = (blob_name($manifest) => $manifest->bytes);

    %blobs = (%blobs, map { @$_ } blobs($_)) for $manifest->parts;
    return map { [$_ => $blobs{$_}] } sort keys %blobs;
}

sub index_json {
    my (%named) = @_;
    my @manifests = map {
        { %{ $named{$_}->descriptor }, annotations => { 'org.opencontainers.image.ref.name' => $_ } }
    } sort keys %named;

    return [ 'index.json' => json({ schemaVersion => 2, manifests => \@manifests }) ];
}

# layout(NAME => MANIFEST, ...)
sub layout {
    my (%named) = @_;
    my %blobs = map { @$_ } map { blobs($_) } values %named;

    return ([ 'oci-layout' => '{"imageLayoutVersion": "1.0.0"}' ], index_json(%named),
        map { [$_ => $blobs{$_}] } sort keys %blobs);
}

# ---- what docker save wrote ----

sub config_of { my ($image) = @_; return ($image->parts)[-1] }

sub layers_of { my @parts = $_[0]->parts; return @parts[0 .. $#parts - 1] }

sub plain { return Compress::Zlib::memGunzip($_[0]->bytes) }

# docker 25 and later: a layout that has a manifest.json, too.
sub saved_25 {
    my ($tag, $image) = @_;
    my %entry = (
        Config   => blob_name(config_of($image)),
        RepoTags => [$tag],
        Layers   => [map { blob_name($_) } layers_of($image)],
    );

    return (layout($tag => $image), [ 'manifest.json' => json([\%entry]) ]);
}

# docker 1.10 to 24: plain layers, each in a directory, one of which is a link to another where
# two are the same; the file `repositories` for older dockers.
sub saved_1_10 {
    my (%images) = @_;
    my (@entries, @manifest, %seen, %repositories);

    for my $tag (sort keys %images) {
        my $image  = $images{$tag};
        my $config = config_of($image);
        my ($repository, $name) = split /:/, $tag;
        my @names;

        for my $layer (layers_of($image)) {
            my $id   = sha256_hex($tag . $layer->digest . @names);
            my $file = "$id/layer.tar";
            my $same = $seen{ $layer->digest };

            push @names, $file;
            push @entries, ["$id/" => '', type => '5'], ["$id/VERSION" => '1.0'],
                ["$id/json" => json({ id => $id })],
                defined $same ? [$file => '', type => '2', linkname => "../$same"] : [$file => plain($layer)];
            $seen{ $layer->digest } //= $file;
            $repositories{$repository}{$name} = $id;
        }
        push @entries,  [$config->hex . '.json' => $config->bytes];
        push @manifest, { Config => $config->hex . '.json', RepoTags => [$tag], Layers => \@names };
    }
    return (@entries, [ 'manifest.json' => json(\@manifest) ], [ 'repositories' => json(\%repositories) ]);
}

# docker before 1.10: the images of API v1 (Berth::Image), the base first.
sub saved_2014 {
    my ($tag, @images) = @_;
    my ($repository, $name) = split /:/, $tag;

    return (
        map({ my $id = $_->id;
            ["$id/" => '', type => '5'], ["$id/VERSION" => '1.0'], ["$id/json" => $_->json],
                ["$id/layer.tar" => $_->bytes] } @images),
        [ 'repositories' => json({ $repository => { $name => $images[-1]->id } }) ],
    );
}

# A directory of docker-registry 0.x.
sub registry {
    my ($tag, @images) = @_;
    my ($repository, $name) = split /:/, $tag;
    my @ids;

    return (
        map({ my $dir = 'images/' . $_->id;
            unshift @ids, $_->id;
            ["$dir/json" => $_->json], ["$dir/layer" => $_->bytes], ["$dir/ancestry" => json(\@ids)],
                ["$dir/_checksum" => json([ 'sha256:' . sha256_hex($_->json . "\n" . $_->bytes) ])] } @images),
        ["repositories/$repository/tag_$name" => $images[-1]->id],
    );
}

1;
