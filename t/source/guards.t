#!/usr/bin/perl
# Which lock a caller must hold is not left to comments. A call that must run under a guard takes
# it as an argument (const struct guard *held). The store asserts that it covers what is changed;
# a function above it asserts that too, or passes the guard on.

use strict;
use warnings;

use Berth::Source;
use Berth::Test;

my $STORE = 'storefs';            # the room that asserts
my $MAKER = 'storefs/guard.c';    # takes guards, gives them back and looks at them

# The functions that take a guard as proof: [path, item, name of the parameter].
sub witnesses {
    my ($src) = @_;
    my %sources = read_sources($src);
    my @found;

    for my $path (grep { /\.c$/ && $_ ne $MAKER } sort keys %sources) {
        for (grep { $_->{kind} eq 'function' } items($sources{$path})) {
            push @found, [$path, $_, $1] if $_->{list} =~ /\bconst struct guard \*(\w+)/;
        }
    }
    return @found;
}

# What is wrong with the tree below $src, a line each.
sub complaints {
    my ($src) = @_;
    my @wrong;

    for (witnesses($src)) {
        my ($path, $function, $held) = @$_;
        next if $function->{body} =~ /\bassert\(\s*guard_covers\(\s*$held\b/;
        my $exported = room_of($path) eq $STORE && !$function->{static};
        next if !$exported && $function->{body} =~ /[(,]\s*$held\s*[,)]/;
        push @wrong, "$path: $function->{name} does not assert that $held covers its key" . ($exported ? '' : ', nor pass it on');
    }
    return @wrong;
}

sub text_of {
    my ($name, $body) = @_;
    return "enum result\n$name(struct store *st,\n    const struct guard *held, const char *key)\n{\n\t$body\n}\n";
}

check_samples(\&complaints,
    [
        'functions that assert, or pass the guard on',
        {
            'storefs/tag.c' => text_of('store_tag_put', "assert(guard_covers(\n\t    held, GUARD_TAG, key));\n\treturn put(st, held, key);")
                . "static " . text_of('put', 'return store_tag_put(st, held, key);'),
            'storefs/guard.c'  => text_of('guard_covers', 'return true;'),
            'content/verb.c'   => text_of('verb_run', 'return store_tag_put(st, held, key);'),
            'content/taker.c'  => "int\nf(struct guard *lock)\n{\n}\n",
        },
        [],
    ],
    [
        'functions that do not',
        {
            'storefs/tag.c'  => text_of('store_tag_put', '/* assert(guard_covers(held, GUARD_TAG, key)) */ return put(held);')
                . text_of('store_tag_get', 'assert(guard_covers(other, GUARD_TAG, held));') . 'static ' . text_of('put', 'return held->fd;'),
            'content/verb.c' => text_of('verb_run', 'return store_tag_put(st, other, key);'),
        },
        [
            map({ "storefs/tag.c: $_ does not assert that held covers its key" } qw(store_tag_put store_tag_get)),
            map({ "$_ does not assert that held covers its key, nor pass it on" } 'storefs/tag.c: put', 'content/verb.c: verb_run'),
        ],
    ],
);

my $src = source_dir() . '/src';
keeps('what takes a guard asserts that it is the right one', complaints($src));
cmp_ok(scalar(witnesses($src)), '>', 0, 'there are such functions');
done_testing();
