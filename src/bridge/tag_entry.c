/* tag_entry.c: see tag_entry.h. */
#include "bridge/tag_entry.h"

#include <string.h>

#include "bridge/origins.h"
#include "registry/indexing.h"
#include "store/guard.h"

const char *
tag_entry_origin(const struct task *t, const struct tag_entry *e)
{
	return e->is.in == PAIR_V1 ? e->is.image
				   : digest_text(t->arena, &e->is.digest);
}

bool
tag_entry_is_there(const struct task *t, const struct tag_entry *e,
    const struct counterpart_image *image)
{
	const char *origin = tag_entry_origin(t, e);
	struct origins origins;
	size_t i;

	if (origins_find(
		task_quiet(t), e->repository, &image->manifest, &origins) != RC_OK)
		return true;
	for (i = 0; i < origins.n; i++)
		if (strcmp(origins.list[i].of, origin) == 0)
			return true;
	return origins.n == ORIGINS_MAX;
}

static bool
is_same(const struct pair_tag *a, const struct pair_tag *b)
{
	if (a->in != b->in)
		return false;
	return a->in == PAIR_V1 ? strcmp(a->image, b->image) == 0
				: digest_eq(&a->digest, &b->digest);
}

/* The tag may have been moved or removed since it was read, and the repository too. */
static enum result
update(const struct task *t, const struct guard *held, const struct tag_entry *e)
{
	const struct str name = str_of(e->tag);
	struct indexing_change change = {.tags = &name, .n_tags = 1};
	struct pair_tag now;
	struct pair pair;
	enum result r = pair_of_v2(t, e->repository, &pair);

	if (e->is.in == PAIR_V1)
		change.image = e->is.image;
	else
		change.manifest = &e->is.digest;
	if (r == RC_OK)
		r = pair_tag_get(t, &pair, e->tag, &now);
	if (r == RC_OK && is_same(&now, &e->is))
		indexing_update(t, held, &pair, &change);
	return r == RC_TAG_UNKNOWN ? RC_OK : r;
}

enum result
tag_entry_put(const struct task *t, const struct tag_entry *e)
{
	struct guard held = {0};
	enum result r = guard_take(
	    t->reg->store, GUARD_REPOSITORY, e->repository, &held, t->err);

	if (r == RC_OK)
		r = update(t, &held, e);
	guard_release(&held);
	if (r != RC_OK)
		indexing_mark(t, e->repository);
	return r;
}
