#!/usr/bin/perl
# Errors are reported by mail: the first within seconds, a storm in one, and none of a mail
# that could not be sent.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Instance;
use Berth::SmtpStandIn;
use Berth::Test;
use Time::HiRes qw(sleep);

use constant STORM => 300;

my $ID = 'a' x 64;

sub with_mail {
    my ($port) = @_;
    return Berth::Instance->configured(<<"END");
email_exceptions:
  smtp_host: 127.0.0.1
  smtp_port: $port
  from_addr: registry\@example.org
  to_addr: ops\@example.org, night\@example.org
END
}

# A file where the directory of all images should be: no client's fault.
sub break_images {
    my ($berth) = @_;
    my $images = $berth->data . '/images';

    rmdir $images;
    open my $file, '>', $images or die "$images: $!";
    close $file;
}

sub ask {
    my ($berth) = @_;
    return Berth::HTTP::request($berth, PUT => "/v1/images/$ID/json", [], "{\"id\": \"$ID\"}")->{status};
}

subtest 'a storm' => sub {
    my $smtp  = Berth::SmtpStandIn->start;
    my $berth = with_mail($smtp->port);
    my %seen;

    is(Berth::HTTP::request($berth, GET => '/v1/images/nothing/json')->{status}, 404, 'a client errs');
    sleep 3;
    is(scalar $smtp->mails, 0, 'of which no mail tells');
    break_images($berth);
    $seen{ ask($berth) }++ for 1 .. STORM;
    is(join(' ', %seen), '500 ' . STORM, 'many errors of the registry') or return;
    ok(within(10, sub { $smtp->mails > 0 }), 'a mail comes within seconds') or return;
    sleep 4;
    my @mails = $smtp->mails;
    is(scalar @mails, 1, 'one');
    is($mails[0]{from}, 'registry@example.org', 'from whom');
    is(join(' ', sort @{ $mails[0]{to} }), 'night@example.org ops@example.org', 'to all');
    my ($errors) = $mails[0]{data} =~ /^Subject: berth on \S+: (\d+) errors?\r$/m;
    ok($errors && $errors <= STORM, 'it says how many') or diag($mails[0]{data});
    my @lines = $mails[0]{data} =~ /^\S+Z error request id=\w+ status=500 method=PUT result=\w+.*$ID/mg;
    is(scalar @lines, $errors < 40 ? $errors : 40, 'and shows the first');
    ok(length $mails[0]{data} < 40_000, 'it is short');
    is($berth->log('berth.log') =~ /info  mail errors=$errors to="/ ? 'logged' : 'not logged', 'logged', 'the log has it');
    is($berth->stop, 0, 'a clean end');
};

subtest 'the mail server is away' => sub {
    my $berth = with_mail(Berth::Instance::free_port());

    break_images($berth);
    is(ask($berth), 500, 'an error');
    ok(within(15, sub { $berth->log('berth.log') =~ /warn  mail errors=1 error=upstream/ }), 'is in the log, with why no mail went')
        or diag($berth->log('berth.log'));
    is(Berth::HTTP::request($berth, GET => '/v1/_ping')->{status}, 200, 'all goes on');
    sleep 3;
    is(scalar(() = $berth->log('berth.log') =~ / mail errors=/g), 1, 'nor does the mail raise an alarm');
};

done_testing;
