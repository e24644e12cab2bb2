/* tag.c: see tag.h. */
#include "images/tag.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/vec.h"
#include "bridge/to_v1.h"
#include "image/reference.h"
#include "image/tagmeta.h"
#include "images/access.h"
#include "mirror/mirror.h"
#include "registry/event.h"
#include "registry/indexing.h"
#include "registry/pair.h"
#include "registry/v1image.h"
#include "store/bridge.h"
#include "store/guard.h"
#include "store/v1image.h"
#include "store/v1push.h"
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

/* ---- to read ---- */

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

/* ---- to write ---- */

/* Is the image complete, and durably so? Another push may have completed it just now. */
static enum result
check_complete(const struct task *t, const char *id)
{
	const struct store_v1image im = v1image_of(t, id);
	enum result r = v1image_check(t, id);

	return r == RC_OK ? store_v1push_sync(&im, t->err) : r;
}

/* The image and all below it are there and complete. */
static enum result
check_whole(const struct task *t, const char *id)
{
	const struct store_v1image im = v1image_of(t, id);
	struct str text, ancestor;
	struct json *list;
	const char *why;
	enum result r = check_complete(t, id);
	size_t i;

	if (r != RC_OK)
		return r;
	r = store_v1image_ancestry(&im, &text, t->err);
	if (r != RC_OK)
		return r == RC_IMAGE_UNKNOWN ? RC_OK : r;
	if (!json_parse(t->arena, text, &list, &why))
		return err_set(t->err, RC_IO, "ancestry of %s: %s", id, why);
	for (i = 0; r == RC_OK && i < json_length(list); i++) {
		ancestor = json_text(json_at(list, i));
		r = v1name_is_image_id(ancestor)
			? check_complete(t, str_dup(t->arena, ancestor))
			: err_set(t->err, RC_IO, "the ancestry of %s must hold ids",
			      id);
	}
	return r;
}

/* Does the tag of API v2 mean this image already? Then it stays what it is for both APIs: a push
 * of what was pulled must not give the image another manifest. */
static enum result
means_already(const struct task *t, const struct pair *p, const char *tag,
    const char *id, bool *out)
{
	struct pair_tag found;
	const char *now;
	enum result r = pair_tag_get(t, p, tag, &found);

	*out = false;
	if (r == RC_OK && found.in == PAIR_V2) {
		r = to_v1_tag(t, p, tag, &found.digest, &now);
		*out = r == RC_OK && strcmp(now, id) == 0;
	}
	return r == RC_TAG_UNKNOWN || r == RC_NOT_BRIDGED ? RC_OK : r;
}

/* The form in API v2 is made after the answer, also if the process ends before that. A repository
 * whose name is too long for a mark is left out: there the first request makes the form, as it does
 * if a power cut takes the mark. So a push does not wait for the mark to reach the disk. */
static enum result
ask_for_bridge(const struct task *t, const struct pair *p, const char *tag)
{
	enum result r = RC_OK;

	if (p->v2 != NULL && reference_is_tag(str_of(tag)))
		r = store_bridge_ask(t->reg->store, p->v1, false, t->err);
	return r == RC_TOO_LARGE ? RC_OK : r;
}

/* With the guard of the repository. From the removal of the other tag on, this one counts. */
static enum result
write_tag(const struct task *t, const struct guard *held, const struct v1name *name,
    const struct store_v1tag *what)
{
	const struct str tag = str_of(what->name);
	const struct indexing_change change = {
	    .tags = &tag, .n_tags = 1, .image = what->id};
	struct pair p;
	bool ignored;
	enum result r = pair_of_v1(t, name, &p);

	if (r == RC_OK)
		r = ask_for_bridge(t, &p, what->name);
	if (r == RC_OK)
		r = store_v1tag_put(&p.v1repo, held, what, t->err);
	if (r == RC_OK)
		r = pair_of_v1(t, name, &p); /* now that it is there */
	if (r == RC_OK)
		r = pair_v2_tag_drop(t, held, &p, what->name, &ignored);
	if (r == RC_OK)
		indexing_update(t, held, &p, &change);
	else
		indexing_mark(t, v1name_full(t->arena, name));
	return r;
}

