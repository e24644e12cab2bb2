package Berth::Image;

# Images as a Docker of 2014 makes them: an id, its json, a layer, and the two sums.
#
#     my $base  = Berth::Image->new;
#     my $child = Berth::Image->new(parent => $base, files => { 'etc/motd' => "hi\n" });
#     my $big   = Berth::Image->new(size => 1 << 30);    # never in memory as a whole

use strict;
use warnings;

use Compress::Raw::Zlib qw(WANT_GZIP Z_SYNC_FLUSH);
use Digest::SHA qw(sha256_hex);

# new(%option): parent (an image), files ({ name => content }), size (that many bytes
# which are not archives, made as they are read), bytes (the layer itself), id.
sub new {
    my ($class, %option) = @_;
    my $self = bless {
        id     => $option{id} // random_id(),
        parent => $option{parent} && $option{parent}->id,
        files  => $option{files} // { 'etc/hostname' => random_id() . "\n" },
        size   => $option{size},
        seed   => random_id(),
    }, $class;

    $self->{json}  = $option{json} // $self->make_json;
    $self->{bytes} = $option{bytes} // $self->make_layer unless $self->{size};
    return $self;
}

sub random_id {
    open my $random, '<:raw', '/dev/urandom' or die "/dev/urandom: $!";
    read $random, my $bytes, 32;
    return unpack 'H*', $bytes;
}

# Its path in API v1: of its "json", "layer" and so on.
sub path { return '/v1/images/' . $_[0]{id} . "/$_[1]" }

sub id     { return $_[0]{id} }
sub parent { return $_[0]{parent} }    # its id; undef: a base
sub json   { return $_[0]{json} }
sub bytes  { return $_[0]{bytes} }

sub size {
    my ($self) = @_;
    return $self->{size} // length $self->{bytes};
}

# The keys and their order are docker 0.11.1's.
sub make_json {
    my ($self) = @_;
    my $parent = $self->{parent} ? qq("parent":"$self->{parent}",) : '';
    my $config = '{"Hostname":"%s","Domainname":"","User":"","Memory":0,"MemorySwap":0,"CpuShares":0,'
        . '"Cpuset":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"PortSpecs":null,'
        . '"ExposedPorts":null,"Tty":true,"OpenStdin":true,"StdinOnce":true,"Env":["HOME=/",'
        . '"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["/bin/bash"],'
        . '"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,"NetworkDisabled":false,"OnBuild":null}';

    return qq({"id":"$self->{id}",$parent"created":"2014-05-15T02:37:51.21802123Z",)
        . qq("container":"$self->{seed}","container_config":) . sprintf($config, substr $self->{seed}, 0, 12)
        . ',"docker_version":"0.11.1","config":' . sprintf($config, '')
        . ',"architecture":"amd64","os":"linux","Size":' . ($self->{size} // 4096) . '}';
}

# One entry's header, and its fields as tarsum reads them.
sub tar_entry {
    my ($name, $content) = @_;
    my @fields = (
        name     => $name,
        mode     => 0100644,
        uid      => 0,
        gid      => 0,
        size     => length $content,
        mtime    => 1400121471,
        typeflag => '0',
        linkname => '',
        uname    => 'root',
        gname    => 'root',
        devmajor => 0,
        devminor => 0,
    );
    my %field  = @fields;
    my $header = pack 'a100 a8 a8 a8 a12 a12 a8 a1 a100 a6 a2 a32 a32 a8 a8 a155 x12',
        $name, sprintf("%07o", $field{mode}), ('0000000') x 2, sprintf("%011o", $field{size}),
        sprintf("%011o", $field{mtime}), ' ' x 8, '0', '', "ustar\0", '00', 'root', 'root',
        ('0000000') x 2, '';

    substr $header, 148, 8, sprintf "%06o\0 ", unpack '%32C*', $header;
    return ($header, join '', @fields);
}

# As docker sends it: no end blocks, the gzip stream flushed at each entry.
sub make_layer {
    my ($self) = @_;
    my ($deflate) = Compress::Raw::Zlib::Deflate->new(-WindowBits => WANT_GZIP, -AppendOutput => 1);
    my $layer = '';

    $self->{entry_sums} = [];
    for my $name (sort keys %{ $self->{files} }) {
        my $content = $self->{files}{$name};
        my ($header, $fields) = tar_entry($name, $content);
        $deflate->deflate($header . $content . "\0" x (-length($content) % 512), $layer);
        $deflate->flush($layer, Z_SYNC_FLUSH);
        push @{ $self->{entry_sums} }, sha256_hex($fields . $content);
    }
    $deflate->flush($layer);
    return $layer;
}

use constant BLOCK => 64 << 10;

# The n-th block of a layer that has a size alone: each differs, and costs next to nothing.
sub block {
    my ($self, $n) = @_;

    $self->{pattern} //= pack('H*', $self->{seed}) x (BLOCK / 32);
    return pack('Q', $n) . substr $self->{pattern}, 8;
}

# A sub that gives the next piece of the layer with each call, and '' at its end.
sub reader {
    my ($self, $piece) = @_;
    my $left = $self->size;
    my $next = 0;
    my $buffer = $self->{bytes} // '';

    $piece //= 256 << 10;
    return sub {
        my $n = $left < $piece ? $left : $piece;

        $buffer .= $self->block($next++) while length $buffer < $n;
        $left -= $n;
        return substr $buffer, 0, $n, '';
    };
}

# sha256 over the json, a newline, and the bytes sent.
sub payload_sum {
    my ($self) = @_;
    my $sha  = Digest::SHA->new(256);
    my $next = $self->reader;

    return $self->{payload_sum} if $self->{payload_sum};
    $sha->add($self->{json}, "\n");
    while ((my $bytes = $next->()) ne '') {
        $sha->add($bytes);
    }
    return $self->{payload_sum} = 'sha256:' . $sha->hexdigest;
}

# Of the layers made here from files; the others are not archives and have none.
sub tarsum {
    my ($self) = @_;
    my $sums = $self->{entry_sums} or return;

    return 'tarsum+sha256:' . sha256_hex($self->{json} . join '', sort @$sums);
}

# sha256 of the layer alone: what a pull can be compared with.
sub layer_sum {
    my ($self) = @_;
    my $sha  = Digest::SHA->new(256);
    my $next = $self->reader;

    while ((my $bytes = $next->()) ne '') {
        $sha->add($bytes);
    }
    return $sha->hexdigest;
}

1;
