#!/usr/bin/perl
# The layout of the C sources is clang-format's, and their functions are short.

use strict;
use warnings;

use Berth::Test;
use File::Find ();

use constant { LONGEST => 100, MEDIAN => 15, NINE_OF_TEN => 50, LONGEST_FILE => 800 };

my $root = source_dir();
my @files;

File::Find::find({ no_chdir => 1, wanted => sub { push @files, $_ if /\.[ch]$/ } },
    grep { -d } map { "$root/$_" } qw(src t bench));
@files = sort @files;

# The functions of one file: [name, lines]. In this layout a definition has its name at
# the start of a line and its braces alone on theirs.
sub functions {
    my ($text) = @_;
    my ($name, $start, @found);
    my $line = 0;

    for (split /\n/, $text) {
        $line++;
        ($name, $start) = ($1, $line) if /^(\w+)\(/;
        push @found, [$name, $line - $start + 1] if /^\}$/ && defined $name;
        undef $name if /^\}/;
    }
    return @found;
}

sub slurp {
    my ($path) = @_;

    open my $file, '<', $path or die "$path: $!";
    local $/;
    return readline $file;
}

my $sample = "static int\nf(int a,\n    int b)\n{\n\tif (a) {\n\t}\n\treturn b;\n}\n\nstruct s {\n\tint x;\n};\n"
    . "int\ng(void)\n{\n}\n";
is_deeply([functions($sample)], [['f', 7], ['g', 3]], 'lengths of functions are measured');

my (@lengths, @long, @long_files);
for my $path (@files) {
    my $text = slurp($path);
    my $name = substr $path, 1 + length $root;
    my $lines = $text =~ tr/\n//;

    push @long_files, "$name has $lines lines" if $lines > LONGEST_FILE;
    next unless $name =~ m{^src/};
    for (functions($text)) {
        push @lengths, $_->[1];
        push @long, "$name: $_->[0] has $_->[1] lines" if $_->[1] > LONGEST;
    }
}

@lengths = sort { $a <=> $b } @lengths;
is(join("\n", @long), '', 'no function has more than ' . LONGEST . ' lines');
is(join("\n", @long_files), '', 'no file has more than ' . LONGEST_FILE . ' lines');
cmp_ok($lengths[@lengths / 2], '<=', MEDIAN, 'half of the functions have at most ' . MEDIAN);
cmp_ok($lengths[@lengths * 0.9], '<=', NINE_OF_TEN, 'nine of ten have at most ' . NINE_OF_TEN);
diag(sprintf '%d functions: median %d lines, nine of ten %d, longest %d',
    scalar @lengths, $lengths[@lengths / 2], $lengths[@lengths * 0.9], $lengths[-1]);

SKIP: {
    if (!grep { -x "$_/clang-format" } split /:/, $ENV{PATH}) {
        not_run("$0: the layout", 'clang-format is not installed');
        skip('clang-format is not installed', 2);
    }
    my $bad = scratch();
    open my $file, '>', "$bad/x.c" or die "x.c: $!";
    print $file "int f( void ){return 1;}\n";
    close $file;
    my @command = ('clang-format', "--style=file:$root/.clang-format", '--dry-run', '--Werror');
    isnt(system("@command $bad/x.c 2>/dev/null"), 0, 'clang-format sees a bad layout');
    open my $output, '-|', "@command @files 2>&1" or die "clang-format: $!";
    my %places;
    m{^\Q$root\E/([^:]+):\d+} && $places{$1}++ for readline $output;
    is(join("\n", map { "$_: $places{$_} places" } sort keys %places), '', 'the layout is clang-format\'s');
}

done_testing();
