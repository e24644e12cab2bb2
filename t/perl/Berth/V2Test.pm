package Berth::V2Test;

# What tests of API v2 ask of a response and of the store.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Test;
use Berth::V2Client;
use Exporter qw(import);

our @EXPORT = qw(header location is_error stands_at nothing_left);

sub header   { return Berth::HTTP::header(@_) }
sub location { return Berth::V2Client::location(@_) }

# is_error(RESPONSE, STATUS, CODE, NAME): in v2's form, and not a word of v1.
sub is_error {
    my ($response, $status, $code, $name) = @_;
    my @alien = grep { defined header($response, $_) } qw(X-Docker-Registry-Version X-Docker-Registry-Config Pragma
        Expires);

    is($response->{status}, $status, "$name: $status");
    is(Berth::V2Client::error_codes($response), $code, "it says $code") or diag(explain $response);
    is(header($response, 'Docker-Distribution-Api-Version'), 'registry/2.0', 'as API v2');
    is_deeply(\@alien, [], 'without headers of v1');
}

# The response says where this upload stands.
sub stands_at {
    my ($response, $upload, $size, $name) = @_;

    is(header($response, 'Range'), Berth::V2Client::range_of($size), "$name: it stands at $size");
    is(location($response), $upload, 'under its Location');
    is(header($response, 'Docker-Upload-UUID'), $upload =~ s{.*/}{}r, 'and its name');
}

# Of this instance: no upload, no body, no file half written.
sub nothing_left {
    my ($berth) = @_;
    my $left = sub { return map { $berth->left($_) } qw(body tmp upload) };

    ok(within(5, sub { !$left->() }), 'nothing is left on the way') or diag(explain [$left->()]);
}

1;
