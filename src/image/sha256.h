/* sha256.h: SHA-256 (FIPS 180-4) of bytes that come in pieces. */
#ifndef IMAGE_SHA256_H
#define IMAGE_SHA256_H

#include "base/arena.h"
#include "base/str.h"

#define SHA256_HEX_SIZE 65 /* 64 digits and a NUL */

struct sha256;

struct sha256 *sha256_new(struct arena *a);
void sha256_add(struct sha256 *h, const void *p, size_t n);

/* Writes the sum; h is used up. */
void sha256_end(struct sha256 *h, char hex[SHA256_HEX_SIZE]);

/* Of one piece. */
void sha256_of(struct str s, char hex[SHA256_HEX_SIZE]);

#endif
