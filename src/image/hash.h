/* hash.h: SHA-256 and SHA-512 (FIPS 180-4) of bytes that come in pieces.
 *
 * A struct hash is plain data: a copy of it goes its own way, and what hash_save()
 * wrote goes on in another process. */
#ifndef IMAGE_HASH_H
#define IMAGE_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum hash_kind { HASH_SHA256, HASH_SHA512 };

#define HASH_SHA256_HEX_SIZE 65  /* 64 digits and a NUL */
#define HASH_HEX_SIZE        129 /* the longest: of SHA-512 */

struct hash {
	enum hash_kind kind;
	uint64_t state[28]; /* OpenSSL's own */
};

void hash_begin(struct hash *h, enum hash_kind kind);
void hash_add(struct hash *h, const void *p, size_t n);

/* Writes the sum in hexadecimal digits: HASH_SHA256_HEX_SIZE bytes, or HASH_HEX_SIZE for
 * SHA-512; h is used up. */
void hash_end(struct hash *h, char *hex);

/* Of one piece. */
void hash_of(enum hash_kind kind, struct str s, char *hex);

/* The state of a hash that is not at its end, in hexadecimal digits of the form that
 * Go's encoding.BinaryMarshaler gives it, as distribution's hashstates/ has it: a
 * magic word, the words of the state, the open block padded with zeros, the length. */
const char *hash_save(const struct hash *h, struct arena *a);

/* False: no such text. */
bool hash_load(struct hash *h, struct str text);

#endif
