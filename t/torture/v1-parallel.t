#!/usr/bin/perl
# Many at once: pushes of images that overlap, slow uploads during a pull, and two clients
# with one image but different bytes.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;
use JSON::PP qw(decode_json);
use Time::HiRes qw(sleep time);

my $berth = Berth::Instance->start;

subtest 'pushes of overlapping images' => sub {
    my $clients = quick() ? 50 : 200;
    my $base    = Berth::Image->new(size => 500_000);
    my @middle  = map { Berth::Image->new(parent => $base, size => 100_000) } 1 .. 10;
    my @top     = map { Berth::Image->new(parent => $middle[$_ % 10], size => 20_000) } 0 .. $clients - 1;
    my $repository = sub { 'team/app' . $_[0] % 20 };

    $_->payload_sum for $base, @middle, @top;    # once, not in each process
    my @sent = in_parallel(map {
        my $n = $_;
        sub {
            my $docker = Berth::V1Client->new($berth);
            return $docker->push($repository->($n), { "t$n" => $top[$n] }, $base, $middle[$n % 10], $top[$n]);
        }
    } 0 .. $clients - 1);
    is(scalar(grep { !defined } @sent), 0, "$clients pushes at once succeed");

    my @pulled = in_parallel(map {
        my $k = $_;
        sub {
            my $docker = Berth::V1Client->new($berth);
            my $wrong  = 0;
            for my $n (grep { $_ % 20 == $k } 0 .. $clients - 1) {
                my $got = $docker->pull($repository->($n), "t$n");
                for my $image ($base, $middle[$n % 10], $top[$n]) {
                    $wrong++ if $got->{images}{ $image->id }{layer_sum} ne $image->layer_sum;
                }
            }
            return $wrong;
        }
    } 0 .. 19);
    is_deeply(\@pulled, [(0) x 20], 'each can be pulled, and is what was sent');

    my %announced;
    for my $n (0 .. $clients - 1) {
        $announced{ $repository->($n) }{ $_->id } = 1 for $base, $middle[$n % 10], $top[$n];
    }
    for my $name (sort keys %announced) {
        my $list = decode_json(Berth::HTTP::request($berth, GET => "/v1/repositories/$name/images")->{body});
        is_deeply([sort map { $_->{id} } @$list], [sort keys %{ $announced{$name} }], "$name lists each image once");
    }
    is_deeply([grep { /_inprogress$/ } keys %{ $berth->tree }], [], 'none is left unfinished');
    is_deeply([$berth->left('body'), $berth->left('tmp')], [], 'nothing is left on the way');
};

# The median of what $code takes, in seconds.
sub median_of {
    my ($times, $code) = @_;
    my @took = sort { $a <=> $b } map { my $began = time; $code->(); time - $began } 1 .. $times;
    return $took[$times / 2];
}

subtest 'slow uploads during a pull' => sub {
    my $image  = Berth::Image->new(size => 10_000_000);
    my $docker = Berth::V1Client->new($berth);
    my @slow   = map { Berth::Image->new(size => 1_000_000) } 1 .. 64;
    my (@connections, @readers);

    $docker->push('team/pulled', { latest => $image }, $image);
    my $pull = sub {
        my $got = $docker->pull('team/pulled')->{images}{ $image->id };
        $got->{layer_sum} eq $image->layer_sum or die 'another layer';
    };
    my $alone = median_of(5, $pull);
    for my $slow (@slow) {
        my $c = Berth::HTTP->connect($berth);
        $docker->put_json($slow);
        $c->head(PUT => $slow->path('layer'), Host => $berth->host, 'Content-Length' => $slow->size);
        push @readers, $slow->reader(100_000);
        push @connections, $c;
    }
    my $loaded = median_of(5, sub {
        $connections[$_]->send($readers[$_]->()) for 0 .. $#slow;    # a little of each goes on
        $pull->();
    });
    diag(sprintf 'a pull takes %.3f s alone, %.3f s during %d uploads', $alone, $loaded, scalar @slow);
    cmp_ok($loaded, '<', 4 * $alone + 0.5, 'do not slow it');

    for my $n (0 .. $#slow) {
        while ((my $bytes = $readers[$n]->()) ne '') {
            $connections[$n]->send($bytes);
        }
    }
    is(scalar(grep { my $r = $_->response; $r && $r->{status} == 200 } @connections), 64, 'all of them succeed');
    is(scalar(grep { $docker->put_checksum($_)->{status} == 200 } @slow), 64, 'and so do their sums');
};

subtest 'one image, two layers' => sub {
    my $wrong = 0;
    my %won;

    for (1 .. (quick() ? 5 : 25)) {
        my $one = Berth::Image->new(size => 300_000);
        my $two = Berth::Image->new(size => 300_000, id => $one->id, json => $one->json);
        my @acknowledged = in_parallel(map {
            my $image = $_;
            sub {
                my $docker = Berth::V1Client->new($berth);
                my @status = map { $docker->$_($image)->{status} } qw(put_json put_layer put_checksum);
                return $status[2] == 200 ? 1 : 0;
            }
        } $one, $two);
        my $docker = Berth::V1Client->new($berth);
        my $got    = eval { $docker->pull_image($one->id) };
        my ($who)  = grep { $got && $got->{layer_sum} eq ($one, $two)[$_]->layer_sum } 0, 1;

        if (!defined $who) {
            # Each came between the other's layer and sum: neither client got an answer that it is done.
            $wrong++ if grep { $_ } @acknowledged;
        } else {
            $wrong++ unless $acknowledged[$who];
            $won{$who}++;
        }
    }
    is($wrong, 0, 'what is served is whole, and was acknowledged');
    diag('the first won ' . ($won{0} // 0) . ' times, the second ' . ($won{1} // 0));
};

done_testing();
