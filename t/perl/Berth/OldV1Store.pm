package Berth::OldV1Store;

# A directory as docker-registry 0.6.5, 0.6.9 or 0.9.1 left it: centos and ubuntu of 2014, 24
# images with their true ids and ancestries, whose layers hold what layers can hold and are
# compressed as the dockers of their time did it. The bytes are the same each time.
#
#     my $store = Berth::OldV1Store->write("$dir/data", '0.6.9');
#     $store->tags('library/ubuntu');      # { '14.04' => id ... }
#     $store->image($id);                  # a Berth::Image
#     $store->chain($id);                  # the ids down to the base, which comes first
#     $store->layers($id);                 # their layers

use strict;
use warnings;

use Berth::Image;
use Berth::Tar;
use Berth::V1Store;
use Compress::Raw::Zlib qw(WANT_GZIP Z_FULL_FLUSH);
use File::Path qw(make_path);
use JSON::PP ();

use constant WRITTEN => 1400121471;

my $SCRATCH = '511136ea3c5a64f264b78b5433614aec563103b4d4702f3ba7d4d2698e22c158';

# Each chain: the name of its json's form, how its layers are packed, and its ids, newest first,
# without the ancestor of all.
my %CHAINS = (
    ubuntu => [
        {
            docker => '0.11.1', packed => 'gzip', ids => [qw(
                8aedcdadf14bb95a53f712aace7d0cb657447d24e41831518392d1a2b05d8bf7
                99ec81b80c55d906afd8179560fdab0ee93e32c52053816ca1d531597c1ff48f
                d4010efcfd86c7f59f6b83b90e9c66d4cc4d78cd2266e853b95d464ea0eb73e6
                4d26dd3ebc1c823cfa652280eca0230ec411fb6a742983803e49e051fe367efe
                5e66087f3ffe002664507d225d07b6929843c3f0299f5335a70c1727c8833737)],
        },
        {
            docker => '0.7.6', packed => 'plain', ids => [qw(
                7c0d7c261905a9fe83d1aea4037a265058f47e1e3e1134daac879393741cc016
                5e019ab7bf6deb75b211411ef7257d1e76bf7edee31d9da62a392df98d0529d6
                2209cbf9dcd35615211a2fdc6762bb5e651b5c847537359f05b9ab1bc9a74614
                f0ee64c4df74c766a16faebfb5123e2b67192eff4a82aa70d0d2081681200a79
                e2aa6665d37109cd6d196eec32c98d8f4412325cb2dc1588e5eb27cae4beb836)],
        },
        {
            docker => '0.6.3', packed => 'xz', ids => [qw(
                514b348987eff7991ad24b3fa26838f9768f41a618a1f78c8a4e6d5382b14df9
                e7206bfc66aac0ab946eb11dad1271f4f5f3f72ab65cff66b4092aeaee20475b
                cb12405ee8fa58aa11f2a2fe5ab98430fefdf330ce1a9bd37ba800abc14b9ca1
                cf8dc907452c970224551599da573c9e32897fc65286d942625c4c86dabd680d
                02dae1c13f51edae0a9817e01dcbbad380c1b31933779641e5f733958af5d8d5)],
        },
        {
            docker => '0.3.4', packed => 'bzip2', ids => [qw(
                f030997216f3f605c3db2e60fac9a327910f30319b3fae95a457f87801bc2734
                316b678ddf487a37012630ae3219c8bb78c1f4b58d31c9513c3ea6b88f9e5635
                07302703beccc2ea25f34333decad32ed06446e8a14c020ffbd0be017364b9fe
                ef519c9ee91a06fc33cefbda1bce27686617761700252dff0397f2c0e269f3c5
                a7cf8ae4e998c5339e769d6cc466f9133bd4d330a549bb846cb1641cd638247c)],
        },
    ],
    centos => [
        {
            docker => '0.9.1', packed => 'plain', ids => [qw(
                0b443ba0395813ef287c27f5ff953121a69ab23c467ffbefcefaec3f255e0693
                7064731afe90d78da2c117d64a1221c826234cd7145fd330ae7e207ff5606980)],
        },
        {
            docker => '0.7.6', packed => 'gzip',
            ids    => ['539c0211cd76cdeaedbecf9f023ef774612e331137ce7ebe4ae1b61088e7edbe'],
        },
    ],
);

