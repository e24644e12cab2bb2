package Bench::Distribution;

# Debian's docker-registry (distribution 2.8) with the configuration of the package, except for
# the address and the password; without another server in front, as it is mostly run.
#
#     my $theirs = Bench::Distribution->start($dir);
#     my $theirs = Bench::Distribution->start($dir, certificate => $pem, ca => $file);

use strict;
use warnings;

use Bench::Process ();
use Bench::Tool qw(write_file);
use Berth::HTTP;
use Berth::Instance;
use Berth::Test qw(within);

use constant PROGRAM => 'docker-registry';

sub start {
    my ($class, $dir, %option) = @_;
    my $self = bless { dir => $dir, owner => $$, port => Berth::Instance::free_port(), %option }, $class;

    $self->{url} = $self->scheme . "://127.0.0.1:$self->{port}";
    $self->configure;
    $self->{pid} = Bench::Process::spawn($self->log, $self->command);
    within(10, sub { $self->answers }) or die PROGRAM . ' does not start: see ' . $self->log . "\n";
    return $self;
}

# The same methods as of Berth::Instance.
sub data      { return "$_[0]{dir}/store" }
sub processes { return { pid => $_[0]{pid}, name => PROGRAM } }

# What Berth::HTTP needs to connect.
sub port   { return $_[0]{port} }
sub scheme { return $_[0]{certificate} ? 'https' : 'http' }
sub host   { return "localhost:$_[0]{port}" }
sub ca     { return $_[0]{ca} }

sub log     { return "$_[0]{dir}/registry.log" }
sub command { return (PROGRAM, 'serve', "$_[0]{dir}/config.yml") }

sub answers {
    my ($self) = @_;
    return eval { Berth::HTTP::request($self, GET => '/v2/')->{status} == 200 };
}

sub configure {
    my ($self) = @_;
    my $pem = $self->{certificate};
    my $tls = $pem ? qq(  tls: {certificate: "$pem", key: "$pem"}\n) : '';

    mkdir $self->{dir};
    write_file("$self->{dir}/config.yml", <<"END" . $tls);
version: 0.1
log:
  fields: {service: registry}
storage:
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: "$self->{dir}/store"}
  delete: {enabled: true}
health:
  storagedriver: {enabled: true, interval: 10s, threshold: 3}
http:
  addr: 127.0.0.1:$self->{port}
  headers:
    X-Content-Type-Options: [nosniff]
END
}

sub stop {
    my ($self) = @_;

    Bench::Process::end(delete $self->{pid} // ());
}

sub DESTROY {
    my ($self) = @_;

    local ($@, $?, $!);
    $self->stop if $self->{owner} == $$;
}

1;
