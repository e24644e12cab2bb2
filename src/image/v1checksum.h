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
	V1CHECKSUM_SIMPLE, /* SHA-256 of the json, "\n" and the layer's bytes, in `hex` */
	V1CHECKSUM_TARSUM, /* of the archive's content (tarsum.h) */
	V1CHECKSUM_OTHER,  /* `a:b`, but of an unknown algorithm: never right */
	V1CHECKSUM_BAD     /* not even `a:b` */
};

struct v1checksum {
	enum v1checksum_kind kind;
	char hex[HASH_SHA256_HEX_SIZE];
	struct str text; /* as the client sent it */
};

struct v1checksum v1checksum_parse(struct str text);

/* The value that a push with this checksum waits for: the digits of a simple one, the text
 * of a tarsum. Empty: no layer can be right. It may be used in a file name. */
struct str v1checksum_wanted(const struct v1checksum *sum);

/* Begins a simple checksum with the json and the newline. hash_add() adds the layer. */
void v1checksum_begin(struct hash *h, struct str json);

/* Is it the simple checksum of the json and a layer of 0 bytes? */
bool v1checksum_is_of_empty_layer(struct v1checksum sum, struct str json);

#endif
