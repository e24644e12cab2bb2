#!/usr/bin/perl
# The files that comments and documents mention are there, and a comment at the head of a file
# calls it by its name. Files are moved, and sentences about them are forgotten.

use strict;
use warnings;

use Berth::Source;
use Berth::Test;
use File::Find ();

my @DOCUMENTS = qw(README HACKING CONTRIBUTING SECURITY doc man conf nginx);

# What is wrong with the tree below $root, a line each.
sub complaints {
    my ($root) = @_;
    my %sources = read_sources("$root/src");
    my @wrong;

    for my $path (sort keys %sources) {
        my ($own)  = opening_comment($sources{$path}) =~ /^(\w+\.[ch]):/;
        my ($name) = $path =~ m{([^/]+)$};
        push @wrong, "src/$path: its comment calls it $own" if defined $own && $own ne $name;
        for (grep { $_->[0] eq 'comment' } comments_and_strings($sources{$path})) {
            push @wrong, map { "src/$path: mentions $_" } absent($root, $_->[2], \%sources);
        }
    }
    for my $document (documents($root)) {
        push @wrong, map { "$document: mentions $_" } absent($root, read_file("$root/$document"), \%sources);
    }
    return @wrong;
}

sub documents {
    my ($root) = @_;
    my @there = grep { -e } map { "$root/$_" } @DOCUMENTS;
    my @found;

    return unless @there;
    File::Find::find({ no_chdir => 1, wanted => sub { push @found, substr $_, 1 + length $root if -f } }, @there);
    return sort @found;
}

# The sources ("str.h", "base/str.h") and tests ("t/store/tag.t", "t/unit") that a text mentions
# and that are not there. "x.c" and "cmd/NAME.c" stand for any.
sub absent {
    my ($root, $text, $sources) = @_;
    my %there = map { m{([^/]+)$} ? ($1 => 1) : () } keys %$sources;
    my %seen;

    while ($text =~ m{(?<![\w/.*<\$-])((?:src/)?((?:\w+/)?\w+\.[ch]))\b(?![\w*/])}g) {
        my ($mention, $path) = ($1, $2);
        next if $path =~ m{(?:^|/)(?:x|[A-Z]+)\.};
        $seen{$mention} = 1 unless $path =~ m{/} ? $sources->{$path} || -e "$root/$path" : $there{$path};
    }
    while ($text =~ m{(?<![\w/.*<\$-])(t/[\w/-]+(?:\.(?:t|c|h|pm))?)(?![\w*/-]|\.\w)}g) {
        $seen{$1} = 1 unless grep { -e "$root/$1$_" } '', '.c', '.t';
    }
    return sort keys %seen;
}

check_samples(\&complaints,
    [
        'mentions in order',
        {
            'src/base/str.h'  => "/* str.h: see base/str.h, str.c, src/base/str.c, *.h and json_*.c. */\n#include <a.h>\n",
            'src/base/str.c'  => "/* see str.h */\nconst char *s = \"gone.h\"; /* <stdio.h>, t/unit/str.c, t/unit, x.y.c */\n",
            't/unit/str.c'    => '',
            't/store/tag.t'   => '',
            'README'          => "`t/unit/str`, t/store/tag.t, t/unit/ and bench/a.c; x.c, cmd/NAME.c.\n",
            'bench/a.c'       => '',
        },
        [],
    ],
    [
        'mentions of what is not there',
        {
            'src/base/str.h' => "/* string.h: see gone.c and store/str.h. */\n",
            'src/base/str.c' => "/* x */ int f(void); // t/10-base\n",
            'doc/a.md'       => "As base/old.h says, and t/unit/old.t.\n",
        },
        [
            'src/base/str.h: its comment calls it string.h', 'src/base/str.h: mentions gone.c',
            'src/base/str.h: mentions store/str.h', 'src/base/str.h: mentions string.h', 'src/base/str.c: mentions t/10-base',
            'doc/a.md: mentions base/old.h', 'doc/a.md: mentions t/unit/old.t',
        ],
    ],
);

keeps('what comments and documents mention is there', complaints(source_dir()));
done_testing();
