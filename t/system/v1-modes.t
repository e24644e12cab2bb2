#!/usr/bin/perl
# Who may do what, by the registry's configuration: tokens of its own, those of another
# index, that index saying no, nonsense or nothing, a signature that opens everything, no
# tokens at all; and private repositories in each of these.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::StandIn;
use Berth::Test;
use Berth::V1Client;
use Berth::V1Store;
use Digest::SHA qw(hmac_sha256_hex);
use JSON::PP qw(decode_json encode_json);
use MIME::Base64 qw(encode_base64);
use Time::HiRes qw(sleep time);

use constant SECRET => 'a secret of thirty-two characters';

needs_command('openssl');

my $scratch = scratch();

# A berth with these lines in its config.yml.
sub registry {
    my (%conf) = @_;
    return Berth::Instance->configured(join '', map { "$_: $conf{$_}\n" } sort keys %conf);
}

sub header { return Berth::HTTP::header(@_) }

# ask(BERTH, METHOD => PATH, AUTHORIZATION, BODY, more headers)
sub ask {
    my ($berth, $method, $path, $authorization, $body, @headers) = @_;
    return Berth::HTTP::request($berth, $method => $path,
        [defined $authorization ? (Authorization => $authorization) : (), @headers], $body);
}

sub image   { my ($image, $what) = @_; return '/v1/images/' . $image->id . "/$what" }
sub private { my ($image, $what) = @_; return '/v1/private_images/' . $image->id . "/$what" }
sub repo    { return "/v1/repositories/$_[0]" }

# One that nobody has seen before: what is remembered of another does not count.
my $signatures = 0;
sub token {
    my ($repository, $access) = @_;
    return sprintf 'Token signature=%08x%08x,repository="%s",access=%s', $$, $signatures++, $repository, $access;
}

sub is_ok {
    my ($r, $name, $body) = @_;

    is($r->{status}, 200, "$name: 200") or diag($r->{body});
    is($r->{body}, $body, "$name: the body") if defined $body;
}

sub is_error {
    my ($r, $status, $text, $name) = @_;

    is($r->{status}, $status, "$name: $status") or diag($r->{body});
    is(Berth::HTTP::json_error($r), $text, 'and says why');
}

sub is_refused {
    my ($r, $name) = @_;

    is($r->{status}, 401, "$name: 401") or diag($r->{body});
    is(header($r, 'WWW-Authenticate'), 'Token', 'a token is asked for');
    is($r->{body}, '{"error": "Requires authorization"}', 'as ever') unless $name =~ /^HEAD/;
}

# The index cannot be asked: later, perhaps.
sub is_away {
    my ($r, $name) = @_;

    is($r->{status}, 503, "$name: 503") or diag($r->{body});
    like(header($r, 'Retry-After'), qr/\A\d+\z/, 'Retry-After');
    ok(defined Berth::HTTP::json_error($r), 'nothing but an error');
}

sub in_order {
    my ($berth) = @_;

    is_deeply([Berth::V1Store::complaints($berth->data)], [], 'the store is in order');
    is($berth->stop, 0, 'a clean end');
}

sub stored {
    my ($berth, $path) = @_;
    return -e $berth->data . "/$path" ? Berth::Instance::slurp($berth->data . "/$path") : undef;
}

# [METHOD, path, body, access that it needs], of an image and a repository's tag "t".
sub guarded {
    my ($image, $repository) = @_;
    my $repo = repo($repository);

    return (
        (map { [GET => image($image, $_), undef, 'read'] } qw(json layer ancestry files diff)),
        (map { [GET => private($image, $_), undef, 'read'] } qw(json layer files)),
        [PUT => image($image, 'json'),     $image->json,  'write'],
        [PUT => image($image, 'layer'),    $image->bytes, 'write'],
        [PUT => image($image, 'checksum'), '',            'write'],
        (map { [GET => "$repo/$_", undef, 'read'] } qw(tags tags/t tags/t/json json properties)),
        [PUT => "$repo/tags/t",     '"' . $image->id . '"',  'write'],
        [PUT => "$repo/properties", '{"access": "public"}', 'write'],
        [DELETE => "$repo/tags/t",  undef, 'delete'],
        [DELETE => "$repo/tags",    undef, 'delete'],
        [DELETE => "$repo/",        undef, 'delete'],
    );
}

# The calls of the index, and what they answer.
sub of_index {
    my ($repository) = @_;
    my $repo = repo($repository);

    return (
        [GET => '/v1/users/', undef, 200], [POST => '/v1/users/', '{}', 201], [PUT => '/v1/users/jo/', '{}', 204],
        [PUT => "$repo/", '[]', 200], [PUT => "$repo/images", '[]', 204], [GET => "$repo/images", undef, 200],
        [DELETE => "$repo/images", undef, 204], [PUT => "$repo/auth", '', 200], [GET => '/v1/search?q=x', undef, 200],
    );
}

my @bad_tokens = (
    'Basic am86eA==', 'Token', 'Token x', 'Token signature=x', 'Bearer x',
    'Token signature=x,repository="team/app"', 'Token repository="team/app",access=read',
    'Token signature=x,repository="team/app",access=all', 'Token signature=x,repository="app",access=read',
    'Token signature=x,repository="team/app/more",access=read', 'Token signature=x,repository="",access=read',
);

sub refuses_all {
    my ($berth, $image, $repository) = @_;

    for (guarded($image, $repository)) {
        my ($method, $path, $body) = @$_;
        is_refused(ask($berth, $method => $path, undef, $body), "$method $path without a token");
        is_refused(ask($berth, $method => $path, 'Basic am86eA==', $body), "$method $path by a user");
        is_refused(ask($berth, HEAD => $path), "HEAD $path") if $method eq 'GET';
    }
    is_refused(ask($berth, GET => image($image, 'json'), $_), $_) for @bad_tokens;
    is($berth->left('body'), 0, 'no upload was taken');
}

