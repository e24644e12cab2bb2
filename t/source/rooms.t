#!/usr/bin/perl
# The rooms of src/: who may include whom, and who alone sees a library or a system call.
# The table below is the rule; the sources are held against it.

use strict;
use warnings;

use Berth::Test;
use File::Find ();
use File::Path qw(make_path);

# A room and the rooms that it may include, from the ground up.
my @ROOMS = (
    base     => [],
    image    => [qw(base)],
    layer    => [qw(base image)],
    store    => [qw(base image)],
    storefs  => [qw(base image store)],
    index    => [qw(base image)],
    indexsqlite => [qw(base image index)],
    remote   => [qw(base)],
    auth     => [qw(base image remote)],
    registry => [qw(base image layer store index remote auth)],
    mirror   => [qw(base image layer store remote auth registry)],
    images   => [qw(base image layer store index auth registry mirror)],
    content  => [qw(base image store index auth registry)],
    http     => [qw(base)],
    v1       => [qw(base image layer auth registry mirror images http)],
    v2       => [qw(base image auth registry content http)],
    serve    => [qw(base registry http v1 v2)],
    conf     => [qw(base)],
    cmd      => [qw(base image store storefs index indexsqlite remote auth registry mirror images content http v1 serve conf)],
);

# A header that only some rooms, or some files, may include.
my @HEADERS = (
    qr{^json-c/|^json\.h$}                 => [qw(base)],
    qr{^(zlib|archive|archive_entry)\.h$}  => [qw(layer)],
    qr{^openssl/(sha|md5)\.h$}             => [qw(image)],
    qr{^openssl/evp\.h$}                   => [qw(image auth remote)],
    qr{^openssl/(?!evp|sha|md5)|^crypt\.h} => [qw(auth)],
    qr{^sqlite3\.h$}                       => [qw(indexsqlite)],
    qr{^curl/}                             => [qw(remote)],
    qr{^(fcgiapp|fcgi_\w+|fastcgi)\.h$}    => [qw(serve/fcgi.c)],
    qr{^yaml\.h$}                          => [qw(conf)],
    qr{^(pthread|threads)\.h$}             => [qw(serve indexsqlite remote storefs/failpoint.c)],
);

# A call that only some rooms, or some files, may make.
my @CALLS = (
    qr/^(?:open|openat|openat2|creat)$/      => [qw(storefs/beneath.c storefs/io_change.c storefs/store.c base/log.c)],
    qr/^(?:link|linkat|symlink|symlinkat)$/  => [qw(storefs/io_change.c)],
    qr/^(?:rename|renameat|renameat2)$/      => [qw(storefs/io_change.c)],
    qr/^(?:mkdirat|utimensat|fchmodat|fchownat)$/ => [qw(storefs/io_change.c)],
    qr/^(?:fsync|fdatasync|syncfs|sync_file_range)$/ => [qw(storefs)],
    qr/^(?:fork|vfork|clone|posix_spawnp?)$/ => [qw(serve)],
    qr/^(?:pthread_\w+|thrd_\w+)$/           => [qw(serve indexsqlite remote storefs/failpoint.c)],
    qr/^(?:sqlite3_\w+)$/                    => [qw(indexsqlite)],
    qr/^(?:json_(?:object|tokener)_\w+)$/    => [qw(base)],
    qr/^(?:yaml_\w+)$/                       => [qw(conf)],
    qr/^(?:FCGX_\w+)$/                       => [qw(serve/fcgi.c)],
    qr/^(?:inflate\w*|deflate\w*|archive_\w+)$/ => [qw(layer)],
    qr/^(?:EVP_\w+)$/                       => [qw(image auth remote)],
    qr/^(?:curl_\w+)$/                      => [qw(remote)],
);

my %MAY = @ROOMS;

