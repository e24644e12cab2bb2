/* tar.h: a layer entry by entry, as the headers of its tar have it.
 *
 * libarchive unpacks the bytes (gzip, bzip2, xz, zstd or none; several members behind one
 * another; a stream flushed at each entry); what is packed twice is no archive. The
 * headers are read here (POSIX.1-2001 ustar and pax, GNU long names and links, old V7,
 * GNU sparse), since sums cover what libarchive makes uniform: type bits of a mode, the
 * typeflag, an old name's end. The two blocks of zeros at the end may be missing, as
 * docker leaves them out; bytes of an empty file are an empty archive. The check sum at
 * gzip's end is not looked at (libarchive passes it over); a sum of the whole finds what
 * it would.
 *
 * What somebody else packed is bounded: TAR_ENTRIES entries, TAR_UNPACKED() bytes of
 * content, TAR_TEXT bytes of names and pax records of one entry, 64 MiB that unpacking
 * takes (zstd: 128), 16 MiB that nothing is made of. */
#ifndef LAYER_TAR_H
#define LAYER_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/source.h"
#include "base/str.h"

#define TAR_ENTRIES ((size_t)1000000)
#define TAR_TEXT    ((size_t)1 << 20)

/* Bytes of memory for a walk through a layer that is packed by gzip or not at all.
 * bzip2 takes 4 MiB more, xz and zstd as much as their window. */
#define TAR_MEMORY ((size_t)3 << 20)

/* What a layer of so many bytes may unpack to: beyond it, it is a bomb. */
#define TAR_UNPACKED(packed) (((uint64_t)1 << 30) + 200 * (uint64_t)(packed))

struct tar_xattr {
	struct str name, value; /* SCHILY.xattr.<name> of a pax header */
};

/* Texts live until the next entry. */
struct tar_entry {
	struct str name, linkname, uname, gname;
	int64_t mode, uid, gid, size, mtime, devmajor, devminor;
	char type; /* the typeflag; NUL for an old regular file */
	const struct tar_xattr *xattrs; /* in the order of their header */
	size_t n_xattrs;
};

/* entry, then content in pieces (for a sparse file, what is stored). Either returning
 * false ends the walk with RC_OK. */
struct tar_visitor {
	bool (*entry)(void *arg, const struct tar_entry *entry);
	bool (*content)(void *arg, const char *p, size_t n); /* NULL: passed over */
	void *arg;
};

/* RC_BAD_LAYER: no tar, damaged, cut off, or beyond a bound; err says which. RC_IO: read
 * failed. Memory does not grow with the archive. */
enum result tar_walk(const struct source *source, const struct tar_visitor *visitor,
    struct err *err);

#endif
