package Berth::Kill;

# Rounds in each of which four clients push one image after the other, while one of the
# processes is killed; then berth must serve what it acknowledged, and take the rest again.
#
#     my $kill = Berth::Kill->new($berth,
#         image  => sub { ... },                                 # a new image
#         push   => sub { my ($client, $tag, $image) = @_; ... },  # dies when it fails
#         answers => sub { ... },                                # true when berth answers
#         wrong  => sub { my ($tag, $image) = @_; ... });        # what is not served; nothing: all is well
#     $kill->round($_, images => 30) for 1 .. $rounds;
#     $kill->finish($rounds);

use strict;
use warnings;

use Berth::Test;
use Time::HiRes qw(sleep time);

use constant CLIENTS => 4;

sub new {
    my ($class, $berth, %of) = @_;

    srand($ENV{BERTH_SEED} // time);
    diag('BERTH_SEED=' . srand);
    return bless { berth => $berth, acknowledged => {}, cut_off => 0, %of }, $class;
}

# { tag => image }: all that was acknowledged since new(), or pushed again.
sub acknowledged { return $_[0]{acknowledged} }

# What to kill: its name, whether that ends quickstart, the process ids.
sub victims {
    my ($self) = @_;
    my $berth = $self->{berth};

    return (
        ['a worker of nginx',    0, sub { ($berth->nginx_workers)[0] }],
        ['a worker of berth',    0, sub { ($berth->berth_workers)[0] }],
        ['all workers of berth', 0, sub { $berth->berth_workers }],
        ['the master of nginx',  1, sub { $berth->nginx_master }],
        ['the master of berth',  1, sub { $berth->berth_master }],
        ['quickstart',           1, sub { $berth->{pid} }],
        ['all of them',          1, sub { $berth->{pid}, map { $_->{pid} } $berth->processes }],
    );
}

sub tag {
    my ($round, $client, $n) = @_;
    return "r$round.c$client.n$n";
}

# Pushes one image after the other until $deadline, and returns how many it has tried, and
# the numbers of those that were acknowledged. A push may fail here.
sub push_until {
    my ($self, $deadline, $round, $client, @images) = @_;
    my $n = 0;
    my @done;

    for (; $n < @images && time < $deadline; $n++) {
        if (eval { $self->{push}->($client, tag($round, $client, $n), $images[$n]); 1 }) {
            push @done, $n;
        } else {
            sleep 0.05;
        }
    }
    return join ' ', $n, @done;
}

sub round {
    my ($self, $round, %option) = @_;
    my $berth    = $self->{berth};
    my @victims  = $self->victims;
    my ($name, $ends, $pids) = @{ $victims[($round - 1) % @victims] };
    my @images   = map { [map { $self->{image}->() } 1 .. $option{images}] } 1 .. CLIENTS;
    my $deadline = time + 1.5;
    my $killer   = sub {
        sleep 0.2 + rand 0.6;
        $berth->kill9(grep { defined } $pids->());
        return 'killed';
    };

    # The killer runs in a process of its own, so that its moment does not depend on what the
    # clients are doing.
    my @clients = map { my $c = $_; sub { $self->push_until($deadline, $round, $c, @{ $images[$c] }) } }
        0 .. CLIENTS - 1;
    my ($killed, @done) = in_parallel($killer, @clients);
    is($killed, 'killed', "round $round: $name");
    if ($ends) {
        ok(within(30, sub { !$berth->running }), 'quickstart ends');
        $berth->launch;
    }
    ok(within(10, sub { eval { $self->{answers}->() } }), 'it answers again');

    my (@wrong, @blocked);
    for my $c (0 .. CLIENTS - 1) {
        my ($tried, @numbers) = split ' ', $done[$c];
        my %done = map { $_ => 1 } @numbers;

        for my $n (0 .. $tried - 1) {
            my ($tag, $image) = (tag($round, $c, $n), $images[$c][$n]);

            if ($done{$n}) {
                push @wrong, $self->{wrong}->($tag, $image);
            } else {
                $self->{cut_off}++;
                eval { $self->{push}->($c, $tag, $image) };
                push @blocked, $@ || $self->{wrong}->($tag, $image) || ();
            }
            $self->{acknowledged}{$tag} = $image;
        }
    }
    is_deeply(\@wrong,   [], 'what was acknowledged is served');
    is_deeply(\@blocked, [], 'what was cut off can be pushed again');
}

# After the last round and a restart.
sub finish {
    my ($self, $rounds) = @_;
    my $acknowledged = $self->{acknowledged};

    is_deeply([map { $self->{wrong}->($_, $acknowledged->{$_}) } sort keys %$acknowledged], [],
        'all that was ever acknowledged is served');
    cmp_ok(keys(%$acknowledged) - $self->{cut_off}, '>=', $rounds,
        keys(%$acknowledged) - $self->{cut_off} . ' pushes were acknowledged at once');
    cmp_ok($self->{cut_off}, '>', 0, "$self->{cut_off} were cut off");
}

1;
