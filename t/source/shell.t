#!/usr/bin/perl
# The shell scripts are shellcheck's, and quickstart reads each of its parts.

use strict;
use warnings;

use Berth::Test;
use File::Glob qw(bsd_glob);
use File::Path qw(make_path);

my $root = source_dir();

sub slurp {
    my ($path) = @_;

    open my $file, '<', $path or die "$path: $!";
    local $/;
    return readline($file) // '';
}

# The scripts of the source tree that a shell runs.
sub scripts {
    my ($dir) = @_;
    my @files = grep { !m{^\Q$dir\E/(?:build[^/]*|\.git|\.\.?|autom4te\.cache|data)/} }
        map { bsd_glob("$dir/$_") } 'quickstart', '*/*', '.*/*';

    return grep { -f && -x _ && slurp($_) =~ m{\A#!\s*/bin/(?:ba)?sh\b} } @files;
}

# What shellcheck says of the scripts and of the parts that they read, as seen from there.
sub complaints {
    my (@scripts) = @_;

    open my $out, '-|', 'shellcheck', '--format=gcc', '--external-sources', '--check-sourced', @scripts
        or die "shellcheck: $!";
    return map { chomp; s{^\Q$root\E/}{}r } readline $out;
}

my @scripts = scripts($root);
my %is      = map { substr($_, 1 + length $root) => 1 } @scripts;
ok($is{$_}, "$_ is found") for qw(quickstart nginx/fill-in);

my %sourced = map { $_ => 1 } slurp("$root/quickstart") =~ m{^source "\$here/quickstart\.d/(\S+)"$}mg;
is_deeply([ sort keys %sourced ], [ map { s{.*/}{}r } sort(bsd_glob("$root/quickstart.d/*")) ], 'quickstart reads each of its parts');

SKIP: {
    if (!grep { -x "$_/shellcheck" } split /:/, $ENV{PATH}) {
        not_run($0, 'shellcheck is not installed');
        skip('shellcheck is not installed', 2);
    }
    my $dir = scratch();
    my $bad = "$dir/tool/bad";

    make_path("$dir/tool");
    open my $file, '>', $bad or die "$bad: $!";
    print $file "#!/bin/sh\nrm -r \$1/x\n";
    close $file;
    chmod 0755, $bad;
    like(join("\n", complaints(scripts($dir))), qr/bad:2:.*SC2086/, 'a script with a fault is found');
    is(join("\n", complaints(@scripts)), '', 'the scripts have none');
}

done_testing();
