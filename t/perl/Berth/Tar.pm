package Berth::Tar;

# Archives with everything that a layer can hold: owners, modes, times, links, devices,
# extended attributes, names of any length.
#
#     my $tar = Berth::Tar::archive(
#         { name => 'etc/', mode => 0755 },
#         { name => 'etc/motd', content => "hi\n", uid => 7, xattrs => { 'user.a' => 'b' } },
#         { name => 'etc/issue', symlink => 'motd' },
#     );
#     my @entries = Berth::Tar::entries($tar);    # the same members, all of them set
#
# A name that ends in "/" is a directory. The other kinds have the member content, link (a hard
# link to that name), symlink, char, block (each [major, minor]) or fifo.

use strict;
use warnings;

use Compress::Raw::Zlib qw(WANT_GZIP_OR_ZLIB Z_OK Z_STREAM_END);
use File::Temp ();

use constant { BLOCK => 512, TIME => 1400121471 };

my %TYPE_OF = (content => '0', link => '1', symlink => '2', char => '3', block => '4', fifo => '6');
my %KIND_OF = (reverse(%TYPE_OF), "\0" => 'content', '7' => 'content');

# ---- writing ----

# The last entry is followed by two blocks of zeros, as tar(1) and docker since 1.0 write them.
sub archive { return join('', map { entry($_) } @_) . "\0" x (2 * BLOCK) }

