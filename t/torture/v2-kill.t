#!/usr/bin/perl
# Any process is killed at any moment of pushes by API v2. A manifest that was acknowledged is
# served afterwards with all its blobs, and its tag is listed; what was cut off can be pushed
# again, and stays nowhere.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V2Client;
use JSON::PP qw(decode_json);
use Time::HiRes qw(sleep time);

my $berth  = Berth::Instance->start;
my $rounds = quick() ? 4 : 7;
my $base   = Berth::Oci->blob(bytes => Berth::Oci->blob(size => 300_000)->bytes);
my @KINDS  = qw(docker podman containerd);
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

# An image with a layer that all share and one of its own.
sub image {
    my $own = Berth::Oci->blob(size => 1000 + int rand 600_000);
    return Berth::Oci->image(layers => [$base, $own]);
}

sub tag {
    my ($round, $client, $n) = @_;
    return "r$round.c$client.n$n";
}

# Pushes one image after the other until $deadline: how many it has tried, and the numbers of
# those that were acknowledged. A push that fails is what is expected here.
sub push_until {
    my ($deadline, $round, $client, @images) = @_;
    my $registry = Berth::V2Client->new($berth, as => $KINDS[$client % @KINDS]);
    my $n = 0;
    my @done;

    for (; $n < @images && time < $deadline; $n++) {
        if (eval { $registry->push('team/kill', tag($round, $client, $n), $images[$n]); 1 }) {
            push @done, $n;
        } else {
            sleep 0.05;
        }
    }
    return join ' ', $n, @done;
}

# What is wrong when the image that this tag was pushed with is not served; else nothing.
sub wrong {
    my ($tag, $image) = @_;
    my $got = eval { Berth::V2Client->new($berth)->pull('team/kill', $tag) } or return "$tag: $@";

    return eq_hash($got, Berth::V2Client::expected($image)) ? () : "$tag: another image";
}

# Those that were acknowledged and are not listed.
sub unlisted {
    my $list   = Berth::HTTP::request($berth, GET => '/v2/team/kill/tags/list?n=10000');
    my $tags   = eval { decode_json($list->{body})->{tags} };
    my %listed = map { $_ => 1 } @{ $tags // [] };

    return grep { !$listed{$_} } sort keys %acknowledged;
}

sub answers {
    my $registry = Berth::V2Client->new($berth);
    return within(10, sub { eval { $registry->call(GET => '/v2/')->{status} == 200 } });
}

for my $round (1 .. $rounds) {
    my ($name, $ends, $pids) = @{ $VICTIMS[($round - 1) % @VICTIMS] };
    my @images = map { [map { image() } 1 .. 15] } 1 .. 4;
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
        my ($tried, @numbers) = split ' ', $done[$c];
        my %done = map { $_ => 1 } @numbers;

        for my $n (0 .. $tried - 1) {
            my ($tag, $image) = (tag($round, $c, $n), $images[$c][$n]);

            if ($done{$n}) {
                push @wrong, wrong($tag, $image);
            } else {
                $cut_off++;
                eval { Berth::V2Client->new($berth)->push('team/kill', $tag, $image) };
                push @blocked, $@ || wrong($tag, $image) || ();
            }
            $acknowledged{$tag} = $image;
        }
    }
    is_deeply(\@wrong,   [], 'what was acknowledged is served');
    is_deeply(\@blocked, [], 'what was cut off can be pushed again');
    ok(within(5, sub { !unlisted() }), 'their tags are listed') or diag(explain [unlisted()]);
}

# Neither nginx's files nor uploads are given up while they are young: make them old.
utime time - 100_000, time - 100_000, map { $berth->left($_) } qw(body upload);
$berth->restart;
is_deeply([map { wrong($_, $acknowledged{$_}) } sort keys %acknowledged], [],
    'all that was ever acknowledged is served');
cmp_ok(scalar keys %acknowledged, '>=', $rounds, scalar(keys %acknowledged) . ' pushes were acknowledged');
cmp_ok($cut_off, '>', 0, "$cut_off were cut off");
ok(within(10, sub { !grep { $berth->left($_) } qw(body tmp upload) }), 'nothing is left on the way')
    or diag(explain([map { $berth->left($_) } qw(body tmp upload)]));
done_testing();
