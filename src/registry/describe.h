/* describe.h: what the index says of a repository. Derived from the store alone, so
 * that a push and a rebuild agree. */
#ifndef REGISTRY_DESCRIBE_H
#define REGISTRY_DESCRIBE_H

#include "base/arena.h"
#include "base/err.h"
#include "image/name.h"
#include "registry/registry.h"

/* Brings the index up to what the store holds under the name: described by the
 * comment of the image tagged "latest", or not there. The caller holds
 * LOCK_REPOSITORY. What fails is logged and reported to index_lost, never to the
 * client. */
void describe_repository(
    struct registry *reg, struct arena *a, const struct repo_name *name);

/* For the rebuild: the description alone. Empty where there is none to be had. */
struct str describe_text(
    struct registry *reg, struct arena *a, const struct repo_name *name);

#endif
