package Berth::Routes;

# The rows of the route tables, read from the sources: a row that is added there is tested
# by itself.
#
#     for my $row (Berth::Routes::rows()) { ... $row->{method}, $row->{path}, $row->{body} ... }

use strict;
use warnings;

use Berth::Instance;
use Berth::Test;

# What each name of a pattern may stand for.
my %example = (
    ':image'     => 'a' x 64,
    ':tag'       => 'latest',
    ':digest'    => 'sha256:' . 'b' x 64,
    ':subject'   => 'sha256:' . 'b' x 64,
    ':reference' => 'latest',
    ':upload'    => '6c9a1a8e-0d3b-4a51-9d35-0f3f6f5f8a11',
    ':user'      => 'joe',
    '*name'      => 'team/app',
);

# rows(): a list of { method, path (an example), body (NONE, SMALL or FILE) }.
sub rows {
    return map { rows_of(source_dir() . "/src/$_/routes.c") } qw(v1 v2 ops);
}

sub rows_of {
    my ($file) = @_;
    my $text = Berth::Instance::slurp($file);
    my %macro = $text =~ /^#define\s+(\w+)\s+([^\n]*".*)$/mg;
    my @rows;

    while ($text =~ /^    \{"([A-Z]+)",\s*((?:[^,{]|\{\d,?\})+),\s*\w+,([^{}]*)\}/mg) {
        my ($method, $pattern, $rest) = ($1, $2, $3);
        my $body = $rest =~ /\.body = BODY_(\w+)/ ? $1 : 'NONE';
        1 while $pattern =~ s/\b([A-Z]+)\b/$macro{$1} \/\/ die "$file: no macro $1"/e;
        my $path = join '', $pattern =~ /"([^"]*)"/g;
        $path =~ s/([:*]\w+)(?:\{2,?\})?/$example{$1} \/\/ die "$file: no example of $1"/ge;
        push @rows, { method => $method, path => $path, body => $body };
    }
    my $wanted = () = $text =~ /^    \{"/mg;
    @rows == $wanted or die "$file: " . @rows . " of $wanted rows were understood";
    return @rows;
}

1;