sub entry {
    my ($e) = @_;
    my ($kind)  = grep { exists $e->{$_} } keys %TYPE_OF;
    my $content = $e->{content} // '';
    my $to      = $e->{link} // $e->{symlink} // '';
    my ($major, $minor) = @{ $e->{char} // $e->{block} // [0, 0] };
    my $mtime = $e->{mtime} // TIME;
    my %pax   = map { ("SCHILY.xattr.$_" => $e->{xattrs}{$_}) } keys %{ $e->{xattrs} // {} };

    $pax{path}     = $e->{name} if length $e->{name} > 100;
    $pax{linkpath} = $to        if length $to > 100;
    $pax{mtime}    = $mtime     if $mtime =~ /\./;
    my $header = header(
        name  => $e->{name}, mode => $e->{mode} // ($kind ? 0644 : 0755), uid => $e->{uid} // 0, gid => $e->{gid} // 0,
        size  => length $content, mtime => int $mtime, type => $kind ? $TYPE_OF{$kind} : '5', to => $to,
        major => $major, minor => $minor,
    );
    return (%pax ? extended(%pax) : '') . $header . padded($content);
}

sub padded { return $_[0] . "\0" x (-length($_[0]) % BLOCK) }

sub header {
    my (%h) = @_;
    my $block = pack 'a100 A8 A8 A8 A12 A12 A8 a1 a100 a6 a2 a32 a32 A8 A8 a155 x12',
        $h{name}, (map { sprintf "%07o\0", $_ } @h{qw(mode uid gid)}), (map { sprintf "%011o\0", $_ } @h{qw(size mtime)}),
        ' ' x 8, $h{type}, $h{to}, "ustar\0", '00', 'root', 'root',
        (map { sprintf "%07o\0", $_ } @h{qw(major minor)}), '';

    substr $block, 148, 8, sprintf "%06o\0 ", unpack '%32C*', $block;
    return $block;
}

# The header of PAX that precedes an entry: "LENGTH KEY=VALUE\n", and the length counts itself.
sub extended {
    my (%records) = @_;
    my $text = '';

    for my $key (sort keys %records) {
        my $record = " $key=$records{$key}\n";
        my $length = length $record;
        $length = length($record) + length $length for 1 .. 3;
        $text .= $length . $record;
    }
    return header(name => 'PaxHeaders.0/x', mode => 0644, uid => 0, gid => 0, size => length $text, mtime => TIME,
        type => 'x', to => '', major => 0, minor => 0) . padded($text);
}

# ---- reading ----

# The archive in a layer, which may be compressed by gzip, xz or bzip2.
sub unpacked {
    my ($layer) = @_;

    return gunzipped($layer)          if $layer =~ /\A\x1f\x8b/;
    return filtered('xz -dc', $layer) if $layer =~ /\A\xfd7zXZ\0/;
    return filtered('bzip2 -dc', $layer) if $layer =~ /\ABZh/;
    return $layer;
}

sub gunzipped {
    my ($layer) = @_;
    my $inflate = Compress::Raw::Zlib::Inflate->new(-WindowBits => WANT_GZIP_OR_ZLIB, -AppendOutput => 1);
    my $tar     = '';
    my $status  = $inflate->inflate($layer, $tar);

    $status == Z_STREAM_END or die "a layer's gzip: $status\n";
    return $tar;
}

# What a command makes of these bytes.
sub filtered {
    my ($command, $bytes) = @_;
    my $dir = File::Temp->newdir;

    open my $file, '>:raw', "$dir/in" or die "$dir/in: $!\n";
    print $file $bytes;
    close $file or die "$dir/in: $!\n";
    open my $pipe, '-|:raw', "$command <$dir/in" or die "$command: $!\n";
    local $/;
    my $out = readline($pipe) // '';
    close $pipe or die "$command fails\n";
    return $out;
}

sub entries {
    my ($tar) = @_;
    my ($at, %pax, @entries) = (0);

    while ($at + BLOCK <= length $tar) {
        my $block = substr $tar, $at, BLOCK;
        last if $block =~ /\A\0+\z/;
        my ($name, $mode, $uid, $gid, $size, $mtime, undef, $type, $to, $magic, undef, undef, undef, $major, $minor, $prefix)
            = unpack 'Z100 a8 a8 a8 a12 a12 a8 a1 Z100 a6 a2 a32 a32 a8 a8 Z155', $block;
        $_ = number($_) for $mode, $uid, $gid, $size, $mtime, $major, $minor;
        my $content = substr $tar, $at + BLOCK, $size;

        $at += BLOCK + $size + -$size % BLOCK;
        if ($type =~ /[xgLK]/) {
            %pax = (%pax, $type eq 'x' ? records($content) : $type eq 'g' ? () : ($type => $content =~ s/\0.*//sr));
            next;
        }
        $name = "$prefix/$name" if $magic eq "ustar\0" && $prefix ne '';
        my %e = (
            name => $pax{path} // $pax{L} // $name, mode => $mode & 07777, uid => $pax{uid} // $uid,
            gid  => $pax{gid} // $gid, mtime => $pax{mtime} // $mtime,
            xattrs => { map { s/^SCHILY\.xattr\.//r => $pax{$_} } grep { /^SCHILY\.xattr\./ } keys %pax },
        );
        my $kind  = $type eq '5' ? '' : $KIND_OF{$type} // die "an entry of type $type\n";
        my %value = (content => $content, link => $pax{linkpath} // $pax{K} // $to, char => [$major, $minor], fifo => 1);
        @value{qw(symlink block)} = @value{qw(link char)};
        $e{$kind} = $value{$kind} if $kind;
        $e{name} .= '/' if !$kind && $e{name} !~ m{/\z};
        push @entries, \%e;
        %pax = ();
    }
    return @entries;
}

sub number {
    my ($field) = @_;

    return unpack 'N', substr $field, -4 if ord($field) == 0x80;    # of GNU tar: base 256
    return oct $field =~ s/[\0 ]+\z//r =~ s/\A +//r || 0;
}

sub records {
    my ($text) = @_;
    my %records;

    while ($text =~ /\G(\d+) /gc) {
        my $length = $1;
        my $start  = pos($text) - length("$length ");
        my $record = substr $text, $start, $length;
        my ($key, $value) = $record =~ /\A\d+ ([^=]+)=(.*)\n\z/s or die "a record of PAX\n";
        $records{$key} = $value;
        pos($text) = $start + $length;
    }
    return %records;
}

1;
