package Bench::Layers;

# Layers of API v1 that berth itself reads or fetches: tarsums, lists of files, a mirror.
# Compared with programs that unpack, hash or move the same bytes.

use strict;
use warnings;

use Bench::Process qw(forget_peaks peaks);
use Bench::Table qw(row);
use Bench::Tool qw(capture command_seconds contest curl_seconds fsync_seconds now run warm_memory);
use Bench::V1Image qw(finish push_layer remove);
use Berth::Instance;
use Berth::V1Client;
use File::Path qw(remove_tree);

use constant { MIB => 1 << 20, WORKER_LIMIT => 48 };

my $ground;

sub measure {
    ($ground) = @_;
    my $berth = $ground->berth('layers', http => 1);

    archives($berth);
    mirror($berth);
}

# A whole directory of this machine, as docker would pack it.
sub archive {
    my $path = $ground->dir . '/archive';

    run('tar', '-C', $ground->much('archive'), '-czf', $path, '.') unless -e $path;
    return $path;
}

# A wrong sum takes as long as the right one, and can be sent again.
sub tarsum_seconds {
    my ($berth, $image) = @_;
    my $start    = now();
    my $response = Berth::V1Client->new($berth)->put_checksum($image,
        'X-Docker-Checksum' => 'tarsum+sha256:' . '0' x 64);

    $response->{status} == 400 && $response->{body} =~ /mismatch/ or die "PUT checksum: $response->{body}\n";
    return now() - $start;
}

# The first time: the list that berth keeps for the next is removed.
sub files_seconds {
    my ($berth, $image, $what) = @_;
    my $took = curl_seconds("$berth->{url}/v1/images/" . $image->id . "/$what");

    remove_tree($berth->data . '/_berth/derived', { keep_root => 1 }) or die "$what: no list was kept\n";
    return $took;
}

sub archives {
    my ($berth) = @_;
    my $file    = archive();
    my $image   = push_layer($berth, $file);
    my $entries = capture('sh', '-c', 'tar -tzf "$1" | wc -l', 'sh', $file) + 0;
    my $what    = sprintf '%d MiB, %d entries', (-s $file) / MIB, $entries;
    my $turns   = $ground->much('transfers');

    forget_peaks($berth->berth_workers);
    row("PUT checksum, a tarsum of $what, s", contest($turns,
        sub { tarsum_seconds($berth, $image) },
        sub { command_seconds('sh', '-c', 'gzip -dc "$1" | openssl dgst -sha256 >"$1.sum"', 'sh', $file) }));
    finish($berth, $image, $file);
    for my $list (qw(files diff)) {
        row("GET $list of it, first time, s", contest($turns,
            sub { files_seconds($berth, $image, $list) },
            sub { command_seconds('sh', '-c', 'tar -tvzf "$1" >"$1.list"', 'sh', $file) }));
    }
    row('  peak of a worker meanwhile, MiB', $_, undef, undef, '< ' . WORKER_LIMIT) for peaks($berth->berth_workers);
    remove($berth, $image);
}

# The bytes are received from the upstream, hashed, flushed, and sent on: the reference is the
# sum of the first three.
sub mirror {
    my ($source) = @_;
    my $file   = $ground->layer;

    mkdir $ground->dir . '/mirror';
    my $mirror = Berth::Instance->configured("mirroring:\n  source: $source->{url}\n",
        dir => $ground->dir . '/mirror', http => 1);
    my $at     = 'http://127.0.0.1:' . $mirror->port;
    my $path;

    forget_peaks($mirror->berth_workers);
    row('GET layer of ' . $ground->much('layer_mib') . ' MiB through a mirror, first time, s',
        contest($ground->much('turns'),
            sub {
                my $image = push_layer($source, $file);
                finish($source, $image, $file);
                $path = '/v1/images/' . $image->id . '/layer';
                warm_memory(4 * $ground->much('layer_mib') * MIB);
                my $took = curl_seconds($at . $path);
                remove_tree($mirror->data . '/images/' . $image->id);
                return $took;
            },
            sub { curl_seconds($source->{url} . $path) },
            sub { command_seconds('sh', '-c', 'openssl dgst -sha256 "$1" >"$1.sum"', 'sh', $file) },
            sub { fsync_seconds($file) }));
    row('  peak of a worker meanwhile, MiB', $_, undef, undef, '< ' . WORKER_LIMIT) for peaks($mirror->berth_workers);
}

1;
