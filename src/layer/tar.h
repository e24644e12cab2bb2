/* tar.h: reads a layer entry by entry, with the values as its tar headers have them.
 *
 * libarchive decompresses the bytes: gzip, bzip2, xz, zstd or none, also several members one
 * after another, or a stream that was flushed after each entry. A layer that is compressed
 * twice is refused. The headers are read here (POSIX.1-2001 ustar and pax, GNU long names and
 * links, old V7, GNU sparse files), because a tarsum covers details that libarchive makes
 * uniform: the type bits of a mode, the typeflag, where an old name ends. The two blocks of
 * zeros at the end may be missing, as docker leaves them out; a layer of 0 bytes is an empty
 * archive. The checksum at the end of gzip is not verified, because libarchive skips it; the
 * layer's own checksum finds the same errors.
 *
 * A layer comes from a client, so everything is limited: TAR_ENTRIES entries, TAR_UNPACKED()
 * bytes of content, TAR_TEXT bytes of names and pax records for one entry, 64 MiB of memory
 * for decompression (zstd: 128 MiB), 16 MiB of compressed bytes that decompress to
 * nothing. */
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
#define TAR_TEXT    ((size_t)1 << 20) /* bytes */

/* Bytes of memory that tar_walk() takes for a layer that is compressed by gzip or not at
 * all. bzip2 takes 4 MiB more, xz and zstd as much as their window. */
#define TAR_MEMORY ((size_t)3 << 20)

/* Bytes that a layer of `packed` bytes may decompress to. A layer that exceeds them is taken
 * for a decompression bomb. */
#define TAR_UNPACKED(packed) (((uint64_t)1 << 30) + 200 * (uint64_t)(packed))

struct tar_xattr {
	struct str name, value; /* SCHILY.xattr.<name> of a pax header */
};

/* The texts are valid until the next entry. */
struct tar_entry {
	struct str name, linkname, uname, gname;
	int64_t mode, uid, gid, size, mtime, devmajor, devminor;
	uint64_t at; /* where its content begins, in the decompressed archive */
	char type;   /* the typeflag; NUL for an old regular file */
	const struct tar_xattr *xattrs; /* in the order of their header */
	size_t n_xattrs;
};

/* Called for each entry: entry() once, then content() for each piece of its content (of a
 * sparse file with zeros in its holes). Either may return false: that ends the walk with
 * RC_OK. */
struct tar_visitor {
	bool (*entry)(void *arg, const struct tar_entry *entry);
	bool (*content)(void *arg, const char *p, size_t n); /* NULL: skipped */
	void *arg;
};

/* RC_BAD_LAYER: not a tar archive, damaged, truncated, or above a limit; err says which.
 * RC_IO: reading failed. The memory used does not grow with the archive. */
enum result tar_walk(const struct source *source, const struct tar_visitor *visitor,
    struct err *err);

#endif
