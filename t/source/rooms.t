#!/usr/bin/perl
# The rooms of src/: which room may include which, which headers are private, and which files
# may use a library or make a system call. The tables below are the rule; the sources are held
# against them, and a permission that nobody uses fails as well.

use strict;
use warnings;

use Berth::Source;
use Berth::Test;

# A room and the rooms that it may include, from the ground up.
my @ROOMS = (
    base     => [],
    image    => [qw(base)],
    layer    => [qw(base image)],
    store    => [qw(base image)],
    storefs  => [qw(base image store)],
    index    => [qw(base)],
    indexsqlite => [qw(base index)],
    remote   => [qw(base)],
    auth     => [qw(base image remote)],
    registry => [qw(base image store index auth)],
    bridge   => [qw(base image layer store index auth registry)],
    mirror   => [qw(base image layer store remote auth registry)],
    images   => [qw(base image layer store index auth registry bridge mirror)],
    content  => [qw(base image store index auth registry bridge)],
    port     => [qw(base image layer store registry images content)],
    http     => [qw(base)],
    api      => [qw(base image auth registry http)],
    ops      => [qw(base auth registry mirror api)],
    v1       => [qw(base image layer auth registry images http api ops)],
    v2       => [qw(base image auth registry content http api)],
    serve    => [qw(base store http api)],
    conf     => [qw(base)],
    cmd      => [qw(base image store storefs index indexsqlite remote auth registry bridge mirror images content port http api ops v1 v2 serve conf)],
);

# A header that only some rooms, or some files, may include.
my @HEADERS = (
    qr{^json-c/|^json\.h$}                 => [qw(base)],
    qr{^(zlib|archive|archive_entry)\.h$}  => [qw(layer)],
    qr{^openssl/(sha|md5)\.h$}             => [qw(image)],
    qr{^openssl/evp\.h$}                   => [qw(auth remote)],
    qr{^openssl/(?!evp|sha|md5)|^crypt\.h} => [qw(auth)],
    qr{^sqlite3\.h$}                       => [qw(indexsqlite)],
    qr{^curl/}                             => [qw(remote)],
    qr{^(fcgiapp|fcgi_\w+|fastcgi)\.h$}    => [qw(serve/fcgi.c)],
    qr{^yaml\.h$}                          => [qw(conf)],
    qr{^(pthread|threads)\.h$}             => [qw(serve indexsqlite remote storefs/failpoint.c)],
);

