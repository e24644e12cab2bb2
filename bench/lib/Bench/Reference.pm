package Bench::Reference;

# What berth is compared with: an nginx with berth's configuration that passes requests to
# hello.c, or answers them alone. See reference.conf.in.
#
#     my $reference = Bench::Reference->start($ground, $instance);
#     $reference->url('/static/layer'), $reference->tls_url('/body')

use strict;
use warnings;

use Bench::Process ();
use Bench::Tool qw(capture program write_file);
use Berth::Instance;
use Berth::Test qw(source_dir within);
use IO::Socket::INET;
use List::Util qw(pairmap);

# start(GROUND, INSTANCE): it uses nginx files and the certificate of the instance.
sub start {
    my ($class, $ground, $instance) = @_;
    my $dir  = $ground->dir . '/reference';
    my $self = bless {
        dir   => $dir,
        owner => $$,
        http  => Berth::Instance::free_port(),
        https => Berth::Instance::free_port(),
    }, $class;

    mkdir $_ or die "$_: $!\n" for $dir, "$dir/static", "$dir/body";
    $self->write_configuration($instance->data . '/_berth');
    chomp(my $processors = capture('nproc'));
    $self->spawn(program('hello'), "$dir/hello.sock", $processors, 64);
    $self->spawn('nginx', '-p', "$dir/", '-c', "$dir/nginx.conf");
    within(10, sub { -S "$dir/hello.sock" }) or die "hello does not start\n";
    within(10, sub { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$self->{http}") })
        or die "the reference's nginx does not start: see $dir/nginx-error.log\n";
    return $self;
}

sub url     { return "http://127.0.0.1:$_[0]{http}$_[1]" }
sub tls_url { return "https://localhost:$_[0]{https}$_[1]" }

# What Berth::HTTP needs to connect.
sub port   { return $_[0]{http} }
sub scheme { return 'http' }
sub host   { return "localhost:$_[0]{http}" }

# The socket of a berth of which the time to start is measured.
sub starting { return "$_[0]{dir}/starting.sock" }

# share(FILE, NAME): lets nginx serve this file of the store; returns the path of its URL.
sub share {
    my ($self, $file, $name) = @_;

    link $file, "$self->{dir}/static/$name" or die "link $file: $!\n";
    return "/static/$name";
}

# The shipped files, with the socket of hello in the place of berth's.
sub write_configuration {
    my ($self, $own) = @_;
    my $dir   = $self->{dir};
    my $nginx = source_dir() . '/nginx';

    $self->fill_in('berth-http.conf', "$nginx/berth-http.conf.in", SOCKET => "$dir/hello.sock");
    $self->fill_in('nginx.conf', "$nginx/nginx.conf.in", CONFDIR => $dir, USER => $> == 0 ? 'root' : '');
    $self->fill_in(
        'site.conf', source_dir() . '/bench/reference.conf.in',
        DIR         => $dir,
        CONFDIR     => "$own/run",
        CERTIFICATE => "$own/tls/server.pem",
        STARTING    => $self->starting,
        HTTP        => $self->{http},
        HTTPS       => $self->{https},
    );
}

sub fill_in {
    my ($self, $name, $template, @values) = @_;
    my $text = capture(source_dir() . '/nginx/fill-in', $template, pairmap { "$a=$b" } @values);

    write_file("$self->{dir}/$name", $text);
}

sub spawn {
    my ($self, @command) = @_;

    unshift @{ $self->{pids} }, Bench::Process::spawn("$self->{dir}/log", @command);
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?, $!);
    Bench::Process::end(@{ $self->{pids} }) if $self->{owner} == $$;
}

1;
