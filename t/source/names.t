#!/usr/bin/perl
# A name tells where its owner is. The functions, objects and macros that a header exports
# begin with the header's name or with its room's; "v1_" and "v2_" (of types and enumerators
# too) belong to the rooms of the two APIs; and what a .c file exports is declared in the
# header of that file.
#
#     perl -It/perl t/source/names.t list      the complaints alone, a line each

use strict;
use warnings;

use Berth::Source;
use Berth::Test;

# Rooms that implement the contract of another: they export its names, and its headers may
# declare them.
my %IMPLEMENTS = (
    storefs     => 'store',
    indexsqlite => 'index',
);

sub complaints {
    my ($src) = @_;
    my %sources = read_sources($src);
    my %items   = map { $_ => [items($sources{$_})] } keys %sources;
    my @headers = grep { /\.h$/ } sort keys %sources;
    my @files   = grep { /\.c$/ } sort keys %sources;

    return map({ names_of_header($_, \%items) } @headers),
        map({ homes_of_file($_, \%items) } @files),
        map({ homeless_of_header($_, \%items) } @headers);
}

# Functions and objects that the linker knows.
sub is_linked {
    my ($item) = @_;
    return $item->{kind} =~ /^(?:function|prototype|object)$/ && !$item->{static};
}

# The names that a header exports are its own. json_items.h is a part of json.h, if there is
# one in its room, and may export json_... too.
sub names_of_header {
    my ($path, $items) = @_;
    my ($room, $stem) = (room_of($path), stem_of($path));
    my @wholes   = grep { $items->{"$room/$_.h"} && $stem =~ /^\Q$_\E_/ } map { stem_of($_) } keys %$items;
    my @prefixes = ($stem, $room, $IMPLEMENTS{$room} // (), @wholes);
    my @wrong;

    for my $item (@{ $items->{$path} }) {
        my $name = $item->{name};

        if ($name =~ /^(v[12])_/i && lc $1 ne $room) {
            push @wrong, "$path: $name: the prefix $1_ belongs to the room " . lc $1;
        } elsif ($item->{kind} !~ /^(?:type|enumerator)$/ && !grep({ $name =~ /^\Q$_\E(?:_|$)/i } @prefixes)) {
            push @wrong, "$path: $name begins neither with ${stem}_ nor with ${room}_";
        }
    }
    return @wrong;
}

# What a .c file exports is declared in the header of the file.
sub homes_of_file {
    my ($path, $items) = @_;
    my @homes    = grep { declares_for($_, $path) } keys %$items;
    my %declared = map { $_->{name} => 1 } grep { is_linked($_) } map { @{ $items->{$_} } } @homes;
    my %defined  = map { $_->{name} => $_->{kind} } grep { is_linked($_) } @{ $items->{$path} };

    return map({ "$path: declares $_ itself, which is for headers" }
        grep { $defined{$_} eq 'prototype' } sort keys %defined),
        map({ "$path: $_ is neither static nor declared in the file's header" }
        grep { $defined{$_} ne 'prototype' && $_ ne 'main' && !$declared{$_} } sort keys %defined);
}

# "io.h" is the header of io.c and of io_change.c. "index.h", called like its room, and
# "internal.h" are headers of every file of the room, and of the room that implements it.
sub declares_for {
    my ($header, $file) = @_;
    my ($room, $stem)   = (room_of($header), stem_of($header));
    my ($other, $other_stem) = (room_of($file), stem_of($file));

    return $header =~ /\.h$/
        && ($room eq $other || $room eq ($IMPLEMENTS{$other} // ''))
        && ($stem eq $room || $stem eq 'internal' || $other_stem =~ /^\Q$stem\E(?:_|$)/);
}

# What a header declares is defined in one of its files.
sub homeless_of_header {
    my ($path, $items) = @_;
    my @files   = grep { /\.c$/ && declares_for($path, $_) } keys %$items;
    my %defined = map { $_->{name} => 1 } grep { is_linked($_) } map { @{ $items->{$_} } } @files;

    return map { "$path: $_ is defined in no file of this header" }
        grep { !$defined{$_} } map { $_->{name} } grep { is_linked($_) } @{ $items->{$path} };
}

my @SAMPLES = (
    [
        'a tree in order',
        {
            'store/blob.h'   => "#define BLOB_MAX 1\n#define STORE_BLOB 2\nenum any { ANY };\nint blob_put(int a);\nstruct str store_blob_name(void);\nextern const int blob_max;\n",
            'store/store.h'  => "struct store;\nvoid store_free(struct store *);\n",
            'storefs/blob.c' => "#define X 1\nint\nblob_put(int a)\n{\n\treturn a;\n}\n\nconst int blob_max = 1;\n"
                . "struct str\nstore_blob_name(void)\n{\n}\nstatic int\nany(void)\n{\n\treturn 1;\n}\nstatic int x;\n",
            'storefs/fs.c'   => "void\nstore_free(struct store *st)\n{\n}\n",
            'v1/tags.h'      => "handler_fn v1_get_tags;\n",
            'v1/tags_get.c'  => "void\nv1_get_tags(struct request *rq)\n{\n}\n",
            'cmd/cmd.h'      => "int cmd_serve(void);\n",
            'cmd/internal.h' => "int cmd_run(void);\n",
            'cmd/serve.c'    => "int\ncmd_serve(void)\n{\n}\nint\ncmd_run(void)\n{\n}\n",
            'cmd/main.c'     => "int\nmain(void)\n{\n}\n",
        },
        [],
    ],
    [
        'names of nobody',
        {
            'store/blob.h' => "#define MOST 1\nint put(int a);\nbool blobs_any(void (*visit)(void));\nextern int most;\nhandler_fn get;\n"
                . "/* int fine; */\nstatic inline int\nlook(void)\n{\n\treturn 1;\n}\n",
            'store/blob.c' => "int\nput(int a)\n{\n}\nbool\nblobs_any(void (*visit)(void))\n{\n}\nint most = 1;\nvoid\nget(void)\n{\n}\n",
        },
        [map { "store/blob.h: $_ begins neither with blob_ nor with store_" } qw(MOST put blobs_any most get look)],
    ],
    [
        'the prefix of an API elsewhere',
        {
            'store/v1_tag.h' => "#define V1_TAG_MAX 1\nstruct v1_tag {\n\tint n;\n};\nint v1_tag_put(void);\n",
            'store/v1_tag.c' => "int\nv1_tag_put(void)\n{\n}\n",
            'v1/a.h'         => "int v2_b(void);\n",
            'v1/a.c'         => "int\nv2_b(void)\n{\n}\n",
        },
        [
            'store/v1_tag.h: V1_TAG_MAX: the prefix V1_ belongs to the room v1',
            map({ "store/v1_tag.h: $_: the prefix v1_ belongs to the room v1" } qw(v1_tag v1_tag_put)),
            'v1/a.h: v2_b: the prefix v2_ belongs to the room v2',
        ],
    ],
    [
        'a function in no header, one in a foreign header, one that a file declares itself',
        {
            'store/a.c' => "int\nstore_f(void)\n{\n}\nint\nstore_g(void)\n{\n}\nint store_h(void);\nint store_n = 1;\n",
            'store/b.h' => "int store_g(void);\n",
        },
        [
            'store/a.c: store_f is neither static nor declared in the file\'s header',
            'store/a.c: store_g is neither static nor declared in the file\'s header',
            'store/a.c: store_n is neither static nor declared in the file\'s header',
            'store/a.c: declares store_h itself, which is for headers',
            'store/b.h: store_g is defined in no file of this header',
        ],
    ],
    [
        'a declaration that is left over', { 'base/a.h' => "int a_f(int (*g)(int), ...)\n    __attribute__((pure));\n" },
        ['base/a.h: a_f is defined in no file of this header'],
    ],
);

if ("@ARGV" eq 'list') {
    print "$_\n" for complaints(source_dir() . '/src');
    exit;
}
check_samples(\&complaints, @SAMPLES);
keeps('what src/ exports is named for its place', complaints(source_dir() . '/src'));
done_testing();
