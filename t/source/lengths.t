#!/usr/bin/perl
# Functions are short and take few parameters, and files are short. The numbers are ceilings:
# they may be lowered, not raised.
#
#     perl -It/perl t/source/lengths.t list      the functions with too many parameters, a line each

use strict;
use warnings;

use Berth::Source;
use Berth::Test;

my %MOST = (
    function   => 60,     # lines of a function in src/
    median     => 15,     # lines that half of them do not exceed
    ninth      => 30,     # lines that nine of ten do not exceed
    parameters => 5,      # of a function in src/ ...
    exceptions => 7,    # ... except for this many functions
    file       => 800,    # lines of a .c or .h file
    text       => { README => 200, 't/README' => 200 },
);

# { lengths => [sorted], functions => [those of src/], files => { path => lines } }
sub measure {
    my ($root) = @_;
    my (@functions, %files);

    for my $dir (grep { -d "$root/$_" } qw(src t bench)) {
        my %sources = read_sources("$root/$dir");
        $files{"$dir/$_"} = $sources{$_} =~ tr/\n// for keys %sources;
        next if $dir ne 'src';
        for my $path (sort keys %sources) {
            push @functions, map { { %$_, path => "$dir/$path" } }
                grep { $_->{kind} eq 'function' } items($sources{$path});
        }
    }
    return { functions => \@functions, files => \%files, lengths => [sort { $a <=> $b } map { $_->{lines} } @functions] };
}

sub wide_functions {
    my ($is, $most) = @_;
    return map { "$_->{path}: $_->{name}" } grep { parameters($_->{list}) > $most->{parameters} } @{ $is->{functions} };
}

# What is wrong with the tree below $root, a line each.
sub complaints {
    my ($root, $most) = @_;
    my $is     = measure($root);
    my $wide   = () = wide_functions($is, $most);
    my $median = $is->{lengths}[@{ $is->{lengths} } / 2];
    my $ninth  = $is->{lengths}[@{ $is->{lengths} } * 0.9];
    my @wrong;

    for (@{ $is->{functions} }) {
        push @wrong, "$_->{path}: $_->{name} has $_->{lines} lines" if $_->{lines} > $most->{function};
    }
    for (sort keys %{ $is->{files} }) {
        push @wrong, "$_ has $is->{files}{$_} lines" if $is->{files}{$_} > $most->{file};
    }
    for (grep { -e "$root/$_" } sort keys %{ $most->{text} }) {
        my $lines = read_file("$root/$_") =~ tr/\n//;
        push @wrong, "$_ has $lines lines" if $lines > $most->{text}{$_};
    }
    push @wrong, "the median function has $median lines" if $median > $most->{median};
    push @wrong, "of ten functions, the ninth in length has $ninth lines" if $ninth > $most->{ninth};
    push @wrong, "$wide functions have more than $most->{parameters} parameters" if $wide > $most->{exceptions};
    return @wrong;
}

# A function of so many lines and parameters.
sub text_of {
    my ($name, $lines, $parameters) = @_;
    my $list = join ', ', map { "int (*p$_)(char, long)" } 1 .. $parameters;

    return "static int\n$name(" . ($list || 'void') . ")\n{\n" . "\tif (a) {\n\t}\n" x (($lines - 4) / 2)
        . "\t;\n" x ($lines % 2) . "\treturn 1;\n}\n";
}

my $is   = measure(source_dir());
my @wide = wide_functions($is, \%MOST);

if ("@ARGV" eq 'list') {
    print "$_\n" for @wide;
    exit;
}

my %small = (%MOST, function => 8, median => 6, ninth => 7, exceptions => 1, file => 60, text => { README => 2 });

check_samples(sub { complaints($_[0], \%small) },
    [
        'a tree in order',
        {
            'src/a/a.c' => text_of('a', 4, 0) . "\nstruct s {\n\tint x;\n};\n\n" . text_of('b', 8, 6) . text_of('c', 5, 5),
            'src/a/b.c' => join('', map { text_of("f$_", 4, 1) } 1 .. 10),
            'README' => "\n\n",
        },
        [],
    ],
    [
        'long functions',
        { 'src/a/a.c' => text_of('b', 9, 1) . text_of('c', 10, 1) . join '', map { text_of("f$_", 4, 1) } 1 .. 7 },
        ['src/a/a.c: b has 9 lines', 'src/a/a.c: c has 10 lines', 'of ten functions, the ninth in length has 10 lines'],
    ],
    ['functions that are long on the whole', { 'src/a/a.c' => text_of('b', 7, 1) }, ['the median function has 7 lines']],
    [
        'too many parameters', { 'src/a/a.c' => text_of('a', 4, 6), 'src/a/a.h' => 'static inline ' . text_of('a', 4, 7) },
        ['2 functions have more than 5 parameters'],
    ],
    [
        'long files', {
            'src/a/a.c' => text_of('a', 4, 1) . "\n" x 56, 'src/a/b.c' => "\n" x 60, 't/unit/b.c' => "\n" x 61,
            'bench/b.h' => "\n" x 62, 'README' => "a\n\nb\n",
        },
        ['src/a/a.c has 61 lines', 't/unit/b.c has 61 lines', 'bench/b.h has 62 lines', 'README has 3 lines'],
    ],
);

keeps('functions and files are short', complaints(source_dir(), \%MOST));
diag(sprintf '%d functions: median %d lines, nine of ten %d, longest %d; %d have more than %d parameters',
    scalar @{ $is->{lengths} }, @{ $is->{lengths} }[@{ $is->{lengths} } / 2, @{ $is->{lengths} } * 0.9, -1],
    scalar @wide, $MOST{parameters});
done_testing();
