#!/usr/bin/perl
# Symbolic links in a store that is served, as nginx sees them too; and who may read what berth
# and quickstart make.

use strict;
use warnings;

use Berth::HTTP;
use Berth::Image;
use Berth::Instance;
use Berth::Oci;
use Berth::Test;
use Berth::V1Client;
use Berth::V2Client;
use File::Find ();
use File::Path qw(make_path);
use POSIX ();

my $berth  = Berth::Instance->start;
my $v1     = Berth::V1Client->new($berth);
my $v2     = Berth::V2Client->new($berth, as => 'docker');
my $data   = $berth->data;
my $image  = Berth::Image->new(size => 100_000);
my $oci    = Berth::Oci->image(layers => 2);
my $elsewhere = scratch();

# Puts a link in place of a file or directory of the store, which moves.
sub replace {
    my ($path, $to, $target) = @_;

    rename "$data/$path", $to or die "$path: $!";
    symlink $target, "$data/$path" or die "$path: $!";
}

sub status {
    my ($method, $target, $body) = @_;
    return Berth::HTTP::request($berth, $method => $target, [], $body)->{status};
}

# { what others may do } to the files below a directory, links and sockets left out.
sub open_to {
    my ($dir, $bits) = @_;
    my %open;

    File::Find::find({
        no_chdir => 1,
        wanted   => sub {
            my $mode = (lstat)[2];
            $open{ substr $_, length $dir } = sprintf '%04o', $mode & 07777
                if $mode & $bits && !-l _ && !-S _ && !m{/ca\.crt$} && $_ ne $dir;
        },
    }, $dir);
    return \%open;
}

$v1->push('team/old', { latest => $image }, $image);
$v2->push('team/new', 'v1', $oci);

subtest 'links that lead to another place in the store' => sub {
    $berth->stop;
    make_path("$data/parts");
    replace('images', "$data/parts/images", 'parts/images');
    replace('images/' . $image->id . '/layer', "$data/parts/layer", "$data/parts/layer");
    replace('repositories/team', "$data/parts/team", "$data/parts/team");
    replace('docker/registry/v2/repositories/team', "$data/parts/team-v2", '../../../../parts/team-v2');
    replace('docker/registry/v2/blobs', "$data/parts/blobs", '../../../parts/blobs');
    unlink glob "$data/_berth/index.db*";
    $berth->launch;

    is($v1->pull('team/old')->{images}{ $image->id }{layer_sum}, $image->layer_sum, 'a pull by API v1');
    is_deeply($v2->pull('team/new', 'v1'), Berth::V2Client::expected($oci), 'a pull by API v2');
    ok(within(10, sub {
        Berth::HTTP::request($berth, GET => '/v1/search?q=team')->{body} =~ m{team/new.*team/old}s
    }), 'the index is made of both');
    my $next = Berth::Image->new;
    is($v1->push('team/old', { next => $next }, $next), 1, 'a push by API v1');
    is($v1->pull('team/old')->{images}{ $next->id }{layer_sum}, $next->layer_sum, 'that is pulled');
    my $other = Berth::Oci->image(layers => 3);
    ok($v2->push('team/new', 'v2', $other), 'a push by API v2');
    is_deeply($v2->pull('team/new', 'v2'), Berth::V2Client::expected($other), 'that is pulled');
    is(status(DELETE => '/v1/repositories/team/old/tags/next'), 200, 'a tag is deleted');
    unlike($berth->log('berth.log'), qr/ store\./, 'the log has nothing to say of them');
};

