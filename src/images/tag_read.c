/* tag_read.c: tag_list() and tag_get() of tag.h: what tags mean for API v1.
 *
 * Three lists become one: the tags of API v1 in the store; those of API v2 that the index knows
 * with the id of their image; those that only the upstream has. A tag that is in several is shown
 * once, and that of API v2 counts before that of API v1 (registry/pair.h). */
#include "images/tag.h"

#include <string.h>

#include "base/json.h"
#include "base/vec.h"
#include "bridge/to_v1.h"
#include "image/reference.h"
#include "images/access.h"
#include "mirror/mirror.h"
#include "registry/pair.h"
#include "registry/v1image.h"
#include "store/v1image.h"
#include "store/v1tag.h"

static enum result
find_repository(const struct task *t, const struct v1name *name, struct pair *out)
{
	bool there = false;
	enum result r = pair_of_v1(t, name, out);

	if (r == RC_OK)
		r = pair_exists(t, out, &there);
	if (r == RC_OK && !there)
		return err_set(t->err, RC_REPOSITORY_UNKNOWN, "no such repository");
	return r;
}

/* What the tag means for API v1: in either layout. */
static enum result
image_of_tag(
    const struct task *t, const struct pair *p, const char *tag, const char **id)
{
	struct pair_tag found;
	enum result r = pair_tag_get(t, p, tag, &found);

	if (r == RC_OK && found.in == PAIR_V2)
		return to_v1_tag(t, p, tag, &found.digest, id);
	if (r == RC_OK)
		*id = found.image;
	return r;
}

/* RC_TAG_UNKNOWN: it is not a tag of this registry. RC_NOT_BRIDGED: it is, but API v1 cannot
 * have its image. */
static enum result
own_tag(const struct task *t, const struct v1name *name, const char *tag,
    const char **id)
{
	struct pair p;
	enum result r = pair_of_v1(t, name, &p);

	return r == RC_OK ? image_of_tag(t, &p, tag, id) : r;
}

/* ---- tags of the upstream ---- */

static enum result
upstream_tags(const struct task *t, const struct v1name *name, struct json **out)
{
	struct str text;
	const char *why;
	enum result r = mirror_tags(t, name, &text);

	if (r == RC_OK && !json_parse(t->arena, text, out, &why))
		return err_set(t->err, RC_UPSTREAM, "the upstream's tags: %s", why);
	return r;
}

static enum result
upstream_tag(const struct task *t, const struct v1name *name, const char *tag,
    const char **id)
{
	struct json *tags;
	struct str text;
	enum result r = upstream_tags(t, name, &tags);

	if (r != RC_OK)
		return r == RC_REPOSITORY_UNKNOWN ? RC_TAG_UNKNOWN : r;
	text = json_text(json_get(tags, tag));
	if (!v1name_is_image_id(text))
		return err_set(t->err, RC_TAG_UNKNOWN,
		    "neither this registry nor the upstream has the tag");
	*id = str_dup(t->arena, text);
	return RC_OK;
}

/* ---- the list ---- */

/* In byte order. The first `passed` of them are less than all that is still to come. */
struct names {
	const char **items;
	size_t n, capacity, passed;
};

struct listing {
	const struct task *task;
	const struct v1name *name;
	const struct pair *pair; /* of that name */
	bool has_v2;             /* has the pair any manifest of API v2? */
	struct names shown;      /* only if it has */
	tag_visit *visit;
	void *arg;
	struct arena *scratch; /* cleared for each tag */
	struct doubted *doubted;
	size_t n_doubted, room;
	bool ended; /* visit wants no more */
	enum result r;
};

/* A tag of API v2 for whose image there is also one of API v1. */
struct doubted {
	const char *tag, *id;
};

static bool
show(void *arg, const char *tag, const char *id)
{
	struct listing *l = arg;

	l->ended = !l->visit(l->arg, tag, id);
	return !l->ended;
}

static void
note_shown(struct listing *l, const char *tag)
{
	struct arena *a = l->task->arena;
	struct names *s = &l->shown;

	s->items = vec_grow(a, s->items, s->n, &s->capacity, sizeof(*s->items));
	s->items[s->n++] = arena_strdup(a, tag);
}

/* The index says a little later than the store that a tag has moved from one layout into the
 * other: a tag that was shown as one of API v1 is not shown again. */
static bool
was_shown(struct names *s, const char *tag)
{
	while (s->passed < s->n && strcmp(s->items[s->passed], tag) < 0)
		s->passed++;
	return s->passed < s->n && strcmp(s->items[s->passed], tag) == 0;
}

/* One that is in both layouts is shown as that of API v2. */
static bool
show_v1(void *arg, const char *tag, const char *id)
{
	struct listing *l = arg;
	struct pair_tag found = {.in = PAIR_V1};

	arena_clear(l->scratch);
	if (l->has_v2)
		l->r = pair_tag_get(
		    task_with_arena(l->task, l->scratch), l->pair, tag, &found);
	if (l->r == RC_TAG_UNKNOWN) { /* removed just now */
		l->r = RC_OK;
		return true;
	}
	if (l->r != RC_OK)
		return false;
	if (found.in == PAIR_V2)
		return true;
	if (l->has_v2 && reference_is_tag(str_of(tag)))
		note_shown(l, tag);
	return show(l, tag, id);
}

