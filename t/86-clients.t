#!/usr/bin/perl
# Clients of today that still ask a v1 registry something: docker search and podman search.

use strict;
use warnings;

use Berth::Docker;
use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;
use File::Path ();

my $berth  = Berth::Instance->start;
my $docker = Berth::V1Client->new($berth);
my $image  = Berth::Image->new;
my $port   = $berth->port;

$docker->push($_, { latest => $image }, $image) for qw(team/app team/applause library/other);
sub found {
    my ($term) = @_;
    return Berth::HTTP::request($berth, GET => "/v1/search?q=$term")->{body};
}
ok(within(10, sub { found('app') =~ /applause/ && found('other') =~ /other/ }), 'search knows them');

# The first columns of a table's rows, without its heading.
sub names {
    my ($output) = @_;
    my ($head, @rows) = split /\n/, $output;
    return join ' ', sort map { m{^\S*?((?:team|library)/\w+)}; $1 // $_ } @rows;
}

# The requests that nginx has seen since the last call.
my $logged = 0;
sub seen {
    my $log = $berth->log('nginx-access.log');
    my $new = substr $log, $logged;

    $logged = length $log;
    return $new;
}

sub command_there {
    my ($command) = @_;
    return scalar grep { -x "$_/$command" } split(/:/, $ENV{PATH}), '/usr/sbin';
}

SKIP: {
    my $daemon = Berth::Docker->start;
    if (!$daemon) {
        not_run("$0: docker search", Berth::Docker::why());
        skip(Berth::Docker::why(), 1);
    }
    my $search = sub { return $daemon->run("docker search $_[0]") };

    seen();
    is(names($search->("127.0.0.1:$port/app")), 'team/app team/applause', 'docker search finds a part of a name');
    like(seen(), qr{"GET /v1/search\?q=app&n=25 .* status=200 }, 'by the search of v1');
    is(names($search->("127.0.0.1:$port/other")), 'library/other', 'one in library');
    is(names($search->("127.0.0.1:$port/nothing")), '', 'nothing that is not there');
    is(names($search->("--limit 1 127.0.0.1:$port/team/app")), 'team/app', 'no more than the limit, the best first');
}

SKIP: {
    if (!command_there('podman')) {
        not_run("$0: podman search", 'podman is not installed');
        skip('podman is not installed', 1);
    }
    my $search = sub { scalar `podman search --tls-verify=false $_[0] 2>&1` };

    seen();
    is(names($search->("localhost:$port/app")), 'team/app team/applause', 'podman search finds a part of a name');
    like(seen(), qr{"GET /v1/search\?\S*q=app\S* .* status=200 }, 'by the search of v1');
    is(names($search->("localhost:$port/nothing")), '', 'nothing that is not there');

    # podman 4.3 has no option for it: a directory for this port alone
    my $certs = "/etc/containers/certs.d/localhost:$port";
    if ($> == 0) {
        File::Path::make_path($certs);
        symlink $berth->ca, "$certs/ca.crt";
        is(names(scalar `podman search localhost:$port/other 2>&1`), 'library/other', 'it trusts the certificate');
        File::Path::remove_tree($certs);
    } else {
        not_run("$0: podman search with a certificate", 'it lies in /etc, which root alone may write');
    }
}

done_testing();
