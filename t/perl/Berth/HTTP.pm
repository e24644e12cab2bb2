package Berth::HTTP;

# An HTTP/1.1 client that sends exactly the bytes that it is given: headers in their order,
# chunks of any size, requests that stop half way. One object is one connection.
#
#     my $response = Berth::HTTP::request($instance, GET => '/_ping');
#     my $c = Berth::HTTP->connect($instance);
#     $c->head('PUT', '/v1/images/x/layer', 'Transfer-Encoding' => 'chunked');
#     $c->chunk($bytes);
#     $c->chunk('');                     # the end
#     my $response = $c->response;
#
# A response is { status, reason, headers, body }; headers are lists below lower-case
# names, see header().

use strict;
use warnings;

use IO::Socket::INET;
use IO::Socket::SSL;
use JSON::PP ();
use Socket qw(IPPROTO_TCP SOL_SOCKET SO_RCVTIMEO SO_SNDTIMEO TCP_NODELAY);

# connect(INSTANCE, timeout => seconds): the time-out is that of each read and write.
sub connect {
    my ($class, $instance, %option) = @_;
    my $timeout = pack 'l!l!', $option{timeout} // 60, 0;
    my $socket = IO::Socket::INET->new(
        PeerAddr => '127.0.0.1',
        PeerPort => $instance->port,
        Timeout  => 10,
    ) or die "connect: $!\n";

    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    setsockopt $socket, SOL_SOCKET, SO_RCVTIMEO, $timeout;
    setsockopt $socket, SOL_SOCKET, SO_SNDTIMEO, $timeout;
    if ($instance->scheme eq 'https') {
        IO::Socket::SSL->start_SSL(
            $socket,
            SSL_hostname        => 'localhost',
            SSL_verifycn_name   => 'localhost',
            SSL_verifycn_scheme => 'http',
            SSL_ca_file         => $instance->ca,
        ) or die "TLS: $IO::Socket::SSL::SSL_ERROR\n";
    }
    return bless { socket => $socket, host => $instance->host, in => '' }, $class;
}

# request(INSTANCE, METHOD, PATH, [header => value ...], BODY, %option): one request on a
# connection of its own. Host, Connection and the length of a body come by themselves.
# A BODY that is a code reference gives the next bytes with each call, '' at the end, and
# is sent in chunks. %option: timeout, and sink as in response().
sub request {
    my ($instance, $method, $path, $headers, $body, %option) = @_;
    my $c       = Berth::HTTP->connect($instance, timeout => $option{timeout});
    my @headers = (Host => $c->{host}, @{ $headers // [] }, Connection => 'close');

    if (ref $body) {
        $c->head($method, $path, @headers, 'Transfer-Encoding' => 'chunked');
        $c->send_chunks($body);
    } elsif (defined $body) {
        $c->head($method, $path, @headers, 'Content-Length' => length $body);
        $c->send($body);
    } else {
        $c->head($method, $path, @headers);
    }
    return $c->response($method, $option{sink});
}

# raw(INSTANCE, BYTES): sends exactly these bytes on a connection of their own.
sub raw {
    my ($instance, $bytes) = @_;
    my $c = Berth::HTTP->connect($instance);

    $c->send($bytes);
    return $c->response;
}

# Sends bytes as they are; false when the server has closed the connection.
sub send {
    my ($self, $bytes) = @_;
    my $sent = 0;

    while ($sent < length $bytes) {
        my $n = syswrite $self->{socket}, $bytes, length($bytes) - $sent, $sent;
        return 0 unless $n;
        $sent += $n;
    }
    return 1;
}

# Sends the request line and the headers as given; nothing is added.
sub head {
    my ($self, $method, $path, @headers) = @_;
    my $text = "$method $path HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }
    return $self->send("$text\r\n");
}

# One chunk; the empty one ends the body.
sub chunk {
    my ($self, $bytes) = @_;

    return $self->send(sprintf "%x\r\n%s\r\n", length $bytes, $bytes);
}

# Stops early, without the end, when the server has closed the connection.
sub send_chunks {
    my ($self, $next) = @_;

    while ((my $bytes = $next->()) ne '') {
        $self->chunk($bytes) or return 0;
    }
    return $self->chunk('');
}

# Reads one response, or returns undef when the connection ended without one. The body is
# handed to $sink piece by piece when that is given.
sub response {
    my ($self, $method, $sink) = @_;
    my $head = $self->take_until("\r\n\r\n") // return;
    my ($status_line, @lines) = split /\r\n/, $head;
    my ($status, $reason) = $status_line =~ m{^HTTP/1\.[01] (\d{3}) ?(.*)} or die "not HTTP: $status_line\n";
    my $r = { status => $status, reason => $reason, headers => {}, body => '' };

    for (@lines) {
        my ($name, $value) = /^([^:]+):\s*(.*)/ or die "not a header: $_\n";
        push @{ $r->{headers}{ lc $name } }, $value;
    }
    return $self->response($method, $sink) if $status == 100;
    return $r if ($method // '') eq 'HEAD' || $status == 204 || $status == 304;
    $sink //= sub { $r->{body} .= $_[0] };
    $self->take_body($r, $sink);
    return $r;
}

# header(RESPONSE, NAME): its values with ", " between them; undef when it is not there.
sub header {
    my ($response, $name) = @_;
    my $values = $response->{headers}{ lc $name };

    return $values && join ', ', @$values;
}

# json_error(RESPONSE): the text of an error as every client may expect it, { "error": text }
# as application/json; undef when it is anything else.
sub json_error {
    my ($response) = @_;
    my $body = eval { JSON::PP::decode_json($response->{body}) };

    return unless (header($response, 'Content-Type') // '') =~ m{^application/json\b};
    return ref $body eq 'HASH' && !ref $body->{error} ? $body->{error} : undef;
}

sub take_body {
    my ($self, $r, $sink) = @_;
    my $length = header($r, 'Content-Length');

    if ((header($r, 'Transfer-Encoding') // '') eq 'chunked') {
        while (my $size = hex($self->take_until("\r\n") // die "the body ends early\n")) {
            $self->take($size, $sink);
            $self->take_until("\r\n");
        }
        $self->take_until("\r\n");
    } elsif (defined $length) {
        $self->take($length, $sink);
    } else {
        1 while $self->fill;
        $sink->($self->{in});
        $self->{in} = '';
    }
}

# The text before $end, which is taken away with it; undef when the connection ends first.
sub take_until {
    my ($self, $end) = @_;
    my $at;

    while (($at = index $self->{in}, $end) < 0) {
        $self->fill or return;
    }
    my $text = substr $self->{in}, 0, $at, '';
    substr $self->{in}, 0, length $end, '';
    return $text;
}

sub take {
    my ($self, $length, $sink) = @_;

    while ($length > 0) {
        $self->fill or die "the body ends early\n" if $self->{in} eq '';
        my $part = substr $self->{in}, 0, $length, '';
        $length -= length $part;
        $sink->($part);
    }
}

# False at the end of the connection, a reset or a time-out.
sub fill {
    my ($self) = @_;

    return sysread $self->{socket}, $self->{in}, 65536, length $self->{in};
}

# Ends the connection at once, without TLS's goodbye, as a client that lost its network.
sub drop {
    my ($self) = @_;

    setsockopt $self->{socket}, SOL_SOCKET, Socket::SO_LINGER(), pack 'ii', 1, 0;
    $self->{socket}->isa('IO::Socket::SSL')
        ? $self->{socket}->close(SSL_no_shutdown => 1)
        : close $self->{socket};
}

1;
