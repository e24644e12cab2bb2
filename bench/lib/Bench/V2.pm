package Bench::V2;

# API v2, compared with Debian's docker-registry: the same clients and contents, in turns. Each
# as it is usually run: docker-registry alone, berth behind nginx.

use strict;
use warnings;

use Bench::Contents;
use Bench::Distribution;
use Bench::Load;
use Bench::Process qw(memory);
use Bench::Reference;
use Bench::Table qw(heading row);
use Bench::Tool qw(compare curl_seconds median take_turns warm_memory wrk_rate);
use List::Util qw(min);

use constant { MIB => 1 << 20, AT_ONCE => 64, CLIENTS => 32 };

use constant METADATA => '>= 10';
use constant PUSH     => '>= 3';
use constant STATIC   => '>= 0.97';
use constant MEMORY   => '< 0.25';

# One only, as wrk cannot repeat a header; without it docker-registry makes a manifest of schema 1.
my @ACCEPT = ('-H', 'Accept: application/vnd.docker.distribution.manifest.v2+json');

my ($ground, $load, $contents, $reference, $berth, $theirs);
my %large;    # by registry: the digest of the large blob that was pushed last

sub measure {
    ($ground) = @_;

    my $done = eval { measure_all(); 1 };
    undef $_ for $berth, $theirs, $reference;    # before the directory is removed
    die $@ unless $done;
}

sub measure_all {
    $load     = Bench::Load->new($ground);
    $contents = Bench::Contents->new;
    heading('API v2, HTTP', 'docker-registry');
    $berth  = $ground->berth('v2', http => 1);
    $theirs = Bench::Distribution->start($ground->dir . '/theirs');
    idle_memory();
    $contents->push_to($_) for $berth, $theirs;
    metadata();
    lists(Bench::Contents::FEW, $contents->few_tags);
    names($ground->much('names'));
    lists($ground->much('names'), $contents->many_tags);
    images('connections kept',    PUSH);
    images('a connection a call', PUSH, 'close');
    mix();
    $reference = Bench::Reference->start($ground, $berth);    # not earlier: two nginx share memory, which is measured above
    large_blob(sub { $reference->url(@_) });

    heading('API v2, TLS', 'docker-registry');
    start_with_tls();
    metadata();
    large_blob(sub { $reference->tls_url(@_) });
    handshakes();
    images('a connection a call', undef, 'close');

    heading('API v2, starting', 'docker-registry');
    starts();
}

sub start_with_tls {
    undef $_ for $berth, $theirs;
    %large  = ();
    $berth  = $ground->berth('v2');
    $theirs = Bench::Distribution->start($ground->dir . '/theirs', ca => $berth->ca,
        certificate => $berth->data . '/_berth/tls/server.pem');
}

# --- requests ---

sub metadata {
    rates('GET /v2/',             '/v2/');
    rates('GET manifest by tag',  $contents->by_tag);
    rates('GET manifest, digest', $contents->by_digest);
    heads('HEAD blob',            $contents->blob);
    rates('GET blob of 4 KiB',    $contents->blob);
}

sub lists {
    my ($entries, $tags) = @_;

    rates("_catalog?n=1000 of $entries", '/v2/_catalog?n=1000');
    rates("tags/list of $entries",       $tags);
}

sub rates {
    my ($what, $path) = @_;

    answers($what, sub { my ($registry) = @_; return wrk_rate($registry->{url} . $path, @ACCEPT) });
}

# Not by wrk, which waits for the body that a response to HEAD does not have.
sub heads {
    my ($what, $path) = @_;

    answers($what, sub { my ($registry) = @_; return $load->mix($registry, "1 HEAD $path\n", 1, CLIENTS)->{rate} });
}

sub answers {
    my ($what, $rate) = @_;

    row("$what, answers/s", compare($ground->much('rounds'), sub { $rate->($berth) }, sub { $rate->($theirs) }), METADATA);
}

# --- pushes ---

# Both registries make only directories and names here, in the same way, so there is no goal.
# Measured once.
sub names {
    my ($n) = @_;
    my ($ours, $others) = map { $load->names($_, $n, CLIENTS) } $berth, $theirs;

    pushes("$n pushes, all blobs there", $ours, $others);
}

sub images {
    my ($how, $goal, @options) = @_;

    pushes(AT_ONCE . " pushes at once, $how", in_turns(sub {
        my ($registry) = @_;
        $ground->settle;
        return $load->images($registry, $ground->much('images'), AT_ONCE, @options);
    }), $goal);
}

sub pushes {
    my ($what, $ours, $others, $goal) = @_;

    compared("$what, images/s",             $ours, $others, 'rate', $goal);
    compared('  processor time of one, ms', $ours, $others, 'processor_ms');
    $ground->settle;
}

