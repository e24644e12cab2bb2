/* tar_header.h: parses one header block of a tar archive, and the pax headers that override
 * values of the entry after them. Private to tar.c. */
#ifndef LAYER_TAR_HEADER_H
#define LAYER_TAR_HEADER_H

#include "layer/tar.h"

#define TAR_BLOCK ((size_t)512)

/* Is it a block of zeros, which ends the archive? */
bool tar_header_is_end(const char block[TAR_BLOCK]);

/* Reads the numbers and the type of the entry. RC_BAD_LAYER: the checksum of the block is
 * wrong, a numeric field is not a number, or the size is negative. */
enum result tar_header_read(
    const char block[TAR_BLOCK], struct tar_entry *out, struct err *err);

/* Copies the names of the entry to the arena. */
void tar_header_texts(
    struct arena *a, const char block[TAR_BLOCK], struct tar_entry *out);

/* The number in a field of n bytes: octal digits, or base 256. False: neither. */
bool tar_header_number(const char *field, size_t n, int64_t *out);

/* Values from headers of their own (pax records, GNU long names), for the next entry. A text
 * whose p is NULL and a number whose bit in `numbers` is not set are not overridden. */
struct tar_header_overrides {
	struct str name, linkname, uname, gname;
	int64_t uid, gid, size, mtime;
	unsigned numbers; /* TAR_UID ... of those that are set */
	struct tar_xattr *xattrs;
	size_t n_xattrs, capacity;
};
enum { TAR_UID = 1, TAR_GID = 2, TAR_SIZE = 4, TAR_MTIME = 8 };

/* Adds the records of a pax header (POSIX.1-2001, "pax Extended Header") to *out. The texts
 * point into `records`. RC_BAD_LAYER: malformed. */
enum result tar_header_read_pax(struct arena *a, struct str records,
    struct tar_header_overrides *out, struct err *err);

/* Replaces the values of *out that are overridden. */
void tar_header_apply(
    const struct tar_header_overrides *overrides, struct tar_entry *out);

#endif