static enum result
set_tag(
    const struct task *t, const struct v1name *name, const struct store_v1tag *what)
{
	const char *full = v1name_full(t->arena, name);
	struct guard held = {0};
	enum result r = to_v1_keep(t, what->id);

	if (r == RC_OK)
		r = mirror_keep(t, what->id);
	if (r == RC_OK)
		r = guard_take(
		    t->reg->store, GUARD_REPOSITORY, full, &held, t->err);
	if (r == RC_OK)
		r = check_whole(t, what->id);
	if (r == RC_OK)
		r = write_tag(t, &held, name, what);
	guard_release(&held);
	if (r == RC_OK && t->reg->bridge_asked != NULL)
		t->reg->bridge_asked(t->reg->arg);
	return r;
}

enum result
tag_put(const struct task *t, const struct v1name *name, const char *tag,
    const char *id, struct str agent)
{
	const struct store_v1tag what = {
	    tag, id, tagmeta_of_agent(t->arena, agent, clock_now())};
	struct pair p;
	bool same = false;
	enum result r = access_tag(t, id);

	if (r == RC_OK)
		r = pair_of_v1(t, name, &p);
	if (r == RC_OK)
		r = means_already(t, &p, tag, id, &same);
	if (r == RC_OK && !same)
		r = set_tag(t, name, &what);
	if (r != RC_OK)
		return r;
	event_emit(t, &(struct event){.kind = EVENT_PUSH_TAG,
			  .image = id,
			  .repository = v1name_full(t->arena, name),
			  .tag = tag});
	return access_note_granted(t);
}

static enum result
drop_tag(const struct task *t, const struct guard *held, const struct pair *p,
    const char *tag, bool *was)
{
	const struct str dropped = str_of(tag);
	const struct indexing_change change = {
	    .dropped_tags = &dropped, .n_dropped_tags = 1};
	enum result r = pair_tag_remove(t, held, p, tag, was);

	if (r == RC_OK)
		indexing_update(t, held, p, &change);
	else
		indexing_mark(t, p->v1);
	return r;
}

enum result
tag_remove(const struct task *t, const struct v1name *name, const char *tag)
{
	struct guard held = {0};
	struct pair p;
	bool was = false;
	enum result r;

	r = guard_take(t->reg->store, GUARD_REPOSITORY, v1name_full(t->arena, name),
	    &held, t->err);
	if (r == RC_OK)
		r = pair_of_v1(t, name, &p);
	if (r == RC_OK)
		r = drop_tag(t, &held, &p, tag, &was);
	guard_release(&held);
	if (r == RC_OK && !was)
		return err_set(t->err, RC_TAG_UNKNOWN, "there is no such tag");
	if (r == RC_OK)
		event_emit(t, &(struct event){.kind = EVENT_DELETE_TAG,
				  .repository = v1name_full(t->arena, name),
				  .tag = tag});
	return r;
}

/* Of a tag of API v2 it is not known. */
enum result
tag_meta(const struct task *t, const struct v1name *name, const char *tag,
    struct str *out)
{
	struct pair p;
	struct pair_tag found;
	enum result r = pair_of_v1(t, name, &p);

	if (r == RC_OK)
		r = pair_tag_get(t, &p, tag, &found);
	if (r == RC_OK && found.in == PAIR_V1)
		r = store_v1tag_meta(&p.v1repo, tag, out, t->err);
	else if (r == RC_OK)
		r = RC_TAG_UNKNOWN;
	if (r == RC_NOT_FOUND || r == RC_TAG_UNKNOWN) {
		*out = tagmeta_default();
		r = RC_OK;
	}
	return r;
}
