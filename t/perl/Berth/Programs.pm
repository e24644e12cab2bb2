package Berth::Programs;

# Programs of today that speak to a registry, run by their names, with a home and a certificate
# directory of the test's own.
#
#     my $programs = Berth::Programs->new($instance);
#     my $done = $programs->run(qw(skopeo inspect), @options);    # { status, out, err }
#     my $out  = $programs->works('it is listed', qw(skopeo list-tags), @options);

use strict;
use warnings;

use Berth::HTTP;
use Berth::Instance;
use Berth::Test;
use Berth::V2Client;
use Exporter qw(import);
use POSIX ();

our @EXPORT_OK = qw(count saved served);

# new(INSTANCE, COMMAND): whose certificate they trust, undef for programs that need none; and
# what each command begins with.
sub new {
    my ($class, $instance, @command) = @_;
    my $self = bless { dir => scratch(), command => \@command }, $class;

    mkdir "$self->{dir}/$_" for qw(certs home run);
    $self->{env} = {
        HOME            => "$self->{dir}/home",
        XDG_RUNTIME_DIR => "$self->{dir}/run",
    };
    $self->trust($instance) if $instance;
    return $self;
}

# Whose certificate is to be trusted like those of the system: podman search has no option
# for that.
sub trust {
    my ($self, $instance) = @_;

    $self->{env}{SSL_CERT_FILE} = $instance->ca;
    unlink "$self->{dir}/certs/ca.crt";
    symlink $instance->ca, "$self->{dir}/certs/ca.crt";
}

sub distrust { delete $_[0]{env}{SSL_CERT_FILE}; return }

sub dir   { return "$_[0]{dir}" }
sub certs { return "$_[0]{dir}/certs" }

# How often the text has this pattern.
sub count {
    my ($text, $pattern) = @_;
    return scalar(() = $text =~ /$pattern/g);
}

# The digest of what an instance serves by this name; false when it serves nothing.
sub served {
    my ($instance, $repository, $reference) = @_;
    my $head = Berth::V2Client->new($instance)->head_manifest($repository, $reference);

    return $head->{status} == 200 && Berth::HTTP::header($head, 'Docker-Content-Digest');
}

# saved(DIR, MANIFEST): writes an image or an index with all that is in it as skopeo has it in a
# directory, and returns skopeo's name for it.
sub saved {
    my ($dir, $manifest) = @_;

    mkdir $dir;
    save("$dir/version", "Directory Transport Version: 1.1\n");
    save("$dir/manifest.json", $manifest->bytes);
    save_parts($dir, $manifest);
    return "dir:$dir";
}

sub save_parts {
    my ($dir, $manifest) = @_;

    for my $part ($manifest->parts) {
        save("$dir/" . $part->hex . ($part->parts ? '.manifest.json' : ''), $part->bytes);
        save_parts($dir, $part);
    }
}

sub save {
    my ($path, $bytes) = @_;

    open my $file, '>:raw', $path or die "$path: $!";
    print $file $bytes;
    close $file or die "$path: $!";
}

# The environment of a program. REGISTRY_... are settings of docker-registry, and one of podman.
sub enter {
    my ($self) = @_;

    delete @ENV{ grep { /^REGISTRY_/ } keys %ENV };
    @ENV{ keys %{ $self->{env} } } = values %{ $self->{env} };
}

# { status, out, err } of a program that has ended.
sub run {
    my ($self, @arguments) = @_;
    my @command = (@{ $self->{command} }, @arguments);
    my ($out, $err) = map { "$self->{dir}/$_" } qw(stdout stderr);
    my $pid = fork // die "fork: $!";

    if (!$pid) {
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', $out;
        open STDERR, '>', $err;
        $self->enter;
        exec { $command[0] } @command or POSIX::_exit(127);
    }
    waitpid $pid, 0;
    return { status => $?, out => Berth::Instance::slurp($out), err => Berth::Instance::slurp($err) };
}

# Tests that it ends well, and returns what it said.
sub works {
    my ($self, $name, @arguments) = @_;
    my $done = $self->run(@arguments);

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($done->{status}, 0, $name) or diag("@arguments: $done->{out}$done->{err}");
    return $done->{out};
}

# The rows that a search of docker or podman prints: "name: description".
sub search_rows {
    my ($self, $host, $term, @options) = @_;
    my @format = ('--format', '{{.Name}}: {{.Description}}');
    my $table  = $self->works("search $term", search => @format, @options, "$host/$term");

    return join "\n", sort map { s/^\Q$host\E\///r } split /\n/, $table;
}

1;
