/* indexing.h: keeps the index in step with the store, one repository at a time. What is
 * entered is derived from the store alone, so a push and a rebuild enter the same. */
#ifndef REGISTRY_INDEXING_H
#define REGISTRY_INDEXING_H

#include "base/arena.h"
#include "base/err.h"
#include "image/v1name.h"
#include "index/index.h"
#include "registry/task.h"
#include "store/guard.h"

/* Makes the index agree with what the store holds under the name: the repository with its
 * description and with `change` (change->repository is filled in here; NULL: no other
 * change), or its absence. held: GUARD_REPOSITORY of the name. If it fails, the verb succeeds
 * all the same: the repository gets a mark, or the whole index is read again. */
void indexing_update(const struct task *t, const struct guard *held,
    const char *name, struct index_change *change);

/* The same for a name of API v1 whose privacy or description has changed: "library/x" is
 * "x" to API v2, with the same description and privacy. Takes the guard itself. */
void indexing_update_aliases(const struct task *t, const struct v1name *name);

/* The repository may have changed, and the index has missed it: the repository is looked at
 * again soon (reindex.h). If it cannot be marked, all are. */
void indexing_mark(const struct task *t, const char *name);

#endif
