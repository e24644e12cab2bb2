#!/usr/bin/perl
# The layout of the C sources is clang-format's.

use strict;
use warnings;

use Berth::Test;
use File::Find ();

my $root = source_dir();
my @files;

File::Find::find({ no_chdir => 1, wanted => sub { push @files, $_ if /\.[ch]$/ } },
    grep { -d } map { "$root/$_" } qw(src t bench));
@files = sort @files;

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
