/* tag.c: see store/tag.h.
 *
 * The order of the durable steps of a tag:
 *	T1 _manifests/tags/<tag>/index/<alg>/<hex>/link
 *	T2 _manifests/tags/<tag>/current/link
 * A tag without `current` does not exist: T1 alone was written, here or by an old server that
 * was killed. Distribution keeps in `index` what a tag has meant; nothing reads it. A removal
 * takes the whole directory away at once. Nothing but tags is ever put into `tags/`,
 * because an old server takes each entry for one. */
#include "store/tag.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "image/reference.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/link.h"
#include "storefs/listing.h"

/* ---- one tag ---- */

static enum result
or_unknown(enum result r)
{
	return r == RC_NOT_FOUND ? RC_MANIFEST_UNKNOWN : r;
}

static const char *
current_dir(struct arena *a, const char *tags, const char *tag)
{
	return arena_printf(a, "%s/%s/current", tags, tag);
}

enum result
store_tag_get(const struct store_repository *in, const char *tag,
    struct digest *out, struct err *err)
{
	const char *tags = layout_tags(in->arena, in->name);

	return or_unknown(
	    link_find(in, current_dir(in->arena, tags, tag), NULL, out, err));
}

enum result
store_tag_put(const struct store_repository *in, const struct guard *held,
    const char *tag, const struct digest *to, struct err *err)
{
	const char *tags = layout_tags(in->arena, in->name);
	const char *index = arena_printf(in->arena, "%s/%s/index", tags, tag);
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, in->name));
	r = link_write(in, layout_below(in->arena, index, to), to, err);
	if (r == RC_OK)
		r = link_write(in, current_dir(in->arena, tags, tag), to, err);
	return r;
}

enum result
store_tag_remove(const struct store_repository *in, const struct guard *held,
    const char *tag, struct err *err)
{
	assert(guard_covers(held, GUARD_REPOSITORY, in->name));
	return or_unknown(
	    io_remove_dir(in->store, layout_tags(in->arena, in->name), tag, err));
}

/* ---- the last one ---- */

struct last {
	const char *end; /* only names before it count; NULL: all do */
	char name[REFERENCE_TAG_MAX + 1];
};

static bool
see_name(void *arg, const char *name)
{
	struct last *last = arg;

	if (reference_is_tag(str_of(name)) && strcmp(name, last->name) > 0 &&
	    (last->end == NULL || strcmp(name, last->end) < 0))
		(void)snprintf(last->name, sizeof(last->name), "%s", name);
	return true;
}

/* The last name before `end`: one pass, and no sorting. */
static enum result
last_name(const struct store_repository *in, const char *tags, const char *end,
    const char **out, struct err *err)
{
	struct last last = {end, ""};
	enum result r = listing_each(in->store, tags, see_name, &last, err);

	if (r == RC_OK && last.name[0] == '\0')
		r = err_set(err, RC_MANIFEST_UNKNOWN, "the repository has no tags");
	*out = arena_strdup(in->arena, last.name);
	return r;
}

/* A name without `current` is passed over. */
enum result
store_tag_last(const struct store_repository *in, const char **tag,
    struct digest *out, struct err *err)
{
	const char *tags = layout_tags(in->arena, in->name);
	enum result r;

	*tag = NULL;
	do {
		r = last_name(in, tags, *tag, tag, err);
		if (r == RC_OK)
			r = link_read(
			    in, current_dir(in->arena, tags, *tag), out, err);
	} while (r == RC_NOT_FOUND);
	return r;
}

/* ---- all of them ---- */

struct tags {
	struct store *st;
	struct arena *arena; /* cleared before each tag */
	const char *dir;
	bool (*visit)(void *arg, const char *tag, const struct digest *d);
	void *arg;
	enum result result;
	struct err *err;
};

static bool
see_tag(void *arg, const char *tag)
{
	struct tags *t = arg;
	const struct store_repository in = {.store = t->st, .arena = t->arena};
	struct digest d;
	enum result r;

	if (!reference_is_tag(str_of(tag)))
		return true;
	arena_clear(t->arena);
	r = link_read(&in, current_dir(t->arena, t->dir, tag), &d, t->err);
	if (r == RC_OK)
		return t->visit(t->arg, tag, &d);
	if (r != RC_NOT_FOUND)
		t->result = r;
	return r == RC_NOT_FOUND;
}

enum result
store_tag_each(const struct store_repository *in, const char *after,
    bool (*visit)(void *arg, const char *tag, const struct digest *d), void *arg,
    struct err *err)
{
	struct tags t = {in->store, arena_new(), layout_tags(in->arena, in->name),
	    visit, arg, RC_OK, err};
	enum result r = listing_in_order(
	    in->store, (struct listing_from){t.dir, after}, see_tag, &t, err);

	arena_free(t.arena);
	return r == RC_OK ? t.result : r;
}
