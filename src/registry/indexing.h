/* indexing.h: keeps the index in step with the store, one repository at a time. What is
 * entered is derived from the store alone, so a push and a rebuild enter the same. */
#ifndef REGISTRY_INDEXING_H
#define REGISTRY_INDEXING_H

#include "base/arena.h"
#include "base/err.h"
#include "image/digest.h"
#include "image/v1name.h"
#include "index/index.h"
#include "registry/pair.h"
#include "registry/task.h"
#include "store/guard.h"

/* What a verb has changed in a repository. Members that are not set change nothing. */
struct indexing_change {
	const struct str *tags; /* that were set, all of them to one image: */
	size_t n_tags;
	const struct digest *manifest; /* of API v2; NULL: */
	const char *image;             /* of API v1, its id */

	const struct str *dropped_tags; /* that are in neither layout any more */
	size_t n_dropped_tags;
	const struct index_referrer *referrer; /* that is there now; NULL */
	const struct digest *dropped_manifest; /* of API v2, that is gone; NULL */
	const char
	    *dropped_image; /* of API v1, whose form in API v2 is gone; NULL */
};

/* Makes the index agree with what the store holds of the repository, in both layouts: its rows
 * (under the name of each API), with their descriptions, the change, and what the image has in the
 * other API (counterpart.h), as far as it was made; or its absence. change: NULL is none. held:
 * GUARD_REPOSITORY. If it fails, the verb succeeds all the same: the repository gets a mark, or
 * the whole index is read again. */
void indexing_update(const struct task *t, const struct guard *held,
    const struct pair *p, const struct indexing_change *change);

/* The same without a change, for a name of API v1 whose privacy or description has changed. Takes
 * the guard itself. */
void indexing_update_v1(const struct task *t, const struct v1name *name);

/* The repository of this name, of either API, may have changed, and the index has missed it: the
 * repository is looked at again soon (reindex.h). If it cannot be marked, all are. */
void indexing_mark(const struct task *t, const char *name);

#endif
