package Bench::Table;

# The printed table: a line for each figure with that of the reference, the ratio, and the goal.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(goals_missed heading line row);

my $missed = 0;

# row(WHAT, OURS, REFERENCE, RATIO, GOAL): all but the first two may be undef. A GOAL such as
# "<= 1.15" is for the ratio or, without one, for OURS.
sub row {
    my ($what, $ours, $reference, $ratio, $goal) = @_;
    my $verdict = '';

    if ($goal) {
        my $met = meets($ratio // $ours, split(' ', $goal));
        $missed++ unless $met;
        $verdict = $goal . ($met ? '' : '  MISSED');
    }
    line($what, number($ours), number($reference), $ratio ? number($ratio) : '', $verdict);
}

# heading(TEXT, REFERENCE): for the rows that follow.
sub heading {
    my ($text, $reference) = @_;

    print "\n";
    line($text, 'berth', $reference, 'ratio', 'goal');
}

sub line {
    printf "%-54s %9s %15s %6s  %s\n", @_;
}

sub meets {
    my ($value, $relation, $limit) = @_;

    return $value >= $limit if $relation eq '>=';
    return $value <= $limit if $relation eq '<=';
    return $value < $limit;
}

sub number {
    my ($value) = @_;

    return '' unless defined $value;
    return sprintf $value >= 100 ? '%.0f' : $value >= 10 ? '%.1f' : '%.2f', $value;
}

sub goals_missed { return $missed }

1;
