/* hash.h: SHA-256 and SHA-512 (FIPS 180-4) of bytes that come in pieces.
 *
 * A struct hash is plain data: it can be copied, and each copy continues on its own. The
 * text of hash_save() can be loaded in another process, for the next part of an upload. */
#ifndef IMAGE_HASH_H
#define IMAGE_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum hash_kind { HASH_SHA256, HASH_SHA512 };

#define HASH_SHA256_HEX_SIZE 65 /* 64 digits and a NUL */
#define HASH_SHA384_HEX_SIZE 97
#define HASH_HEX_SIZE        129 /* the longest: of SHA-512 */

struct hash {
	enum hash_kind kind;
	uint64_t state[28]; /* OpenSSL's own */
};

void hash_begin(struct hash *h, enum hash_kind kind);
void hash_add(struct hash *h, const void *p, size_t n);

/* Writes the sum in hexadecimal digits with a NUL: HASH_SHA256_HEX_SIZE bytes, or
 * HASH_HEX_SIZE for SHA-512. h must not be used afterwards. */
void hash_end(struct hash *h, char *hex);

/* The same for bytes in one piece. */
void hash_of(enum hash_kind kind, struct str s, char *hex);

/* SHA-384 of bytes in one piece, in hexadecimal digits with a NUL: HASH_SHA384_HEX_SIZE bytes.
 * Only an id of images for Windows needs it (v1chain.c); berth computes no digests of this kind. */
void hash_sha384(struct str s, char *hex);

/* The state of an unfinished hash in hexadecimal digits. The format is that of Go's
 * encoding.BinaryMarshaler, which distribution writes to hashstates/: a magic word, the
 * words of the state, the block that is not yet full, padded with zeros, the length. */
const char *hash_save(const struct hash *h, struct arena *a);

/* Restores a state. False: the text is not one of hash_save(). */
bool hash_load(struct hash *h, struct str text);

#endif
