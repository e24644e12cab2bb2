#!/usr/bin/perl
# How the files of nginx/ are filled in, and that headers.list has each header that berth sets.

use strict;
use warnings;

use Berth::Test;
use File::Find ();

my $nginx = source_dir() . '/nginx';
my $dir   = scratch();

sub slurp {
    my ($path) = @_;

    open my $file, '<', $path or die "$path: $!";
    local $/;
    return readline $file;
}

sub save {
    my ($path, $text) = @_;

    open my $file, '>', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
}

# filled(TEXT, NAME=VALUE ...): what becomes of the template, and what is said about it.
sub filled {
    my ($text, @values) = @_;

    save("$dir/template", $text);
    open my $out, '-|', 'sh', '-c', 'exec 2>&1 "$@"', 'sh', "$nginx/fill-in", "$dir/template", @values or die "fill-in: $!";
    local $/;
    my $made = readline($out) // '';
    close $out;
    return $made;
}

# ---- the templates ----

for (
    [ 'a value', 'a @X@ b', [ 'X=1' ], 'a 1 b' ],
    [ 'names in one line', '@X@-@YY@-@X@', [ 'X=1', 'YY=2' ], '1-2-1' ],
    [ 'any character', '@X@', [ 'X=a=b&|\1\n"$x" @X@ \\' ], 'a=b&|\1\n"$x" @X@ \\' ],
    [ 'several values', "x\n\tlisten \@X@ \@Y@;\ny", [ 'X=1', 'Y=z', 'X=2' ], "x\n\tlisten 1 z;\n\tlisten 2 z;\ny" ],
    [ 'an empty value', "x\nuser \@X@;\ny", [ 'X=' ], "x\ny" ],
    [ 'nothing to fill in', 'location @a { return @; }', [], 'location @a { return @; }' ],
) {
    my ($what, $text, $values, $want) = @$_;
    is(filled("$text\n", @$values), "$want\n", $what);
}
like(filled('a @Y@', 'X=1'), qr/template:1: \@Y\@ has no value$/m, 'a name without a value');
isnt($?, 0, 'is an error');

# ---- the headers ----

# { header => [kinds] }
my %list = map { my ($name, @kinds) = split; $name => \@kinds }
    grep { /\S/ } map { s/#.*//r } split /\n/, slurp("$nginx/headers.list");

is(join(' ', grep { "@{ $list{$_} }" !~ /^(?:-|refusal|file|refusal file)$/ } sort keys %list), '', 'each header has its kinds');

my $server = filled(slurp("$nginx/berth-server.conf.in"), 'CONFDIR=/run', 'STORAGE=/store');
my %block  = $server =~ /^location ([^\n]*) \{\n(.*?)^\}/gms;

for my $name (sort keys %list) {
    my %is = map { $_ => 1 } @{ $list{$name} };
    my $variable = lc $name =~ tr/-/_/r;

    is($server =~ /^auth_request_set \$berth_refusal_$variable \$upstream_http_$variable;$/m ? 1 : 0, $is{refusal} // 0,
        "$name: kept from the question");
    is($block{'@berth_refused'} =~ /^\tadd_header $name \$berth_refusal_$variable always;$/m ? 1 : 0, $is{refusal} // 0,
        "$name: in a refusal");
    is($block{'^~ /_berth_store/'} =~ /^\tadd_header $name \$upstream_http_$variable;$/m ? 1 : 0, $is{file} // 0,
        "$name: next to a file");
}

# The headers that this C source sets by name.
sub headers_set {
    my ($text) = @_;
    return $text =~ /\breply_(?:header|add)\(\s*[\w>-]+,\s*"([\w-]+)"/g;
}

is(join(' ', headers_set(qq{reply_header(rp, "A-b", x);\n\treply_add(\n\t    c->rp, "C", "d");\nreply_get(rp, "E");\n})),
    'A-b C', 'headers are found in a source');
my %set;
File::Find::find({
    no_chdir => 1,
    wanted   => sub {
        return unless /\.c$/;
        $set{$_} = 1 for headers_set(slurp($_));
    },
}, source_dir() . '/src');
cmp_ok(scalar keys %set, '>', 20, 'and in those of berth');
is(join(' ', grep { !$list{$_} } sort keys %set), '', 'each of them is in headers.list');

done_testing();