# A call that only some rooms, or some files, may make; nobody, where the list is empty.
my @CALLS = (
    # files: those of the store, and those that an operator imports or exports (port/file.c)
    qr/^(?:open|openat|openat2|creat)$/ =>
        [qw(storefs/beneath.c storefs/io_change.c storefs/store.c base/log.c port/file.c)],
    qr/^(?:read|readv|preadv?2?|lseek)$/ => [qw(storefs/io.c port/file.c)],
    qr/^(?:write|writev|pwritev?2?|f?truncate|(?:posix_)?fallocate|sendfile|copy_file_range)$/ =>
        [qw(storefs/io_change.c base/log.c port/file.c)],
    qr/^(?:close|close_range)$/ => [qw(
        storefs/beneath.c storefs/io.c storefs/inbox.c serve/listen.c base/log.c port/file.c
    )],
    qr/^(?:dup[23]?|fcntl|flock|lockf)$/ =>
        [qw(storefs/guard.c storefs/store.c storefs/inbox.c base/log.c)],
    qr/^(?:[fl]?stat|fstatat|statx)$/ => [qw(
        storefs/beneath.c storefs/io.c storefs/io_change.c storefs/inbox.c
        indexsqlite/dbfile.c port/file.c
    )],
    qr/^(?:statfs|fstatfs|statvfs|fstatvfs)$/ => [qw(storefs/store.c)],
    qr/^(?:access|faccessat|euidaccess)$/     => [qw(storefs/store.c)],
    qr/^(?:realpath|readlink|readlinkat)$/    => [qw(storefs/beneath.c)],
    qr/^(?:(?:fd)?opendir|readdir|closedir|rewinddir|dirfd|scandir|glob|n?ftw|fts_\w+)$/ =>
        [qw(storefs/io.c storefs/io_change.c storefs/listing.c storefs/store.c port/file.c)],
    qr/^(?:unlink|unlinkat|remove|rmdir)$/ =>
        [qw(storefs/io_change.c indexsqlite/dbfile.c serve/listen.c cmd/serve.c port/file.c)],
    qr/^(?:link|linkat|symlink|symlinkat)$/  => [qw(storefs/io_change.c port/file.c)],
    qr/^(?:rename|renameat|renameat2)$/      => [qw(storefs/io_change.c port/file.c)],
    qr/^(?:mkdir|mkdirat|mkfifo|mknod|mkd?temp|mkostemp|tmpfile)$/ => [qw(storefs/io_change.c port/file.c)],
    qr/^(?:utimes|utimensat|futimens|futimes)$/ => [qw(storefs/io_change.c)],
    qr/^(?:f?chmod|fchmodat|[fl]?chown|fchownat)$/ => [qw(storefs/io_change.c serve/listen.c port/file.c)],
    qr/^(?:fsync|fdatasync|syncfs|sync_file_range)$/ => [qw(storefs/io_change.c port/file.c)],
    qr/^(?:mmap|munmap|msync|shm_open|memfd_create)$/ => [qw(base/shared.c)],
    qr/^(?:fopen|fdopen|freopen|fread|fwrite)$/       => [qw(conf/conf.c cmd/key_file.c)],

    # processes, threads and sockets
    qr/^(?:fork|vfork|clone|posix_spawnp?)$/ => [qw(serve)],
    qr/^(?:exec[lv]p?e?|execveat|system|popen)$/ => [],
    qr/^(?:pthread_\w+|thrd_\w+)$/           => [qw(serve indexsqlite remote storefs/failpoint.c)],
    qr/^(?:socket|bind|listen|accept4?|connect|shutdown)$/ => [qw(serve remote/redirect.c)],
    qr/^syscall$/                            => [qw(storefs/beneath.c)],

    # how content is sent is asked in one place
    qr/^store_content_uri$/                  => [qw(store/content.h serve/fcgi.c)],

    # libraries
    qr/^(?:sqlite3_\w+)$/                    => [qw(indexsqlite)],
    qr/^(?:json_(?:object|tokener)_\w+)$/    => [qw(base)],
    qr/^(?:yaml_\w+)$/                       => [qw(conf)],
    qr/^(?:FCGX_\w+)$/                       => [qw(serve/fcgi.c)],
    qr/^(?:inflate\w*|deflate\w*|archive_\w+)$/ => [qw(layer)],
    qr/^(?:EVP_\w+)$/                       => [qw(auth remote)],
    qr/^(?:curl_\w+)$/                      => [qw(remote)],
);

my %MAY = @ROOMS;

# What is wrong with the tree below $src, a line each.
sub complaints {
    my ($src) = @_;
    my %sources = read_sources($src);

    return map({ room_complaints($src, $_, \%sources) } subdirectories($src)),
        map({ file_complaints($_, $sources{$_}) } keys %sources),
        map({ private_complaints($_, \%sources) } grep { /\.h$/ } keys %sources),
        circles(\%sources);
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
    my $room = room_of($path);
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
    my $places = places_for($name, $rules);

    return !$places || grep { is_in($path, $_) } @$places;
}

# The places of the first rule that is about $name.
sub places_for {
    my ($name, $rules) = @_;

    for my $i (grep { $_ % 2 == 0 } 0 .. $#$rules) {
        return $rules->[$i + 1] if $name =~ $rules->[$i];
    }
    return;
}

# A place is a file or a room.
sub is_in {
    my ($path, $place) = @_;
    return $path eq $place || room_of($path) eq $place;
}

