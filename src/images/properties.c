/* properties.c: see properties.h. */
#include "images/properties.h"

#include "registry/event.h"
#include "registry/indexing.h"
#include "store/description.h"
#include "store/guard.h"
#include "store/v1repo.h"

enum result
properties_get(
    const struct task *t, const struct v1name *name, struct properties *out)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, &repo, t->err);

	*out = (struct properties){false, {"", 0}};
	if (r == RC_OK)
		r = store_v1repo_is_private(&repo, &out->is_private, t->err);
	if (r == RC_OK)
		r = store_description_get(
		    t->reg->store, t->arena, name, &out->description, t->err);
	return r == RC_NOT_FOUND ? RC_OK : r;
}

static enum result
check_description(struct str text, struct err *err)
{
	size_t i;

	if (text.n > STORE_DESCRIPTION_MAX)
		return err_set(err, RC_BAD_DATA,
		    "a description has at most %zu bytes", STORE_DESCRIPTION_MAX);
	for (i = 0; i < text.n; i++)
		if (text.p[i] == '\0')
			return err_set(
			    err, RC_BAD_DATA, "a description is text, without NUL");
	return RC_OK;
}

static enum result
write_change(const struct task *t, const struct guard *held,
    const struct v1name *name, const struct properties_change *change)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, &repo, t->err);

	if (r == RC_OK && change->description != NULL)
		r = store_description_set(
		    t->reg->store, t->arena, name, *change->description, t->err);
	if (r == RC_OK && change->is_private != NULL)
		r = store_v1repo_set_private(
		    &repo, held, *change->is_private, t->err);
	return r;
}

static void
emit_change(
    const struct task *t, const char *name, const struct properties_change *change)
{
	struct event event = {.kind = EVENT_PROPERTIES, .repository = name};

	if (change->is_private != NULL)
		event.properties.access = *change->is_private ? "private"
							      : "public";
	event.properties.described = change->description != NULL;
	event_emit(t, &event);
}

enum result
properties_put(const struct task *t, const struct v1name *name,
    const struct properties_change *change)
{
	const char *full = v1name_full(t->arena, name);
	struct guard held = {0};
	enum result r = RC_OK;

	if (change->description != NULL)
		r = check_description(*change->description, t->err);
	if (r == RC_OK)
		r = guard_take(
		    t->reg->store, GUARD_REPOSITORY, full, &held, t->err);
	if (r == RC_OK) {
		r = write_change(t, &held, name, change);
		guard_release(&held);
		/* also of what failed half-way: it may be private by now */
		indexing_update_v1(t, name);
	}
	if (r == RC_OK)
		emit_change(t, full, change);
	return r;
}
