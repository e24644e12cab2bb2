/* indexing.h: what the index says of a repository. Derived from the store alone, so
 * that a push and a rebuild agree. */
#ifndef REGISTRY_INDEXING_H
#define REGISTRY_INDEXING_H

#include "base/arena.h"
#include "base/err.h"
#include "image/v1name.h"
#include "index/index.h"
#include "registry/registry.h"
#include "store/guard.h"

/* Makes the index agree with what the store holds under the name: the repository with its
 * description and with `change` (change->repository is filled in here; NULL: no other
 * change), or its absence. held: GUARD_REPOSITORY of the name. What fails is logged and
 * reported to index_lost, never to the client. */
void indexing_update(struct registry *reg, struct arena *a,
    const struct guard *held, const char *name, struct index_change *change);

/* The same of a name of API v1 whose privacy or description has changed: "library/x" is
 * "x" to API v2, with the same description and privacy. Takes the guard itself. */
void indexing_update_aliases(
    struct registry *reg, struct arena *a, const struct v1name *name);

/* A verb was cut off half-way: the index is brought up to what the store holds now, by
 * whoever hears index_lost. */
void indexing_request_rebuild(struct registry *reg);

#endif
