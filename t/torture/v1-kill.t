#!/usr/bin/perl
# Any process is killed at any moment of a push. What a client was told is done is served
# afterwards; what was cut off can be pushed again; nothing of it stays behind.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;
use Time::HiRes qw(sleep time);

my $berth  = Berth::Instance->start;
my $rounds = quick() ? 5 : $ENV{BERTH_SANITIZERS} ? 10 : 25;
my $base   = Berth::Image->new(size => 300_000);
my %acknowledged;    # tag => image
my $cut_off = 0;

srand($ENV{BERTH_SEED} // time);
diag('BERTH_SEED=' . srand);

# What to kill, and whether that ends quickstart.
my @VICTIMS = (
    ['a worker of nginx',    0, sub { ($berth->nginx_workers)[0] }],
    ['a worker of berth',    0, sub { ($berth->berth_workers)[0] }],
    ['all workers of berth', 0, sub { $berth->berth_workers }],
    ['the master of nginx',  1, sub { $berth->nginx_master }],
    ['the master of berth',  1, sub { $berth->berth_master }],
    ['quickstart',           1, sub { $berth->{pid} }],
    ['all of them',          1, sub { $berth->{pid}, map { $_->{pid} } $berth->processes }],
);

# Pushes one image after the other until $deadline, and returns how many it has tried, and
# the numbers of those that the server said are done. A failed push is what is expected here.
sub push_until {
    my ($deadline, $round, $client, @images) = @_;
    my $n = 0;
    my @done;

    for (; $n < @images && time < $deadline; $n++) {
        my $docker = Berth::V1Client->new($berth);
        my $tag    = tag($round, $client, $n);

        if (eval { $docker->push('team/kill', { $tag => $images[$n] }, $base, $images[$n]); 1 }) {
            push @done, $n;
        } else {
            sleep 0.05;
        }
    }
    return join ' ', $n, @done;
}

sub tag {
    my ($round, $client, $n) = @_;
    return "r$round.c$client.n$n";
}

# What is wrong when the image that this tag was pushed with is not served; else nothing.
sub wrong {
    my ($tag, $image) = @_;
    my $docker = Berth::V1Client->new($berth);
    my $id     = Berth::HTTP::request($berth, GET => "/v1/repositories/team/kill/tags/$tag")->{body};
    my $got    = eval { $docker->pull_image($image->id) } or return "$tag: $@";

    return "$tag: another image" if $id ne '"' . $image->id . '"';
    return "$tag: another json"  if $got->{json} ne $image->json;
    return "$tag: other bytes"   if $got->{layer_sum} ne $image->layer_sum;
    return;
}

sub answers {
    return within(10, sub { eval { Berth::V1Client->new($berth)->ping->{status} == 200 } });
}

for my $round (1 .. $rounds) {
    my ($name, $ends, $pids) = @{ $VICTIMS[($round - 1) % @VICTIMS] };
    my $image  = sub { Berth::Image->new(parent => $base, size => 1000 + int rand 1_500_000) };
    my @images = map { [map { $image->() } 1 .. 30] } 1 .. 4;
    my $began  = time;
    my $killer = sub {
        sleep 0.2 + rand 0.6;
        $berth->kill9(grep { defined } $pids->());
        return 'killed';
    };

    # The killer runs in a process of its own, so that its moment has nothing to do with
    # what the clients are at.
    my @clients = map { my $c = $_; sub { push_until($began + 1.5, $round, $c, @{ $images[$c] }) } } 0 .. 3;
    my ($killed, @done) = in_parallel($killer, @clients);
    is($killed, 'killed', "round $round: $name");
    if ($ends) {
        ok(within(30, sub { !$berth->running }), 'quickstart ends');
        $berth->launch;
    }
    ok(answers(), 'it answers again');

    my (@wrong, @blocked);
    for my $c (0 .. 3) {
        my ($tried, @acknowledged) = split ' ', $done[$c];
        my %done = map { $_ => 1 } @acknowledged;
        for my $n (keys %done) {
            $acknowledged{ tag($round, $c, $n) } = $images[$c][$n];
            push @wrong, wrong(tag($round, $c, $n), $images[$c][$n]);
        }
        for my $n (grep { !$done{$_} } 0 .. $tried - 1) {
            my ($tag, $image) = (tag($round, $c, $n), $images[$c][$n]);

            $cut_off++;
            eval { Berth::V1Client->new($berth)->push('team/kill', { $tag => $image }, $base, $image) };
            push @blocked, $@ || wrong($tag, $image) || ();
        }
    }
    is_deeply(\@wrong,   [], 'what was acknowledged is served');
    is_deeply(\@blocked, [], 'what was cut off can be pushed again');
}

# The young ones of nginx's files are not looked at: make them old.
utime time - 3600, time - 3600, $berth->left('body');
$berth->restart;
is_deeply([map { wrong($_, $acknowledged{$_}) } sort keys %acknowledged], [],
    'all that was ever acknowledged is served');
cmp_ok(scalar keys %acknowledged, '>=', $rounds, scalar(keys %acknowledged) . ' pushes were acknowledged');
cmp_ok($cut_off, '>', 0, "$cut_off were cut off");
ok(within(10, sub { !$berth->left('body') && !$berth->left('tmp') }), 'nothing is left on the way')
    or diag(explain([$berth->left('body'), $berth->left('tmp')]));
is_deeply([grep { /_inprogress$/ } keys %{ $berth->tree }], [], 'no image is left unfinished');
done_testing();
