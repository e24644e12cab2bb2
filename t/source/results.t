#!/usr/bin/perl
# Each result code of base/err.h has a name for the log and, in both APIs, a row in the table of
# errors; or the reason why no client of that API gets it stands here. A code without a row is
# answered with status 500.

use strict;
use warnings;

use Berth::Source;
use Berth::Test;

my $CODES = 'base/err.h';
my $OF_V2 = 'only the documents and verbs of API v2 return it';
my $OF_V1 = 'only the documents and verbs of API v1 return it';

my $OF_FETCH = 'remote_fetch() gives it to the receiver that stopped it, which has a reason of its own';

# { file => { code => why it needs no row } }
my %TABLES = (
    'base/err.c'  => { RC_MAX => 'it is not a result, it counts them' },
    'v1/errors.c' => {
        map({ $_ => $OF_V2 } qw(
            RC_BAD_TAG RC_BAD_DIGEST RC_OTHER_DIGEST RC_BAD_MANIFEST RC_UNVERIFIED RC_FALLBACK RC_BAD_PAGE RC_BAD_SIZE
            RC_BAD_RANGE RC_TOO_MANY RC_UNRESOLVED_REF RC_CONDITION RC_BLOB_UNKNOWN RC_MANIFEST_UNKNOWN RC_UPLOAD_UNKNOWN
        )),
        RC_STOPPED => $OF_FETCH,
        RC_OK  => 'it is not an error',
        RC_MAX => 'it is not a result, it counts them',
    },
    'v2/errors.c' => {
        map({ $_ => $OF_V1 } qw(
            RC_BAD_JSON RC_NO_ID RC_BAD_ID RC_OTHER_ID RC_BAD_CHECKSUM RC_NO_CHECKSUM RC_NO_PARENT RC_IMAGE_UNKNOWN
            RC_NOT_GRANTED RC_PARENT_REFUSED RC_IMAGE_EXISTS RC_IMAGE_UNFINISHED RC_LAYER_UNKNOWN RC_CHECKSUM_REFUSED
            RC_TAG_UNKNOWN
        )),
        RC_BAD_LAYER => 'API v2 stores layers as they come and unpacks none',
        RC_BAD_DATA  => 'it is of the configuration and of the documents of API v1',
        RC_NOT_FOUND    => 'each verb turns it into the code of what is absent: a blob, a manifest, an upload',
        RC_STOPPED   => $OF_FETCH,
        RC_OK        => 'it is not an error',
        RC_MAX       => 'it is not a result, it counts them',
    },
);

# What is wrong with the tables below $src, a line each.
sub complaints {
    my ($src, $tables) = @_;
    my @codes = map { $_->{name} } grep { $_->{kind} eq 'enumerator' } items(read_file("$src/$CODES"));
    my %is    = map { $_ => 1 } @codes;

    return map({ table_complaints($_, read_file("$src/$_"), $tables->{$_}, \@codes) } sort keys %$tables),
        map({ my $file = $_; map { "$file: there is no $_" } grep { !$is{$_} } sort keys %{ $tables->{$file} } }
        sort keys %$tables);
}

# A row is "[RC_OK] = ".
sub table_complaints {
    my ($file, $text, $reasons, $codes) = @_;
    my %row = map { $_ => 1 } $text =~ /^\s*\[(RC_\w+)\]\s*=/mg;

    return map({ "$file: $_ has neither a row nor a reason" } grep { !$row{$_} && !$reasons->{$_} } @$codes),
        map({ "$file: $_ has a row and a reason for none" } grep { $row{$_} && $reasons->{$_} } @$codes);
}

my %codes = ('base/err.h' => "enum result {\n\tRC_OK = 0, /* RC_NOT */\n\tRC_IO,\n\tRC_FULL\n};\nenum result err_set(int a);\n");
my %small = ('v1/errors.c' => { RC_OK => 'fine' }, 'v2/errors.c' => {});

check_samples(sub { complaints($_[0], \%small) },
    [
        'tables in order',
        {
            %codes,
            'v1/errors.c' => "static int table[] = {\n    [RC_IO] = {500},\n    [RC_FULL] = 1,\n};\n",
            'v2/errors.c' => "static int table[] = {\n    [RC_OK] = 1,\n    [RC_IO] = {500},\n    [RC_FULL] =\n\t1,\n};\n",
        },
        [],
    ],
    [
        'a code without a row, and a reason without need',
        {
            %codes,
            'v1/errors.c' => "static int table[] = {\n    [RC_OK] = 1,\n    [RC_IO] = {500},\n};\nint a = b[RC_FULL] == 1;\n",
            'v2/errors.c' => "static int table[] = {\n    [RC_OK] = 1,\n    [RC_FULL] = 1,\n};\n",
        },
        [
            'v1/errors.c: RC_FULL has neither a row nor a reason', 'v1/errors.c: RC_OK has a row and a reason for none',
            'v2/errors.c: RC_IO has neither a row nor a reason',
        ],
    ],
    [
        'a reason for a code that is gone',
        {
            'base/err.h'  => "enum result {\n\tRC_IO,\n};\n",
            'v1/errors.c' => "    [RC_IO] = 1,\n",
            'v2/errors.c' => "    [RC_IO] = 1,\n",
        },
        ['v1/errors.c: there is no RC_OK'],
    ],
);

keeps('each result has a row in both tables of errors, or a reason', complaints(source_dir() . '/src', \%TABLES));
done_testing();
