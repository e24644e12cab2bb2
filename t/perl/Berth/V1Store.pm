package Berth::V1Store;

# Reads a store back by the rules that docker-registry 0.x and distribution keep to, and
# says what breaks them: files too many or too few, contents that are not what they should
# be, things that point to nothing.
#
#     is_deeply([Berth::V1Store::complaints($berth->data)], [], 'the store is in order');
#
# Nothing here knows berth, but that its own things lie in _berth/.

use strict;
use warnings;

use Compress::Raw::Zlib qw(Z_OK Z_STREAM_END WANT_GZIP_OR_ZLIB);
use Digest::SHA qw(sha256_hex);
use Fcntl qw(S_ISDIR S_ISREG);
use JSON::PP ();

my $ID     = qr/\A(?:[0-9a-f]{16}|[0-9a-f]{64})\z/;
my $QUOTED = qr/\A(?:[A-Za-z0-9_.+-]|%[0-9A-F]{2})+\z/;
my $LINK   = qr{
    \A repositories/ .+? /
    (?: (?: _layers | _manifests/revisions | _manifests/tags/[^/]+/index ) / sha\d+/[0-9a-f]+
      | _manifests/tags/[^/]+/current
    ) /link \z
}x;
my $DIGEST = qr/\A(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\z/;

# The complaints about a store's directory, sorted; none: it is in order. Nothing may be
# under way there.
sub complaints {
    my ($root) = @_;
    my $store = bless { root => $root, complaints => [], image => {} }, __PACKAGE__;

    $store->top;
    $store->image($_)                for $store->names('images');
    $store->parents($_)              for sort keys %{ $store->{image} };
    $store->namespace("repositories/$_") for $store->names('repositories');
    $store->v2 if -d "$root/docker";
    return sort @{ $store->{complaints} };
}

sub say_of {
    my ($self, $path, $what) = @_;
    push @{ $self->{complaints} }, "$path: $what";
    return;
}

# ---- files and directories ----

# What lies in a directory, sorted.
sub names {
    my ($self, $dir) = @_;

    opendir my $handle, "$self->{root}/$dir" or return $self->say_of($dir, 'cannot be read');
    return sort grep { $_ ne '.' && $_ ne '..' } readdir $handle;
}

# Another server of this user or group must be able to read what is here.
sub is_dir {
    my ($self, $path) = @_;
    my $mode = (lstat "$self->{root}/$path")[2];

    return $self->say_of($path, 'is not a directory') unless defined $mode && S_ISDIR($mode);
    $self->say_of($path, sprintf 'has mode %o', $mode & 07777) if ($mode & 0550) != 0550;
    return 1;
}

# The bytes of a file that must be one; undef with a complaint.
sub read_file {
    my ($self, $path) = @_;
    my $mode = (lstat "$self->{root}/$path")[2];

    return $self->say_of($path, 'is not there') unless defined $mode;
    return $self->say_of($path, 'is not a file')   unless S_ISREG($mode);
    $self->say_of($path, sprintf 'has mode %o', $mode & 07777) if ($mode & 0440) != 0440;
    open my $file, '<:raw', "$self->{root}/$path" or return $self->say_of($path, "cannot be read: $!");
    local $/;
    return readline($file) // '';
}

sub read_json {
    my ($self, $path, $kind) = @_;
    my $text = $self->read_file($path) // return;
    my $doc  = eval { JSON::PP->new->utf8->allow_nonref->decode($text) };

    return $self->say_of($path, 'is not JSON') if $@;
    return $self->say_of($path, "must be a JSON $kind") if ref $doc ne $kind;
    return $doc;
}

sub list_files {
    my ($self, $dir, @wanted) = @_;
    my @found;

    for my $name ($self->names($dir)) {
        my $path = "$dir/$name";
        push @found, !-l "$self->{root}/$path" && -d _ ? $self->list_files($path) : $path;
    }
    return @found;
}

sub top {
    my ($self) = @_;
    my %known = map { $_ => 1 } qw(images repositories docker _berth);

    $self->is_dir($_) for qw(images repositories);
    for ($self->names('.')) {
        $self->say_of($_, 'does not belong here') unless $known{$_};
    }
    for my $dir (grep { -d "$self->{root}/$_" } qw(_berth/body _berth/tmp)) {
        $self->say_of($_, 'was left over') for $self->list_files($dir);
    }
}

# ---- images ----

sub image {
    my ($self, $id) = @_;
    my $dir   = "images/$id";
    my %known = map { $_ => 1 } qw(json ancestry layer _checksum _inprogress _files _diff);

    return $self->say_of($dir, 'is not an image id') unless $id =~ $ID;
    $self->is_dir($dir) or return;
    my %have = map { $_ => 1 } $self->names($dir);

    $self->say_of("$dir/$_", 'does not belong there') for grep { !$known{$_} } sort keys %have;
    $self->{image}{$id} = { complete => !$have{_inprogress} };
    if ($have{_inprogress}) {
        $self->say_of("$dir/_inprogress", 'does not say "true"')
            if ($self->read_file("$dir/_inprogress") // '') ne 'true';
        $self->say_of("$dir/$_", 'of an unfinished image') for grep { $have{$_} } qw(_files _diff);
    } else {
        $self->checksum($dir);
    }
    $self->ancestry($id);
    $self->files("$dir/_files") if $have{_files};
    $self->diff("$dir/_diff")   if $have{_diff};
}

# The json names the image, and the parent, which follows it in the ancestry.
sub ancestry {
    my ($self, $id) = @_;
    my $json     = $self->read_json("images/$id/json",     'HASH')  // return;
    my $ancestry = $self->read_json("images/$id/ancestry", 'ARRAY') // return;
    my %seen;

    $self->say_of("images/$id/json", 'names another image') if ($json->{id} // '') ne $id;
    return $self->say_of("images/$id/ancestry", 'holds something else than ids')
        if grep { ref || !defined || $_ !~ $ID } @$ancestry;
    $self->say_of("images/$id/ancestry", 'does not begin with the image') if ($ancestry->[0] // '') ne $id;
    $self->say_of("images/$id/ancestry", 'is not that of the json')
        if ($ancestry->[1] // '') ne ($json->{parent} // '');
    $self->say_of("images/$id/ancestry", 'names an image twice') if grep { $seen{$_}++ } @$ancestry;
    $self->{image}{$id}{ancestry} = $ancestry;
}

sub parents {
    my ($self, $id) = @_;
    my ($own, $parent, @above) = @{ $self->{image}{$id}{ancestry} // [] };

    return unless defined $parent;
    my $there = $self->{image}{$parent}
        or return $self->say_of("images/$id/ancestry", 'names a parent that is not there');
    my @of_parent = @{ $there->{ancestry} // [] };

    $self->say_of("images/$id/ancestry", 'is not the parent\'s with the image before it')
        if "@of_parent" ne join ' ', $parent, @above;
}

# One of the sums in _checksum is right.
sub checksum {
    my ($self, $dir) = @_;
    my $sum   = $self->read_file("$dir/_checksum") // return;
    my $json  = $self->read_file("$dir/json")      // return;
    my $layer = $self->read_file("$dir/layer")     // return;
    my @sums  = $sum;

    if ($sum =~ /^\[/) {
        my $list = $self->read_json("$dir/_checksum", 'ARRAY') // return;
        @sums = @$list;
    }
    $self->say_of("$dir/_checksum", 'holds no sums') if !@sums || grep { !/\A[^:\s]+:[^:\s]+\z/ } @sums;
    my $simple = 'sha256:' . sha256_hex("$json\n$layer");
    return if grep { $_ eq $simple } @sums;
    return if grep { my $given = $_; grep { $_ eq $given } tarsums($json, $layer) } grep { /^tarsum\+/ } @sums;
    $self->say_of("$dir/_checksum", 'is another layer\'s');
}

# [[name, type, deleted, size, mtime, mode, uid, gid], ...]
sub files {
    my ($self, $path) = @_;
    my $list = $self->read_json($path, 'ARRAY') // return;

    for my $entry (@$list) {
        return $self->say_of($path, 'holds an entry that is not valid') unless ref $entry eq 'ARRAY' && @$entry == 8;
        $self->fields($path, @$entry[1 .. 7]);
    }
}

# {"deleted": {name: fields}, "changed": ..., "created": ...}
sub diff {
    my ($self, $path) = @_;
    my $doc = $self->read_json($path, 'HASH') // return;

    return $self->say_of($path, 'has other keys') if join(' ', sort keys %$doc) ne 'changed created deleted';
    for my $kind (sort keys %$doc) {
        return $self->say_of($path, "$kind is not an object") if ref $doc->{$kind} ne 'HASH';
        for my $name (sort keys %{ $doc->{$kind} }) {
            my $fields = $doc->{$kind}{$name};
            return $self->say_of($path, "$kind: $name has no seven fields")
                unless ref $fields eq 'ARRAY' && @$fields == 7;
            $self->fields($path, @$fields);
            $self->say_of($path, "$name is in the wrong place") if ($kind eq 'deleted') != ($fields->[1] ? 1 : 0);
        }
    }
}

sub fields {
    my ($self, $path, $type, $deleted, @numbers) = @_;

    $self->say_of($path, "type $type")            if $type !~ /\A[flscbditLKSu]\z/;
    $self->say_of($path, 'deleted is not a boolean') if !JSON::PP::is_bool($deleted);
    $self->say_of($path, 'a field is not a number')  if grep { ref || !defined || !/\A-?\d+\z/ } @numbers;
}

# ---- repositories ----

sub namespace {
    my ($self, $dir) = @_;

    $self->is_dir($dir) or return;
    for my $repo ($self->names($dir)) {
        $self->say_of("$dir/$repo", 'is not a quoted name') unless $repo =~ $QUOTED;
        $self->repository("$dir/$repo") if $self->is_dir("$dir/$repo");
    }
}

sub repository {
    my ($self, $dir) = @_;
    my @names = $self->names($dir);
    my %tag;

    return $self->say_of($dir, 'is empty') unless @names;
    for my $name (grep { /^tag_./ } @names) {
        my $id = $self->read_file("$dir/$name") // next;
        $tag{$name} = $id if $id =~ $ID || $name !~ /_json\z/;    # tag_x_json: an id tells
    }
    $self->tag("$dir/$_", $tag{$_}) for sort keys %tag;
    for my $name (grep { !defined $tag{$_} } @names) {
        $self->other_file($dir, $name, \%tag);
    }
    for my $tag (map { s/^tag_//r } sort keys %tag) {
        $self->say_of("$dir/tag${tag}_json", 'is not there') unless -e "$self->{root}/$dir/tag${tag}_json";
    }
    $self->say_of("$dir/json", 'and tag latest are not both there')
        if defined $tag{tag_latest} xor -e "$self->{root}/$dir/json";
}

sub other_file {
    my ($self, $dir, $name, $tags) = @_;
    my $path = "$dir/$name";

    return $self->index_images($path) if $name eq '_index_images';
    return $self->images_list($path)  if $name eq '_images_list';
    return $self->meta($path)         if $name eq 'json';
    if ($name eq '_private') {
        $self->say_of($path, 'is not empty') if ($self->read_file($path) // '') ne '';
    } elsif ($name =~ /^tag(.+)_json\z/) {
        $self->say_of($path, 'belongs to no tag') unless defined $tags->{"tag_$1"};
        $self->meta($path);
    } else {
        $self->say_of($path, 'does not belong there');
    }
}

# A tag names an image that is complete, down to its base.
sub tag {
    my ($self, $path, $id) = @_;

    return $self->say_of($path, 'holds no id') unless $id =~ $ID;
    my $image = $self->{image}{$id} or return $self->say_of($path, 'names an image that is not there');
    for my $needed ($id, @{ $image->{ancestry} // [] }) {
        return $self->say_of($path, "needs image $needed, which is unfinished or missing")
            unless $self->{image}{$needed} && $self->{image}{$needed}{complete};
    }
}

sub meta {
    my ($self, $path) = @_;
    my $doc   = $self->read_json($path, 'HASH') // return;
    my %known = map { $_ => 1 } qw(last_update docker_version docker_go_version arch os kernel);

    $self->say_of($path, "has a key $_") for grep { !$known{$_} } sort keys %$doc;
    $self->say_of($path, 'has no time') unless ($doc->{last_update} // '') =~ /\A\d+\z/;
}

sub index_images {
    my ($self, $path) = @_;
    my $list = $self->read_json($path, 'ARRAY') // return;
    my %seen;

    for my $entry (@$list) {
        return $self->say_of($path, 'holds an entry that is not valid')
            unless ref $entry eq 'HASH' && ($entry->{id} // '') =~ $ID;
        $self->say_of($path, "names $entry->{id} twice") if $seen{ $entry->{id} }++;
        $self->say_of($path, "has a key $_") for grep { $_ ne 'id' && $_ ne 'checksum' } sort keys %$entry;
    }
}

sub images_list {
    my ($self, $path) = @_;
    my $list = $self->read_json($path, 'ARRAY') // return;

    $self->say_of($path, 'holds something else than ids') if grep { ref || !defined || $_ !~ $ID } @$list;
}

# ---- distribution's directory ----

sub v2 {
    my ($self) = @_;
    my $root = 'docker/registry/v2';

    $self->say_of("docker/$_", 'does not belong there') for grep { $_ ne 'registry' } $self->names('docker');
    $self->say_of("docker/registry/$_",
        'does not belong there') for grep { $_ ne 'v2' } $self->names('docker/registry');
    for my $path ($self->list_files($root)) {
        my $rest = substr $path, 1 + length $root;

        if ($rest =~ m{\Ablobs/(sha256|sha512)/(..)/(\2[0-9a-f]+)/data\z}) {
            my $sha = Digest::SHA->new($1)->addfile("$self->{root}/$path", 'b')->hexdigest;
            $self->read_file($path);
            $self->say_of($path, 'has other bytes') if $sha ne $3;
        } elsif ($rest =~ $LINK) {
            $self->link($root, $path);
        } elsif ($rest !~ m{\Arepositories/.+?/_uploads/[^/]+/(?:data|startedat|hashstates/\w+/\d+)\z}) {
            $self->say_of($path, 'does not belong there');
        }
    }
}

# A digest without a newline, of a blob that is there.
sub link {
    my ($self, $root, $path) = @_;
    my $digest = $self->read_file($path) // return;

    return $self->say_of($path, 'holds no digest') unless $digest =~ $DIGEST;
    my ($algorithm, $hex) = split /:/, $digest;
    my $blob = "$root/blobs/$algorithm/" . substr($hex, 0, 2) . "/$hex/data";
    $self->say_of($path, 'leads nowhere') unless -f "$self->{root}/$blob";
}

# ---- tar ----

# Both tarsums of a layer, plain or packed by gzip: the old server's, of all entries, and
# docker's, of the last of each name. None when it is not an archive.
sub tarsums {
    my ($json, $layer) = @_;
    my @entries = entries(unpack_layer($layer)) or return;
    my %last = map { ($entries[$_]{key} => $_) } 0 .. $#entries;
    my @last = map { $entries[$_] } sort { $a <=> $b } values %last;

    return map { 'tarsum+sha256:' . sha256_hex($json . join '', sort map { $_->{sum} } @$_) } \@entries, \@last;
}

sub unpack_layer {
    my ($layer) = @_;
    my $inflate = Compress::Raw::Zlib::Inflate->new(-WindowBits => WANT_GZIP_OR_ZLIB, -AppendOutput => 1);
    my $tar = '';

    return $layer unless $layer =~ /\A\x1f\x8b/;
    my $status = $inflate->inflate($layer, $tar);
    return $status == Z_OK || $status == Z_STREAM_END ? $tar : '';
}

# { key: the name less "./" and "/", sum } of each entry. GNU's long names are known, PAX is
# not: no layer of the tests has it.
sub entries {
    my ($tar) = @_;
    my ($at, %long, @entries) = (0);

    while ($at + 512 <= length $tar) {
        my $header = substr $tar, $at, 512;
        last if $header =~ /\A\0+\z/;
        my ($name, $mode, $uid, $gid, $size, $mtime, $sum, $type, $link, $magic, $uname, $gname, $major, $minor,
            $prefix)
            = unpack 'Z100 A8 A8 A8 A12 A12 A8 a1 Z100 a8 Z32 Z32 A8 A8 Z155', $header;
        $_ = oct s/[\0 ]+\z//r for $mode, $uid, $gid, $size, $mtime, $major, $minor;
        my $content = substr $tar, $at + 512, $size;

        $at += 512 + $size + -$size % 512;
        if ($type eq 'L' || $type eq 'K') {
            $long{$type} = $content =~ s/\0+\z//r;
            next;
        }
        $name = "$prefix/$name" if $magic =~ /\Austar\0/ && $prefix ne '';
        $name = delete $long{L} // $name;
        $link = delete $long{K} // $link;
        $name .= '/' if $type eq '5' && $name !~ m{/\z};
        my $fields = "name${name}mode${mode}uid${uid}gid${gid}size${size}mtime${mtime}typeflag${type}linkname${link}"
            . "uname${uname}gname${gname}devmajor${major}devminor${minor}";
        push @entries, { key => $name =~ s{\A\./|/\z}{}gr, sum => sha256_hex($fields . $content) };
    }
    return @entries;
}

1;
