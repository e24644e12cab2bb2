#!/usr/bin/perl
# Comments, error texts, log lines and documents are plain technical English. These are the words
# by which a private language shows, each with how often it may stand in a place. The numbers are
# ceilings: they may be lowered, not raised.
#
#     perl -It/perl t/source/words.t list told      where a word stands, in comments and strings

use strict;
use warnings;

use Berth::Source;
use Berth::Test;
use File::Find ();

# Places, by name and what belongs to each.
my @PLACES = (
    ['src'],
    ['README', qw(HACKING CONTRIBUTING SECURITY)],
    ['doc'],
    ['man'],
    ['conf', 'nginx'],
    ['t'],
);

# A word, and its ceilings in the order of @PLACES.
my @WORDS = (
    ['told',    qr/\btold\b/i,                                0, 0, 0, 0, 0, 0],
    ['whoever', qr/\bwho(?:m|so)?ever\b/i,                    0, 0, 0, 0, 0, 0],
    ['who',     qr/\bwhom?\b/i,                               13, 2, 10, 1, 1, 40],
    ['is no',   qr/(?<!there )\b(?:is|are) no\b(?! (?:longer|more)\b)/i, 0, 0, 0, 0, 0, 2],
    ['behind',  qr/\bbehind\b(?! (?:nginx|a proxy)\b)/i,       0, 0, 0, 0, 0, 6],
    ['beside',  qr/\bbeside\b/i,                              0, 0, 0, 0, 0, 0],
    ['anew',    qr/\banew\b/i,                                0, 0, 0, 0, 0, 0],
    ['afresh',  qr/(?<!-)\bafresh\b/i,                        1, 0, 0, 0, 0, 0],
);

# The texts of a place: [path, line, text]. Of C sources the comments and strings, of others
# all.
sub texts {
    my ($root, $place) = @_;
    my @there = grep { -e } map { "$root/$_" } @$place;
    my @found;

    return unless @there;
    File::Find::find({
        no_chdir => 1,
        wanted   => sub {
            return unless -f && !/\.(?:mk|png|svg)$/ && !m{^\Q$root\E/t/(?:data|source)/};
            my $path = substr $_, 1 + length $root;
            my $text = read_file($_);
            push @found, /\.[ch]$/
                ? map({ [$path, $_->[1], $_->[2]] } comments_and_strings($text))
                : [$path, 1, $text =~ s/\s+/ /gr];
        },
    }, @there);
    return @found;
}

# What is wrong with the tree below $root, a line each.
sub complaints {
    my ($root, @words) = @_;
    my @wrong;

    for my $i (0 .. $#PLACES) {
        my $all = join "\n", map { $_->[2] } texts($root, $PLACES[$i]);
        for (@words) {
            my ($name, $pattern, $most) = @{$_}[0, 1, 2 + $i];
            my $count = () = $all =~ /$pattern/g;
            push @wrong, "$PLACES[$i][0]: \"$name\": $count, not $most at most" if $count > $most;
        }
    }
    return @wrong;
}

sub list {
    my ($root, $wanted) = @_;
    my ($pattern) = map { $_->[1] } grep { $_->[0] eq $wanted } @WORDS or die "no word of the table: $wanted\n";

    for my $place (@PLACES) {
        for (texts($root, $place)) {
            my ($path, $line, $text) = @$_;
            print "$path:$line: $1\n" while $text =~ /(.{0,40}$pattern.{0,40})/g;
        }
    }
    exit;
}

list(source_dir(), $ARGV[1]) if @ARGV == 2 && $ARGV[0] eq 'list';

my @small = (['told', qr/\btold\b/i, 1, 1, 0, 0, 0, 0], ['is no', qr/\bis no\b/, 0, 0, 0, 0, 0, 0]);

check_samples(sub { complaints($_[0], @small) },
    [
        'texts in order',
        {
            'src/a/a.c' => "/* Told once. */\nint told(char *is, int no); // it isn't, note\n"
                . "#include \"told.h\"\nchar c = '\"'; /* is none */ char told; const char *s = \"untold\";\n",
            'README' => "told\n",
        },
        [],
    ],
    [
        'one word too many',
        {
            'src/a/a.c'   => "/* told */ int f(void) { return err_set(\"x \" PRIu64 \" it is \"\n\t\"no told\"); }\n",
            'README'      => "told, it is\nno use\n",
            'HACKING'     => "Told\n",
            'nginx/a.in'  => "# told\n",
            'doc/a/b.md'  => "told\n",
            'man/berth.8' => "is no\n",
            't/api/a.c'   => "/* told */\n",
            't/data/a.c'  => "/* told */\n",
        },
        [
            'src: "told": 2, not 1 at most', 'src: "is no": 1, not 0 at most',
            'README: "told": 2, not 1 at most', 'README: "is no": 1, not 0 at most',
            'doc: "told": 1, not 0 at most', 'man: "is no": 1, not 0 at most', 'conf: "told": 1, not 0 at most',
            't: "told": 1, not 0 at most',
        ],
    ],
    ['a comment in lines', { 'src/a/a.h' => "/*\n * It is\n * no use. */\n" }, ['src: "is no": 1, not 0 at most']],
);

keeps('no word of a private language is used more than it was', complaints(source_dir(), @WORDS));
done_testing();
