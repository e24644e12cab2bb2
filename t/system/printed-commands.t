#!/usr/bin/perl
# quickstart prints commands to try: each of them works as it is printed, over TLS and over
# plain HTTP.

use strict;
use warnings;

use Berth::Docker;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use File::Path ();

needs_command($_) for qw(podman skopeo curl);
my $docker = Berth::Docker->start;
if (!$docker) {
    not_run($0, Berth::Docker::why());
    plan(skip_all => Berth::Docker::why());
}

# An image named busybox, which no machine without a network could pull.
sub make_busybox {
    my $dir = scratch();

    open my $file, '>:raw', "$dir/layer.tar.gz" or die "layer: $!";
    print $file Berth::Oci->layer({ 'etc/motd' => "hello\n" })->bytes;
    close $file;
    for my $command ("docker import $dir/layer.tar.gz busybox", "podman import $dir/layer.tar.gz busybox") {
        my $out = $docker->run($command);
        is($?, 0, $command =~ s/ .*//r . ' has an image') or diag($out);
    }
}

sub printed {
    my ($berth) = @_;

    within(10, sub { $berth->output =~ /^Ctrl-C ends it/m });
    return $berth->output =~ /^  (\S.*)$/mg;
}

# What a command must say besides ending well.
my %says = (
    'docker push'      => qr/^latest: digest: sha256:/m,
    'docker pull'      => qr/^Status: /m,
    'docker search'    => qr/^busybox\s/m,
    'podman pull'      => qr/^[0-9a-f]{64}$/m,
    'skopeo inspect'   => qr/"Digest": "sha256:/,
    'skopeo list-tags' => qr/"latest"/,
    '_catalog'         => qr/"repositories": ?\["busybox"\]/,
    'tags/list'        => qr/"tags": ?\["latest"\]/,
    'v1/search'        => qr/"num_results": ?1\b/,
);

# Search learns of a push a moment later.
sub works {
    my ($command) = @_;
    my ($known) = grep { index($command, $_) >= 0 } keys %says;
    my $out;

    within(5, sub { $out = $docker->run($command); $? == 0 && (!$known || $out =~ $says{$known}) });
    is($?, 0, $command) or diag($out);
    like($out, $says{$known}, 'it says so') if $known;
}

my $certs;
END { File::Path::remove_tree($certs) if $certs }

make_busybox();
for my $http (0, 1) {
    my $berth    = Berth::Instance->start(http => $http);
    my @commands = printed($berth);

    for my $tool (qw(docker podman skopeo curl)) {
        cmp_ok(scalar(grep { /^$tool / } @commands), '>=', 2, $berth->scheme . ": commands for $tool");
    }
    $certs = '/etc/docker/certs.d/' . $berth->host;
    works($_) for @commands;
    if (!$http) {
        ok(-s "$certs/ca.crt", 'the certificate lies where the clients look');
        works($_) for map { s/--tls-verify=false //r } grep { /--tls-verify=false/ } @commands;
    }
    File::Path::remove_tree($certs);
    is($berth->stop, 0, 'it ends well');
}
$docker->stop;
done_testing();
