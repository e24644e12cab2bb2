/* v1checksum.h: checksums of registry v1, as clients write them in X-Docker-Checksum and
 * X-Docker-Checksum-Payload. */
#ifndef IMAGE_V1CHECKSUM_H
#define IMAGE_V1CHECKSUM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "image/hash.h"

enum v1checksum_kind {
	V1CHECKSUM_NONE, /* none was given */
	V1CHECKSUM_SIMPLE, /* sha256 of json, "\n" and the layer's bytes: `hex` holds it */
	V1CHECKSUM_TARSUM, /* of the archive's content, whatever packed it (tarsum.h) */
	V1CHECKSUM_OTHER, /* `a:b`, but of no kind that can ever be right */
	V1CHECKSUM_BAD    /* not even `a:b` */
};

struct v1checksum {
	enum v1checksum_kind kind;
	char hex[HASH_SHA256_HEX_SIZE];
	struct str text; /* as it was given */
};

struct v1checksum v1checksum_parse(struct str text);

/* What a push that was given this sum waits for: the hex of a simple one, the text of a
 * tarsum; empty: nothing can be right. It is fit to be a part of a file's name. */
struct str v1checksum_wanted(const struct v1checksum *sum);

/* Of json, a newline and what follows by hash_add(): the payload sum's beginning.
 */
void v1checksum_begin(struct hash *h, struct str json);

/* Is it the simple sum of the json and a layer of 0 bytes? */
bool v1checksum_is_of_empty_layer(struct v1checksum sum, struct str json);

#endif
