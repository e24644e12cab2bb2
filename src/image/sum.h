/* sum.h: checksums of registry v1, as clients write them in X-Docker-Checksum and
 * X-Docker-Checksum-Payload. */
#ifndef IMAGE_SUM_H
#define IMAGE_SUM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "image/hash.h"

enum sum_kind {
	SUM_NONE,   /* none was given */
	SUM_SIMPLE, /* sha256 of json, "\n" and the layer's bytes: `hex` holds it */
	SUM_TARSUM, /* of the archive's content, whatever packed it (tarsum.h) */
	SUM_OTHER,  /* `a:b`, but of no kind that can ever be right */
	SUM_BAD     /* not even `a:b` */
};

struct sum {
	enum sum_kind kind;
	char hex[SHA256_HEX_SIZE];
	struct str text; /* as it was given */
};

struct sum sum_parse(struct str text);

/* What a push that was given this sum waits for: the hex of a simple one, the text of a
 * tarsum; empty: nothing can be right. It is fit to be a part of a file's name. */
struct str sum_wanted(const struct sum *sum);

/* Of json, a newline and what follows by hash_add(): the payload sum's beginning.
 */
void sum_begin(struct hash *h, struct str json);

/* Is it the simple sum of the json and a layer of 0 bytes? */
bool sum_is_of_nothing(struct sum sum, struct str json);

#endif
