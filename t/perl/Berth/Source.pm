package Berth::Source;

# Reads the C sources for the tests that hold them against a rule: their text, their
# includes, and what they declare and define. It is not a compiler. It relies on the layout,
# which t/source/format.t checks, and on the sources that have no macro for a declaration.
#
#     use Berth::Source;
#     my %sources = read_sources(source_dir() . '/src');    # { "room/file.c" => text }
#     for my $item (items($sources{'base/str.h'})) { ... }
#
# Such a test first proves that it finds what it is for: check_samples() writes small trees
# with planted violations and compares the complaints.

use strict;
use warnings;

use Berth::Test;
use Exporter qw(import);
use File::Find ();
use File::Path qw(make_path);

our @EXPORT = qw(
    read_sources read_file room_of stem_of subdirectories
    own_includes system_includes calls
    opening_comment comments_and_strings code_only items parameters
    sample check_samples keeps
);

# { "room/file.c" => text } of the .c and .h files below $src.
sub read_sources {
    my ($src) = @_;
    my %sources;

    File::Find::find({
        no_chdir => 1,
        wanted   => sub { $sources{ substr $_, 1 + length $src } = read_file($_) if /\.[ch]$/ },
    }, $src);
    return %sources;
}

sub read_file {
    my ($path) = @_;

    open my $file, '<', $path or die "$path: $!";
    local $/;
    return scalar readline $file;
}

sub subdirectories {
    my ($src) = @_;
    return map { substr $_, 1 + length $src } grep { -d } glob "$src/*";
}

# "store/blob.h": its room is "store", its stem "blob".
sub room_of {
    my ($path) = @_;
    return $path =~ m{^(\w+)/} ? $1 : '';
}

sub stem_of {
    my ($path) = @_;
    return $path =~ m{(\w+)\.[ch]$} ? $1 : '';
}

sub own_includes {
    my ($text) = @_;
    return grep { $_ ne 'config.h' } $text =~ /^\s*#\s*include\s+"([^"]+)"/mg;
}

sub system_includes {
    my ($text) = @_;
    return $text =~ /^\s*#\s*include\s+<([^>]+)>/mg;
}