# ---- a signature that opens everything ----

sub command {
    my (@command) = @_;
    system(@command) == 0 or die "@command: $?";
}

sub new_key {
    my ($name) = @_;

    command("openssl genrsa -out $scratch/$name.key 2048 2>/dev/null");
    command("openssl rsa -in $scratch/$name.key -RSAPublicKey_out -out $scratch/$name.pub 2>/dev/null");
    return "$scratch/$name.pub";
}

# The header X-Signature over METHOD,path,name:value,...
sub signature {
    my ($text, $key) = @_;

    $key //= 'operator';
    open my $file, '>:raw', "$scratch/text" or die "text: $!";
    print $file $text;
    close $file;
    my $bytes = `openssl dgst -sha1 -sign $scratch/$key.key $scratch/text`;
    die "openssl dgst: $?" if $? || $bytes eq '';
    return ('X-Signature' => 'signature=any;data=' . encode_base64($bytes, ''));
}

sub opens_by_signature {
    my ($berth, $there) = @_;
    my $image = Berth::Image->new;
    my $sent  = Berth::Image->new;
    my ($json, $layer) = map { image($image, $_) } qw(json layer);
    my $get  = image($there, 'json');
    my $sum  = $image->payload_sum;
    my $call = sub { my ($method, $path, $body, @headers) = @_; return ask($berth, $method => $path, undef, $body,
        @headers) };

    is_ok($call->(GET => $get, undef, signature("GET,$get")), 'a GET', $there->json);
    is_ok($call->(GET => "$get?x=y", undef, signature("GET,$get")), 'a query does not count', $there->json);
    is_ok($call->(PUT => $json, $image->json, signature("PUT,$json")), 'a json', 'true');
    is_ok($call->(PUT => $layer, $image->bytes, signature("PUT,$layer")), 'a layer', 'true');
    my $checksum = image($image, 'checksum');
    is_ok($call->(PUT => $checksum, '', 'X-Docker-Checksum-Payload' => $sum, 'X-Docker-Checksum' => 'odd:1',
        signature("PUT,$checksum,X-Docker-Checksum:odd:1,X-Docker-Checksum-Payload:$sum")),
            'with headers, by their names', 'true');
    my $tag = repo('team/signed/tags/t');
    is_ok($call->(PUT => $tag, '"' . $image->id . '"', signature("PUT,$tag")), 'a tag', 'true');
    is_ok($call->(GET => $tag, undef, signature("GET,$tag")), 'the tag', '"' . $image->id . '"');
    is_ok($call->(DELETE => $tag, undef, signature("DELETE,$tag")), 'it goes', 'true');

    my (undef, $good) = signature("GET,$get");
    my ($data) = $good =~ /data=(.*)/;
    my %bad = (
        'of another method'       => [signature("PUT,$get")],
        'of another path'         => [signature("GET,$json")],
        'of a path with a query'  => [signature("GET,$get?x")],
        'without its header'      => [signature("GET,$get,X-Docker-A:b")],
        'of fewer headers'        => [signature("GET,$get"), 'X-Docker-A' => 'b'],
        'of another value'        => [signature("GET,$get,X-Docker-A:b"), 'X-Docker-A' => 'c'],
        'of another order'        => [signature("GET,$get,X-Docker-B:b,X-Docker-A:a"), 'X-Docker-A' => 'a',
            'X-Docker-B' => 'b'],
        'with another key'        => [signature("GET,$get", 'other')],
        'empty'                   => ['X-Signature' => ''],
        'nothing'                 => ['X-Signature' => 'x'],
        'without data'            => ['X-Signature' => 'signature=any'],
        'empty data'              => ['X-Signature' => 'signature=any;data='],
        'no base64'               => ['X-Signature' => 'signature=any;data=*!*'],
        'cut off'                 => ['X-Signature' => 'signature=any;data=' . substr $data, 0, 100],
        'too long'                => ['X-Signature' => "signature=any;data=${data}AAAA"],
        'very long'               => ['X-Signature' => 'signature=any;data=' . 'A' x 12000],
        'twice'                   => ['X-Signature' => "data=$data;data=$data"],
        'with a word too many'    => ['X-Signature' => "word;data=$data"],
    );
    for my $how (sort keys %bad) {
        is_refused($call->(GET => $get, undef, @{ $bad{$how} }), $how);
    }
    is_refused($call->(PUT => image($sent, 'layer'), 'x', signature('PUT,/v1/images/x/layer')),
        'a layer with another\'s');
}

new_key($_) for qw(operator other);

# ---- tokens of its own ----

