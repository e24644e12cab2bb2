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
find(struct registry *reg, struct arena *a, const struct v1name *name,
    struct store_v1repo *repo, struct err *err)
{
	enum result r = store_v1repo_find(reg->store, a, name, repo, err);

	if (r == RC_OK && !repo->there)
		return err_set(err, RC_REPOSITORY_UNKNOWN, "no such repository");
	return r;
}

static enum result
or_tag_unknown(enum result r)
{
	return r == RC_NOT_FOUND ? RC_TAG_UNKNOWN : r;
}

enum result
tag_list(struct registry *reg, struct arena *a, const struct v1name *name,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg,
    struct err *err)
{
	struct store_v1repo repo;
	enum result r = find(reg, a, name, &repo, err);

	return r == RC_OK ? store_v1tag_each(reg->store, &repo, visit, arg, err)
			  : r;
}

enum result
tag_get(struct registry *reg, struct arena *a, const struct v1name *name,
    const char *tag, const char **id, struct err *err)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(reg->store, a, name, &repo, err);

	if (r == RC_OK)
		r = store_v1tag_get(reg->store, a, &repo, tag, id, err);
	return or_tag_unknown(r);
}

/* Is the image complete, and durably so? Another push may have completed it just now. */
static enum result
check_complete(
    struct registry *reg, struct arena *a, const char *id, struct err *err)
{
	enum result r = v1image_check(reg, id, err);

	return r == RC_OK ? store_v1push_sync(reg->store, a, id, err) : r;
}

/* The image and all below it are there and complete. */
static enum result
check_whole(struct registry *reg, struct arena *a, const char *id, struct err *err)
{
	struct str text, ancestor;
	struct json *list;
	const char *why;
	enum result r = check_complete(reg, a, id, err);
	size_t i;

	if (r != RC_OK)
		return r;
	r = store_v1image_ancestry(reg->store, a, id, &text, err);
	if (r != RC_OK)
		return r == RC_IMAGE_UNKNOWN ? RC_OK : r;
	if (!json_parse(a, text, &list, &why))
		return err_set(err, RC_IO, "ancestry of %s: %s", id, why);
	for (i = 0; r == RC_OK && i < json_length(list); i++) {
		ancestor = json_text(json_at(list, i));
		r = v1name_is_image_id(ancestor)
			? check_complete(reg, a, str_dup(a, ancestor), err)
			: err_set(
			      err, RC_IO, "the ancestry of %s must hold ids", id);
	}
	return r;
}

enum result
tag_put(struct registry *reg, struct arena *a, const struct v1name *name,
    const char *tag, const char *id, struct str agent, struct err *err)
{
	struct guard lock = {0};
	struct store_v1repo repo;
	enum result r;

	r = guard_take(
	    reg->store, GUARD_REPOSITORY, v1name_full(a, name), &lock, err);
	if (r == RC_OK)
		r = check_whole(reg, a, id, err);
	if (r == RC_OK)
		r = store_v1repo_find(reg->store, a, name, &repo, err);
	if (r == RC_OK)
		r = store_v1tag_put(reg->store, a, &repo, tag, id,
		    tagmeta_of_agent(a, agent, clock_now()), err);
	if (r == RC_OK) {
		indexing_update(reg, a, &lock, v1name_full(a, name), NULL);
		log_line(LOG_INFO, "push.tag", "image=%s repository=%s tag=%s", id,
		    log_value(a, v1name_full(a, name)), log_value(a, tag));
	}
	guard_release(&lock);
	return r;
}

enum result
tag_remove(struct registry *reg, struct arena *a, const struct v1name *name,
    const char *tag, struct err *err)
{
	struct guard lock = {0};
	struct store_v1repo repo;
	enum result r;

	r = guard_take(
	    reg->store, GUARD_REPOSITORY, v1name_full(a, name), &lock, err);
	if (r == RC_OK)
		r = store_v1repo_find(reg->store, a, name, &repo, err);
	if (r == RC_OK)
		r = store_v1tag_remove(reg->store, a, &repo, tag, err);
	if (r == RC_OK ||
	    r == RC_NOT_FOUND) /* an earlier one may have been cut off */
		indexing_update(reg, a, &lock, v1name_full(a, name), NULL);
	if (r == RC_OK)
		log_line(LOG_INFO, "delete.tag", "repository=%s tag=%s",
		    log_value(a, v1name_full(a, name)), log_value(a, tag));
	guard_release(&lock);
	return or_tag_unknown(r);
}

enum result
tag_meta(struct registry *reg, struct arena *a, const struct v1name *name,
    const char *tag, struct str *out, struct err *err)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(reg->store, a, name, &repo, err);

	if (r == RC_OK)
		r = store_v1tag_meta(reg->store, a, &repo, tag, out, err);
	if (r == RC_NOT_FOUND) {
		*out = tagmeta_default();
		r = RC_OK;
	}
	return r;
}
