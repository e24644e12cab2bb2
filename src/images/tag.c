/* tag.c: see tag.h. */
#include "images/tag.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "image/tagmeta.h"
#include "registry/indexing.h"
#include "registry/v1image.h"
#include "store/guard.h"
#include "store/v1image.h"
#include "store/v1push.h"
#include "store/v1repo.h"
#include "store/v1tag.h"

static enum result
find(const struct task *t, const struct v1name *name, struct store_v1repo *repo)
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

enum result
tag_list(const struct task *t, const struct v1name *name,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg)
{
	struct store_v1repo repo;
	enum result r = find(t, name, &repo);

	return r == RC_OK ? store_v1tag_each(&repo, visit, arg, t->err) : r;
}

enum result
tag_get(const struct task *t, const struct v1name *name, const char *tag,
    const char **id)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, &repo, t->err);

	if (r == RC_OK)
		r = store_v1tag_get(&repo, tag, id, t->err);
	return or_tag_unknown(r);
}

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
	struct guard lock = {0};
	struct store_v1repo repo;
	enum result r;

	r = guard_take(t->reg->store, GUARD_REPOSITORY, v1name_full(t->arena, name),
	    &lock, t->err);
	if (r == RC_OK)
		r = check_whole(t, id);
	if (r == RC_OK)
		r = store_v1repo_find(t->reg->store, t->arena, name, &repo, t->err);
	if (r == RC_OK)
		r = store_v1tag_put(&repo, &lock, &what, t->err);
	if (r == RC_OK) {
		indexing_update(t, &lock, v1name_full(t->arena, name), NULL);
		log_line(LOG_INFO, "push.tag", "image=%s repository=%s tag=%s", id,
		    log_value(t->arena, v1name_full(t->arena, name)),
		    log_value(t->arena, tag));
	}
	guard_release(&lock);
	return r;
}

enum result
tag_remove(const struct task *t, const struct v1name *name, const char *tag)
{
	struct guard lock = {0};
	struct store_v1repo repo;
	enum result r;

	r = guard_take(t->reg->store, GUARD_REPOSITORY, v1name_full(t->arena, name),
	    &lock, t->err);
	if (r == RC_OK)
		r = store_v1repo_find(t->reg->store, t->arena, name, &repo, t->err);
	if (r == RC_OK)
		r = store_v1tag_remove(&repo, &lock, tag, t->err);
	if (r == RC_OK ||
	    r == RC_NOT_FOUND) /* an earlier one may have been cut off */
		indexing_update(t, &lock, v1name_full(t->arena, name), NULL);
	if (r == RC_OK)
		log_line(LOG_INFO, "delete.tag", "repository=%s tag=%s",
		    log_value(t->arena, v1name_full(t->arena, name)),
		    log_value(t->arena, tag));
	guard_release(&lock);
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
