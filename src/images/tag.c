/* tag.c: sets and removes tags of API v1; see tag.h. tag_read.c reads them. */
#include "images/tag.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "bridge/ask.h"
#include "bridge/to_v1.h"
#include "image/reference.h"
#include "image/tagmeta.h"
#include "images/access.h"
#include "mirror/mirror.h"
#include "registry/event.h"
#include "registry/indexing.h"
#include "registry/pair.h"
#include "registry/v1image.h"
#include "store/guard.h"
#include "store/v1image.h"
#include "store/v1push.h"
#include "store/v1tag.h"

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

/* The form in API v2 is made after the answer, also if the process ends before that. If a power cut
 * takes the mark, the first request makes it. So a push does not wait for the mark to reach the
 * disk. */
static enum result
ask_for_bridge(const struct task *t, const struct pair *p, const char *tag)
{
	if (p->v2 == NULL || !reference_is_tag(str_of(tag)))
		return RC_OK;
	return ask_mark(t, p, false);
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
	if (r == RC_OK)
		ask_wake(t);
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