# A token as berth makes it (src/auth/token.h), good until then.
sub own_token {
    my ($repository, $access, $until, $key) = @_;
    my $time = sprintf '%016x', $until;
    my $sum  = hmac_sha256_hex("$time $access $repository", $key // SECRET);

    return "Token signature=$time$sum,repository=\"$repository\",access=$access";
}

subtest 'check_tokens' => sub {
    my $berth  = registry(check_tokens => 'true', secret_key => '"' . SECRET . '"',
        privileged_key => "$scratch/operator.pub");
    my $docker = Berth::V1Client->new($berth, user => 'jo', password => 'x');
    my $base   = Berth::Image->new;
    my $top    = Berth::Image->new(parent => $base);
    my $other  = Berth::Image->new;
    my $token  = sub { my ($repository, $access) = @_; return $docker->token($repository, $access) };

    subtest 'a push and a pull' => sub {
        like(header(ask($berth, GET => '/v1/_ping'), 'X-Docker-Registry-Standalone'), qr/\Afalse\z/i,
            'docker is asked to send tokens');
        is($docker->push('team/app', { latest => $top, t => $base }, $base, $top), 2, 'two images are sent');
        is($docker->push('team/other', { t => $other }, $other), 1, 'one to another repository');
        my $pulled = $docker->pull('team/app');
        is_deeply($pulled->{tags}, { latest => $top->id, t => $base->id }, 'the tags');
        is($pulled->{images}{ $_->id }{layer_sum}, $_->layer_sum, 'a layer') for $base, $top;
        is($docker->push('team/app', { latest => $top }, $base, $top), 0, 'nothing is sent twice');
    };

    subtest 'nothing without one' => sub {
        refuses_all($berth, $base, 'team/app');
        for (of_index('team/app')) {
            my ($method, $path, $body, $status) = @$_;
            is(ask($berth, $method => $path, undef, $body)->{status}, $status, "$method $path needs none");
        }
        is(ask($berth, GET => $_)->{status}, 200, "nor does $_") for qw(/ /_ping /v1/_ping /_status /v1/_status);
    };

    # What nginx has in files until it is whole: removed at once, they are seen at its descriptors.
    subtest 'nor a long body before it' => sub {
        my $held = sub {
            return grep { (readlink $_ // '') =~ m{/temp-body/} } map { glob "/proc/$_/fd/*" } $berth->nginx_workers;
        };
        my $path  = '/v1/images/' . Berth::Image::random_id() . '/json';
        my %reads = ('its length is announced' => ['Content-Length' => 4_000_000],
            'it comes in chunks' => ['Transfer-Encoding' => 'chunked']);

        for my $how (sort keys %reads) {
            my $c = Berth::HTTP->connect($berth, timeout => 10);
            $c->head(PUT => $path, Host => $berth->host, @{ $reads{$how} });
            is_refused($c->response, "before a byte of it came: $how");
        }
        my @left = map { Berth::HTTP->connect($berth, timeout => 10) } 1 .. 5;
        for my $c (@left) {
            $c->head(PUT => '/v1/users/', Host => $berth->host, 'Content-Length' => 4_000_000);
            is($c->response->{status}, 413, 'where none may be long');
        }
        for my $c (@left = map { Berth::HTTP->connect($berth, timeout => 10) } 1 .. 5) {
            $c->head(PUT => $path, Host => $berth->host, 'Content-Length' => 99_999);
            $c->send('x' x 99_000);
        }
        is(scalar $held->(), 0, 'nothing of a short one is a file before it is whole');
        my $c = Berth::HTTP->connect($berth, timeout => 10);
        $c->head(PUT => $path, Host => $berth->host, Authorization => $token->('team/app', 'write'),
            'Content-Length' => 4_000_000);
        $c->send('x' x 3_900_000);
        ok(within(10, sub { $held->() > 0 }), 'a long one is, for a client with a token');
    };

    subtest 'each fits its repository and its access' => sub {
        my %mine   = map { $_ => $token->('team/app',   $_) } qw(read write delete);
        my %others = map { $_ => $token->('team/other', $_) } qw(read write delete);

        like($mine{$_}, qr/\AToken signature=\w+,repository="team\/app",access=$_\z/, $_) for sort keys %mine;
        for (guarded($base, 'team/app')) {
            my ($method, $path, $body, $needs) = @$_;
            for my $access (qw(read write)) {
                next if $access eq $needs;
                is_refused(ask($berth, $method => $path, $mine{$access}, $body), "$method $path to $access");
            }
            is_refused(ask($berth, $method => $path, $others{$needs}, $body), "$method $path, another's")
                if $path =~ /repositories/;
            next if $needs eq 'delete';
            isnt(ask($berth, $method => $path, $mine{$needs}, $body)->{status}, 401, "$method $path to $needs");
        }
        is_ok(ask($berth, GET => image($base, 'json'), $mine{read}), 'it is read', $base->json);
        is_ok(ask($berth, HEAD => image($base, 'layer'), $mine{read}), 'so is its head');
        is_ok(ask($berth, GET => image($base, 'json'), "Token $mine{read}"), 'as docker sends it', $base->json);
        is_ok(ask($berth, GET => image($base, 'json'), lcfirst $mine{read}), 'in small letters', $base->json);
        is_error(ask($berth, GET => image($base, 'json'), $others{read}), 404, 'Image not found',
            'an image of another repository');
        is_error(ask($berth, GET => image($other, 'layer'), $mine{read}), 404, 'Image not found', 'a layer of one');
        is_ok(ask($berth, PUT => repo('team/app/tags/gone'), $mine{write}, '"' . $base->id . '"'), 'a tag', 'true');
        is_refused(ask($berth, DELETE => repo('team/app/tags/gone'), $mine{$_}),
            "which does not go with $_") for qw(read write);
        is_ok(ask($berth, DELETE => repo('team/app/tags/gone'), $mine{delete}), 'but by one to delete', 'true');
    };

    subtest 'what was announced may be pushed' => sub {
        my $unknown = Berth::Image->new;
        my $child   = Berth::Image->new(parent => $base);

        $docker->announce('team/other', [[$child]]);
        my $write = $token->('team/other', 'write');
        is_error(ask($berth, PUT => image($unknown, 'json'), $write, $unknown->json), 400,
            'This image does not belong to the repository', 'not another');
        is_error(ask($berth, PUT => image($base, 'layer'), $write, 'x'), 400,
            'This image does not belong to the repository', 'nor its layer');
        is_error(ask($berth, PUT => image($base, 'checksum'), $write, '', 'X-Docker-Checksum' => $base->payload_sum),
            400, 'This image does not belong to the repository', 'nor its checksum');
        is_error(ask($berth, PUT => image($child, 'json'), $write, $child->json), 400,
            'Image depends on an unauthorized parent', 'nor on top of it');
        is(stored($berth, 'images/' . $_->id . '/json'), undef, 'nothing is there') for $unknown, $child;
        is($docker->push('team/other', { c => $child }, $base, $child), 1, 'but with what is below');
    };

    subtest 'what private repositories alone have is not got by naming it' => sub {
        my $secret = Berth::Image->new(parent => $base);
        my $put    = sub { return ask($berth, PUT => repo('evil/app/tags/x'), $token->('evil/app', 'write'), "\"$_[0]\"") };

        is($docker->push('team/plan', { t => $secret }, $base, $secret), 1, 'a push on a base that is there');
        is_ok(ask($berth, PUT => repo('team/plan/properties'), $token->('team/plan', 'write'), '{"access": "private"}'),
            'it becomes private', 'true');
        is_error($put->($secret->id), 404, 'Image not found', 'a tag is not put on it');
        is_error($put->('d' x 64), 404, 'Image not found', 'nor on what is not there');
        my $guess = Berth::Image->new(id => $secret->id, parent => $base);
        is(eval { $docker->push('evil/app', { x => $guess }, $base, $guess) }, undef, 'nor is it pushed');
        like($@, qr/json of \w+: 400 .*This image does not belong to the repository/, 'which docker shows');
        is_error(ask($berth, GET => image($secret, $_), $token->('evil/app', 'read')), 404, 'Image not found',
            "nor is $_ read") for qw(json layer ancestry files diff);
        is_ok(ask($berth, GET => private($secret, 'json'), $token->('team/plan', 'read')), 'by its own token it is',
            $secret->json);
        is($docker->push('team/plan', { u => $secret }, $base, $secret), 0, 'and tagged again');
        my $onto = Berth::Image->new(parent => $secret);
        is($docker->push('team/two', { t => $onto }, $base, $secret, $onto), 1, 'a client that has it pushes onto it');
        is($docker->pull('team/two')->{images}{ $secret->id }{layer_sum}, $secret->layer_sum, 'and pulls it');
        my $child = Berth::Image->new(parent => $base);
        is($docker->push('evil/app', { c => $child }, $base, $child), 1, 'the base that both are made of is public');
        is($docker->pull('evil/app')->{images}{ $base->id }{layer_sum}, $base->layer_sum, 'and pulled');
    };

    subtest 'forged and old ones' => sub {
        my $good = $token->('team/app', 'read');
        my ($signature) = $good =~ /signature=(\w+)/;
        my $path = repo('team/app/tags');
        my %bad = (
            'another digit at the end'      => $good =~ s/(\w)(?=,)/$1 eq '0' ? '1' : '0'/er,
            'another digit at the start'    => $good =~ s/(?<==)(\w)/$1 eq '0' ? '1' : '0'/er,
            'a later time'                  => $good =~ s/(?<==)0{8}/7f000000/r,
            'cut'                           => $good =~ s/\w(?=,)//r,
            'longer'                        => $good =~ s/(?=,)/0/r,
            'no digits'                     => $good =~ s/$signature/'x' x length $signature/er,
            'of another repository'         => $token->('team/other', 'read') =~ s{team/other}{team/app}r,
            'of another access'             => $token->('team/app', 'write') =~ s/write/read/r,
            'a member twice'                => "$good,access=read",
            'that of an index'              => token('team/app', 'read'),
            'old'                           => own_token('team/app', 'read', time - 1),
            'very old'                      => own_token('team/app', 'read', 0),
            'with another key'              => own_token('team/app', 'read', time + 60, 'another'),
            'with no key'                   => own_token('team/app', 'read', time + 60, ''),
        );

        is_ok(ask($berth, GET => $path, $good), 'a good one');
        is_ok(ask($berth, GET => $path, own_token('team/app', 'read', time + 60)), 'one made here');
        is_refused(ask($berth, GET => $path, $bad{$_}), $_) for sort keys %bad;
    };

    subtest 'names' => sub {
        for (['solo' => 'library/solo'], ['team/a/b' => 'team/a%2Fb'], ['team/sp%20ace' => 'team/sp+ace']) {
            my ($name, $in_token) = @$_;

            is(ask($berth, PUT => repo("$name/"), undef, encode_json([{ id => $base->id }]))->{status}, 200,
                "$name is announced");
            like($token->($name, 'read'), qr/repository="\Q$in_token\E"/, "as $in_token");
            is_ok(ask($berth, PUT => repo("$name/tags/t"), $token->($name, 'write'), '"' . $base->id . '"'),
                'its token writes');
            is_ok(ask($berth, GET => repo("$name/tags/t"), $token->($name, 'read')), 'and reads',
                '"' . $base->id . '"');
        }
    };

    subtest 'private' => sub {
        my ($read, $write) = map { $token->('team/app', $_) } qw(read write);

        my $found = sub {
            return map { $_->{name} } @{ decode_json(ask($berth, GET => '/v1/search?q=team/app')->{body})->{results} };
        };

        is_deeply([$found->()], ['team/app'], 'what is public is found');
        is_ok(ask($berth, PUT => repo('team/app/properties'), $write, '{"access": "private"}'), 'it becomes', 'true');
        is_deeply([$found->()], [], 'and is found no more');
        is_ok(ask($berth, GET => repo('team/app/tags'), $read), 'its tags by its token');
        is_refused(ask($berth, GET => repo('team/app/tags'), $token->('team/other', 'read')), 'by another\'s');
        is_error(ask($berth, GET => image($top, $_), $read), 404, 'Image not found',
            "public $_ in its name") for qw(json ancestry layer files diff);
        is_ok(ask($berth, GET => private($top, 'json'),  $read), 'private json', $top->json);
        is_ok(ask($berth, GET => private($top, 'layer'), $read), 'private layer', $top->bytes);
        is_ok(ask($berth, GET => private($top, 'files'), $read), 'private files');
        is_error(ask($berth, GET => private($top, 'json'), $token->('team/other', 'read')), 404, 'Image not found',
            'in another\'s name');
        is_error(ask($berth, GET => private($other, 'json'), $read), 404, 'Image not found', 'another\'s image');
        is_ok(ask($berth, PUT => repo('team/app/properties'), $write, '{"access": "public"}'), 'and public again',
            'true');
        is_ok(ask($berth, GET => image($top, 'json'), $read), 'json', $top->json);
    };

    subtest 'privileged_key' => sub { opens_by_signature($berth, $base) };

    my $before = $token->('team/app', 'read');
    is_deeply([Berth::V1Store::complaints($berth->data)], [], 'the store is in order');
    $berth->restart;
    is_ok(ask($berth, GET => repo('team/app/tags'), $before), 'with secret_key a token outlives a restart');
    is_ok(ask($berth, DELETE => repo('team/other/tags'), $token->('team/other', 'delete')), 'a repository goes',
        'true');
    in_order($berth);
};

# ---- the tokens of another index ----

my $index = Berth::StandIn->start;

# What the index knows of a repository: its images, all of which may be used. Each time its
# tokens are new ones.
sub grant {
    my ($repository, @images) = @_;
    my $list = encode_json([map { { id => $_->id } } @images]);
    my $said = sub { return headers => ['X-Docker-Token' => token($repository, $_[0]),
        'X-Docker-Endpoints' => 'unused'] };

    $index->answer('GET ' . repo("$repository/images"), body => $list, $said->('read'));
    $index->answer('PUT ' . repo("$repository/"), body => '""', $said->('write'));
    $index->answer('PUT ' . repo("$repository/images"), status => 204);
    $index->answer('DELETE ' . repo("$repository/images"), status => 204, $said->('delete'));
    $index->answer(repo("$repository/layer/$_/access"), body => '{"access": true}') for map { $_->id } @images;
}

# The paths that the index was asked for since the last time.
sub asked { return map { $_->{path} } $index->asked }

subtest 'another index' => sub {
    my $berth = registry(standalone => 'false', index_endpoint => $index->url,
        privileged_key => "$scratch/operator.pub",
        workers => 1, threads => 512);    # one process: what it remembers is known to all requests
    my $docker = Berth::V1Client->new($berth, user => 'jo', password => 'x', index => $index);
    my $base   = Berth::Image->new;
    my $top    = Berth::Image->new(parent => $base);
    my $other  = Berth::Image->new;

    # One that waits, from here on, for an index that never answers.
    $index->answer(repo('team/never/images'), fault => 'never');
    my $patient = Berth::Test::start_child(sub {
        my $began = time;
        my $r = ask($berth, GET => repo('team/never/tags'), token('team/never', 'read'));
        return encode_json({ %$r, seconds => time - $began });
    });

    subtest 'a push and a pull' => sub {
        like(header(ask($berth, GET => '/v1/_ping'), 'X-Docker-Registry-Standalone'), qr/\Afalse\z/i,
            'docker is asked to send tokens');
        grant('team/app', $base, $top);
        grant('team/other', $other);
        is($docker->push('team/app', { latest => $top, t => $base }, $base, $top), 2, 'two images are sent');
        is_deeply(decode_json(stored($berth, 'repositories/team/app/_images_list') // '[]'),
            [map { $_->id } $base, $top], 'what the index granted is written down');
        is(stored($berth, 'repositories/team/app/_index_images'), undef, 'it is not an announcement');
        is($docker->push('team/other', { t => $other }, $other), 1, 'one to another repository');
        my $pulled = $docker->pull('team/app');
        is_deeply($pulled->{tags}, { latest => $top->id, t => $base->id }, 'the tags');
        is($pulled->{images}{ $_->id }{layer_sum}, $_->layer_sum, 'a layer') for $base, $top;
    };

    subtest 'the calls of the index are not here' => sub {
        $index->asked;
        for (of_index('team/app')) {
            my ($method, $path, $body) = @$_;
            for my $token (undef, token('team/app', $method eq 'GET' ? 'read' : 'write')) {
                my $r = ask($berth, $method => $path, $token, $body);
                is($r->{status}, 404, "$method $path");
                ok(defined Berth::HTTP::json_error($r), 'it says so');
            }
        }
        is(ask($berth, GET => $_)->{status}, 200, "but $_") for qw(/ /_ping /v1/_ping /_status /v1/_status);
        is_deeply([asked()], [], 'the index is not asked');
    };

    subtest 'what the index need not be asked' => sub {
        refuses_all($berth, $base, 'team/app');
        for (guarded($base, 'team/app')) {
            my ($method, $path, $body, $needs) = @$_;
            is_refused(ask($berth, $method => $path, token('team/app', $_), $body), "$method $path to $_")
                for grep { $_ ne $needs } qw(read write);
            is_refused(ask($berth, $method => $path, token('team/other', $needs), $body), "$method $path, another's")
                if $path =~ /repositories/;
        }
        is_deeply([asked()], [], 'it is not');
    };

    subtest 'what it is asked' => sub {
        my @forms = map { my $token = token('team/app', 'read'); $_->($token) }
            sub { $_[0] }, sub { "Token $_[0]" }, sub { lcfirst $_[0] }, sub { $_[0] =~ s/"//gr },
            sub { $_[0] =~ s/^Token (.*?),(.*?),(.*)/Token $3,$1,$2/r };

        for my $form (@forms) {
            is_ok(ask($berth, GET => repo('team/app/tags/t'), $form), $form, '"' . $base->id . '"');
            my @asked = $index->asked;
            is_deeply([map { "$_->{method} $_->{path}" } @asked], ['GET ' . repo('team/app/images')], 'its images');
            is($asked[0]{authorization}, $form, 'by the token as it came');
        }
        grant('team/a%2Fb', $base);
        $index->answer(repo("team/a/b/images"), status => 500);
        is(ask($berth, GET => repo('team/a/b/tags'), token('team/a%2Fb', 'read'))->{status}, 404,
            'a name of three parts');
        is_deeply([asked()], [repo('team/a%2Fb/images')], 'is asked about as two');
        is(stored($berth, 'repositories/team/a%2Fb/_images_list'), undef, 'reading makes no repository');
    };

    subtest 'only what it granted is pushed' => sub {
        my $unknown = Berth::Image->new(parent => $base);
        my $write = token('team/app', 'write');
        my $write_now = sub { return token('team/app', 'write') };

        is_error(ask($berth, PUT => image($unknown, 'json'), $write, '{"id": "x"}'), 400,
            'JSON data contains invalid id', 'an id first');
        is_error(ask($berth, PUT => image($unknown, 'json'), $write, $unknown->json =~ s/$top->{parent}/x/r), 400,
            'This image does not belong to the repository', 'another image, before its parent');
        is_error(ask($berth, PUT => image($unknown, 'layer'), $write, 'x'), 400,
            'This image does not belong to the repository', 'its layer');
        is_error(ask($berth, PUT => image($other, 'checksum'), $write, '', 'X-Docker-Checksum' => $other->payload_sum),
            400, 'This image does not belong to the repository', 'another repository\'s');
        is_error(ask($berth, GET => image($other, $_), token('team/app', 'read')), 404, 'Image not found',
            "nor is $_ of it read")
            for qw(json layer ancestry);
        is(stored($berth, 'images/' . $unknown->id . '/json'), undef, 'nothing is there');
        is($berth->left('body'), 0, 'no upload was taken');
        grant('team/app', $base, $top, $unknown);
        is_ok(ask($berth, PUT => image($unknown, 'json'), token('team/app', 'write'), $unknown->json),
            'once it is granted', 'true');
        is(scalar @{ decode_json(stored($berth, 'repositories/team/app/_images_list')) }, 3, 'and written down');

        is_ok(ask($berth, PUT => image($unknown, 'layer'), $write_now->(), $unknown->bytes), 'its layer too', 'true');
        grant('team/app', $base, $top);
        is_error(ask($berth, PUT => image($unknown, 'layer'), $write_now->(), $unknown->bytes), 400,
            'This image does not belong to the repository', 'a grant that was withdrawn counts no more');
        is_error(ask($berth, PUT => image($unknown, 'checksum'), $write_now->(), '',
            'X-Docker-Checksum' => $unknown->payload_sum), 400,
            'This image does not belong to the repository', 'nor for the checksum');
        grant('team/app', $base, $top, $unknown);
        is_ok(ask($berth, PUT => image($unknown, 'checksum'), $write_now->(), '',
            'X-Docker-Checksum' => $unknown->payload_sum), 'until it is granted again', 'true');
        is_ok(ask($berth, GET => image($unknown, 'json'), token('team/app', 'read')), 'and is read');
        grant('team/app', $base, $top);
        is_error(ask($berth, GET => image($unknown, $_), token('team/app', 'read')), 404, 'Image not found',
            "$_ is not read without the grant") for qw(layer ancestry files diff json);
    };

    subtest 'parents' => sub {
        my $child = Berth::Image->new(parent => $base);
        my $put   = sub { return ask($berth, PUT => image($child, 'json'), token('team/other', 'write'),
            $child->json) };
        my $access = repo('team/other/layer/' . $base->id . '/access');

        grant('team/other', $other, $child);
        $index->asked;
        $index->answer($access, body => '{"access": false}');
        is_error($put->(), 400, 'Image depends on an unauthorized parent', 'one that is not for the caller');
        is_deeply([asked()], [repo('team/other/images'), $access], 'the index was asked about it');
        for (['{}', 200], ['{"access": "true"}', 200], ['', 401], ['', 404]) {
            $index->answer($access, body => $_->[0], status => $_->[1]);
            is_error($put->(), 400, 'Image depends on an unauthorized parent', "$_->[1] $_->[0]");
        }
        for (['{', 200, ''], ['', 500, ''], ['{"access": true}', 200, 'half'], ['', 200, 'close']) {
            $index->answer($access, body => $_->[0], status => $_->[1], fault => $_->[2]);
            is_away($put->(), "$_->[1] $_->[0] $_->[2]");
        }
        is(stored($berth, 'images/' . $child->id . '/json'), undef, 'nothing is there');
        $index->answer($access, body => '{"access": true}');
        is_ok($put->(), 'one that is', 'true');
    };

    subtest 'a tag' => sub {
        my $access = repo('team/tagger/layer/' . $base->id . '/access');
        my $put    = sub { return ask($berth, PUT => repo('team/tagger/tags/x'), token('team/tagger', 'write'),
            '"' . $base->id . '"') };

        grant('team/tagger');
        $index->answer($access, body => '{"access": false}');
        $index->asked;
        is_error($put->(), 404, 'Image not found', 'on what the index does not give');
        is_deeply([asked()], [repo('team/tagger/images'), $access], 'it was asked');
        $index->answer($access, status => 500);
        is_away($put->(), 'if it says nothing');
        is(stored($berth, 'repositories/team/tagger/tag_x'), undef, 'there is none');
        is_error(ask($berth, GET => image($base, 'json'), token('team/tagger', 'read')), 404, 'Image not found',
            'nor is it read');
        $index->answer($access, body => '{"access": true}');
        is_ok($put->(), 'on what it gives', 'true');
    };

    # What it says is remembered: the answers change now, and are looked at below.
    my $memo = time;
    my ($yes, $no) = map { token("team/$_", 'read') } qw(yes no);
    grant("team/$_", $base) for qw(yes no);
    $index->answer('GET ' . repo('team/no/images'), status => 401);
    is(ask($berth, GET => repo('team/yes/tags'), $yes)->{status}, 404, 'the index says yes');
    is_refused(ask($berth, GET => repo('team/no/tags'), $no), 'the index says no');
    $index->answer('GET ' . repo('team/yes/images'), status => 401);
    grant('team/no', $base);
    $index->asked;
    is(ask($berth, GET => repo('team/yes/tags'), $yes)->{status}, 404, 'yes, for a while');
    is_refused(ask($berth, GET => repo('team/no/tags'), $no), 'no, for a while');
    is_deeply([asked()], [], 'it is not asked again');

    subtest 'no longer than three seconds' => sub {
        ok(within(10, sub { ask($berth, GET => repo('team/no/tags'), $no)->{status} == 404 }),
            'then the token is good');
        cmp_ok(time - $memo, '<', 8, 'in time');
    };

    my %fault = (
        'no: 401'       => { status => 401 },
        'no: 403'       => { status => 403 },
        'no: 404'       => { status => 404, body => '[]' },
        'error 500'     => { status => 500, body => '[]' },
        'error 503'     => { status => 503 },
        'nothing'       => { status => 204 },
        'no JSON'       => { body => '{' },
        'half a list'   => { body => '[{"id": "' . $base->id . '"}, {' },
        'no body'       => { body => '' },
        'no list'       => { body => '{"id": "' . $base->id . '"}' },
        'HTML'          => { body => '<html>', headers => ['Content-Type' => 'text/html'] },
        'half an answer' => { body => '[{"id": "' . $base->id . '"}]', fault => 'half' },
        'closed'        => { fault => 'close' },
        'no HTTP'       => { fault => 'garbage' },
    );
    my $is_what = sub { my ($how, @rest) = @_; return $how =~ /^no: / ? is_refused(@rest) : is_away(@rest) };

    for my $how (sort keys %fault) {
        subtest "the index answers: $how" => sub {
            my $list = $how eq 'half an answer' ? $fault{$how}{body} : undef;
            my $new  = Berth::Image->new;

            $index->answer('GET ' . repo('team/app/images'), %{ $fault{$how} });
            for (guarded($base, 'team/app'), map { [PUT => image($new, $_), 'x', 'write'] } qw(json layer checksum)) {
                my ($method, $path, $body, $needs) = @$_;
                $is_what->($how, ask($berth, $method => $path, token('team/app', $needs), $body), "$method $path");
            }
            is($berth->left('body'), 0, 'no upload was taken');
        };
    }
    grant('team/app', $base, $top);
    is_ok(ask($berth, GET => repo('team/app/tags/t'), token('team/app', 'read')), 'nothing was changed meanwhile',
        '"' . $base->id . '"');
    is(scalar @{ decode_json(stored($berth, 'repositories/team/app/_images_list')) }, 2, 'a shorter list counts, too');

    subtest 'a slow index' => sub {
        $index->answer('GET ' . repo('team/app/images'), body => '[]', delay => 1);
        is_ok(ask($berth, GET => repo('team/app/tags/t'), token('team/app', 'read')), 'is waited for',
            '"' . $base->id . '"');
        my $token = token('team/app', 'read');
        $index->asked;
        my @answers = in_parallel(map { sub { ask($berth, GET => repo('team/app/tags/t'), $token)->{status} } } 1 .. 6);
        is_deeply(\@answers, [(200) x 6], 'by many');
        is_deeply([asked()], [repo('team/app/images')], 'and asked once for them all');
        grant('team/app', $base, $top);
    };

    subtest 'what is remembered grants as much' => sub {
        my @images = map { Berth::Image->new } 1 .. 6;
        my $token  = token('team/many', 'write');
        my $put    = sub { my ($image) = @_; return ask($berth, PUT => image($image, 'json'), $token, $image->json) };

        grant('team/many', @images);
        $index->answer('GET ' . repo('team/many/images'), delay => 0.5,
            body => encode_json([map { { id => $_->id } } @images]));
        my @answers = in_parallel(map { my $image = $_; sub { $put->($image)->{status} } } @images);
        is_deeply(\@answers, [(200) x 6], 'many at once, one of whom asked');
        grant('team/many', @images);
        is_ok(ask($berth, DELETE => repo('team/many/'), token('team/many', 'delete')), 'the repository goes', 'true');
        is_ok($put->($images[0]), 'and comes again with the token that it had', 'true');
        is(scalar @{ decode_json(stored($berth, 'repositories/team/many/_images_list')) }, 6, 'as it was granted');
    };

    subtest 'private' => sub {
        my $access = repo('team/app/layer/' . $top->id . '/access');
        my $read   = sub { return token('team/app', 'read') };

        is_ok(ask($berth, PUT => repo('team/app/properties'), token('team/app', 'write'), '{"access": "private"}'),
            'it becomes', 'true');
        is_ok(ask($berth, GET => repo('team/app/tags/t'), $read->()), 'its tags by its token');
        is_refused(ask($berth, GET => repo('team/app/tags'), token('team/other', 'read')), 'by another\'s');
        is_error(ask($berth, GET => image($top, $_), $read->()), 404, 'Image not found', "public $_ in its name")
            for qw(json ancestry layer files diff);
        $index->asked;
        is_ok(ask($berth, GET => private($top, 'json'), $read->()), 'private json', $top->json);
        is_deeply([asked()], [repo('team/app/images'), $access], 'the index was asked about the image');
        is_ok(ask($berth, GET => private($top, 'layer'), $read->()), 'private layer', $top->bytes);
        is_ok(ask($berth, GET => private($top, 'files'), $read->()), 'private files');
        is_error(ask($berth, GET => private($top, 'json'), token('team/other', 'read')), 404, 'Image not found',
            'in another\'s name');
        is_error(ask($berth, GET => private($other, 'json'), $read->()), 404, 'Image not found', 'another\'s image');
        $index->answer($access, body => '{"access": false}');
        is_error(ask($berth, GET => private($top, $_), $read->()), 404, 'Image not found',
            "$_, if the index says no") for qw(json layer files);
        $index->answer($access, status => 500);
        is_away(ask($berth, GET => private($top, $_), $read->()), "$_, if it says nothing") for qw(json layer files);
        is(header(ask($berth, GET => image($top, 'json'), undef, undef, signature('GET,' . image($top, 'json'))),
            'Cache-Control'),
            'private, max-age=31536000', 'what a signature opens is for the signer alone');
        is_ok(ask($berth, PUT => repo('team/app/properties'), token('team/app', 'write'), '{"access": "public"}'),
            'and public again', 'true');
        is_ok(ask($berth, GET => image($top, 'json'), $read->()), 'json', $top->json);
    };

    subtest 'privileged_key' => sub {
        $index->asked;
        opens_by_signature($berth, $base);
        is_deeply([asked()], [], 'the index is not asked');
    };

    subtest 'no longer than ten seconds' => sub {
        my $left = $memo + 11.5 - time;
        sleep $left if $left > 0;
        is_refused(ask($berth, GET => repo('team/yes/tags'), $yes), 'then the token is looked at again');
    };

    subtest 'an index that never answers' => sub {
        local $/;
        my $answer = readline $patient;
        my $r = $answer =~ s/^ok:// ? decode_json($answer) : fail($answer);
        is_away($r, 'it is given up');
        cmp_ok($r->{seconds}, '<', 25, 'in time');
    };

    subtest 'no index' => sub {
        my $token = token('team/app', 'read');

        $index->stop;
        for (guarded($base, 'team/app')) {
            my ($method, $path, $body, $needs) = @$_;
            is_away(ask($berth, $method => $path, token('team/app', $needs), $body), "$method $path");
        }
        is_away(ask($berth, GET => repo('team/app/tags/t'), $token), 'nothing is served');
        is(ask($berth, GET => '/v1/_ping')->{status}, 200, 'but for the ping');
        $index->launch;
        my $back = time;
        ok(within(10, sub { ask($berth, GET => repo('team/app/tags/t'), $token)->{status} == 200 }), 'it is back');
        cmp_ok(time - $back, '<', 5, 'and soon asked again');
    };
    is_ok(ask($berth, DELETE => repo('team/other/tags/t'), token('team/other', 'delete')), 'a tag goes', 'true');
    in_order($berth);
};

# ---- no tokens ----

subtest 'disable_token_auth' => sub {
    my $berth  = registry(standalone => 'false', index_endpoint => $index->url, disable_token_auth => 'true');
    my $docker = Berth::V1Client->new($berth, index => $index);
    my $base   = Berth::Image->new;
    my $top    = Berth::Image->new(parent => $base);

    grant('team/app', $base, $top);
    is($docker->push('team/app', { latest => $top }, $base, $top), 2, 'a push');
    is($docker->pull('team/app')->{images}{ $top->id }{layer_sum}, $top->layer_sum, 'and a pull, as the index says');
    $index->asked;
    for my $token (undef, 'Basic am86eA==', token('no/body', 'delete')) {
        my $name = $token // 'no Authorization';
        my $new  = Berth::Image->new(parent => $top);

        is_ok(ask($berth, PUT => image($new, 'json'), $token, $new->json), "$name: json", 'true');
        is_ok(ask($berth, PUT => image($new, 'layer'), $token, $new->bytes), 'layer', 'true');
        is_ok(ask($berth, PUT => image($new, 'checksum'), $token, '', 'X-Docker-Checksum' => $new->payload_sum),
            'checksum', 'true');
        is_ok(ask($berth, PUT => repo('team/free/tags/t'), $token, '"' . $new->id . '"'), 'tag', 'true');
        is_ok(ask($berth, GET => image($new, 'layer'), $token), 'it is read', $new->bytes);
        is_ok(ask($berth, GET => repo('team/free/tags'), $token), 'so are tags', '{"t": "' . $new->id . '"}');
        is_ok(ask($berth, DELETE => repo('team/free/tags/t'), $token), 'it goes', 'true');
        for (of_index('team/app')) {
            my ($method, $path, $body) = @$_;
            is(ask($berth, $method => $path, $token, $body)->{status}, 404, "$method $path is not here");
        }
    }
    subtest 'private' => sub {
        is_ok(ask($berth, PUT => repo('team/app/properties'), undef, '{"access": "private"}'), 'it becomes', 'true');
        is_ok(ask($berth, GET => repo('team/app/tags'), token('team/app', 'read')), 'its tags in its name');
        is_error(ask($berth, GET => repo('team/app/tags'), token('team/free', 'read')), 404, 'Repository not found',
            'in another\'s');
        is_error(ask($berth, GET => image($top, $_), token('team/app', 'read')), 404, 'Image not found',
            "public $_ in its name")
            for qw(json ancestry layer);
        is_ok(ask($berth, GET => private($top, 'json'), token('team/app', 'read')), 'private json', $top->json);
        is_ok(ask($berth, GET => private($top, 'layer'), token('team/app', 'read')), 'private layer', $top->bytes);
        is_error(ask($berth, GET => private($top, 'json'), $_), 404, 'Image not found', 'else not')
            for undef, 'Basic am86eA==', token('team/free', 'read');
    };
    is_deeply([asked()], [], 'the index is not asked');
    in_order($berth);
};

# ---- settings that would leave a registry open, or shut, by mistake ----

subtest 'what does not start' => sub {
    my %bad = (
        'no index'         => [{ standalone => 'false' }, qr/index_endpoint/],
        'a short secret'   => [{ check_tokens => 'true', secret_key => 'short' }, qr/secret_key/],
        'no key'           => [{ check_tokens => 'true', privileged_key => "$scratch/none" }, qr/privileged_key/],
        'a key of another kind' => [{ check_tokens => 'true', privileged_key => "$scratch/text" }, qr/privileged_key/],
        'no address'       => [{ standalone => 'false', index_endpoint => 'here' }, qr/index_endpoint/],
    );

    for my $how (sort keys %bad) {
        my ($conf, $pattern) = @{ $bad{$how} };
        my $berth = eval { registry(%$conf) };
        my $error = $@;

        ok(!$berth, $how);
        like($error, qr/quickstart ended: .*$pattern.*is not a configuration/s, 'check-config says why');
    }
};

done_testing;
