/* to_v1_find.h: finds images of API v1 that repositories have through API v2. Private to this
 * room. */
#ifndef BRIDGE_TO_V1_FIND_H
#define BRIDGE_TO_V1_FIND_H

#include "base/err.h"
#include "image/digest.h"
#include "image/v1chain.h"
#include "registry/task.h"

struct to_v1_found {
	const char *repository; /* its name in API v2 */
	struct v1chain chain;
	size_t at; /* where in the chain the image is */
};

/* In a repository that the caller may see: a private one is hidden from a caller whose token names
 * another one, as in images/access.h. RC_IMAGE_UNKNOWN, RC_REBUILDING, RC_BUSY. */
enum result to_v1_find(
    const struct task *t, const char *id, struct to_v1_found *out);

/* As counterpart_chain(); the schema 2 form of a manifest of schema 1 is made, if it was not
 * made yet. */
enum result to_v1_chain(const struct task *t, const char *name,
    const struct digest *d, struct v1chain *out);

#endif