# A header that says so in its opening comment is included in its room, or in the files that
# it names, and nowhere else: "Private to this room.", "Private to tar.c and tar_*.c." A header
# that is not private does not include one that is, because others would see it through that.
sub private_complaints {
    my ($path, $sources) = @_;
    my $comment  = opening_comment($sources->{$path});
    my $places   = private_to($sources->{$path});
    my ($other)  = $comment =~ /\b((?:Seen by|For) [^.,:;]*(?:\.[ch] )?alone)\b/;
    my @users    = grep { $_ ne $path && grep { $_ eq $path } own_includes($sources->{$_}) } keys %$sources;

    return "$path: \"$other\": write \"Private to this room.\"" if defined $other;
    return "$path: private, but not to a place that can be checked" if $comment =~ /\bPrivate to\b/ && !defined $places;
    return unless defined $places;
    return map({ "$_: includes $path, which is private to $places" }
        grep { !may_see_private($_, $path, $places) } @users),
        map({ "$_: includes $path, which is private, and is not private itself" }
        grep { /\.h$/ && !defined private_to($sources->{$_}) } @users);
}

sub private_to {
    my ($text) = @_;
    my ($places) = opening_comment($text) =~ /\bPrivate to (this room|[\w*]+\.[ch](?:(?:,| and) [\w*]+\.[ch])*)\./;
    return $places;
}

# The .c file of the same name defines what the header declares.
sub may_see_private {
    my ($file, $header, $places) = @_;

    return 0 if room_of($file) ne room_of($header);
    return 1 if $places eq 'this room' || stem_of($file) eq stem_of($header);
    return scalar grep { my $name = s/\*/.*/gr; $file =~ m{/$name$} } split /, | and /, $places;
}

# The permissions of the tables that nobody uses.
sub unused {
    my ($sources, $rooms, $headers, $calls) = @_;
    my @paths    = keys %$sources;
    my %may      = @$rooms;
    my %includes = map { $_ => [system_includes($sources->{$_})] } @paths;
    my %calls    = map { $_ => [calls($sources->{$_})] } @paths;
    my %seen;

    $seen{ room_of($_) }{$_} = 1 for @paths;
    for my $path (@paths) {
        $seen{ room_of($path) }{ room_of($_) } = 1 for own_includes($sources->{$path});
    }
    return map({ my $room = $_; map { "$room includes nothing of $_" } grep { !$seen{$room}{$_} } @{ $may{$room} } } keys %may),
        unused_places('includes', $headers, \%includes), unused_places('calls', $calls, \%calls);
}

sub unused_places {
    my ($verb, $rules, $used) = @_;
    my @wrong;

    for my $i (grep { $_ % 2 == 0 } 0 .. $#$rules) {
        for my $place (@{ $rules->[$i + 1] }) {
            push @wrong, "$place $verb nothing of $rules->[$i]"
                unless grep { is_used($used->{$_}, $i, $rules) } grep { is_in($_, $place) } keys %$used;
        }
    }
    return @wrong;
}

