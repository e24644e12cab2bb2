/* indexing.c: see indexing.h. */
#include "registry/indexing.h"

#include <assert.h>

#include "base/log.h"
#include "image/reference.h"
#include "registry/description.h"
#include "registry/layouts.h"

static enum result
enter(struct registry *reg, struct arena *a, const char *name,
    struct index_change *change, struct err *err)
{
	struct index_repository *repository = &change->repository;
	enum result r = layouts_find(reg, a, name, repository, err);

	if (r != RC_OK)
		return r;
	if (!repository->v1 && !repository->v2)
		return index_drop_repository(reg->index, repository->name, err);
	repository->description = description_text(reg, a, repository);
	return index_put(reg->index, change, err);
}

void
indexing_update(struct registry *reg, struct arena *a, const struct guard *held,
    const char *name, struct index_change *change)
{
	struct index_change nothing = {.n_tags = 0};
	struct err err;
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, name));
	r = enter(reg, a, name, change == NULL ? &nothing : change, &err);
	if (r == RC_OK)
		return;
	log_line(LOG_ERROR, "index.write", "error=%s reason=%s repository=%s",
	    err_name(r), log_value(a, err.text), log_value(a, name));
	indexing_request_rebuild(reg);
}

void
indexing_update_aliases(
    struct registry *reg, struct arena *a, const struct v1name *name)
{
	const char *full = v1name_full(a, name), *key = reference_key(full);
	struct guard held = {0};
	struct err err;

	if (guard_take(reg->store, GUARD_REPOSITORY, full, &held, &err) == RC_OK) {
		indexing_update(reg, a, &held, full, NULL);
		if (key != full)
			indexing_update(reg, a, &held, key, NULL);
	} else {
		indexing_request_rebuild(reg);
	}
	guard_release(&held);
}

void
indexing_request_rebuild(struct registry *reg)
{
	if (reg->index_lost != NULL)
		reg->index_lost(reg->arg);
}
