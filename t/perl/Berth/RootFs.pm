package Berth::RootFs;

# The root file system that layers make, put together here by the rules of the image
# specifications, and the one that a client has unpacked: each as a table, a text for each path
# with its type, mode, owner, size, time, content, links, device and extended attributes.
#
#     my $want = Berth::RootFs::of_layers(@layers);         # the base first, compressed or not
#     my $got  = Berth::RootFs::of_directory('/tmp/rootfs');
#     is(Berth::RootFs::differences($want, $got), '', 'the same');

use strict;
use warnings;

use Berth::Tar;
use Digest::SHA qw(sha256_hex);

sub of_layers {
    my (@layers) = @_;
    my %tree;

    apply(\%tree, Berth::Tar::entries(Berth::Tar::unpacked($_))) for @layers;
    return described(\%tree);
}

# As root: others may not read all of it.
sub of_directory {
    my ($dir, @leave_out) = @_;
    my %tree;

    open my $pipe, '-|:raw', 'tar', '--format=posix', '--xattrs', '--xattrs-include=*', '-C', $dir, '-cf', '-',
        (map { "--exclude=./$_" } @leave_out), '.' or die "tar: $!\n";
    my $tar = do { local $/; readline $pipe };
    close $pipe or die "tar of $dir fails\n";
    apply(\%tree, Berth::Tar::entries($tar));
    return described(\%tree);
}

# One layer onto those below it. A whiteout hides what is below, not what the same layer has.
sub apply {
    my ($tree, @entries) = @_;
    my %own;

    for my $e (@entries) {
        my $path = plain($e->{name});
        my ($dir, $base) = $path =~ m{\A(.*/)?([^/]*)\z}s;

        $path = '.' if $path eq '';
        if (($base // '') =~ /\A\.wh\.(.*)/s) {
            my ($hidden, $opaque) = ($1, $1 eq '.wh..opq');
            next if $hidden =~ /\A\.wh\./ && !$opaque;    # notes of aufs
            my $at = ($dir // '') . ($opaque ? '' : $hidden);
            delete @$tree{ grep { !$own{$_} && ($opaque ? index($_, $at) == 0 : below($_, $at)) } keys %$tree };
            next;
        }
        delete @$tree{ grep { below($_, $path) && $_ ne $path } keys %$tree } unless is_directory($e);
        $own{$path} = 1;
        $tree->{$path} = exists $e->{link} ? $tree->{ plain($e->{link}) } // die "$path: no $e->{link}\n" : $e;
    }
}

# A name without "./" and "/" before it, and "/" at its end.
sub plain { return $_[0] =~ s{\A(?:\./+|/+)+}{}r =~ s{/+\z}{}r }

sub below { return $_[0] eq $_[1] || index($_[0], "$_[1]/") == 0 }

sub is_directory { return !grep { exists $_[0]{$_} } qw(content link symlink char block fifo) }

# Of the paths of one file, the first stands for it in the others. The root itself is left out:
# clients make it.
sub described {
    my ($tree) = @_;
    my (%first, %described);

    for my $path (sort grep { $_ ne '.' } keys %$tree) {
        my $e = $tree->{$path};
        my $is = $first{$e} //= $path;
        my $kind = is_directory($e) ? 'directory' : (grep { exists $e->{$_} } qw(content symlink char block fifo))[0];
        my %what = (
            content => sub { length($e->{content}) . ' bytes ' . sha256_hex($e->{content}) },
            symlink => sub { "to $e->{symlink}" },
            char    => sub { "@{ $e->{char} }" },
            block   => sub { "@{ $e->{block} }" },
        );
        $described{$path} = join ' ', $kind, ($kind eq 'symlink' ? () : sprintf '%04o', $e->{mode}), "$e->{uid}:$e->{gid}",
            'at ' . time_of($e->{mtime}), $what{$kind} ? $what{$kind}->() : (), $is eq $path ? () : "is $is",
            map { "$_=" . unpack 'H*', $e->{xattrs}{$_} } sort keys %{ $e->{xattrs} };
    }
    return \%described;
}

# Without zeros at the end of the fraction.
sub time_of { return $_[0] =~ /\./ ? $_[0] =~ s/\.?0+\z//r : $_[0] }

# As lines, none where they are equal.
sub differences {
    my ($want, $got) = @_;
    my %all = (%$want, %$got);

    return join "\n", map { "$_: " . ($got->{$_} // 'is missing') . ', not ' . ($want->{$_} // 'there at all') }
        grep { ($want->{$_} // '') ne ($got->{$_} // '') } sort keys %all;
}

1;
