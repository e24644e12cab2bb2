#!/usr/bin/perl
# The documents name what is there: events of the log, words for results, keys of config.yml,
# options of configure, pages. What is added to the sources has to be added to them.

use strict;
use warnings;

use Berth::Test;
use File::Find ();
use File::Path qw(make_path);

sub slurp {
    my ($path) = @_;

    open my $file, '<', $path or return '';
    local $/;
    return readline $file;
}

# What is wrong with the documents below $root, a line each.
sub complaints {
    my ($root) = @_;

    return sort map({ differences(@$_) } tables($root), rows($root)), links($root), steps($root), pages($root);
}

# [what, the document, names in the sources, names in the document]
sub tables {
    my ($root) = @_;
    my ($berth, $config) = map { slurp("$root/man/$_") } qw(berth.8 berth-config.5);

    return (
        ['event', 'man/berth.8', [events($root)], [items(section($berth, 'The log'))]],
        ['result', 'man/berth.8', [results($root)], [items(section($berth, 'Results'))]],
        ['key', 'man/berth-config.5', [keys_of($root)], [keys_in($config)]],
        ['option', 'doc/installing.md', [slurp("$root/configure.ac") =~ /AC_ARG_ENABLE\(\[([\w-]+)\]/g],
            [slurp("$root/doc/installing.md") =~ /^    --enable-([\w-]+)/mg]],
    );
}

sub differences {
    my ($what, $document, $sources, $written) = @_;
    my %in_sources = map { $_ => 1 } @$sources;
    my %in_document = map { $_ => 1 } @$written;

    return map({ "$document: the $what $_ is missing" } grep { !$in_document{$_} } keys %in_sources),
        map({ "$document: there is no $what $_" } grep { !$in_sources{$_} } keys %in_document);
}

# The names of events: texts of the form "a.b" in calls that log, and in the table of events.
sub events {
    my ($root) = @_;
    my @found;

    File::Find::find({
        no_chdir => 1,
        wanted   => sub {
            return unless /\.c$/;
            my $text = slurp($_);
            my %macros = $text =~ /^#define\s+(\w+)\s+"([a-z.]+)"/mg;
            for ($text =~ /\blog_line\(\s*[^,;]+,\s*([^,;]+),/g) {
                push @found, /"([a-z.]+)"/g, map { $macros{$_} } /\b([A-Z_]+)\b/g;
            }
            push @found, $text =~ /^\s*\[EVENT_\w+\]\s*=\s*\{?\s*(?:\.name = )?"([a-z.]+)"/mg;
        },
    }, "$root/src") if -d "$root/src";
    return grep { defined } @found;
}

sub results {
    my ($root) = @_;
    return grep { $_ ne 'ok' } slurp("$root/src/base/err.c") =~ /\[RC_\w+\] = "(\w+)"/g;
}

# Keys that have a value in berth; those of docker-registry that have no effect are patterns.
sub keys_of {
    my ($root) = @_;
    return slurp("$root/src/conf/keys.c") =~ /^    \{(?:\.name = )?"([\w.]+)",\s*(?:\.kind = )?KEY_/mg;
}

sub keys_in {
    my ($page) = @_;

    $page =~ s/^\.Ss Keys of docker-registry.*//ms;
    return map { $_ eq 'Ic' ? () : split /[ ,]+/, $_ }
        map { s/ :.*//r =~ s/ ,/,/gr } $page =~ /^\.It Ic (.+)/mg;
}

# The text of a subsection of a manual page.
sub section {
    my ($page, $name) = @_;
    return $page =~ /^\.Ss \Q$name\E\n(.*?)(?=^\.S[sh] |\z)/ms ? $1 : '';
}

# The words of its items: ".It push.image , push.tag Pq info" has two.
sub items {
    my ($text) = @_;
    return map { split /[ ,]+/, s/ Pq .*//r } $text =~ /^\.It (.+)/mg;
}

# Links in Markdown, and files outside src/ and t/ that a document names (t/source/mentions.t has
# an eye on those).
sub links {
    my ($root) = @_;
    my @pages = map { substr $_, 1 + length $root } glob "$root/doc/*.md";
    my @wrong;

    for my $path (@pages) {
        push @wrong, map { "$path: $_ does not exist" }
            grep { !-e "$root/doc/$_" } slurp("$root/$path") =~ /\]\(([^):#]+)\)/g;
    }
    for my $path (@pages, qw(README HACKING CONTRIBUTING SECURITY conf/config.yml man/berth-config.5)) {
        push @wrong, map { "$path: $_ does not exist" } grep { !-e "$root/$_" }
            slurp("$root/$path") =~ m{(?<![\w./-])((?:doc|nginx|conf|man|quickstart\.d)/[\w-]+(?:[./][\w-]+)*)}g;
    }
    return @wrong;
}

# Each page is in the list of README, and is installed.
sub pages {
    my ($root) = @_;
    my ($readme, $install) = map { slurp("$root/$_") } qw(README doc/install.mk);
    my @pages = map { substr $_, 1 + length $root } glob "$root/doc/*.md";

    return map({ "README: $_ is missing" } grep { $readme !~ /\Q$_\E/ } @pages),
        map({ "doc/install.mk: $_ is missing" } grep { $install !~ /\Q$_\E/ } @pages);
}

# Rooms have a row in a table of HACKING, and folders of tests in one of t/README: a name at the
# start of a line with two spaces, or several with commas.
sub rows {
    my ($root) = @_;
    my ($rooms)   = slurp("$root/HACKING") =~ /^  room  .*?\n\n(.*?)\n\n/ms;
    my ($folders) = slurp("$root/t/README") =~ /^The folders\n-+\n(.*?)\n\n\n/ms;

    return (
        defined $rooms ? ['room', 'HACKING', [directories("$root/src")], [names_in($rooms)]] : (),
        defined $folders ? ['folder', 't/README', [directories("$root/t")], [names_in($folders)]] : (),
    );
}

# "B1-B2  a blob  store/blob.h": that header has these numbers, and no more.
sub steps {
    my ($root) = @_;
    my @wrong;

    for (slurp("$root/HACKING") =~ /^(  [A-Z]1-[A-Z]\d+  .*\.[ch])$/mg) {
        my ($letter, $last, $path) = /^  ([A-Z])1-[A-Z](\d+)  .* (\S+)$/;
        my %there = map { $_ => 1 } slurp("$root/src/$path") =~ /\b$letter(\d+)\b/g;
        push @wrong, "HACKING: src/$path has not $letter$_" for grep { !$there{$_} } 1 .. $last;
        push @wrong, "HACKING: src/$path has $letter" . ($last + 1) if $there{ $last + 1 };
    }
    return @wrong;
}

sub directories {
    my ($parent) = @_;
    return map { s{.*/}{}r } grep { -d } glob "$parent/*";
}

sub names_in {
    my ($table) = @_;
    return map { split /, /, $_ } $table =~ /^  (\w+(?:, \w+)*)  /mg;
}

# ---- violations are seen ----

# A tree in order, with some files replaced.
sub sample {
    my (%changed) = @_;
    my $root = scratch();
    my %files = (
        'src/base/a.c'     => "#define E \"a.b\"\nlog_line(LOG_INFO, \"c\", \"\");\n\tlog_line(level,\n\t    E, \"\");\n",
        'src/base/err.c'   => "    [RC_OK] = \"ok\",\n    [RC_IO] = \"io\",\n",
        'src/conf/keys.c'  => "    {\"debug\", KEY_FLAG, 0},\n    {.name = \"x_*\", .says = \"\"},\n",
        'man/berth.8'      => ".Ss The log\n.It a.b , c Pq info\n.Ss Results\n.It io\nText.\n.Sh SEE ALSO\n.It other\n",
        'man/berth-config.5' => ".It Ic debug : Li true\n.Ss Keys of docker-registry that do nothing\n.It Ic x_*\n",
        'configure.ac'     => "AC_ARG_ENABLE([fast],\n",
        'doc/installing.md' => "[README](../README)\n\n    --enable-fast    fast\n",
        'doc/install.mk'   => "doc/installing.md\n",
        'README'           => "doc/installing.md\n",
        %changed,
    );

    for my $path (keys %files) {
        make_path("$root/" . $path =~ s{[^/]*$}{}r);
        open my $file, '>', "$root/$path" or die "$path: $!";
        print $file $files{$path};
        close $file;
    }
    return $root;
}

my @SAMPLES = (
    ['a tree in order', {}, []],
    [
        'new events', { 'src/base/b.c' => "log_line(LOG_WARN,\n    x == NULL ? \"d.e\" : \"f\", \"\");" },
        ['man/berth.8: the event d.e is missing', 'man/berth.8: the event f is missing'],
    ],
    ['an event that is gone', { 'src/base/a.c' => 'log_line(LOG_INFO, "c", "");' }, ['man/berth.8: there is no event a.b']],
    ['a new result', { 'src/base/err.c' => "[RC_IO] = \"io\", [RC_NEW] = \"new\"" }, ['man/berth.8: the result new is missing']],
    [
        'a new key', { 'src/conf/keys.c' => "    {\"debug\", KEY_FLAG},\n    {\"a.b\", KEY_TEXT},\n" },
        ['man/berth-config.5: the key a.b is missing'],
    ],
    ['a new option', { 'configure.ac' => 'AC_ARG_ENABLE([fast], AC_ARG_ENABLE([slow],' },
        ['doc/installing.md: the option slow is missing']],
    [
        'a room that is gone', { 'HACKING' => "  room  what\n\n  base, conf  text\n        base.h\n  v1, v2  text\n\nText\n", 'src/v1/a.c' => '' },
        ['HACKING: there is no room v2'],
    ],
    ['a room without a row', { 'HACKING' => "  room  what\n\n  v1, conf  text\n\n", 'src/v1/a.c' => '' }, ['HACKING: the room base is missing']],
    ['a link to nowhere', { 'README' => "doc/installing.md doc/none.md\n" }, ['README: doc/none.md does not exist']],
    [
        'a file that has moved', { 'HACKING' => "man/berth.8 doc/installing.md. doc/b/, nginx/c.d, _berth/doc/e, x.conf/f\n" },
        ['HACKING: doc/b does not exist', 'HACKING: nginx/c.d does not exist'],
    ],
    [
        'steps that have changed',
        { 'HACKING' => "  B1-B2  a blob  base/a.h\n  C1-C2  text   base/a.h\n", 'src/base/a.h' => " * B1 B2 B3\n * C1\n" },
        ['HACKING: src/base/a.h has B3', 'HACKING: src/base/a.h has not C2'],
    ],
    [
        'a new folder of tests',
        { 't/README' => "The folders\n---\n\n  unit  text\n\n  lib   text\n\n\n", map { ("t/$_/a.c" => '') } qw(unit new lib) },
        ['t/README: the folder new is missing'],
    ],
    [
        'a page that nobody finds', { 'doc/a.md' => "[b](b.md)\n" },
        ['README: doc/a.md is missing', 'doc/a.md: b.md does not exist', 'doc/install.mk: doc/a.md is missing'],
    ],
);

for (@SAMPLES) {
    my ($name, $files, $want) = @$_;
    my $root = sample(%$files);

    is_deeply([complaints("$root")], $want, "seen: $name");
}

# ---- the documents themselves ----

my $root = source_dir();

is(join("\n", complaints($root)), '', 'the documents name what is there');
cmp_ok(scalar(@{ $_->[2] }), '>', 3, "$_->[0]s were found") for tables($root), rows($root);

SKIP: {
    if (!grep { -x "$_/mandoc" } split /:/, $ENV{PATH}) {
        not_run("$0: the manual pages", 'mandoc is not installed');
        skip('mandoc is not installed', 1);
    }
    is(scalar(qx(mandoc -T lint -W warning $root/man/*.8 $root/man/*.5 2>&1)), '', 'mandoc has nothing to say');
}

done_testing;