# What is wrong with the tree below $src, a line each.
sub complaints {
    my ($src) = @_;
    my %sources = read_sources($src);

    return sort map({ room_complaints($src, $_, \%sources) } subdirectories($src)),
        map({ file_complaints($_, $sources{$_}) } keys %sources), circles(\%sources);
}

sub subdirectories {
    my ($src) = @_;
    return map { substr $_, 1 + length $src } grep { -d } glob "$src/*";
}

# { "room/file.c" => text }
sub read_sources {
    my ($src) = @_;
    my %sources;

    File::Find::find({
        no_chdir => 1,
        wanted   => sub {
            return unless /\.[ch]$/;
            open my $file, '<', $_ or die "$_: $!";
            local $/;
            $sources{ substr $_, 1 + length $src } = readline $file;
        },
    }, $src);
    return %sources;
}

# The room is known, and its room.mk lists what lies in it.
sub room_complaints {
    my ($src, $room, $sources) = @_;
    my @there = grep { m{^\Q$room\E/} } keys %$sources;

    return unless @there;
    return "$room: not a room of the table" unless $MAY{$room};
    open my $file, '<', "$src/$room/room.mk" or return "$room: no room.mk";
    my %listed = map { $_ => 1 } join('', readline $file) =~ m{\bsrc/(\w+/\w+\.[ch])\b}g;
    return map({ "$_: not in room.mk" } grep { !$listed{$_} } @there),
        map({ "$_: in room.mk, but not there" } grep { !defined $sources->{$_} } keys %listed);
}

