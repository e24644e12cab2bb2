package Berth::V1Directory;

# Images and tags written straight into a directory, as docker-registry 0.x keeps them.
#
#     my $old = Berth::V1Directory->new($dir);
#     my $base = $old->image(Berth::Image->new);
#     $old->tag('library/app', latest => $base);

use strict;
use warnings;

use File::Path qw(make_path);

sub new {
    my ($class, $dir) = @_;
    return bless { dir => $dir, ancestry => {} }, $class;
}

sub spew {
    my ($self, $path, $bytes) = @_;

    make_path("$self->{dir}/" . $path =~ s{/[^/]*$}{}r);
    open my $file, '>:raw', "$self->{dir}/$path" or die "$path: $!";
    print $file $bytes;
    close $file or die "$path: $!";
}

# Writes an image whose parent was written before, and returns it.
sub image {
    my ($self, $image) = @_;
    my $id       = $image->id;
    my $parent   = $image->parent;
    my @ancestry = ($id, defined $parent ? @{ $self->{ancestry}{$parent} // die "$parent is not there" } : ());

    $self->{ancestry}{$id} = \@ancestry;
    $self->spew("images/$id/json",      $image->json);
    $self->spew("images/$id/ancestry",  '[' . join(', ', map { qq("$_") } @ancestry) . ']');
    $self->spew("images/$id/layer",     $image->bytes);
    $self->spew("images/$id/_checksum", $image->payload_sum);
    return $image;
}

sub tag {
    my ($self, $repository, $tag, $image) = @_;

    $self->spew("repositories/$repository/tag_$tag", $image->id);
    $self->spew("repositories/$repository/tag${tag}_json", '{"last_update": 1400116767, "os": "linux"}');
}

1;
