/* indexing.c: see indexing.h. */
#include "registry/indexing.h"

#include <assert.h>

#include "base/log.h"
#include "image/reference.h"
#include "registry/description.h"
#include "registry/layouts.h"
#include "store/mark.h"

/* A repository whose description cannot be read is entered without it. The result is then the
 * error of the description, so the caller marks the repository to be read again. */
static enum result
enter_repository(
    const struct task *t, const char *name, struct index_change *change)
{
	struct layouts_found found;
	enum result described, r = layouts_find(t, name, &found);

	if (r != RC_OK)
		return r;
	if (!found.v1 && !found.v2)
		return index_drop_repository(t->reg->index, found.row.name, t->err);
	described = description_text(t, &found, &found.row.description);
	change->repository = found.row;
	r = index_put(t->reg->index, change, t->err);
	return r == RC_OK ? described : r;
}

static void
report_missed(const struct task *t, bool all)
{
	if (t->reg->index_lost != NULL)
		t->reg->index_lost(t->reg->arg, all);
}

void
indexing_update(const struct task *t, const struct guard *held, const char *name,
    struct index_change *change)
{
	struct index_change nothing = {.n_tags = 0};
	struct err err;
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, name));
	r = enter_repository(
	    task_with_err(t, &err), name, change == NULL ? &nothing : change);
	if (r == RC_OK)
		return;
	log_line(LOG_ERROR, "index.write", "error=%s reason=%s repository=%s",
	    err_name(r), log_value(t->arena, err.text), log_value(t->arena, name));
	if (r == RC_REBUILDING)
		report_missed(t, true);
	else
		indexing_mark(t, name);
}

void
indexing_update_aliases(const struct task *t, const struct v1name *name)
{
	const char *full = v1name_full(t->arena, name), *key = reference_key(full);
	struct guard held = {0};
	struct err err;

	if (guard_take(t->reg->store, GUARD_REPOSITORY, full, &held, &err) ==
	    RC_OK) {
		indexing_update(t, &held, full, NULL);
		if (key != full)
			indexing_update(t, &held, key, NULL);
	} else {
		indexing_mark(t, full);
		if (key != full)
			indexing_mark(t, key);
	}
	guard_release(&held);
}

void
indexing_mark(const struct task *t, const char *name)
{
	struct err err;
	enum result r = store_mark_set(t->reg->store, name, &err);

	if (r != RC_OK)
		log_line(LOG_WARN, "index.mark", "error=%s reason=%s repository=%s",
		    err_name(r), log_value(t->arena, err.text),
		    log_value(t->arena, name));
	report_missed(t, r != RC_OK);
}
