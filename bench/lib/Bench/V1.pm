package Bench::V1;

# API v1, compared with nginx, the FastCGI hello world and openssl.

use strict;
use warnings;

use Bench::Layers ();
use Bench::Process qw(forget_peaks peaks);
use Bench::Reference;
use Bench::Table qw(heading row);
use Bench::Tool qw(capture command_seconds compare contest curl_seconds fsync_seconds median now
    program warm_memory write_file wrk_rate);
use Bench::V1Image qw(begin finish layer_url push_layer remove);
use Berth::HTTP;
use Berth::Image;
use Berth::Test qw(build_dir);
use Berth::V1Client;
use File::Path qw(make_path);

use constant { MIB => 1 << 20, WORKER_LIMIT => 24 };

my ($ground, $berth, $reference);

sub measure {
    ($ground) = @_;

    heading('API v1', 'reference');
    my $done = eval { measure_all(); 1 };
    undef $_ for $berth, $reference;    # before the directory is removed
    die $@ unless $done;
}

sub measure_all {
    $berth     = $ground->berth('v1', http => 1);
    $reference = Bench::Reference->start($ground, $berth);
    metadata();
    downloads();
    uploads('HTTP', $reference->url('/body'));
    undef $berth;    # at its end it kills all that still runs on its data
    $berth = $ground->berth('v1');
    uploads('TLS', $reference->tls_url('/body'));
    undef $berth;
    Bench::Layers::measure($ground);
    make_store('few',  10);
    make_store('many', $ground->much('repositories'));
    searches();
    starts();
}

# The hello world has the same nginx configuration in front of it, with connections kept open too.
sub metadata {
    my $image = push_image(Berth::Image->new);

    rates('GET image json', '/v1/images/' . $image->id . '/json', '/v1/_hello', '>= 0.8');
    rates('GET ancestry',   '/v1/images/' . $image->id . '/ancestry', '/v1/_hello');
}

sub rates {
    my ($what, $path, $other, $goal) = @_;

    row("$what, answers/s", compare($ground->much('loads'),
        sub { wrk_rate($berth->{url} . $path) },
        sub { wrk_rate($reference->url($other)) }), $goal);
}

sub downloads {
    my $big = push_large();
    my $mib = $ground->much('layer_mib');

    $reference->share(stored($big), 'big');
    my ($ours, $static, $ratio) = contest(3 * $ground->much('transfers'),
        sub { curl_seconds($berth->{url} . "/v1/images/$big/layer") },
        sub { curl_seconds($reference->url('/static/big')) });
    my $megabytes = $mib * MIB / 1e6;
    row("GET layer of $mib MiB, MB/s", $megabytes / $ours, $megabytes / $static, 1 / $ratio, '>= 0.95');
    for my $kib (64, 4) {
        my $id = push_image(Berth::Image->new(bytes => 'x' x ($kib << 10)))->id;
        $reference->share(stored($id), $kib);
        rates("GET layer of $kib KiB", "/v1/images/$id/layer", "/static/$kib");
    }
}

# nginx receives the body of an upload, then it is hashed and flushed: the reference is the
# sum of the three, each done alone.
sub uploads {
    my ($name, $url) = @_;
    my @tls  = ('--cacert', $berth->ca);
    my $file = $ground->layer;

    forget_peaks($berth->berth_workers);
    row('PUT layer of ' . $ground->much('layer_mib') . " MiB, $name, s", contest($ground->much('transfers'),
        sub { upload_seconds($file, @tls) },
        sub { put_seconds($file, $url, @tls) },
        sub { command_seconds('openssl', 'dgst', '-sha256', $file) },
        sub { fsync_seconds($file) }), '<= 1.15');
    row('  peak of a worker meanwhile, MiB', $_, undef, undef, '< ' . WORKER_LIMIT) for peaks($berth->berth_workers);
}

# Each time a new image, which is removed again: the directory has one layer at a time.
sub upload_seconds {
    my ($file, @tls) = @_;

    warm_memory(4 * $ground->much('layer_mib') * MIB);
    my $image = begin($berth);
    my $took  = put_seconds($file, layer_url($berth, $image), @tls);
    remove($berth, $image);
    return $took;
}

sub put_seconds {
    my ($file, $url, @tls) = @_;
    return curl_seconds(@tls, '--http1.1', '-H', 'Expect:', '-T', $file, $url);
}

sub searches {
    my $repositories = $ground->much('repositories');
    my $start        = now();

    capture(build_dir() . '/berth', 'reindex', '--afresh', '--config', $ground->config('many', $reference));
    row("reindex of $repositories repositories, s", now() - $start);
    $berth = $ground->berth('many', http => 1);
    for (['one result', 'team-123/app-45'], ['none', 'nothing-like-it'], ['all match, 25 shown', 'team-']) {
        my ($what, $term) = @$_;
        row("search of $repositories, $what, ms over ping", search_ms($term), undef, undef,
            $what =~ /^all/ ? undef : '< 2');
    }
    undef $berth;
    print "\nthe index alone:\n", capture(program('search'), $ground->dir, $repositories);
}

sub search_ms {
    my ($term) = @_;
    my $c = Berth::HTTP->connect($berth);
    my @more;

    for (1 .. 200) {
        my $ping = ask($c, '/v1/_ping');
        push @more, ask($c, "/v1/search?q=$term&n=25") - $ping;
    }
    return 1000 * median(@more);
}

sub ask {
    my ($c, $path) = @_;
    my $start = now();

    $c->head(GET => $path, Host => $berth->host);
    $c->response('GET')->{status} == 200 or die "GET $path failed\n";
    return now() - $start;
}

sub starts {
    my ($many, $few) = map { $ground->config($_, $reference) } 'many', 'few';

    capture(build_dir() . '/berth', 'reindex', '--config', $_) for $few, $many;
    row('start, ' . $ground->much('repositories') . ' repositories against 10, ms', compare($ground->much('loads'),
        sub { $ground->start_ms($many, $reference) },
        sub { $ground->start_ms($few,  $reference) }), '<= 1.25');
}

# --- what it is measured on ---

sub push_image {
    my ($image) = @_;

    Berth::V1Client->new($berth)->push_image($image);
    return $image;
}

# The large layer as a complete image; returns its id.
sub push_large {
    my $image = push_layer($berth, $ground->layer);

    finish($berth, $image, $ground->layer);
    return $image->id;
}

sub stored { return $berth->data . "/images/$_[0]/layer" }

# A store as docker-registry 0.x leaves it: repositories without images, 100 in each namespace.
sub make_store {
    my ($name, $repositories) = @_;

    for my $i (0 .. $repositories - 1) {
        my $repository = sprintf '%s/%s/repositories/team-%d/app-%d', $ground->dir, $name, $i / 100, $i % 100;
        make_path($repository);
        write_file("$repository/_index_images", sprintf '[{"id": "%064x"}]', $i);
    }
    $ground->settle;
}

1;