# --- one large blob: the best of several rounds ---

sub large_blob {
    my ($nginx_url) = @_;
    my $mib = $ground->much('layer_mib');
    my ($ours, $others) = best_rates($ground->much('turns'), map { my $registry = $_; sub { push_large($registry) } } $berth, $theirs);

    row("push of $mib MiB, MB/s", $ours, $others, $ours / $others, PUSH);
    my $static = $reference->share(stored_large($berth), $berth->scheme);
    ($ours, $others, my $nginx) = best_rates(2 * $ground->much('rounds'),
        map { my $url = $_; sub { curl_seconds('-k', $url) } } large_url($berth), large_url($theirs), $nginx_url->($static));
    row("pull of $mib MiB, MB/s", $ours, $others, $ours / $others);
    row('  beside nginx alone with that file', $ours, $nginx, $ours / $nginx, STATIC);
}

sub best_rates {
    my ($rounds, @seconds) = @_;
    return map { $ground->much('layer_mib') * MIB / 1e6 / min(@$_) } take_turns($rounds, @seconds);
}

# A new blob each time; the one before is removed.
sub push_large {
    my ($registry) = @_;

    unlink stored_large($registry) if $large{$registry};
    warm_memory(4 * $ground->much('layer_mib') * MIB);
    $ground->settle;
    (my $seconds, $large{$registry}) = $load->blob($registry, $ground->layer);
    return $seconds;
}

sub large_url { return "$_[0]{url}/v2/bench/large/blobs/$large{$_[0]}" }

sub stored_large {
    my ($registry) = @_;
    my ($hex) = $large{$registry} =~ /([0-9a-f]{64})/;

    return sprintf '%s/docker/registry/v2/blobs/sha256/%s/%s/data', $registry->data, substr($hex, 0, 2), $hex;
}

# --- all at once ---

sub mix {
    my ($ours, $others) = mixed($contents->plan, $ground->much('mix'));

    compared('the mix, calls/s',                         $ours, $others, 'rate');
    compared('  megabytes a second',                     $ours, $others, 'megabytes');
    compared('  median of small answers, ms',            $ours, $others, 'half');
    compared('  slowest of 100, ms',                     $ours, $others, 'slow');
    compared('  processor time a call, us',              $ours, $others, 'processor_us');
    compared('  memory at work, MiB',                    $ours, $others, 'memory', MEMORY);
    compared('  memory at work, without nginx, MiB',     $ours, $others, 'without_nginx');
}

sub mixed {
    my ($plan, $seconds, @options) = @_;

    return in_turns(sub { my ($registry) = @_; return $load->mix($registry, $plan, $seconds, CLIENTS, @options) });
}

# in_turns(\&MEASURE): the median of each figure, for each of the two registries.
sub in_turns {
    my ($measure) = @_;

    return map {
        my $got = $_;
        +{ map { my $key = $_; ($key => median(map { $_->{$key} } @$got)) } keys %{ $got->[0] } };
    } take_turns($ground->much('turns'), map { my $registry = $_; sub { $measure->($registry) } } $berth, $theirs);
}

sub compared {
    my ($what, $ours, $others, $key, $goal) = @_;

    row($what, $ours->{$key}, $others->{$key}, $ours->{$key} / $others->{$key}, $goal);
}

# The load program runs on the same processors and does most of the work of a handshake: the
# processor time of the registries says more than the rate.
sub handshakes {
    my ($ours, $others) = mixed("1 GET /v2/\n", $ground->much('mix'), 'close');

    compared('TLS handshakes, each with GET /v2/, /s', $ours, $others, 'rate');
    compared('  processor time of one, us',            $ours, $others, 'processor_us');
}

# --- memory and start ---

sub idle_memory {
    my @processes = $berth->processes;
    my $all       = memory(map { $_->{pid} } @processes);
    my $own       = memory(map { $_->{pid} } grep { $_->{name} eq 'berth' } @processes);
    my $others    = memory(map { $_->{pid} } $theirs->processes);

    row('memory when idle, MiB',                  $all, $others, $all / $others, MEMORY);
    row('  memory when idle, without nginx, MiB', $own, $others, $own / $others);
}

# With all that was pushed. The nginx of berth runs already.
sub starts {
    undef $berth;
    $theirs = Bench::Distribution->start($ground->dir . '/theirs');
    my $config = $ground->config('v2', $reference);

    $theirs->stop;
    row('time to the first answer, ms', compare($ground->much('rounds'),
        sub { $ground->start_ms($config, $reference) },
        sub { Bench::Process::start_ms(sub { $theirs->answers }, $theirs->log, $theirs->command) }));
}

1;