sub file_complaints {
    my ($path, $text) = @_;
    my ($room) = split m{/}, $path;
    my @wrong;

    for my $include (own_includes($text)) {
        my ($other) = $include =~ m{^(\w+)/} or push @wrong, "$path: \"$include\" without its room";
        next if !defined $other || $other eq $room || grep { $_ eq $other } @{ $MAY{$room} // [] };
        push @wrong, "$path: may not include $include";
    }
    push @wrong, map { "$path: may not include <$_>" } grep { !allowed($path, $_, \@HEADERS) } system_includes($text);
    push @wrong, map { "$path: may not call $_" } grep { !allowed($path, $_, \@CALLS) } calls($text);
    return @wrong;
}

# Whether the rule for $name, if there is one, names this file or its room.
sub allowed {
    my ($path, $name, $rules) = @_;

    for (my $i = 0; $i < @$rules; $i += 2) {
        my ($pattern, $places) = @$rules[$i, $i + 1];
        next unless $name =~ $pattern;
        return scalar grep { $path eq $_ || $path =~ m{^\Q$_\E/} } @$places;
    }
    return 1;
}

sub own_includes {
    my ($text) = @_;
    return grep { $_ ne 'config.h' } $text =~ /^\s*#\s*include\s+"([^"]+)"/mg;
}

sub system_includes {
    my ($text) = @_;
    return $text =~ /^\s*#\s*include\s+<([^>]+)>/mg;
}

# The names that are followed by "(", outside comments, texts and members.
sub calls {
    my ($text) = @_;
    my %seen;

    $text =~ s{/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'}{ }gs;
    $seen{$1} = 1 while $text =~ /(?<![\w.>])([A-Za-z_]\w*)\s*\(/g;
    return keys %seen;
}

# Each circle of includes between files, once.
sub circles {
    my ($sources) = @_;
    my (%state, %found);
    my $visit;

    $visit = sub {
        my @way  = @_;
        my $file = $way[-1];
        return if ($state{$file} // '') eq 'done' || !defined $sources->{$file};
        if (($state{$file} // '') eq 'open') {
            shift @way until $way[0] eq $file;
            $found{ 'a circle: ' . join ' -> ', @way } = 1;
            return;
        }
        $state{$file} = 'open';
        $visit->(@way, $_) for own_includes($sources->{$file});
        $state{$file} = 'done';
    };
    $visit->($_) for sort keys %$sources;
    return keys %found;
}

# Writes a tree of { "room/file" => text }; each room lists its files unless it says so.
sub sample {
    my ($root, %files) = @_;
    my %listed;

    push @{ $listed{ (split m{/})[0] } }, $_ for grep { /\.[ch]$/ } keys %files;
    $files{"$_/room.mk"} //= join ' ', map { "src/$_" } @{ $listed{$_} } for keys %listed;
    for my $path (keys %files) {
        make_path("$root/" . $path =~ s{/.*}{}r);
        open my $file, '>', "$root/$path" or die "$path: $!";
        print $file $files{$path};
        close $file;
    }
    return $root;
}

# [name, files, what must be complained about]
my @SAMPLES = (
    [
        'a tree in order',
        {
            'base/a.h'     => "#include <json-c/json.h>\n",
            'storefs/io_change.c' => "#include \"base/a.h\"\nint f(void) { return open(p, 0); }\n",
            'serve/fcgi.c' => "#include <fcgiapp.h>\nint g(void) { fork(); return FCGX_Init(); }\n",
            'cmd/main.c'   => "/* rename(a) */ const char *s = \"link(2)\";\n"
                . "int h(void) { x->open(1); return my_open(2); }\n",
        },
        [],
    ],
    ['a room that looks up', { 'base/a.c' => "#include \"storefs/io.h\"\n" }, ['base/a.c: may not include storefs/io.h']],
    [
        'APIs that see each other', { 'v1/a.c' => "#include \"v2/b.h\"\n" },
        ['v1/a.c: may not include v2/b.h'],
    ],
    ['an include without its room', { 'v1/a.c' => "#include \"b.h\"\n" }, ['v1/a.c: "b.h" without its room']],
    [
        'libraries in the wrong place',
        {
            'v1/a.c'    => "#include <json-c/json.h>\n#include <sqlite3.h>\n#include <zlib.h>\n",
            'serve/b.c' => "#include <fcgiapp.h>\n#include <openssl/evp.h>\n",
        },
        [
            'serve/b.c: may not include <fcgiapp.h>', 'serve/b.c: may not include <openssl/evp.h>',
            map { "v1/a.c: may not include <$_>" } qw(json-c/json.h sqlite3.h zlib.h),
        ],
    ],
    [
        'calls in the wrong place',
        {
            'base/log.c' => "int f(void) { open(p, 0); return fsync(1); }\n",
            'http/a.c'   => "int g(void) { fork(); rename(a, b);\n\treturn pthread_create(&t); }\n",
        },
        [
            'base/log.c: may not call fsync',
            map { "http/a.c: may not call $_" } qw(fork pthread_create rename),
        ],
    ],
    [
        'a circle', { 'base/a.h' => "#include \"base/b.h\"\n", 'base/b.h' => "#include \"base/a.h\"\n" },
        ['a circle: base/a.h -> base/b.h -> base/a.h'],
    ],
    ['an unknown room', { 'attic/a.c' => '' }, ['attic: not a room of the table']],
    [
        'a room.mk that lies', { 'base/a.c' => '', 'base/room.mk' => 'src/base/b.c' },
        ['base/a.c: not in room.mk', 'base/b.c: in room.mk, but not there'],
    ],
);

for (@SAMPLES) {
    my ($name, $files, $want) = @$_;
    my $root = scratch();

    is_deeply([complaints(sample("$root", %$files))], [sort @$want], "seen: $name");
}

# The table itself goes one way: a room sees only those above it in the list.
for my $i (grep { $_ % 2 == 0 } 0 .. $#ROOMS) {
    my %above = map { $_ => 1 } @ROOMS[grep { $_ % 2 == 0 } 0 .. $i - 1];
    is(join(' ', grep { !$above{$_} } @{ $ROOMS[$i + 1] }), '', "$ROOMS[$i] looks down only");
}

my @wrong = complaints(source_dir() . '/src');
ok(!@wrong, 'src/ keeps to its rooms');
diag($_) for @wrong;
done_testing();
