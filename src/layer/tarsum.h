/* tarsum.h: the checksum of what a layer holds, whatever packed it: "tarsum+sha256:...",
 * "tarsum.v1+sha256:..." and "tarsum.dev+sha256:...".
 *
 * An entry's sum is SHA-256 of its header's members, a name and a value each (v1 and dev:
 * no mtime, but xattrs), and its content; the tarsum is SHA-256 of the image's json and
 * the entries' sums in hexadecimal digits, sorted. docker and docker-registry differed in
 * what they make of two entries with one name, and of a mode's type bits: a sum that
 * either of them computes is right. */
#ifndef LAYER_TARSUM_H
#define LAYER_TARSUM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "layer/tar.h"

/* Is `given`, the whole text of it, the tarsum of this layer? *right. RC_BAD_CHECKSUM: no text
 * of a tarsum, or of an algorithm or version that nobody computes; and as of tar_walk(). */
enum result tarsum_check(struct str json, struct str given,
    const struct source *layer, bool *right, struct err *err);

/* The same, with any of n json: *which it is, or n. The layer is walked once. */
enum result tarsum_find(const struct str *json, size_t n, struct str given,
    const struct source *layer, size_t *which, struct err *err);

#endif
