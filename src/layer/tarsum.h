/* tarsum.h: the checksum of a layer's content, independent of its compression and of the
 * order of its entries: "tarsum+sha256:...", "tarsum.v1+sha256:..." and
 * "tarsum.dev+sha256:...".
 *
 * The sum of an entry is SHA-256 of the fields of its header, a name and a value each (v1 and
 * dev: no mtime, but xattrs), and of its content. The tarsum is SHA-256 of the image's json
 * and of the entries' sums in hexadecimal digits, sorted. docker and docker-registry differed
 * in two details (tarsum.c); a sum that either of them computes is accepted. */
#ifndef LAYER_TARSUM_H
#define LAYER_TARSUM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "layer/tar.h"

/* Sets *right: is `given`, the whole text, the tarsum of this layer? RC_BAD_CHECKSUM: it is
 * not a tarsum, or one of another algorithm or version. Other errors: those of tar_walk(). */
enum result tarsum_check(struct str json, struct str given,
    const struct source *layer, bool *right, struct err *err);

/* A tarsum, and n candidates for the json of its image. */
struct tarsum_search {
	struct str given;
	const struct str *json;
	size_t n;
};

/* The same for several candidates: *which is the index of the json with which the tarsum is
 * right, or n. The layer is read once. */
enum result tarsum_find(const struct tarsum_search *search,
    const struct source *layer, size_t *which, struct err *err);

#endif