sub is_used {
    my ($names, $i, $rules) = @_;
    return scalar grep { my $places = places_for($_, $rules); $places && $places == $rules->[$i + 1] } @$names;
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
            'http/b.c'   => "static int\nread(int a)\n{\n\treturn read(a) + pread(b) + close(c) + stat(d);\n}\n",
            'serve/c.c'  => "int f(void) { system(a); return bind(s); }\n",
            'storefs/stage.c'     => "int f(void) { return fsync(a) + pwrite(b) + pread(c) + close(d); }\n",
            'storefs/io_change.c' => "int f(void) { return fsync(a) + pwrite(b); }\n",
            'mirror/fetch.c'      => "int f(void) { return dup(a) + read(b); }\n",
        },
        [
            'base/log.c: may not call fsync', 'serve/c.c: may not call system',
            map({ "storefs/stage.c: may not call $_" } qw(close fsync pread pwrite)),
            map({ "mirror/fetch.c: may not call $_" } qw(dup read)),
            map({ "http/a.c: may not call $_" } qw(fork pthread_create rename)),
            map({ "http/b.c: may not call $_" } qw(close pread stat)),
        ],
    ],
    [
        'a circle', { 'base/a.h' => "#include \"base/b.h\"\n", 'base/b.h' => "#include \"base/a.h\"\n" },
        ['a circle: base/a.h -> base/b.h -> base/a.h'],
    ],
    [
        'private headers in use elsewhere',
        {
            'store/io.h'   => "/* io.h: files. Private to\n * this room. It is odd. */\n",
            'store/a.c'    => "#include \"store/io.h\"\n",
            'store/a.h'    => "/* a.h: for all. */\n#include \"store/io.h\"\n",
            'store/b.h'    => "/* b.h: Private to this room. */\n#include \"store/io.h\"\n",
            'registry/a.c' => "#include \"store/io.h\"\n",
            'base/x.h'     => "/* x.h: private. Private to y.c and json_*.c. */\n",
            'base/w.h'     => "/* w.h: Private to y.c. */\n",
            map({ ("base/$_.c" => "#include \"base/x.h\"\n") } qw(x y json_x json z)),
            'store/y.c' => "#include \"base/x.h\"\n",
        },
        [
            'registry/a.c: includes store/io.h, which is private to this room',
            'store/a.h: includes store/io.h, which is private, and is not private itself',
            map({ "$_: includes base/x.h, which is private to y.c and json_*.c" } qw(base/json.c base/z.c store/y.c)),
        ],
    ],
    [
        'private headers that say it in other words',
        {
            'base/a.h' => "/* a.h: odd. Seen by this room\n * alone. */\n",
            'base/b.h' => "/* b.h: odd. Seen by json_*.c alone. */\n",
            'base/c.h' => "/* c.h: odd. For this room alone. */\n",
            'base/d.h' => "/* d.h: odd. Private to us. */\n",
            'base/e.h' => "/* e.h: in order. It stands alone. For others, see d.h. */\n/* Seen by a.c alone. */\n",
        },
        [
            'base/a.h: "Seen by this room alone": write "Private to this room."',
            'base/b.h: "Seen by json_*.c alone": write "Private to this room."',
            'base/c.h: "For this room alone": write "Private to this room."',
            'base/d.h: private, but not to a place that can be checked',
        ],
    ],
    ['an unknown room', { 'attic/a.c' => '' }, ['attic: not a room of the table']],
    [
        'a room.mk that lies', { 'base/a.c' => '', 'base/room.mk' => 'src/base/b.c' },
        ['base/a.c: not in room.mk', 'base/b.c: in room.mk, but not there'],
    ],
);

check_samples(\&complaints, @SAMPLES);

# The permissions that nobody uses, of tables of their own.
{
    my $source = {
        'base/a.h'  => "#include <zlib.h>\n",
        'store/b.c' => "#include \"base/a.h\"\nint f(void) { return open(p, 0) + read(1); }\n",
        'v1/c.c'    => "/* #include \"store/b.h\" */\nstatic int close(int a)\n{\n}\n",
    };
    my @rooms   = (base => [], store => ['base'], v1 => [qw(base store)]);
    my @headers = (qr/^zlib/ => ['base'], qr/^z/ => ['base'], qr/^curl/ => ['v1']);
    my @calls   = (qr/^open$/ => ['store/b.c'], qr/^(?:open|read)$/ => [qw(store v1)], qr/^close$/ => ['v1/c.c']);

    is_deeply([sort { $a cmp $b } unused($source, \@rooms, \@headers, \@calls)], [sort { $a cmp $b }
        'v1 includes nothing of base', 'v1 includes nothing of store', "base includes nothing of $headers[2]",
        "v1 includes nothing of $headers[4]", "v1 calls nothing of $calls[2]", "v1/c.c calls nothing of $calls[4]",
    ], 'seen: permissions that nobody uses');
}

# The table itself goes one way: a room sees only those above it in the list.
for my $i (grep { $_ % 2 == 0 } 0 .. $#ROOMS) {
    my %above = map { $_ => 1 } @ROOMS[grep { $_ % 2 == 0 } 0 .. $i - 1];
    is(join(' ', grep { !$above{$_} } @{ $ROOMS[$i + 1] }), '', "$ROOMS[$i] looks down only");
}

my $src = source_dir() . '/src';
keeps('src/ keeps to its rooms', complaints($src));
keeps('each permission of the tables is used', unused({ read_sources($src) }, \@ROOMS, \@HEADERS, \@CALLS));
done_testing();
