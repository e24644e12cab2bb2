package Berth::Instance;

# berth and nginx as ./quickstart runs them, on a free port, with a data directory of the
# test's own.
#
#     my $berth = Berth::Instance->start;
#     $berth->kill9($berth->nginx_workers);
#     $berth->restart;                       # on the same data
#     $berth->stop;                          # also when it goes out of scope

use strict;
use warnings;

use Berth::Test;
use Carp qw(croak);
use File::Find ();
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);

# start(%option): data (a directory), port, args (more arguments for quickstart), http (1:
# plain), env (a hash). Dies with quickstart's own words when it does not get ready.
sub start {
    my ($class, %option) = @_;
    my $self = bless {
        scheme  => $option{http} ? 'http' : 'https',
        scratch => scratch(),
        args    => $option{args} // [],
        env     => $option{env}  // {},
        port    => $option{port} // free_port(),
        owner   => $$,
    }, $class;

    $self->{data} = $option{data} // "$self->{scratch}/data";
    return $self->launch;
}

# The same, with these lines in its config.yml, each below its flavor.
sub configured {
    my ($class, $lines, %option) = @_;
    my $dir = $option{dir} // scratch();

    mkdir "$dir/data";
    $lines =~ s/^/  /mg;
    open my $file, '>', "$dir/config.yml" or die "$dir/config.yml: $!";
    print $file "dev:\n  storage: local\n  storage_path: $dir/data\n$lines";
    close $file or die "$dir/config.yml: $!";
    my $self = $class->start(%option, data => "$dir/data", args => [ '--config', "$dir/config.yml" ]);
    $self->{directory} = $dir;    # which goes with it
    return $self;
}

sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "listen: $!";
    return $socket->sockport;
}

sub launch {
    my ($self) = @_;

    unlink "$self->{scratch}/stdout";
    $self->{pid} = $self->spawn;
    within(60, sub { $self->output =~ /^berth is ready at /m || !$self->running });
    $self->running or croak 'quickstart ended: ' . $self->errors;
    $self->{launched} = 1;
    return $self;
}

# As root, quickstart lets another user run berth, who must reach the program and the test's
# directories. Where that user cannot, berth is started as root.
my $closed;

sub stays_root {
    return 0 if $> != 0;
    return $closed if defined $closed;
    my @as_nobody = ('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups');
    my $dir       = scratch();
    my @paths     = (source_dir() . '/quickstart', build_dir() . '/berth', "$dir/.");

    $closed = (grep { system(@as_nobody, 'test', '-x', $_) != 0 } @paths) > 0;
    not_run('berth run by root as another user', "@paths: others cannot reach all of them") if $closed;
    return $closed;
}

# What starts quickstart with the program that was built, wherever the directories lie.
sub quickstart {
    return source_dir() . '/quickstart', '--no-build', '--build-dir', build_dir(),
        stays_root() ? ('--user', 'root') : ();
}

sub spawn {
    my ($self) = @_;
    my @command = (
        quickstart(), '--port', $self->{port}, $self->{scheme} eq 'http' ? '--http' : (),
        (grep { $_ eq '--config' } @{ $self->{args} }) ? () : ('--data', $self->{data}),
        @{ $self->{args} },
    );
    my $pid = fork // die "fork: $!";

    return $pid if $pid;
    open STDIN,  '<', '/dev/null';
    open STDOUT, '>', "$self->{scratch}/stdout";
    open STDERR, '>', "$self->{scratch}/stderr";
    %ENV = (%ENV, %{ $self->{env} });
    exec(@command) or POSIX::_exit(127);
}

sub port   { return $_[0]{port} }
sub scheme { return $_[0]{scheme} }
sub data   { return $_[0]{data} }
sub host   { return "localhost:$_[0]{port}" }
sub ca     { return "$_[0]{data}/_berth/tls/ca.crt" }
sub output { return slurp("$_[0]{scratch}/stdout") }
sub errors { return slurp("$_[0]{scratch}/stderr") }

# What a command begins with to run as the data's owner, as berth and nginx do.
sub as_owner {
    my ($self) = @_;
    my ($uid, $gid) = (stat $self->{data})[ 4, 5 ];

    return $> == 0 && $uid != 0 ? ('setpriv', "--reuid=$uid", "--regid=$gid", '--clear-groups') : ();
}

# log('berth.log' | 'nginx-error.log' | 'nginx-access.log')
sub log {
    my ($self, $name) = @_;
    return slurp("$self->{data}/_berth/run/$name");
}

# What nginx has logged since the last call.
sub seen {
    my ($self) = @_;
    my $log = $self->log('nginx-access.log');
    my $new = substr $log, $self->{seen} // 0;

    $self->{seen} = length $log;
    return $new;
}

