package Berth::SmtpStandIn;

# A server that takes mails and keeps them for the test.
#
#     my $smtp  = Berth::SmtpStandIn->start;     # on a free port of the loopback
#     my @mails = $smtp->mails;                  # { from, to => [...], data } each, in order
#     $smtp->stop;

use strict;
use warnings;

use Berth::Instance;
use Berth::Test;
use IO::Socket::INET;
use JSON::PP qw(decode_json encode_json);
use POSIX ();

sub start {
    my ($class) = @_;
    my $self      = bless { scratch => scratch(), owner => $$ }, $class;
    my $listening = IO::Socket::INET->new(Listen => 16, LocalAddr => '127.0.0.1') or die "listen: $!";
    my $test      = $$;

    $self->{port} = $listening->sockport;
    $self->{pid}  = fork // die "fork: $!";
    return $self if $self->{pid};
    eval {
        while (my $client = $listening->accept) {
            $self->talk($client);
        }
    };
    POSIX::_exit(0);    # the test's directories and servers are not this process's to end
}

sub port { return $_[0]{port} }

sub mails {
    my ($self) = @_;
    return map { decode_json($_) } split /\n/, Berth::Instance::slurp("$self->{scratch}/mails");
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

# ---- in the process that serves (RFC 5321) ----

sub talk {
    my ($self, $client) = @_;
    my %mail = (to => []);

    $client->autoflush(1);
    print $client "220 stand-in\r\n";
    while (defined(my $line = <$client>)) {
        $line =~ s/\r\n\z//;
        if    ($line =~ /^EHLO/i)                { print $client "250-stand-in\r\n250 8BITMIME\r\n" }
        elsif ($line =~ /^MAIL FROM:<(.*?)>/i)   { $mail{from} = $1; print $client "250 ok\r\n" }
        elsif ($line =~ /^RCPT TO:<(.*?)>/i)     { push @{ $mail{to} }, $1; print $client "250 ok\r\n" }
        elsif ($line =~ /^DATA/i)                { $self->take_data($client, \%mail); print $client "250 kept\r\n" }
        elsif ($line =~ /^QUIT/i)                { print $client "221 bye\r\n"; last }
        else                                     { print $client "502 what\r\n" }
    }
    close $client;
}

sub take_data {
    my ($self, $client, $mail) = @_;
    my $data = '';

    print $client "354 go on\r\n";
    while (defined(my $line = <$client>)) {
        last if $line eq ".\r\n";
        $line =~ s/^\.//;
        $data .= $line;
    }
    $mail->{data} = $data;
    open my $file, '>>:raw', "$self->{scratch}/mails" or die "mails: $!";
    syswrite $file, encode_json($mail) . "\n";
    close $file;
}

1;
