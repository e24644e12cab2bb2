package Berth::StandIn;

# A server that a registry asks: an index, or the source of a mirror. It says what the test
# wants, also what no good server says, and writes down what it was asked.
#
#     my $index = Berth::StandIn->start;                 # on a free port of the loopback
#     $index->answer('/v1/repositories/a/b/images', body => '[]');
#     $index->answer('PUT /v1/repositories/a/b/', status => 200, headers => [...], body => '""');
#     $index->answer('/slow', delay => 2);
#     my @asked = $index->asked;                         # since the last time
#     $index->stop; $index->launch;                      # away, and back on the same port
#
# What has no answer of its own is a 404. Answers are files in a directory, so they can be
# changed while it runs; each is looked for again, by method and path, then by path alone.

use strict;
use warnings;

use Berth::Instance;
use Berth::Test;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::SSL;
use JSON::PP qw(decode_json encode_json);
use MIME::Base64 qw(encode_base64url);
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep);

use constant LONGEST => 60;    # seconds that a connection may take

# start(tls => 1): over TLS, with a certificate of its own (certificate()).
sub start {
    my ($class, %option) = @_;
    my $self = bless { scratch => scratch(), seen => 0, owner => $$, tls => $option{tls} }, $class;

    $self->make_certificate if $self->{tls};

    mkdir "$self->{scratch}/answers" or die "answers: $!";
    return $self->launch;
}

# For 127.0.0.1, and signed by itself.
sub make_certificate {
    my ($self) = @_;
    my $dir = $self->{scratch};

    system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=stand-in"
        . " -addext subjectAltName=IP:127.0.0.1 -keyout $dir/key -out $dir/certificate 2>$dir/openssl.log") == 0
        or die Berth::Instance::slurp("$dir/openssl.log");
}

sub certificate { return "$_[0]{scratch}/certificate" }

# On the port that it had before, if it had one.
sub launch {
    my ($self) = @_;
    my $listening = within(10, sub { $self->listening }) or die "listen: $!";

    $self->{port} = $listening->sockport;
    $self->{pid}  = fork // die "fork: $!";
    return $self if $self->{pid};
    eval { $self->serve($listening) };
    print {*STDERR} "stand-in: $@" if $@;
    POSIX::_exit(0);    # the test's directories and servers are not this process's to end
}

sub listening {
    my ($self) = @_;
    return IO::Socket::INET->new(
        Listen    => 64,
        LocalAddr => '127.0.0.1',
        LocalPort => $self->{port} // 0,
        ReuseAddr => 1,
    );
}

# As the clients of t/lib ask an instance.
sub port   { return $_[0]{port} }
sub scheme { return $_[0]{tls} ? 'https' : 'http' }
sub host   { return "127.0.0.1:$_[0]{port}" }
sub url    { return $_[0]->scheme . '://' . $_[0]->host }

# answer('PATH' or 'METHOD PATH', %answer): status (200), headers (a list), body, times (that
# it is sent, in one answer), delay (seconds before it), pace (bytes of it that are sent each
# tenth of a second), fault:
#     close    the connection ends without a word
#     half     ... after the first half of the body
#     endless  the body's length is not announced; it ends with the connection
#     garbage  no HTTP
#     never    nothing comes until the other side gives up
sub answer {
    my ($self, $what, %answer) = @_;
    my $file = $self->file_of($what);

    open my $out, '>:raw', "$file.new" or die "$file.new: $!";
    print $out encode_json(\%answer);
    close $out or die "$file.new: $!";
    rename "$file.new", $file or die "$file: $!";
    return $self;
}

# No answer of its own any more.
sub forget {
    my ($self, $what) = @_;
    unlink $self->file_of($what);
}

sub file_of {
    my ($self, $what) = @_;
    return "$self->{scratch}/answers/" . encode_base64url($what);
}

# What it was asked since the last call: { method, path, authorization, body } each.
sub asked {
    my ($self) = @_;
    my @lines = split /\n/, Berth::Instance::slurp("$self->{scratch}/asked");
    my @new   = @lines[$self->{seen} .. $#lines];

    $self->{seen} = @lines;
    return map { decode_json($_) } @new;
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;

    kill 'TERM', $pid;
    waitpid $pid, 0;
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?, $!);
    $self->stop if $self->{owner} == $$;
}

# ---- in the process that serves ----