my $COMMENT = qr{/\*.*?\*/|//[^\n]*}s;
my $QUOTED  = qr{"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'}s;

# The names that are followed by "(", outside comments, strings and members, and that are no
# functions of the file itself.
sub calls {
    my ($text) = @_;
    my %own = map { $_->{name} => 1 } grep { $_->{kind} eq 'function' } items($text);
    my %seen;

    $text =~ s{$COMMENT|$QUOTED}{ }gs;
    $seen{$1} = 1 while $text =~ /(?<![\w.>])([A-Za-z_]\w*)\s*\(/g;
    return grep { !$own{$_} } keys %seen;
}

# The words of the comment that a file begins with, on one line.
sub opening_comment {
    my ($text) = @_;
    return $text =~ m{^\s*($COMMENT)} ? plain($1) : '';
}

# The words of all comments and strings: [kind, line, words], kind "comment" or "string".
# The comments of consecutive lines are separate, the pieces of one string are one.
sub comments_and_strings {
    my ($text) = @_;
    my ($line, $at, @found) = (1, 0);

    while ($text =~ m{($COMMENT)|("(?:\\.|[^"\\\n])*"(?:\s*(?:PRI\w+\s*)?"(?:\\.|[^"\\\n])*")*)|'(?:\\.|[^'\\\n])+'}g) {
        my ($comment, $string) = ($1, $2);
        next unless defined $comment || defined $string;
        my $start = pos($text) - length($comment // $string);
        $line += substr($text, $at, $start - $at) =~ tr/\n//;
        $at = $start;
        next if defined $string && substr($text, 0, $start) =~ /^\s*#\s*include\s+\z/m;
        push @found, defined $comment
            ? ['comment', $line, plain($comment)]
            : ['string', $line, $string =~ s/"\s*(?:PRI\w+\s*)?"//gr =~ s/^"|"$//gr];
    }
    return @found;
}

# The words of a comment without its signs and line ends.
sub plain {
    my ($comment) = @_;

    $comment =~ s{^/\*+\s?|\s*\*/$|^//\s?}{}g;
    $comment =~ s{\n[ \t]*\*?[ \t]*}{ }g;
    return $comment =~ s/\s+/ /gr =~ s/^ | $//gr;
}

# The text with comments, strings and preprocessor lines made blank; every line stays in
# its place.
sub code_only {
    my ($text) = @_;

    $text =~ s{($COMMENT|$QUOTED)}{ blank($1) }ge;
    $text =~ s{^(\s*#(?:[^\n]*\\\n)*[^\n]*)}{ blank($1) }gme;
    return $text;
}

sub blank {
    my ($text) = @_;
    return $text =~ s/[^\n]/ /gr;
}

# What stands at the outer level of a file, in its order: a hash each, with
#   kind     "function" (defined), "prototype", "object", "type", "macro" or "enumerator"
#   name
#   static   true for static ones, extern for extern ones
#   line     the first line, that of the result type
#   lines    of a function, from its name to its last brace
#   list     of a function or prototype: the text between its parentheses
#   body     of a function: the code between its braces, without comments and strings
sub items {
    my ($text) = @_;
    my @found = map { declared(@$_) } statements(code_only($text));
    my $line  = 0;

    # Guards (BASE_STR_H) and what is defined for the system (_GNU_SOURCE) export nothing.
    for (split /\n/, $text =~ s{($COMMENT)}{ blank($1) }ger) {
        $line++;
        my ($name, $value) = /^\s*#\s*define\s+([A-Za-z]\w*)(.*)/ or next;
        push @found, { kind => 'macro', name => $name, line => $line } if $name !~ /_H$/ || $value =~ /\S/;
    }
    return @found;
}

# Cuts code into [line, text before the brace, text between the braces, line of the name,
# last line] and [line, text] at the semicolons and closing braces of the outer level.
sub statements {
    my ($code) = @_;
    my ($depth, $start, $open, @found) = (0, 0);

    while ($code =~ /([{};])/g) {
        my ($sign, $end) = ($1, pos $code);
        if ($sign eq '{') {
            $open = $end if $depth++ == 0;
            next;
        }
        $depth-- if $sign eq '}';
        next if $depth > 0 || $sign eq '}' && substr($code, $start, $open - $start) !~ /\)\s*\{$/;
        my $text = substr $code, $start, $end - $start;
        my $line = 1 + (substr($code, 0, $start) . ($text =~ /^(\s*)/ ? $1 : '')) =~ tr/\n//;
        my $last = 1 + substr($code, 0, $end) =~ tr/\n//;
        push @found, [$text =~ s/^\s+//r, $line, $last];
        $start = $end;
    }
    return @found;
}

# What one statement of the outer level declares.
sub declared {
    my ($text, $line, $last) = @_;
    return if $text =~ /^_Static_assert\b/;
    my $head = $text =~ s/\b(?:__attribute__|_Alignas|alignas)\s*(\((?:[^()]++|(?1))*\))//gr =~ s/^\s+//r;
    my %is   = (
        line   => $line,
        static => scalar($head =~ /^(?:inline\s+)?static\b/),
        extern => scalar($head =~ /^extern\b/),
    );
    my @inner;

    # The outermost braces, first: a body, members, enumerators or values.
    $head =~ s/(\{(?:[^{}]++|(?1))*\})/{}/g and my $braces = $1;
    push @inner, map { { %is, kind => 'type', name => $_ } } $head =~ /\b(?:struct|union|enum)\s+(\w+)\s*\{\}/;
    if ($head =~ /\benum\b[\s\w]*\{\}/) {
        push @inner, map { { %is, kind => 'enumerator', name => $_ } } enumerators($text);
    }
    return ({ %is, kind => 'type', name => typedef_name($head) }, @inner) if $head =~ /^typedef\b/;
    $head =~ s/\b(?:struct|union|enum)\s*\w*\s*\{\}//;
    return @inner if $head =~ /^(?:(?:struct|union|enum)\s+\w+)?\s*;$/ || $head !~ /\w/;

    if ($head =~ /^[^=(]*?\b(\w+)\s*(\((?:[^()]++|(?2))*\))\s*(\{\})?;?$/ && $head !~ /^[^=(]*\(\s*\*/) {
        my ($name, $list, $body) = ($1, $2, $3);
        my ($above) = $text =~ /^(.*?)\b\Q$name\E\s*\(/s;
        return (@inner, {
            %is,
            kind  => $body ? 'function' : 'prototype',
            name  => $name,
            lines => $last - $line + 1 - $above =~ tr/\n//,
            list  => substr($list, 1, -1),
            $body ? (body => $text =~ /^[^{]*\{(.*)\}$/s) : (),
        });
    }
    # "handler_fn v1_get_tags;" declares a function by its type.
    my $kind = $head =~ /^\w+_fn\s+[\w\s,]+;$/ ? 'prototype' : 'object';
    return (@inner, map { { %is, kind => $kind, name => $_ } } object_names($head));
}

sub enumerators {
    my ($text) = @_;
    my ($list) = $text =~ /\benum\b[\s\w]*\{([^{}]*)\}/ or return;
    return map { /^\s*(\w+)/ ? $1 : () } split /,/, $list;
}

# "typedef void handler_fn(struct request *, ...);" and "typedef int (*cmp_fn)(...);"
sub typedef_name {
    my ($head) = @_;

    return $1 if $head =~ /\(\s*\*\s*(\w+)\s*\)\s*\(/;
    return $1 if $head =~ /\b(\w+)\s*\(/;
    return $head =~ /(\w+)(?:\[[^\]]*\])*\s*;$/ ? $1 : '';
}

# "static int a = 1, b[2];", "int (*hook)(void);"
sub object_names {
    my ($head) = @_;

    $head =~ s/=\s*[^,;]*(?:\((?:[^()]*)\)[^,;]*)*//g;
    return $1 if $head =~ /\(\s*\*\s*(?:const\s+)?(\w+)(?:\[[^\]]*\])*\s*\)\s*\(/;
    return map { /(\w+)\s*(?:\[[^\]]*\]\s*)*;?\s*$/ ? $1 : () } split /,/, $head;
}

# The parameters of a function, from the text between its parentheses. "..." is none.
sub parameters {
    my ($list) = @_;
    my ($depth, @found) = (0, '');

    for (split //, $list) {
        $depth++ if $_ eq '(';
        $depth-- if $_ eq ')';
        if ($_ eq ',' && $depth == 0) { push @found, ''; next }
        $found[-1] .= $_;
    }
    return grep { !/^\s*(?:void|\.\.\.)?\s*$/ } @found;
}

# Writes a tree of { "room/file" => text }; each room lists its files unless it says so.
sub sample {
    my ($root, %files) = @_;
    my %listed;

    push @{ $listed{ room_of($_) } }, $_ for grep { /\.[ch]$/ } keys %files;
    $files{"$_/room.mk"} //= join ' ', map { "src/$_" } @{ $listed{$_} } for keys %listed;
    for my $path (keys %files) {
        make_path("$root/" . $path =~ s{/[^/]*$}{}r) if $path =~ m{/};
        open my $file, '>', "$root/$path" or die "$path: $!";
        print $file $files{$path};
        close $file;
    }
    return "$root";
}

# Each sample is [name, { "room/file" => text }, [what must be complained about]].
sub check_samples {
    my ($complaints, @samples) = @_;

    for (@samples) {
        my ($name, $files, $want) = @$_;
        my $root = scratch();

        local $Test::Builder::Level = $Test::Builder::Level + 1;
        is_deeply([sort $complaints->(sample($root, %$files))], [sort @$want], "seen: $name");
    }
}

# The sources keep the rule when nothing is complained about.
sub keeps {
    my ($what, @complaints) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok(!@complaints, $what);
    diag($_) for sort @complaints;
}

1;