static void
doubt(struct listing *l, const char *tag, const char *id)
{
	struct arena *a = l->task->arena;

	l->doubted = vec_grow(
	    a, l->doubted, l->n_doubted, &l->room, sizeof(*l->doubted));
	l->doubted[l->n_doubted++] = (struct doubted){
	    arena_strdup(a, tag), arena_strdup(a, id)};
}

/* The index has the id that was derived when the tag was pushed. If API v1 has an image with this
 * id, berth has kept it, or another server, which knows nothing of derived ids, was sent it: then
 * the tag has no image. */
static bool
show_v2(void *arg, const char *tag, const char *id)
{
	struct listing *l = arg;
	enum store_v1image_state state;
	struct store_v1image im;

	if (was_shown(&l->shown, tag))
		return true;
	arena_clear(l->scratch);
	im = v1image_of(task_with_arena(l->task, l->scratch), id);
	l->r = store_v1image_state(&im, &state, l->task->err);
	if (l->r != RC_OK)
		return false;
	if (state != STORE_V1IMAGE_COMPLETE)
		return show(l, tag, id);
	doubt(l, tag, id);
	return true;
}

/* This reads manifests and configs: once for an id that comes several times in a row. */
static enum result
show_doubted(struct listing *l)
{
	const char *good = "", *now;
	const struct doubted *one = l->doubted;
	const struct task *t;
	enum result r = RC_OK;

	for (; r == RC_OK && one < l->doubted + l->n_doubted && !l->ended; one++) {
		arena_clear(l->scratch);
		t = task_with_arena(l->task, l->scratch);
		now = good;
		if (strcmp(one->id, good) != 0)
			r = image_of_tag(t, l->pair, one->tag, &now);
		if (r == RC_OK && strcmp(now, one->id) == 0)
			good = one->id;
		if (r == RC_OK)
			(void)show(l, one->tag, now);
		else if (r == RC_NOT_BRIDGED || r == RC_TAG_UNKNOWN)
			r = RC_OK;
	}
	return r;
}

static enum result
list_v2(struct listing *l)
{
	enum result r = to_v1_tags(l->task, l->pair, show_v2, l);

	if (r == RC_OK)
		r = l->r;
	return r == RC_OK && !l->ended ? show_doubted(l) : r;
}

static enum result
list_own(struct listing *l)
{
	const struct task *t = l->task;
	enum result r = pair_has_v2(t, l->pair, &l->has_v2);

	if (r == RC_OK && l->pair->v1 != NULL)
		r = store_v1tag_each(&l->pair->v1repo, show_v1, l, t->err);
	if (r == RC_OK)
		r = l->r;
	return r == RC_OK && l->has_v2 && !l->ended ? list_v2(l) : r;
}

/* A tag of both means what it means here. */
static bool
show_upstream(void *arg, const char *tag, const struct json *id)
{
	struct listing *l = arg;
	struct pair_tag own;
	enum result r;

	arena_clear(l->scratch);
	r = pair_tag_get(task_with_arena(l->task, l->scratch), l->pair, tag, &own);
	if (r == RC_OK)
		return true;
	if (r != RC_TAG_UNKNOWN) {
		l->r = r;
		return false;
	}
	return show(l, tag, str_dup(l->scratch, json_text(id)));
}

static enum result
list_upstream(struct listing *l)
{
	struct json *tags;
	enum result r = upstream_tags(l->task, l->name, &tags);

	if (r != RC_OK)
		return r;
	json_members(tags, show_upstream, l);
	return RC_OK;
}

/* A list of the own tags is useful even if the upstream does not answer. */
static enum result
list_all(struct listing *l)
{
	const struct task *t = l->task;
	struct pair pair;
	enum result there, r = find_repository(t, l->name, &pair);

	l->pair = &pair;
	if (r == RC_OK)
		r = list_own(l);
	if ((r != RC_OK && r != RC_REPOSITORY_UNKNOWN) || l->ended ||
	    !mirror_may_ask(t))
		return r;
	there = list_upstream(l);
	if (l->r != RC_OK)
		return l->r;
	return r == RC_OK ? RC_OK : there;
}

enum result
tag_list(
    const struct task *t, const struct v1name *name, tag_visit *visit, void *arg)
{
	struct listing l = {.task = t,
	    .name = name,
	    .visit = visit,
	    .arg = arg,
	    .scratch = arena_new(),
	    .r = RC_OK};
	enum result r = list_all(&l);

	arena_free(l.scratch);
	return r == RC_OK ? access_note_granted(t) : r;
}

enum result
tag_get(const struct task *t, const struct v1name *name, const char *tag,
    const char **id)
{
	enum result r = own_tag(t, name, tag, id);

	if (r == RC_TAG_UNKNOWN && mirror_may_ask(t))
		r = upstream_tag(t, name, tag, id);
	return r == RC_OK ? access_note_granted(t) : r;
}
