/* tar_header.h: one header of a tar, and what pax and GNU headers say of the entry behind
 * them. Private to tar.c. */
#ifndef LAYER_TAR_HEADER_H
#define LAYER_TAR_HEADER_H

#include "layer/tar.h"

#define TAR_BLOCK ((size_t)512)

bool tar_header_is_end(const char block[TAR_BLOCK]); /* zeros */

/* The numbers of the block, and its type. RC_BAD_LAYER: its checksum is wrong, or a field
 * is no number, or negative where that makes no sense. */
enum result tar_header_read(
    const char block[TAR_BLOCK], struct tar_entry *out, struct err *err);

/* Its names as they stand, in the arena. */
void tar_header_texts(
    struct arena *a, const char block[TAR_BLOCK], struct tar_entry *out);

/* A number of a field: octal, or in base 256. */
bool tar_header_number(const char *field, size_t n, int64_t *out);

/* What stands in headers of their own: a text with p NULL, a number with its bit unset,
 * is not said. */
struct tar_header_overrides {
	struct str name, linkname, uname, gname;
	int64_t uid, gid, size, mtime;
	unsigned said; /* TAR_UID ... */
	struct tar_xattr *xattrs;
	size_t n_xattrs, room;
};
enum { TAR_UID = 1, TAR_GID = 2, TAR_SIZE = 4, TAR_MTIME = 8 };

/* The records of a pax header (POSIX.1-2001, "pax Extended Header"). RC_BAD_LAYER. */
enum result tar_header_read_pax(struct arena *a, struct str records,
    struct tar_header_overrides *out, struct err *err);

/* out becomes what `said` says of it. */
void tar_header_apply(
    const struct tar_header_overrides *said, struct tar_entry *out);

#endif
