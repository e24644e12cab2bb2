package Bench::Reference;

# An nginx with berth's own configuration that does without berth: behind it stands
# hello.c, or nothing. See reference.conf.in.
#
#     my $reference = Bench::Reference->start($instance, $dir, $hello);
#     $reference->url('/static/layer'), $reference->tls_url('/body')

use strict;
use warnings;

use Berth::Instance;
use Berth::Test qw(source_dir within);
use Bench::Tool qw(capture);
use IO::Socket::INET;
use POSIX ();

# start(INSTANCE, DIR, HELLO): a berth that has run once, for the files that quickstart
# made; a directory of the reference's own; the program of hello.c.
sub start {
    my ($class, $instance, $dir, $hello) = @_;
    my $self = bless {
        dir   => $dir,
        owner => $$,
        http  => Berth::Instance::free_port(),
        https => Berth::Instance::free_port(),
    }, $class;

    mkdir "$dir/$_" or die "$dir/$_: $!\n" for qw(static body);
    $self->write_configuration($instance->data . '/_berth');
    chomp(my $processors = capture('nproc'));
    $self->spawn($hello, "$dir/hello.sock", $processors, 64);
    $self->spawn('nginx', '-p', "$dir/", '-c', "$dir/nginx.conf");
    within(10, sub { -S "$dir/hello.sock" }) or die "hello does not start\n";
    within(10, sub { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$self->{http}") })
        or die "the reference's nginx does not start: see $dir/nginx-error.log\n";
    return $self;
}

sub url     { return "http://127.0.0.1:$_[0]{http}$_[1]" }
sub tls_url { return "https://localhost:$_[0]{https}$_[1]" }

# For Berth::HTTP.
sub port   { return $_[0]{http} }
sub scheme { return 'http' }
sub host   { return "localhost:$_[0]{http}" }

# Where a berth that is started is waited for.
sub starting { return "$_[0]{dir}/starting.sock" }

# A file of the store under /static/: the same file.
sub share {
    my ($self, $file, $name) = @_;

    link $file, "$self->{dir}/static/$name" or die "link $file: $!\n";
}

sub write_configuration {
    my ($self, $own) = @_;
    my $dir  = $self->{dir};
    my %text = (
        'nginx.conf'      => read_file(source_dir() . '/nginx/nginx.conf.in'),
        'site.conf'       => read_file(source_dir() . '/bench/reference.conf.in'),
        'berth-http.conf' => read_file("$own/run/berth-http.conf"),
    );
    my %value = (
        DIR         => $dir,
        CONFDIR     => "$own/run",
        CERTIFICATE => "$own/tls/server.pem",
        STARTING    => $self->starting,
        HTTP        => $self->{http},
        HTTPS       => $self->{https},
        USER        => $> == 0 ? 'user root;' : '',
    );

    $text{'nginx.conf'} =~ s{\@CONFDIR\@}{$dir};
    $text{'berth-http.conf'} =~ s{"unix:[^"]*"}{"unix:$dir/hello.sock"};
    for my $name (keys %text) {
        $text{$name} =~ s/\@([A-Z]+)\@/$value{$1}/g;
        open my $file, '>', "$dir/$name" or die "$dir/$name: $!\n";
        print $file $text{$name};
        close $file or die "$dir/$name: $!\n";
    }
}

sub read_file {
    my ($path) = @_;

    open my $file, '<', $path or die "$path: $!\n";
    local $/;
    return readline $file;
}

# In a session of its own, as quickstart starts nginx and berth: the kernel may share the
# processors out by session.
sub spawn {
    my ($self, @command) = @_;
    my $pid = fork // die "fork: $!\n";

    if ($pid) {
        unshift @{ $self->{pids} }, $pid;
        return;
    }
    POSIX::setsid();
    open STDIN,  '<',  '/dev/null';
    open STDOUT, '>>', "$self->{dir}/log";
    open STDERR, '>&', \*STDOUT;
    exec(@command) or POSIX::_exit(127);
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?, $!);
    return if $self->{owner} != $$;
    for my $pid (@{ $self->{pids} }) {
        kill 'TERM', $pid;
        waitpid $pid, 0;
    }
}

1;
