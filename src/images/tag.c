/* tag.c: see tag.h. */
#include "images/tag.h"

#include "base/clock.h"
#include "base/json.h"
#include "image/tagmeta.h"
#include "images/access.h"
#include "mirror/mirror.h"
#include "registry/event.h"
#include "registry/indexing.h"
#include "registry/v1image.h"
#include "store/guard.h"
#include "store/v1image.h"
#include "store/v1push.h"
#include "store/v1repo.h"
#include "store/v1tag.h"

static enum result
find_repository(
    const struct task *t, const struct v1name *name, struct store_v1repo *repo)
{
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, repo, t->err);

	if (r == RC_OK && !store_v1repo_exists(repo))
		return err_set(t->err, RC_REPOSITORY_UNKNOWN, "no such repository");
	return r;
}

static enum result
or_tag_unknown(enum result r)
{
	return r == RC_NOT_FOUND ? RC_TAG_UNKNOWN : r;
}

/* RC_TAG_UNKNOWN: it is not a tag of this registry. */
static enum result
own_tag(const struct task *t, const struct v1name *name, const char *tag,
    const char **id)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, &repo, t->err);

	if (r == RC_OK)
		r = store_v1tag_get(&repo, tag, id, t->err);
	return or_tag_unknown(r);
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

struct listing {
	const struct task *task;
	const struct v1name *name;
	tag_visit *visit;
	void *arg;
	struct arena *scratch; /* cleared for each of the upstream's tags */
	bool ended;            /* visit wants no more */
	enum result r;
};

static bool
show_own(void *arg, const char *tag, const char *id)
{
	struct listing *l = arg;

	l->ended = !l->visit(l->arg, tag, id);
	return !l->ended;
}

/* A tag of both means what it means here. */
static bool
show_upstream(void *arg, const char *tag, const struct json *id)
{
	struct listing *l = arg;
	const char *own;
	enum result r;

	arena_clear(l->scratch);
	r = own_tag(task_with_arena(l->task, l->scratch), l->name, tag, &own);
	if (r == RC_OK)
		return true;
	if (r != RC_TAG_UNKNOWN) {
		l->r = r;
		return false;
	}
	l->ended = !l->visit(l->arg, tag, str_dup(l->scratch, json_text(id)));
	return !l->ended;
}

static enum result
list_upstream(struct listing *l)
{
	struct json *tags;
	enum result r = upstream_tags(l->task, l->name, &tags);

	if (r != RC_OK)
		return r;
	l->scratch = arena_new();
	json_members(tags, show_upstream, l);
	arena_free(l->scratch);
	return RC_OK;
}

/* A list of the own tags is useful even if the upstream does not answer. */
enum result
tag_list(
    const struct task *t, const struct v1name *name, tag_visit *visit, void *arg)
{
	struct listing l = {
	    .task = t, .name = name, .visit = visit, .arg = arg, .r = RC_OK};
	struct store_v1repo repo;
	enum result r = find_repository(t, name, &repo);

	if (r == RC_OK)
		r = store_v1tag_each(&repo, show_own, &l, t->err);
	if ((r == RC_OK || r == RC_REPOSITORY_UNKNOWN) && !l.ended &&
	    mirror_may_ask(t)) {
		enum result there = list_upstream(&l);

		if (r != RC_OK)
			r = there;
		if (l.r != RC_OK)
			r = l.r;
	}
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

enum result
tag_put(const struct task *t, const struct v1name *name, const char *tag,
    const char *id, struct str agent)
{
	const struct store_v1tag what = {
	    tag, id, tagmeta_of_agent(t->arena, agent, clock_now())};
	const struct str set = str_of(tag);
	const struct indexing_change change = {
	    .tags = &set, .n_tags = 1, .image = id};
	struct guard held = {0};
	struct store_v1repo repo;
	struct pair pair;
	enum result r = access_tag(t, id);

	if (r == RC_OK)
		r = mirror_keep(t, id);
	if (r == RC_OK)
		r = guard_take(t->reg->store, GUARD_REPOSITORY,
		    v1name_full(t->arena, name), &held, t->err);
	if (r == RC_OK)
		r = check_whole(t, id);
	if (r == RC_OK)
		r = store_v1repo_find(t->reg->store, t->arena, name, &repo, t->err);
	if (r == RC_OK)
		r = pair_of_v1(t, name, &pair);
	if (r == RC_OK)
		r = store_v1tag_put(&repo, &held, &what, t->err);
	if (r == RC_OK) {
		indexing_update(t, &held, &pair, &change);
		event_emit(t, &(struct event){.kind = EVENT_PUSH_TAG,
				  .image = id,
				  .repository = v1name_full(t->arena, name),
				  .tag = tag});
	}
	guard_release(&held);
	return r == RC_OK ? access_note_granted(t) : r;
}

enum result
tag_remove(const struct task *t, const struct v1name *name, const char *tag)
{
	const struct str gone = str_of(tag);
	const struct indexing_change change = {
	    .dropped_tags = &gone, .n_dropped_tags = 1};
	struct guard held = {0};
	struct store_v1repo repo;
	struct pair pair;
	enum result r;

	r = guard_take(t->reg->store, GUARD_REPOSITORY, v1name_full(t->arena, name),
	    &held, t->err);
	if (r == RC_OK)
		r = store_v1repo_find(t->reg->store, t->arena, name, &repo, t->err);
	if (r == RC_OK)
		r = pair_of_v1(t, name, &pair);
	if (r == RC_OK)
		r = store_v1tag_remove(&repo, &held, tag, t->err);
	if (r == RC_OK ||
	    r == RC_NOT_FOUND) /* an earlier removal may have broken off */
		indexing_update(t, &held, &pair, &change);
	if (r == RC_OK)
		event_emit(t, &(struct event){.kind = EVENT_DELETE_TAG,
				  .repository = v1name_full(t->arena, name),
				  .tag = tag});
	guard_release(&held);
	return or_tag_unknown(r);
}

enum result
tag_meta(const struct task *t, const struct v1name *name, const char *tag,
    struct str *out)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, &repo, t->err);

	if (r == RC_OK)
		r = store_v1tag_meta(&repo, tag, out, t->err);
	if (r == RC_NOT_FOUND) {
		*out = tagmeta_default();
		r = RC_OK;
	}
	return r;
}
