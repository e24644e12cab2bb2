package Berth::PrettyJws;

# Signed manifests of schema 1, read as docker's libtrust reads them; openssl(1) checks the
# signatures. Nothing of berth's own takes part.
#
#     my $jws = Berth::PrettyJws->new($response->{body});
#     $jws->digest;    # of the payload
#     $jws->fault;     # undef: every signature is right
#     $jws->kids;      # the names of the keys

use strict;
use warnings;

use Berth::Programs;
use Berth::Test;
use Digest::SHA qw(sha256 sha256_hex);
use JSON::PP ();
use MIME::Base64 qw(decode_base64url encode_base64 encode_base64url);

# SubjectPublicKeyInfo of a key on P-256, before the point (RFC 5480).
my $SPKI = pack 'H*', '3059301306072a8648ce3d020106082a8648ce3d030107034200';

sub new {
    my ($class, $body) = @_;
    my $self = bless { body => $body, dir => scratch() }, $class;
    my ($length, $tail);

    $self->{signatures} = JSON::PP->new->utf8->decode($body)->{signatures} // [];
    for my $signature (@{ $self->{signatures} }) {
        my $protected = JSON::PP::decode_json(decode_base64url($signature->{protected}));
        ($length, $tail) = ($protected->{formatLength}, decode_base64url($protected->{formatTail}));
    }
    $self->{payload} = defined $length ? substr($body, 0, $length) . $tail : $body;
    return $self;
}

sub payload { return $_[0]{payload} }
sub digest  { return 'sha256:' . sha256_hex($_[0]{payload}) }
sub kids    { return join ' ', map { $_->{header}{jwk}{kid} } @{ $_[0]{signatures} } }

sub fault {
    my ($self) = @_;

    return 'no signature' unless @{ $self->{signatures} };
    for my $signature (@{ $self->{signatures} }) {
        my $fault = $self->signature_fault($signature);
        return $fault if $fault;
    }
    return;
}

sub signature_fault {
    my ($self, $signature) = @_;
    my $jwk = $signature->{header}{jwk};
    my $der = $SPKI . "\x04" . decode_base64url($jwk->{x}) . decode_base64url($jwk->{y});
    my ($r, $s) = map { integer($_) } unpack 'a32 a32', decode_base64url($signature->{signature});

    return "alg $signature->{header}{alg}" if $signature->{header}{alg} ne 'ES256';
    return "kid $jwk->{kid}" if $jwk->{kid} ne kid($der);
    Berth::Programs::save("$self->{dir}/key",
        "-----BEGIN PUBLIC KEY-----\n" . encode_base64($der) . "-----END PUBLIC KEY-----\n");
    Berth::Programs::save("$self->{dir}/signature", "\x30" . chr(length "$r$s") . "$r$s");
    Berth::Programs::save("$self->{dir}/text", $signature->{protected} . '.' . encode_base64url($self->{payload}));
    my $said = qx{cd $self->{dir} && openssl dgst -sha256 -verify key -signature signature text 2>&1};
    return $? == 0 ? undef : "openssl: $said";
}

# DER: no zeros before it but one, where it would be negative.
sub integer {
    my ($bytes) = @_;

    $bytes =~ s/^\0+//;
    $bytes = "\0$bytes" if $bytes eq '' || ord($bytes) > 127;
    return "\x02" . chr(length $bytes) . $bytes;
}

# RFC 4648, section 6, of 30 bytes, in groups.
sub kid {
    my ($der) = @_;
    my @letters = ('A' .. 'Z', 2 .. 7);
    my $text = join '', map { $letters[ oct "0b$_" ] } unpack '(a5)48', unpack 'B240', sha256($der);

    return join ':', $text =~ /(.{4})/g;
}

1;
