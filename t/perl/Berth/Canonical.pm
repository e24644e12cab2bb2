package Berth::Canonical;

# The Docker schema 2 that is made of v1 images, written a second time by the specification in
# doc/bridge.md, section "Docker schema 2 made of v1 images", and by nothing else.
#
#     my ($config, $manifest) = Berth::Canonical::of({ json => ..., layer => ... }, ...);    # base first

use strict;
use warnings;

use Berth::Tar;
use Digest::SHA qw(sha256_hex);
use JSON::PP ();

my $TIME = qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\z/;

sub of {
    my (@images) = @_;
    my @docs   = map { JSON::PP->new->utf8->decode($_->{json}) } @images;
    my @layers = map { layer($_->{layer}) } @images;
    my $top    = $docs[-1];

    $layers[0]{empty} = 0 unless grep { !$_->{empty} } @layers;
    my @full   = grep { !$_->{empty} } @layers;
    my $config = written({
        architecture => text($top->{architecture}) =~ /\A(?:x86_64)?\z/ ? 'amd64' : $top->{architecture},
        texts($top, qw(author docker_version)), created($top),
        config  => config($top->{config}),
        history => [map { entry($docs[$_], $layers[$_]) } 0 .. $#docs],
        os      => text($top->{os}) eq '' ? 'linux' : $top->{os},
        rootfs  => { diff_ids => [map { $_->{diff_id} } @full], type => 'layers' },
    });
    return ($config, '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":'
        . descriptor('container.image.v1+json', $config) . ',"layers":['
        . join(',', map { descriptor("image.rootfs.diff.tar$_->{ending}", $_->{blob}) } @full) . ']}');
}

sub descriptor {
    my ($type, $bytes) = @_;
    return sprintf '{"mediaType":"application/vnd.docker.%s","size":%d,"digest":"sha256:%s"}', $type, length $bytes,
        sha256_hex($bytes);
}

sub layer {
    my ($bytes) = @_;
    my $archive = Berth::Tar::unpacked($bytes);
    my $gzip    = $bytes =~ /\A\x1f\x8b\x08/;

    return { blob => $gzip ? $bytes : $archive, ending => $gzip ? '.gzip' : '', diff_id => 'sha256:' . sha256_hex($archive),
        empty => $archive =~ /\A\0*\z/ ? 1 : 0 };
}

# ---- values ----

sub is_text { return defined $_[0] && !ref $_[0] && JSON::PP->new->allow_nonref->encode($_[0]) =~ /\A"/ }
sub text    { return is_text($_[0]) ? $_[0] : '' }
sub list    { return ref $_[0] eq 'ARRAY' && @{ $_[0] } && !(grep { !is_text($_) } @{ $_[0] }) ? $_[0] : undef }

# Those members that are texts, and not empty.
sub texts { my ($doc, @names) = @_; return map { text($doc->{$_}) eq '' ? () : ($_ => $doc->{$_}) } @names }
sub created { return text($_[0]{created}) =~ $TIME ? (created => $_[0]{created}) : () }

sub entry {
    my ($doc, $layer) = @_;
    my $cmd = ref $doc->{container_config} eq 'HASH' ? $doc->{container_config}{Cmd} : undef;
    my $by  = list($cmd) ? join(' ', @$cmd) : text($cmd);

    return { texts($doc, qw(author comment)), created($doc), $by eq '' ? () : (created_by => $by),
        $layer->{empty} ? (empty_layer => JSON::PP::true) : () };
}

sub config {
    my ($from) = @_;
    my $in  = ref $from eq 'HASH' ? $from : {};
    my %out = texts($in, qw(User WorkingDir StopSignal));

    for (qw(Env OnBuild Shell Cmd Entrypoint)) {
        my $value = /Cmd|Entrypoint/ && text($in->{$_}) ne '' ? [$in->{$_}] : list($in->{$_});
        $out{$_} = $value if $value;
    }
    my %set = map { $_ => names($in->{$_}) } qw(Volumes ExposedPorts);
    $set{ExposedPorts} = { map { $_ => {} } map { port($_) } @{ list($in->{PortSpecs}) // [] } } unless %{ $set{ExposedPorts} };
    $out{$_} = $set{$_} for grep { %{ $set{$_} } } keys %set;
    my $labels = ref $in->{Labels} eq 'HASH' ? $in->{Labels} : {};
    my %labels = map { $_ => $labels->{$_} } grep { $_ ne '' && is_text($labels->{$_}) } keys %$labels;
    $out{Labels} = \%labels if %labels;
    $out{ArgsEscaped} = JSON::PP::true if JSON::PP::is_bool($in->{ArgsEscaped}) && $in->{ArgsEscaped};
    return \%out;
}

sub names {
    my ($value) = @_;
    return ref $value eq 'HASH' ? { map { $_ => {} } grep { $_ ne '' } keys %$value } : {};
}

sub port {
    my ($before, $protocol) = split m{/}, $_[0], 2;
    my ($number) = $before =~ /(?:\A|:)(\d+)\z/;

    return if !defined $number || $number < 1 || $number > 65535 || ($protocol // 'tcp') !~ /\A(?:tcp|udp)\z/;
    return $number + 0 . '/' . ($protocol // 'tcp');
}

# ---- text ----

my %ESCAPES = ('"' => '\"', '\\' => '\\\\', "\n" => '\n', "\r" => '\r', "\t" => '\t');

sub written {
    my ($value) = @_;

    return 'true' if JSON::PP::is_bool($value);
    return '[' . join(',', map { written($_) } @$value) . ']' if ref $value eq 'ARRAY';
    return '{' . join(',', map { written($_) . ':' . written($value->{$_}) } sort keys %$value) . '}' if ref $value;
    my $text = $value =~ s/(["\\\x00-\x1f])/$ESCAPES{$1} \/\/ sprintf '\\u%04x', ord $1/ger;
    utf8::encode($text);
    return qq("$text");
}

1;
