/* tag.c: see tag.h. */
#include "store/tag.h"

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

static enum result
read_current(const struct store *st, struct arena *a, const char *tags,
    const char *tag, struct digest *out, struct err *err)
{
	return link_read(st, a, current_dir(a, tags, tag), out, err);
}

enum result
store_tag_get(const struct store *st, struct arena *a, const char *name,
    const char *tag, struct digest *out, struct err *err)
{
	return or_unknown(link_find(
	    st, a, current_dir(a, layout_tags(a, name), tag), NULL, out, err));
}

enum result
store_tag_put(struct store *st, struct arena *a, const char *name, const char *tag,
    const struct digest *to, struct err *err)
{
	const char *dir = arena_printf(a, "%s/%s", layout_tags(a, name), tag);
	enum result r;

	r = link_write(st, a,
	    arena_printf(a, "%s/index/%s/%s", dir, digest_algorithm(to), to->hex),
	    to, err);
	if (r == RC_OK)
		r = link_write(st, a, arena_printf(a, "%s/current", dir), to, err);
	return r;
}

enum result
store_tag_remove(struct store *st, struct arena *a, const char *name,
    const char *tag, struct err *err)
{
	return or_unknown(io_remove_dir(st, layout_tags(a, name), tag, err));
}

/* ---- the last one ---- */

struct last {
	const char *end; /* the name must come before; NULL: any will do */
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
last_name(const struct store *st, struct arena *a, const char *tags,
    const char *end, const char **out, struct err *err)
{
	struct last last = {end, ""};
	enum result r = listing_each(st, tags, see_name, &last, err);

	if (r == RC_OK && last.name[0] == '\0')
		r = err_set(err, RC_MANIFEST_UNKNOWN, "no tag");
	*out = arena_strdup(a, last.name);
	return r;
}

enum result
store_tag_last(const struct store *st, struct arena *a, const char *name,
    const char **tag, struct digest *out, struct err *err)
{
	const char *tags = layout_tags(a, name);
	enum result r;

	*tag = NULL;
	do {
		r = last_name(st, a, tags, *tag, tag, err);
		if (r == RC_OK)
			r = read_current(st, a, tags, *tag, out, err);
	} while (r == RC_NOT_FOUND);
	return r;
}

/* ---- all of them ---- */

struct tags {
	const struct store *st;
	struct arena *arena; /* cleared a tag */
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
	struct digest d;
	enum result r;

	if (!reference_is_tag(str_of(tag)))
		return true;
	arena_clear(t->arena);
	r = read_current(t->st, t->arena, t->dir, tag, &d, t->err);
	if (r == RC_OK)
		return t->visit(t->arg, tag, &d);
	if (r != RC_NOT_FOUND)
		t->result = r;
	return r == RC_NOT_FOUND;
}

enum result
store_tag_each(const struct store *st, const char *name, const char *after,
    bool (*visit)(void *arg, const char *tag, const struct digest *d), void *arg,
    struct err *err)
{
	struct arena *a = arena_new();
	struct tags t = {
	    st, arena_new(), layout_tags(a, name), visit, arg, RC_OK, err};
	enum result r = listing_in_order(
	    st, (struct listing_from){t.dir, after}, see_tag, &t, err);

	arena_free(t.arena);
	arena_free(a);
	return r == RC_OK ? t.result : r;
}