# The same until this request, the last of a client: nginx logs what it has answered already.
sub seen_until {
    my ($self, $pattern) = @_;
    my $seen = '';

    within(5, sub { $seen .= $self->seen; $seen =~ $pattern });
    return $seen;
}

sub slurp {
    my ($path) = @_;

    open my $file, '<:raw', $path or return '';
    local $/;
    return readline($file) // '';
}

# False once quickstart has ended; its exit status is then in {status}.
sub running {
    my ($self) = @_;

    return 0 unless $self->{pid};
    return 1 if waitpid($self->{pid}, WNOHANG) == 0;
    $self->{status} = $?;
    delete $self->{pid};
    return 0;
}

# What a sanitizer had to say of the program.
sub sanitizer_reports {
    my ($self) = @_;
    return $self->log('berth.log') =~ /^.*(?:(?:ERROR|WARNING): \w+Sanitizer|runtime error: ).*$/mg;
}

# Ends it by a signal (TERM), and returns quickstart's wait status: 0 for a clean end.
sub stop {
    my ($self, $signal) = @_;

    return $self->{status} unless $self->running;
    kill $signal // 'TERM', $self->{pid};
    within(30, sub { !$self->running }) or croak 'quickstart does not end';
    fail($_) for $self->sanitizer_reports;
    return $self->{status};
}

sub restart {
    my ($self) = @_;

    $self->stop;
    return $self->launch;
}

# All processes of nginx and berth that belong to this data directory.
sub processes {
    my ($self) = @_;
    my ($dev, $ino) = stat "$self->{data}/_berth/run" or return;
    my @found;

    for my $proc (glob '/proc/[0-9]*') {
        my ($d, $i) = stat "$proc/cwd" or next;
        next unless $d == $dev && $i == $ino;
        my ($name) = slurp("$proc/comm") =~ /^(nginx|berth)/ or next;
        my ($parent) = slurp("$proc/stat") =~ /.*\) \S (\d+)/ or next;
        push @found, { pid => $proc =~ s{/proc/}{}r, name => $name, parent => $parent };
    }
    return @found;
}

# pids(NAME, IS_MASTER): masters are quickstart's children, workers are theirs.
sub pids {
    my ($self, $name, $master) = @_;
    my @all = grep { $_->{name} eq $name } $self->processes;
    my %is_worker = map { my $p = $_; $p->{pid} => scalar grep { $_->{pid} == $p->{parent} } @all } @all;

    return map { $_->{pid} } grep { $master ? !$is_worker{ $_->{pid} } : $is_worker{ $_->{pid} } } @all;
}

sub nginx_master  { my ($pid) = $_[0]->pids('nginx', 1); return $pid }
sub nginx_workers { return $_[0]->pids('nginx', 0) }
sub berth_master  { my ($pid) = $_[0]->pids('berth', 1); return $pid }
sub berth_workers { return $_[0]->pids('berth', 0) }

# nginx reads its files again. Until the workers of before are gone one of them may still
# take a connection.
sub reload_nginx {
    my ($self) = @_;
    my %before = map { $_ => 1 } $self->nginx_workers;

    kill 'HUP', $self->nginx_master;
    return within(20, sub { my @now = $self->nginx_workers; @now && !grep { $before{$_} } @now });
}

# kill9(PID...): at once, without a word to anybody.
sub kill9 {
    my ($self, @pids) = @_;
    return kill 'KILL', @pids;
}

# Kills quickstart itself and leaves what it started.
sub orphan {
    my ($self) = @_;

    kill 'KILL', $self->{pid};
    return within(5, sub { !$self->running });
}

# The files below the data directory but for berth's own, sorted: { path => "size mtime
# inode" }.
sub tree {
    my ($self) = @_;
    return tree_of($self->{data});
}

sub tree_of {
    my ($root) = @_;
    my %tree;

    File::Find::find({
        no_chdir => 1,
        wanted   => sub {
            $File::Find::prune = 1 if $File::Find::name eq "$root/_berth";
            my @s = lstat $File::Find::name;
            $tree{ substr $File::Find::name, 1 + length $root } = "$s[7] $s[9] $s[1]" if @s && -f _;
        },
    }, $root);
    return \%tree;
}

# left('body' | 'tmp' | 'push'): what lies in that directory of berth's own.
sub left {
    my ($self, $name) = @_;
    my @found;

    File::Find::find({
        no_chdir => 1,
        wanted   => sub { push @found, $_ if -f },
    }, grep { -d } "$self->{data}/_berth/$name");
    return @found;
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?, $!);
    return if $self->{owner} != $$;
    eval { $self->stop };
    $self->kill9(map { $_->{pid} } $self->processes) if $self->{launched};
}

1;