# The tags, by the number of their chain.
my %TAGS = (
    ubuntu => {
        '14.04' => 0, trusty => 0, latest => 0, '13.10' => 1, saucy => 1, '13.04' => 2, raring => 2,
        '12.10' => 3, quantal => 3,
    },
    centos => { '6.5' => 0, latest => 0, '6.4' => 1 },
);

my $META = '{"kernel": "3.13.0-24-generic", "arch": "amd64", "docker_go_version": "go1.2.1", '
    . '"last_update": 1400116767, "docker_version": "0.11.1", "os": "linux"}';

# write(DIR, VERSION, %option): devices, 0 for layers that anybody can unpack.
sub write {
    my ($class, $root, $version, %option) = @_;
    my $self = bless {
        root => $root, version => $version, devices => $option{devices} // 1, images => {}, tags => {}, sums => {},
    }, $class;

    $self->write_image($SCRATCH, undef, '0.4.3', packed('gzip', archive({ name => './' })));
    for my $name (sort keys %CHAINS) {
        $self->write_chain($_, $name) for @{ $CHAINS{$name} };
        $self->write_repository($name, $name);
    }
    $self->write_quoted if $version eq '0.9.1';
    return $self;
}

sub scratch_id { return $SCRATCH }
sub meta       { return $META }

sub image    { return $_[0]{images}{ $_[1] } }
sub ids      { my @ids = sort keys %{ $_[0]{images} }; return @ids }
sub checksum { return $_[0]{sums}{ $_[1] } }

sub repositories { my @names = sort keys %{ $_[0]{tags} }; return @names }
sub tags         { return $_[0]{tags}{ $_[1] } }

sub chain {
    my ($self, $id) = @_;
    my $parent = $self->image($id)->{parent};

    return defined $parent ? ($self->chain($parent), $id) : $id;
}

sub layers {
    my ($self, $id) = @_;
    return map { $self->image($_)->bytes } $self->chain($id);
}

sub spew {
    my ($self, $path, $bytes) = @_;

    make_path("$self->{root}/" . $path =~ s{/[^/]*$}{}r);
    open my $file, '>:raw', "$self->{root}/$path" or die "$path: $!";
    print $file $bytes;
    close $file or die "$path: $!";
    utime WRITTEN, WRITTEN, "$self->{root}/$path";
}

# ---- images ----

sub write_chain {
    my ($self, $chain, $name) = @_;
    my @layers = $name eq 'ubuntu' ? $self->ubuntu_layers($chain->{docker}) : $self->centos_layers($chain->{docker});
    my $parent = $SCRATCH;

    for my $id (reverse @{ $chain->{ids} }) {
        my $tar = shift @layers;
        # docker did not compress layers without files, nor, since 0.6, any: here the top one.
        my $packed = $tar =~ /\A\0+\z/ || !@layers && $chain->{packed} eq 'bzip2' ? 'plain' : $chain->{packed};
        $self->write_image($id, $parent, $chain->{docker}, packed($packed, $tar));
        $parent = $id;
    }
}

