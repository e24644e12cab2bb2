package Berth::FastCGI;

# A FastCGI client (FastCGI specification 1.0) that stands in nginx's place: it speaks to
# berth's socket, one request after the other on one kept connection.
#
#     my $c = Berth::FastCGI->connect($socket_path);
#     my $answer = $c->request({ REQUEST_METHOD => 'GET', REQUEST_URI => '/v1/_ping' }, $body);
#
# An answer is { status, headers, body }, headers as one text; undef when the connection
# ended without one.

use strict;
use warnings;

use Berth::HTTP;
use IO::Socket::UNIX;
use Socket qw(SOL_SOCKET SO_RCVTIMEO SO_SNDTIMEO);

use constant {
    BEGIN_REQUEST => 1,
    END_REQUEST   => 3,
    PARAMS        => 4,
    FCGI_STDIN    => 5,
    FCGI_STDOUT   => 6,
    RESPONDER     => 1,
    KEEP          => 1,
    PIECE         => 32768,    # what nginx puts into one record
};

sub connect {
    my ($class, $path) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!\n";

    setsockopt $socket, SOL_SOCKET, $_, pack 'l!l!', 60, 0 for SO_RCVTIMEO, SO_SNDTIMEO;
    return bless { socket => $socket, in => '' }, $class;
}

# record(TYPE, CONTENT, PADDING): as it stands on the wire.
sub record {
    my ($type, $content, $padding) = @_;

    return pack('CCnnCC', 1, $type, 1, length $content, $padding // 0, 0) . $content . "\0" x ($padding // 0);
}

sub params {
    my ($param) = @_;
    my $size = sub { $_[0] < 128 ? pack 'C', $_[0] : pack 'N', $_[0] | 0x80000000 };

    return join '', map { $size->(length $_) . $size->(length $param->{$_}) . $_ . $param->{$_} } sort keys %$param;
}

# The records of a request up to its body.
sub head {
    my ($param, $keep) = @_;

    return record(BEGIN_REQUEST, pack 'nCx5', RESPONDER, $keep ? KEEP : 0)
        . record(PARAMS, params($param)) . record(PARAMS, '');
}

# request({ NAME => VALUE }, BODY, %option): keep => 0 lets berth close the connection.
sub request {
    my ($self, $param, $body, %option) = @_;
    my $out = head($param, $option{keep} // 1);

    for (my $at = 0; $at < length($body // ''); $at += PIECE) {
        $out .= record(FCGI_STDIN, substr $body, $at, PIECE);
    }
    $self->send($out . record(FCGI_STDIN, '')) or return;
    return $self->answer;
}

# Sends bytes as they are; false when berth has closed the connection.
sub send {
    my ($self, $bytes) = @_;
    return Berth::HTTP::send($self, $bytes);
}

# Reads the records of one answer, up to the one that ends it.
sub answer {
    my ($self) = @_;
    my ($type, $out) = (0, '');

    while ($type != END_REQUEST) {
        my $head = $self->take(8) // return;
        (undef, $type, undef, my $length, my $padding) = unpack 'CCnnC', $head;
        my $content = $self->take($length + $padding) // return;
        $out .= substr $content, 0, $length if $type == FCGI_STDOUT;
    }
    my ($headers, $body) = $out =~ /\A(.*?\r\n)\r\n(.*)\z/s or return;
    my ($status) = $headers =~ /^Status: (\d+)/m;
    return { status => $status, headers => $headers, body => $body };
}

sub take {
    my ($self, $n) = @_;

    while (length $self->{in} < $n) {
        return unless sysread $self->{socket}, $self->{in}, 65536, length $self->{in};
    }
    return substr $self->{in}, 0, $n, '';
}

1;
