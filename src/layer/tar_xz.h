/* tar_xz.h: refuses an xz stream that needs a large dictionary, before it is decompressed:
 * libarchive would allow each block 1 GiB of memory. Private to tar_bytes.c. */
#ifndef LAYER_TAR_XZ_H
#define LAYER_TAR_XZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_XZ_DICTIONARY_MIB 64 /* what xz -9 uses */

/* What the next bytes are. */
enum tar_xz_part {
	TAR_XZ_BETWEEN, /* between two streams: padding, or a header */
	TAR_XZ_STREAM,
	TAR_XZ_BLOCK,
	TAR_XZ_BLOCK_HEADER,
	TAR_XZ_CHUNK,
	TAR_XZ_CHUNK_HEADER,
	TAR_XZ_INDEX
};

struct tar_xz {
	enum tar_xz_part part;
	/* the first bytes of the part: `have` of `need` */
	unsigned char head[1024];
	size_t have, need;
	uint64_t skip;    /* bytes to skip before the next part */
	uint64_t n;       /* bytes of the block's chunks, or of the index, so far */
	unsigned check;   /* bytes of the checksum after each block */
	bool counted;     /* the index has said how many numbers follow */
	uint64_t numbers; /* numbers of the index that are left */
	uint64_t number;  /* the bits of the current number that were read */
	unsigned shift;   /* of its next bits */
};

void tar_xz_begin(struct tar_xz *x);

/* Examines the next n bytes of the layer. Returns NULL, or why they must not be
 * decompressed (a constant). */
const char *tar_xz_look(struct tar_xz *x, const char *p, size_t n);

#endif