subtest 'links that lead out of the store' => sub {
    make_path("$elsewhere/keep");
    open my $file, '>', "$elsewhere/keep/tag_latest" or die $!;
    print $file $image->id;
    close $file;
    symlink "$elsewhere", "$data/repositories/out" or die $!;
    replace('images/' . $image->id, "$elsewhere/image", "$elsewhere/image");

    is(status(GET => '/v1/repositories/out/keep/tags'), 404, 'a repository behind one is not there');
    is(status(DELETE => '/v1/repositories/out/keep/'), 404, 'cannot be deleted');
    is(status(PUT => '/v1/repositories/out/made/', '[]'), 500, 'nor made');
    is(status(GET => $image->path('layer')), 404, 'nor is an image');
    is(join(' ', sort map { s{.*/}{}r } glob "$elsewhere/* $elsewhere/keep/*"), 'image keep tag_latest', 'nothing is touched');
    $berth->restart;
    like($berth->log('berth.log'), qr{store\.link path=\Q$data\E/repositories/out .*mount --bind.*\n.*\z}s,
        'the log says at the start what to do');
};

subtest 'a link in place of a directory that is needed' => sub {
    $berth->stop;
    unlink "$data/docker/registry/v2/blobs";
    symlink "$elsewhere", "$data/docker/registry/v2/blobs" or die $!;
    my $dead = eval { $berth->launch; 1 } ? '' : $@;
    like($dead, qr{docker/registry/v2/blobs: a symbolic link that leads out of the store}, 'berth does not start without it');
    unlink "$data/docker/registry/v2/blobs";
    symlink '../../../parts/blobs', "$data/docker/registry/v2/blobs" or die $!;
    $berth->launch;
    is_deeply($v2->pull('team/new', 'v1'), Berth::V2Client::expected($oci), 'put right, it does');
};

# berth gives nginx no path with a link in it, so the location is asked without berth.
subtest 'nginx follows no link' => sub {
    my $port = Berth::Instance::free_port();
    my $dir  = scratch();
    my ($location) = Berth::Instance::slurp("$data/_berth/run/berth-server.conf")
        =~ m{^(location \^~ /_berth_store/ \{.*?^\})}ms;

    $location =~ s{^\s*(?:internal|include [^;]*|error_page [^;]*|add_header [^;]*);$}{}mg;
    open my $file, '>', "$dir/nginx.conf" or die $!;
    print $file "daemon off; pid $dir/pid; ", $> == 0 ? 'user root; ' : '', "events { }\nhttp {\n",
        map({ "${_}_temp_path $dir/$_;\n" } qw(client_body proxy fastcgi uwsgi scgi)),
        "access_log off; server { listen 127.0.0.1:$port;\n$location\n} }\n";
    close $file;
    symlink 'layer', "$data/parts/inside" or die $!;
    symlink "$elsewhere/keep/tag_latest", "$data/parts/outside" or die $!;
    my $pid = fork // die $!;
    if ($pid == 0) {
        exec 'nginx', '-p', $dir, '-e', "$dir/log", '-c', "$dir/nginx.conf" or POSIX::_exit(1);
    }
    my $get = sub { eval { Berth::HTTP::request(bless({ port => $port, scheme => 'http' }, 'Berth::Instance::Bare'),
        GET => "/_berth_store/parts/$_[0]")->{status} } // $@ };
    ok(within(10, sub { $get->('layer') eq 200 }), 'a file is sent') or diag($get->('layer'));
    is($get->($_), 403, "what is $_ by a link is not") for qw(inside outside);
    kill 'TERM', $pid;
    waitpid $pid, 0;
};

subtest 'who may read it' => sub {
    for my $mask (0, 022, 077) {
        my $old   = umask $mask;
        my $other = Berth::Instance->start;
        my $docker = Berth::V1Client->new($other);

        umask $old;
        $docker->push('a/b', { latest => $image }, $image);
        Berth::V2Client->new($other, as => 'podman')->push('a/c', 'v1', $oci);
        is_deeply(open_to($other->data, $mask == 077 ? 0077 : 0027), {}, sprintf 'with the umask %03o', $mask);
        ok(-s $other->data . '/_berth/index.db', 'the index is there');
        is($other->stop, 0, 'it ends');
    }
};

done_testing();

package Berth::Instance::Bare;    # an nginx without berth
use parent -norequire, 'Berth::Instance';

sub DESTROY { }
