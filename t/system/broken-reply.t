#!/usr/bin/perl
# A reply that breaks off while it is sent has a line in the log, with the id of its request.

use strict;
use warnings;

use Berth::FastCGI;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V2Client;
use File::Copy qw(copy);
use File::Path qw(make_path);

my $berth = Berth::Instance->configured("loglevel: debug\n", http => 1);
my $long  = '/v2/long/list/tags/list';

Berth::V2Client->new($berth)->push('long/list', 'latest', Berth::Oci->image);
$berth->stop;

# Names of 120 characters: 3,200 of them are more than a socket holds. They are links in the
# store, as distribution makes them.
my $tags = $berth->data . '/docker/registry/v2/repositories/long/list/_manifests/tags';
for my $i (1 .. 3200) {
    my $tag = sprintf '%s/t%0119d', $tags, $i;
    make_path("$tag/current");
    copy("$tags/latest/current/link", "$tag/current/link") or die "$tag: $!";
}
$berth->launch;

sub list {
    my ($id) = @_;
    return { REQUEST_METHOD => 'GET', REQUEST_URI => $long, REQUEST_ID => $id };
}

sub connection { return Berth::FastCGI->connect($berth->data . '/_berth/berth.sock') }

# The index has to see them first.
ok(within(20, sub { 3200 == (() = connection()->request(list('a11'))->{body} =~ /"t\d{119}"/g) }),
    'a long list is sent whole');
ok(within(10, sub { $berth->log('berth.log') =~ /debug request id=a11 status=200 method=GET result=ok / }),
    'and leaves the usual line');

my $c = connection();
$c->send(Berth::FastCGI::head(list('b0b'), 1) . Berth::FastCGI::record(Berth::FastCGI::FCGI_STDIN(), ''));
ok(defined $c->take(1000), 'another one begins');
close $c->{socket};
my $line = qr{debug request\.broken id=b0b status=200 method=GET result=client_gone reason="[^"]+" target="?/v2/long/list/};
ok(within(10, sub { $berth->log('berth.log') =~ $line }), 'when its connection ends, that is logged')
    or diag($berth->log('berth.log') =~ /(.*b0b.*)/g);

done_testing();
