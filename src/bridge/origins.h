/* origins.h: what the index says of counterparts: whether a repository has one, and of a digest,
 * what it is made of: ids of images of API v1, and digests of manifests of schema 1. Private to
 * this room. */
#ifndef BRIDGE_ORIGINS_H
#define BRIDGE_ORIGINS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "image/digest.h"
#include "registry/task.h"

/* Many images may have one layer. Any of them will do, so a few are enough, in case that one was
 * changed or removed. */
#define ORIGINS_MAX 16

struct origins {
	struct origin {
		const char *repository; /* of API v2 */
		const char *of;         /* the id or the digest */
	} list[ORIGINS_MAX];
	size_t n;
};

/* Is the key, a digest or the id of an image, a counterpart in the repository? RC_REBUILDING: the
 * index cannot answer now. */
enum result origins_has(
    const struct task *t, const char *repository, const char *key, bool *out);

/* In this repository; NULL: in all. RC_REBUILDING. */
enum result origins_find(const struct task *t, const char *repository,
    const struct digest *d, struct origins *out);

#endif