sub write_image {
    my ($self, $id, $parent, $docker, $layer) = @_;
    my $json  = image_json($id, $parent, $docker);
    my $image = $self->{images}{$id} = Berth::Image->new(
        id => $id, parent => $parent ? $self->image($parent) : undef, json => $json, bytes => $layer);

    $self->spew("images/$id/json",      $json);
    $self->spew("images/$id/ancestry",  '[' . join(', ', map { qq("$_") } reverse $self->chain($id)) . ']');
    $self->spew("images/$id/layer",     $layer);
    $self->spew("images/$id/_checksum", $self->checksums($image));
    return if $self->{version} eq '0.6.9';
    my @files = files($layer);
    $self->spew("images/$id/_files", JSON::PP->new->encode(\@files)) if @files;
    $self->spew("images/$id/_diff", '{"deleted": {}, "changed": {}, "created": {}}')
        if $self->{version} eq '0.9.1' && !$parent;
}

# To 0.6.7 the sum was the client's tarsum, in 0.6.8 and 0.6.9 that of the payload, both as plain
# text: in the directory of 0.6.9 some images have one, some the other. Later, a list of both.
sub checksums {
    my ($self, $image) = @_;
    my $tar      = Berth::Tar::unpacked($image->bytes);
    my $unknown  = $tar =~ /SCHILY/ || $image->bytes =~ /\A(?:\xfd7zXZ|BZh)/;    # to V1Store
    my ($tarsum) = $unknown ? () : Berth::V1Store::tarsums($image->json, $tar);
    my $payload  = $image->payload_sum;
    my $old      = $self->{version} eq '0.6.5' || $image->id =~ /^[0-7]/;

    $self->{sums}{ $image->id } = $old && defined $tarsum ? $tarsum : $payload;
    return $self->{sums}{ $image->id } if $self->{version} ne '0.9.1';
    $self->{sums}{ $image->id } = $payload;
    return '[' . join(', ', map { qq("$_") } $payload, $tarsum // ()) . ']';
}

# The list of a layer's files as /files answers it.
sub files {
    my ($layer) = @_;

    return map {
        my $e    = $_;
        my $name = $e->{name} =~ s{\A\.(?=/)}{}r =~ s{(?<=.)/\z}{}r;
        my $type = exists $e->{symlink} ? 'l' : exists $e->{content} ? 'f' : $e->{name} =~ m{/\z} ? 'd' : 'u';
        [$name, $type, JSON::PP::false, length($e->{content} // ''), int $e->{mtime}, $e->{mode}, $e->{uid}, $e->{gid}];
    } grep { $_->{name} !~ /\.wh\./ } Berth::Tar::entries(Berth::Tar::unpacked($layer));
}

# ---- json ----

# Before 0.4 it had no architecture, from 0.4 to 0.7.2 "x86_64", and os since 0.7.3.
my %FORMS = (
    '0.3.4'  => { created => '2013-03-23T22:24:18.818426-07:00', ports => '"PortSpecs":["80","8080:443"]' },
    '0.4.3'  => { created => '2013-06-13T14:03:50.821769-07:00', comment => 'Imported from -', architecture => 'x86_64' },
    '0.6.3'  => { created => '2013-10-02T17:01:08.122918Z', author => 'A. U. Thor <a@example.org>',
        architecture => 'x86_64' },
    '0.7.6'  => { created => '2014-02-03T15:54:08.5Z', architecture => 'amd64', os => 'linux' },
    '0.9.1'  => { created => '2014-04-01T09:00:00Z', architecture => 'amd64', os => 'linux',
        ports => '"ExposedPorts":{"22/tcp":{}}' },
    '0.11.1' => { created => '2014-05-15T02:37:51.21802123Z', architecture => 'amd64', os => 'linux' },
);

# The keys and their order are docker's.
sub image_json {
    my ($id, $parent, $docker) = @_;
    my $form   = $FORMS{$docker};
    my $config = '{"Hostname":"%s","Domainname":"","User":"","Memory":0,"MemorySwap":0,"CpuShares":0,'
        . '"AttachStdin":false,"AttachStdout":false,"AttachStderr":false,'
        . ($form->{ports} // '"PortSpecs":null') . ',"Tty":true,"OpenStdin":true,"StdinOnce":true,'
        . '"Env":["HOME=/","PATH=/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":%s,'
        . '"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,"NetworkDisabled":false}';
    my $run    = qq(["/bin/sh","-c","touch /\\u003cone\\u003e \\u0026\\u0026 echo \\"$docker\\""]);
    my @fields = (
        qq("id":"$id"), $parent ? qq("parent":"$parent") : (), $form->{comment} ? qq("comment":"$form->{comment}") : (),
        qq("created":"$form->{created}"),
        '"container":"' . substr($id x 2, 5, 64) . '"', '"container_config":' . sprintf($config, substr($id, 0, 12), $run),
        qq("docker_version":"$docker"),
        $form->{author} ? '"author":"' . $form->{author} =~ s/</\\u003c/r =~ s/>/\\u003e/r . '"' : (),
        '"config":' . sprintf($config, '', '["/bin/bash"]'),
        (map { $form->{$_} ? qq("$_":"$form->{$_}") : () } qw(architecture os)), '"Size":4096',
    );

    return '{' . join(',', @fields) . '}';
}

# ---- layers ----

# docker listed each directory in which something had changed, from the root down.
sub archive { return Berth::Tar::archive(@_) }

my $EMPTY = "\0" x 1024;

# A capability of the kernel, as setcap(8) writes it.
my $CAPABILITY = pack 'H*', '0100000200200000000000000000000000000000';

sub ubuntu_layers {
    my ($self, $docker) = @_;
    my @root = { name => './' };
    my @devices = !$self->{devices} ? () : (
        { name => 'dev/' }, { name => 'dev/null', char => [1, 3], mode => 0666 },
        { name => 'dev/loop0', block => [7, 0], mode => 0660, gid => 6 }, { name => 'dev/initctl', fifo => 1, mode => 0600 },
    );

    return (
        archive(@root,
            { name => 'bin/' }, { name => 'bin/bash', content => "#! $docker\n" x 3000, mode => 0755 },
            { name => 'bin/ping', content => 'ping', mode => 0755, xattrs => { 'security.capability' => $CAPABILITY } },
            { name => 'bin/sh', symlink => 'bash', mode => 0777 }, { name => 'bin/su', content => 'su', mode => 04755 },
            { name => 'bin/true', content => 'true', mode => 0755, mtime => '1396000000.25' }, @devices,
            { name => 'etc/', mtime => 1396000000 },
            { name => 'etc/hostname', content => "old\n", uid => 1000, gid => 1000 },
            { name => 'etc/passwd', content => "root:x:0:0\n" }, { name => 'etc/passwd-', link => 'etc/passwd' },
            { name => 'etc/empty', content => '', mode => 0000, mtime => 0 },
            { name => 'tmp/', mode => 01777 }, { name => 'usr/' }, { name => 'usr/games/', mode => 02755, gid => 60 },
            { name => 'usr/games/' . 'long/' x 30, mode => 0700 },
            { name => 'usr/games/' . 'long/' x 30 . 'name', content => 'far down' },
            { name => 'usr/share/' }, { name => 'usr/share/doc/' }, { name => 'usr/share/doc/one', content => 'one' },
            { name => 'usr/share/doc/two', content => 'two' },
            { name => 'var/' }, { name => 'var/lib/' }, { name => 'var/lib/apt', symlink => '/nowhere/at/all' },
        ),
        $EMPTY,
        archive(@root,
            { name => 'etc/', mtime => 1397000000 }, { name => 'etc/.wh.hostname', content => '', mode => 0600 },
            { name => 'etc/passwd', content => "root:x:0:0\nnew:x:1:1\n", mtime => 1397000001 },
            { name => 'usr/' }, { name => 'usr/share/' }, { name => 'usr/share/.wh.doc', content => '' },
        ),
        archive(@root,
            { name => 'usr/' }, { name => 'usr/share/' }, { name => 'usr/share/doc/', uid => 7 },
            { name => 'usr/share/doc/three', content => 'three' },
            { name => 'usr/share/doc/four', link => 'usr/share/doc/three' },
            { name => 'tmp/', mode => 01777, mtime => 1398000000 }, { name => 'tmp/file', content => $docker },
            { name => '.wh..wh.aufs', content => '' },
        ),
        archive(@root,
            { name => 'bin/' }, { name => 'bin/sh', content => 'no longer a link', mode => 0755 },
            { name => 'bin/note', content => 'note', xattrs => { 'user.note' => "a\n\0=b" } },
            { name => 'usr/' }, { name => 'usr/games', content => 'no longer a directory' },
            { name => 'var/' }, { name => 'var/lib/', mode => 0711 }, { name => 'var/lib/apt/' },
            { name => 'var/lib/apt/lists', content => 'no longer a link' },
            { name => 'tmp/', mode => 01777 }, { name => 'tmp/.wh..wh..opq', content => '' },
            { name => 'tmp/only', content => 'x' },
        ),
    );
}

sub centos_layers {
    my ($self, $docker) = @_;

    return (
        archive({ name => './' }, { name => 'etc/' }, { name => 'etc/redhat-release', content => "CentOS $docker\n" },
            { name => 'usr/', mtime => 1390000000 }, { name => 'usr/bin/', mode => 0555 },
            { name => 'usr/bin/yum', content => 'yum ' x 5000, mode => 0755 }),
        archive({ name => './' }, { name => 'etc/' },
            { name => 'etc/yum.conf', content => "[main]\n", uid => 48, gid => 48 }),
    );
}

# As the dockers of the time packed it. docker 0.11 flushed the stream after each piece, and wrote
# no end of the archive.
sub packed {
    my ($how, $tar) = @_;

    return $tar if $how eq 'plain';
    return Berth::Tar::filtered("$how -c", $tar) if $how ne 'gzip';
    my ($deflate) = Compress::Raw::Zlib::Deflate->new(-WindowBits => WANT_GZIP, -AppendOutput => 1);
    my $layer = '';
    $deflate->deflate($_, $layer), $deflate->flush($layer, Z_FULL_FLUSH) for unpack '(a4096)*', $tar =~ s/\0{1024}\z//r;
    $deflate->flush($layer);
    return $layer;
}

# ---- repositories ----

# Before 0.6.6 there were no data about tags.
sub write_repository {
    my ($self, $name, $spelt) = @_;
    my $dir = "repositories/library/$spelt";
    my (%tags, %seen, @entries);

    for my $tag (sort keys %{ $TAGS{$name} }) {
        my $id = $tags{$tag} = $CHAINS{$name}[ $TAGS{$name}{$tag} ]{ids}[0];
        push @entries, map { qq({"id": "$_"}) } grep { !$seen{$_}++ } $self->chain($id);
        push @entries, qq({"id": "$id", "Tag": "$tag"}) if $self->{version} eq '0.6.5';    # as they were sent
        $self->spew("$dir/tag_$tag", $id);
        $self->spew("$dir/tag${tag}_json", $META) if $self->{version} ne '0.6.5';
    }
    $self->spew("$dir/json", $META) if $self->{version} ne '0.6.5';
    $self->spew("$dir/_index_images", '[' . join(', ', @entries) . ']');
    $self->{tags}{"library/$name"} = \%tags;
}

# Since 0.8.1 the third part of a name was quoted twice, and a tag once.
sub write_quoted {
    my ($self) = @_;
    my $id  = $CHAINS{centos}[0]{ids}[0];
    my $dir = 'repositories/team/deep%252Fapp';

    $self->spew("$dir/tag_$_", $id), $self->spew("$dir/tag${_}_json", $META) for 'v1.0', 'x+y';
    $self->spew("$dir/_index_images", qq([{"id": "$id"}]));
    $self->{tags}{'team/deep/app'} = { 'v1.0' => $id };
    $self->{unsayable}{'team/deep/app'} = ['x y'];    # a tag that API v2 does not allow
}

1;
