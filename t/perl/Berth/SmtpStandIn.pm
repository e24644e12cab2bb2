package Berth::SmtpStandIn;

# A server that takes mails and keeps them for the test.
#
#     my $smtp  = Berth::SmtpStandIn->start;     # on a free port of the loopback
#     my @mails = $smtp->mails;                  # { from, to => [...], data } each, in order
#     $smtp->stop;

use strict;
use warnings;

use parent 'Berth::StandIn';

use Berth::Instance;
use IO::Handle;
use JSON::PP qw(decode_json encode_json);

sub mails {
    my ($self) = @_;
    return map { decode_json($_) } split /\n/, Berth::Instance::slurp("$self->{scratch}/mails");
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
