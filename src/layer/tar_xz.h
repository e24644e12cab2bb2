/* tar_xz.h: how much memory do the blocks of an xz want? Looked at before they are
 * unpacked: libarchive would give each 1 GiB. Private to tar_bytes.c.
 *
 * "The .xz File Format" 1.0.4: a stream is a header, blocks, an index and a footer;
 * several may follow one another. Each block names its own dictionary, so each is looked
 * at; how far a block goes is told by the chunks of its LZMA2. */
#ifndef LAYER_TAR_XZ_H
#define LAYER_TAR_XZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_XZ_DICTIONARY_MIB 64 /* as xz -9 has it */

enum tar_xz_part {
	TAR_XZ_BETWEEN, /* streams: padding, or a header */
	TAR_XZ_STREAM,
	TAR_XZ_BLOCK,
	TAR_XZ_BLOCK_HEADER,
	TAR_XZ_CHUNK,
	TAR_XZ_CHUNK_HEADER,
	TAR_XZ_INDEX
};

struct tar_xz {
	enum tar_xz_part part;
	unsigned char head[1024]; /* of the part at hand */
	size_t have, need;
	uint64_t skip;    /* bytes before the next part */
	uint64_t n;       /* bytes of the block's chunks, or of the index */
	unsigned check;   /* bytes behind a block */
	bool counted;     /* the index said how many numbers follow */
	uint64_t numbers; /* left */
	uint64_t number;  /* as far as it was read */
	unsigned shift;
};

void tar_xz_begin(struct tar_xz *x);

/* The next n bytes, from the first on. NULL, or why they are not to be unpacked. */
const char *tar_xz_look(struct tar_xz *x, const char *p, size_t n);

#endif