# A process a connection, so that one which is never answered does not stop the others.
sub serve {
    my ($self, $listening) = @_;
    my $test = getppid;
    my %children;

    local $SIG{TERM} = sub {
        kill 'KILL', keys %children;
        POSIX::_exit(0);
    };
    local $SIG{CHLD} = 'DEFAULT';
    while (getppid == $test) {
        my $client = IO::Select->new($listening)->can_read(0.2) && $listening->accept;

        while ((my $pid = waitpid -1, WNOHANG) > 0) {
            delete $children{$pid};
        }
        next unless $client;
        my $pid = fork // die "fork: $!";
        if (!$pid) {
            $SIG{TERM} = 'DEFAULT';
            close $listening;
            alarm LONGEST;
            eval { $self->talk($self->secured($client)) };
            POSIX::_exit(0);
        }
        $children{$pid} = 1;
        close $client;
    }
    kill 'KILL', keys %children;
}

sub secured {
    my ($self, $client) = @_;

    return $client unless $self->{tls};
    return IO::Socket::SSL->start_SSL($client, SSL_server => 1, SSL_cert_file => $self->certificate,
        SSL_key_file => "$self->{scratch}/key") || die "TLS: $IO::Socket::SSL::SSL_ERROR\n";
}

sub talk {
    my ($self, $client) = @_;
    my $request = read_request($client) or return;
    my $answer  = $self->find($request);
    my $fault   = $answer->{fault} // '';

    $self->write_down($request);
    sleep $answer->{delay} if $answer->{delay};
    if ($fault eq 'never') {
        1 while sysread $client, my $ignored, 4096;
    } elsif ($fault eq 'garbage') {
        syswrite $client, "nothing that is HTTP\r\n\r\n";
    } elsif ($fault ne 'close') {
        send_answer($client, $request, $answer, $fault);
    }
    shutdown $client, 2;
}

sub read_request {
    my ($client) = @_;
    my $in = '';

    until ($in =~ /\r\n\r\n/) {
        sysread $client, $in, 65536, length $in or return;
    }
    my ($head, $body) = $in =~ /\A(.*?)\r\n\r\n(.*)\z/s;
    my ($method, $path) = $head =~ /\A(\S+) (\S+)/ or return;
    my ($length) = $head =~ /^Content-Length: *(\d+)/mi;

    while (length $body < ($length // 0)) {
        sysread $client, $body, 65536, length $body or return;
    }
    my ($authorization) = $head =~ /^Authorization: *(.*?)\r?$/mi;
    return { method => $method, path => $path, authorization => $authorization, body => $body };
}

sub find {
    my ($self, $request) = @_;

    for my $what ("$request->{method} $request->{path}", $request->{path}) {
        my $text = Berth::Instance::slurp($self->file_of($what));
        return decode_json($text) if $text ne '';
    }
    return { status => 404, body => '{"error": "not known here"}' };
}

# One write a line: processes that write at once do not mix.
sub write_down {
    my ($self, $request) = @_;

    open my $list, '>>:raw', "$self->{scratch}/asked" or die "asked: $!";
    syswrite $list, encode_json($request) . "\n";
    close $list;
}

sub send_answer {
    my ($client, $request, $answer, $fault) = @_;
    my $body   = ($answer->{body} // '') x ($answer->{times} // 1);
    my $status = $answer->{status} // 200;
    my @given  = @{ $answer->{headers} // [] };
    my $head   = "HTTP/1.1 $status Said\r\nConnection: close\r\n";

    $head .= 'Content-Length: ' . length($body) . "\r\n" unless $status == 204 || $fault eq 'endless';
    $head .= "Content-Type: application/json\r\n" unless grep { lc eq 'content-type' } @given;
    while (my ($name, $value) = splice @given, 0, 2) {
        $head .= "$name: $value\r\n";
    }
    $body = substr $body, 0, length($body) / 2 if $fault eq 'half';
    syswrite $client, "$head\r\n";
    return if $request->{method} eq 'HEAD';
    my $piece = $answer->{pace} // (length($body) || 1);
    for (my $at = 0; $at < length $body; $at += $piece) {
        sleep 0.1 if $at > 0;
        write_all($client, substr $body, $at, $piece);
    }
}

# TLS takes one record at a time.
sub write_all {
    my ($client, $bytes) = @_;

    while ($bytes ne '') {
        my $n = syswrite($client, $bytes) or return;
        substr $bytes, 0, $n, '';
    }
}

1;
