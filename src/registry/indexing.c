/* indexing.c: see indexing.h. */
#include "registry/indexing.h"

#include <string.h>

#include "base/log.h"
#include "image/v1name.h"
#include "registry/description.h"
#include "registry/layouts.h"
#include "store/guard.h"

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
indexing_update(struct registry *reg, struct arena *a, const char *name,
    struct index_change *change)
{
	struct index_change nothing = {.n_tags = 0};
	struct err err;
	enum result r;

	r = enter(reg, a, name, change == NULL ? &nothing : change, &err);
	if (r == RC_OK)
		return;
	log_line(LOG_ERROR, "index.write", "error=%s reason=%s repository=%s",
	    err_name(r), log_value(a, err.text), log_value(a, name));
	indexing_request_rebuild(reg);
}

/* Takes one guard at a time: there is no order in which two names could be locked. */
static void
update_alone(struct registry *reg, struct arena *a, const char *name)
{
	struct guard lock = {0};
	struct err err;

	if (guard_take(reg->store, GUARD_REPOSITORY, name, &lock, &err) == RC_OK)
		indexing_update(reg, a, name, NULL);
	else
		indexing_request_rebuild(reg);
	guard_release(&lock);
}

void
indexing_update_aliases(
    struct registry *reg, struct arena *a, const struct v1name *name)
{
	update_alone(reg, a, v1name_full(a, name));
	if (strcmp(name->ns, V1NAME_DEFAULT_NAMESPACE) == 0)
		update_alone(reg, a, name->repo);
}

void
indexing_request_rebuild(struct registry *reg)
{
	if (reg->index_lost != NULL)
		reg->index_lost(reg->arg);
}
