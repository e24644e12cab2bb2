#!/usr/bin/perl
# Own tokens behind nginx's passwords, by the lines that doc/tokens.md prints: a docker logs in,
# pushes and pulls; without a password nobody gets a token, however the path is spelt.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Test;
use Berth::V1Client;
use MIME::Base64 qw(encode_base64);

my $berth = Berth::Instance->configured("check_tokens: true\nsecret_key: a secret of thirty-two characters\n");

# ---- nginx as doc/tokens.md has it ----

# The lines below a comment "in http { }" or "in server { }".
sub printed {
    my $page = Berth::Instance::slurp(source_dir() . '/doc/tokens.md');
    my ($lines) = $page =~ /^## Passwords with own tokens\n.*?\n((?:    [^\n]*\n)+)/ms or die 'doc/tokens.md prints no lines';
    my ($http, $server) = $lines =~ /\A    # in http \{ \}\n(.+)    # in server \{ \}\n(.+)\z/s or die "doc/tokens.md: $lines";

    return ($http, $server);
}

sub write_file {
    my ($path, $text) = @_;

    open my $file, '>', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
}

sub ask_for_passwords {
    my $run  = $berth->data . '/_berth/run';
    my $site = Berth::Instance::slurp("$run/site.conf");
    my ($http, $server) = printed();

    write_file("$run/htpasswd", "jo:{PLAIN}secret\n");
    $server =~ s{/etc/nginx/registry\.htpasswd}{"$run/htpasswd"} or die "doc/tokens.md: $server";
    $site =~ s/^server \{\n/$http$&$server/m or die "site.conf: $site";
    write_file("$run/site.conf", $site);
    $berth->reload_nginx;
    return ask(GET => '/v1/users/')->{status} == 401;
}

# ask(METHOD => PATH, AUTHORIZATION, BODY)
sub ask {
    my ($method, $path, $authorization, $body) = @_;
    return Berth::HTTP::request($berth, $method => $path,
        [defined $authorization ? (Authorization => $authorization) : ()], $body);
}

sub token_in { return Berth::HTTP::header($_[0], 'X-Docker-Token') }

ok(ask_for_passwords(), 'nginx takes the lines of doc/tokens.md') or diag($berth->log('nginx-error.log'));

# ---- docker ----

my $docker = Berth::V1Client->new($berth, user => 'jo', password => 'secret');
my $base   = Berth::Image->new;
my $top    = Berth::Image->new(parent => $base);

subtest 'docker' => sub {
    is($docker->login, 'Login Succeeded', 'a login');
    is($docker->push('team/app', { latest => $top, base => $base }, $base, $top), 2, 'a push');
    my $got = $docker->pull('team/app');
    is_deeply($got->{tags}, { latest => $top->id, base => $base->id }, 'a pull: tags');
    is($got->{images}{ $_->id }{layer_sum}, $_->layer_sum, 'a layer') for $base, $top;
    is($docker->push('busybox', { latest => $base }, $base), 0, 'a name of one part');
    is($docker->pull('busybox', 'latest')->{images}{ $base->id }{layer_sum}, $base->layer_sum, 'and a pull of it');
};

subtest 'what else is done with a token' => sub {
    my ($read, $write, $delete) = map { $docker->token('team/app', $_) } qw(read write delete);
    my $repo = '/v1/repositories/team/app';

    is(ask(GET => "$repo/$_", $read)->{status}, 200, "GET $_")
        for 'tags', 'tags/', 'tags/latest', 'tags/latest/json', 'json', 'properties', 'tags?x=y';
    is(ask(PUT => "$repo/tags/a%2Bb", $write, '"' . $base->id . '"')->{status}, 200, 'PUT a tag that is quoted');
    is(ask(PUT => "$repo/properties", $write, '{"access": "private"}')->{status}, 200, 'PUT properties');
    is(ask(GET => '/v1/private_images/' . $base->id . "/$_", $read)->{status}, 200, "private $_") for qw(json layer files);
    is(ask(DELETE => "$repo/$_", $delete)->{status}, 200, "DELETE $_") for 'tags/a%2Bb', 'tags/base', '';
    is(ask(DELETE => '/v1/repositories/busybox/tags', $docker->token('busybox', 'delete'))->{status}, 200,
        'DELETE all tags');
};

# ---- nobody else ----

subtest 'a wrong password' => sub {
    my $other = Berth::V1Client->new($berth, user => 'jo', password => 'wrong');
    my $none  = Berth::V1Client->new($berth);

    ok(!eval { $other->login }, 'no login');
    like($@, qr/^login: 401/, 'docker says so');
    for my $client ($other, $none) {
        ok(!eval { $client->push('team/app', { latest => $base }, $base) }, 'no push');
        like($@, qr/^announcement: 401/, 'from the first call on');
        ok(!eval { $client->pull('team/app') }, 'no pull');
        like($@, qr/^images: 401/, 'from the first call on');
    }
};

# Each in all spellings that lead berth there.
subtest 'no token without a password' => sub {
    my @repos = qw(/v1/repositories/team/app //v1/repositories/team/app /v1//repositories/team/app
        /v1/%72epositories/team/app /v1/repositories/busybox /v1/repositories/team/app/tags/x/y
        /v1/repositories/team%2Ftags /v1/repositories/team/tags%2Fx /v1/repositories/images);
    my @ends = ('', '/', '//', '?x', '?/tags', '?/tags/x', '/?x=/properties');
    my %handed = (
        GET    => [map { "/$_" } qw(images %69mages image%73)],
        HEAD   => ['/images'],
        PUT    => ['', '/images', '/%69mages', '/auth', '/a%2Ftags%2Fx', '/tags%2Fx', '/tags/x/y', '/x%2Fproperties'],
        DELETE => ['/images', '/%69mages'],
    );
    my %statuses;
    my $open = 0;

    for my $method (sort keys %handed) {
        for my $repo (@repos) {
            for my $end (map { my $what = $_; map { "$what$_" } @ends } @{ $handed{$method} }) {
                my $r = ask($method => "$repo$end", undef, $method eq 'PUT' ? '[]' : undef);

                $statuses{ $r->{status} }++;
                $open++ if token_in($r) || $r->{status} < 400;
                diag("$method $repo$end: $r->{status}") if token_in($r) || $r->{status} < 400;
            }
        }
    }
    is(ask(PUT => "/v1/repositories$_", undef, '[]')->{status}, 401, "PUT $_")
        for qw(///tags/x ////tags/x //properties ///properties /tags/x /properties ///tags/x/);
    for my $path (map { "/v1/repositories/team/$_" } 'properties/', '/properties//', 'properties/?x', 'tags/images',
        'tags//images/', 'tags/images?x', 'tags/%69mages', 'tags/auth', 'a%2Fproperties/', 'a%2Ftags/images',
        'a/tags/images', 'a/properties/') {
        for my $method (qw(GET HEAD PUT DELETE)) {
            my $r = ask($method => $path, undef, $method eq 'PUT' ? '[]' : undef);
            $open++ if token_in($r);
            diag("$method $path: $r->{status}") if token_in($r);
        }
    }
    is($open, 0, 'none got one');
    cmp_ok($statuses{401}, '>', 500, 'nearly all were asked for a password') or diag(explain(\%statuses));
    ok(token_in(ask(PUT => '/v1/repositories/team/app/', 'Basic ' . encode_base64('jo:secret', ''), '[]')),
        'by which it is had');
    is(ask($_->[0], '/v1/users' . $_->[1], undef, '{}')->{status}, 401, "$_->[0] users$_->[1]")
        for ['GET', ''], ['POST', '/'], ['PUT', '/jo/'];
};

subtest 'where none is handed out, no password is asked for' => sub {
    is(ask(GET => $_)->{status}, 200, $_)
        for qw(/ /_ping /v1/_ping /v1/_ping/ /_status /v1/_status /v1/search /v1/search?q=x);
    is(ask(GET => '/v2/')->{status}, 404, '/v2/, which is not there');
    for ([GET => '/v1/repositories/team/app/tags'], [GET => '/v1/images/' . $base->id . '/json'],
        [PUT => $base->path('layer'), 'x'], [DELETE => '/v1/repositories/team/app/']) {
        my ($method, $path, $body) = @$_;
        my $r = ask($method => $path, undef, $body);

        is($r->{status}, 401, "$method $path");
        is(Berth::HTTP::header($r, 'WWW-Authenticate'), 'Token', 'but berth asks for a token');
    }
};

is($berth->stop, 0, 'a clean end');
done_testing();
