/* repository.c: see repository.h. */
#include "images/repository.h"

#include "auth/auth.h"
#include "base/json.h"
#include "base/log.h"
#include "image/imagelist.h"
#include "image/tagmeta.h"
#include "images/announce.h"
#include "registry/indexing.h"
#include "registry/worklimit.h"
#include "store/description.h"
#include "store/guard.h"
#include "store/v1image.h"

enum result
repository_resolve_name(
    struct registry *reg, struct arena *a, struct v1name *name, struct err *err)
{
	if (reg->auth != NULL && reg->auth->mode == AUTH_INDEX)
		return RC_OK;
	return store_v1repo_resolve(reg->store, a, name, err);
}

/* A list of images is as long as clients made it: reading it as a whole takes a seat
 * for `times` its size and for the bytes that are needed with it. */
static enum result
sit_for_list(struct registry *reg, struct arena *a, const struct v1name *name,
    size_t times, size_t beside, struct err *err)
{
	size_t size = 0;
	struct store_reader *list;
	struct store_v1repo repo;
	enum result r = store_v1repo_find(reg->store, a, name, &repo, err);

	if (r == RC_OK)
		r = store_v1repo_open_images(reg->store, a, &repo, &list, err);
	if (r == RC_OK)
		size = (size_t)store_reader_size(list);
	if (r == RC_OK || r == RC_NOT_FOUND)
		r = worklimit_enter(reg, a, times * size + beside, err);
	return r;
}

/* In addition to the list: the new list, and where its entries begin. */
#define MERGE_TIMES 4

static enum result
merge(struct registry *reg, struct arena *a, const struct v1name *name,
    struct str body, struct err *err)
{
	struct str old = {"", 0}, merged;
	struct store_v1repo repo;
	enum result r;

	r = store_v1repo_find(reg->store, a, name, &repo, err);
	if (r == RC_OK)
		r = store_v1repo_images(reg->store, a, &repo, &old, err);
	if (r == RC_NOT_FOUND)
		r = RC_OK;
	if (r == RC_OK)
		r = imagelist_merge(a, old, body, &merged, err);
	if (r == RC_OK && !str_eq(old, merged))
		r = store_v1repo_set_images(reg->store, &repo, merged, err);
	return r;
}

enum result
repository_announce(struct registry *reg, struct arena *a,
    const struct v1name *name, struct str body, struct err *err)
{
	struct guard lock = {0};
	enum result r;

	r = sit_for_list(reg, a, name, MERGE_TIMES,
	    REPOSITORY_TIMES * body.n + JSON_TIMES * json_longest(body), err);
	if (r == RC_OK)
		r = announce_filter(reg, a, name, body, &body, err);
	if (r == RC_OK)
		r = guard_take(
		    reg->store, GUARD_REPOSITORY, v1name_full(a, name), &lock, err);
	if (r == RC_OK)
		r = merge(reg, a, name, body, err);
	if (r == RC_OK)
		indexing_update(reg, a, &lock, v1name_full(a, name), NULL);
	guard_release(&lock);
	return r;
}

enum result
repository_claim(struct registry *reg, struct arena *a, const struct v1name *name,
    const char *id, struct str json, struct err *err)
{
	const char *announced = arena_printf(a, "[{\"id\": \"%s\"}]", id);
	struct guard lock = {0};
	struct str here;
	enum result r = RC_NOT_FOUND;

	if (reg->auth != NULL && reg->auth->mode == AUTH_OWN)
		r = store_v1image_json(reg->store, a, id, &here, err);
	if (r != RC_OK || !str_eq(here, json))
		return err_set(err, RC_NOT_GRANTED, "not among those of %s",
		    v1name_full(a, name));
	r = sit_for_list(reg, a, name, MERGE_TIMES, 0, err);
	if (r == RC_OK)
		r = guard_take(
		    reg->store, GUARD_REPOSITORY, v1name_full(a, name), &lock, err);
	if (r == RC_OK)
		r = merge(reg, a, name, str_of(announced), err);
	if (r == RC_OK)
		indexing_update(reg, a, &lock, v1name_full(a, name), NULL);
	guard_release(&lock);
	return r;
}

enum result
repository_images(struct registry *reg, struct arena *a, const struct v1name *name,
    struct str *out, struct err *err)
{
	struct store_v1repo repo;
	enum result r = sit_for_list(reg, a, name, 1, 0, err);

	if (r == RC_OK)
		r = store_v1repo_find(reg->store, a, name, &repo, err);
	if (r == RC_OK)
		r = store_v1repo_images(reg->store, a, &repo, out, err);
	return r == RC_NOT_FOUND ? RC_REPOSITORY_UNKNOWN : r;
}

/* A client that gets "unknown" may rely on it: so the absence is made durable. */
static enum result
stay_unknown(struct registry *reg, const struct store_v1repo *repo, struct err *err)
{
	enum result r = store_v1repo_sync_absence(reg->store, repo, err);

	if (r != RC_OK)
		return r;
	return err_set(err, RC_REPOSITORY_UNKNOWN, "no such repository");
}

enum result
repository_remove(struct registry *reg, struct arena *a, const struct v1name *name,
    struct err *err)
{
	struct guard lock = {0};
	struct store_v1repo repo;
	enum result r;

	r = guard_take(
	    reg->store, GUARD_REPOSITORY, v1name_full(a, name), &lock, err);
	if (r == RC_OK)
		r = store_v1repo_find(reg->store, a, name, &repo, err);
	if (r == RC_OK && !repo.there)
		r = stay_unknown(reg, &repo, err);
	/* the description first: what is cut off between the two can be done again */
	if (r == RC_OK)
		r = store_description_set(reg->store, a, name, str_of(NULL), err);
	if (r == RC_OK)
		r = store_v1repo_remove(reg->store, a, &repo, err);
	guard_release(&lock);
	if (r == RC_OK ||
	    r == RC_REPOSITORY_UNKNOWN) /* an earlier one was cut off */
		indexing_update_aliases(reg, a, name);
	if (r == RC_OK)
		log_line(LOG_INFO, "delete.repository", "repository=%s",
		    log_value(a, v1name_full(a, name)));
	return r == RC_NOT_FOUND ? RC_REPOSITORY_UNKNOWN : r;
}

enum result
repository_meta(struct registry *reg, struct arena *a, const struct v1name *name,
    struct str *out, struct err *err)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(reg->store, a, name, &repo, err);

	if (r == RC_OK)
		r = store_v1repo_meta(reg->store, a, &repo, out, err);
	if (r == RC_NOT_FOUND) {
		*out = tagmeta_default();
		r = RC_OK;
	}
	return r;
}
