/* repository.c: see repository.h. */
#include "images/repository.h"

#include "auth/auth.h"
#include "base/buf.h"
#include "base/json.h"
#include "bridge/to_v1.h"
#include "image/imagelist.h"
#include "image/tagmeta.h"
#include "images/announce.h"
#include "mirror/mirror.h"
#include "registry/indexing.h"
#include "registry/pair.h"
#include "registry/v1image.h"
#include "registry/worklimit.h"
#include "store/guard.h"
#include "store/v1image.h"

enum result
repository_resolve_name(const struct task *t, struct v1name *name)
{
	if (t->reg->auth->mode == AUTH_INDEX)
		return RC_OK;
	return store_v1repo_resolve(t->reg->store, t->arena, name, t->err);
}

/* A list of images is as long as clients made it: to read it as a whole, `times` its size is
 * reserved, and the bytes that are needed with it. */
static enum result
enter_for_list(
    const struct task *t, const struct v1name *name, size_t times, size_t more)
{
	size_t size = 0;
	struct store_reader *list;
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, &repo, t->err);

	if (r == RC_OK)
		r = store_v1repo_open_images(&repo, &list, t->err);
	if (r == RC_OK)
		size = (size_t)store_reader_size(list);
	if (r == RC_OK || r == RC_NOT_FOUND)
		r = worklimit_enter(t, times * size + more);
	return r;
}

/* In addition to the list: the new list, and where its entries begin. */
#define MERGE_TIMES 4

static enum result
merge_images(const struct task *t, const struct guard *held,
    const struct v1name *name, struct str body)
{
	struct str old = {"", 0}, merged;
	struct store_v1repo repo;
	enum result r;

	r = store_v1repo_find(t->reg->store, t->arena, name, &repo, t->err);
	if (r == RC_OK)
		r = store_v1repo_images(&repo, &old, t->err);
	if (r == RC_NOT_FOUND)
		r = RC_OK;
	if (r == RC_OK)
		r = imagelist_merge(t->arena, old, body, &merged, t->err);
	if (r == RC_OK && !str_eq(old, merged))
		r = store_v1repo_set_images(&repo, held, merged, t->err);
	return r;
}

/* The repository may be new. */
static void
note_in_index(
    const struct task *t, const struct guard *held, const struct v1name *name)
{
	struct pair pair;

	if (pair_of_v1(t, name, &pair) == RC_OK)
		indexing_update(t, held, &pair, NULL);
	else
		indexing_mark(t, v1name_full(t->arena, name));
}

enum result
repository_announce(
    const struct task *t, const struct v1name *name, struct str body)
{
	struct guard held = {0};
	enum result r;

	r = enter_for_list(t, name, MERGE_TIMES,
	    REPOSITORY_TIMES * body.n + JSON_TIMES * json_longest(body));
	if (r == RC_OK)
		r = announce_filter(t, name, body, &body);
	if (r == RC_OK)
		r = guard_take(t->reg->store, GUARD_REPOSITORY,
		    v1name_full(t->arena, name), &held, t->err);
	if (r == RC_OK)
		r = merge_images(t, &held, name, body);
	if (r == RC_OK)
		note_in_index(t, &held, name);
	guard_release(&held);
	return r;
}

enum result
repository_claim(const struct task *t, const struct v1name *name, const char *id,
    struct str json)
{
	const struct store_v1image im = v1image_of(t, id);
	const char *announced = arena_printf(t->arena, "[{\"id\": \"%s\"}]", id);
	struct guard held = {0};
	struct str here;
	enum result r = RC_NOT_FOUND;

	if (t->reg->auth->mode == AUTH_OWN)
		r = store_v1image_json(&im, &here, t->err);
	if (r != RC_OK || !str_eq(here, json))
		return err_set(t->err, RC_NOT_GRANTED,
		    "the image does not belong to %s", v1name_full(t->arena, name));
	r = enter_for_list(t, name, MERGE_TIMES, 0);
	if (r == RC_OK)
		r = guard_take(t->reg->store, GUARD_REPOSITORY,
		    v1name_full(t->arena, name), &held, t->err);
	if (r == RC_OK)
		r = merge_images(t, &held, name, str_of(announced));
	if (r == RC_OK)
		note_in_index(t, &held, name);
	guard_release(&held);
	return r;
}

/* ---- its images ---- */

/* Bytes of the list of what the repository has through API v2, some 13,000 images. No docker
 * needs this list to be whole. */
#define BRIDGED_MAX ((size_t)1 << 20)
#define ITEM_MAX    (V1NAME_IMAGE_ID_SIZE + 20)

static bool
add_image(void *arg, struct str id)
{
	struct buf *list = arg;

	if (list->n + ITEM_MAX > BRIDGED_MAX)
		return false;
	buf_printf(
	    list, "%s{\"id\": \"%.*s\"}", list->n == 1 ? "" : ", ", STR_ARG(id));
	return true;
}

static enum result
bridged_images(const struct task *t, const struct pair *p, struct str *out)
{
	struct buf list;
	enum result r = worklimit_enter(t, 2 * BRIDGED_MAX);

	buf_init(&list, t->arena, BRIDGED_MAX);
	buf_addc(&list, '[');
	if (r == RC_OK)
		r = to_v1_images(t, p, add_image, &list);
	buf_addc(&list, ']');
	*out = buf_str(&list);
	return r == RC_REBUILDING ? RC_OK : r;
}

/* Both lists in one. */
static enum result
merge_bridged(const struct task *t, const struct pair *p, struct str *images)
{
	struct str bridged;
	enum result r = bridged_images(t, p, &bridged);

	if (r == RC_OK && images->n > 0 && bridged.n > 2)
		r = worklimit_enter(
		    t, MERGE_TIMES * images->n + REPOSITORY_TIMES * bridged.n);
	if (r != RC_OK)
		return r;
	if (images->n > 0)
		return imagelist_merge(t->arena, *images, bridged, images, t->err);
	*images = bridged;
	return RC_OK;
}

static enum result
own_images(const struct task *t, const struct v1name *name, struct str *out)
{
	struct pair p;
	bool has_v2 = false;
	enum result r = enter_for_list(t, name, 1, 0), listed;

	*out = str_of("");
	if (r == RC_OK)
		r = pair_of_v1(t, name, &p);
	if (r == RC_OK)
		r = pair_has_v2(t, &p, &has_v2);
	if (r != RC_OK)
		return r;
	listed = store_v1repo_images(&p.v1repo, out, t->err);
	if (has_v2 && (listed == RC_OK || listed == RC_NOT_FOUND))
		return merge_bridged(t, &p, out);
	return listed == RC_NOT_FOUND ? RC_REPOSITORY_UNKNOWN : listed;
}

/* If an image is in both lists, the entry of this registry counts. Its own list is useful even
 * if the upstream does not answer, or if the lists cannot be merged. */
enum result
repository_images(const struct task *t, const struct v1name *name,
    struct str *images, struct str *token)
{
	struct mirror_images upstream;
	struct err ignored;
	enum result own = own_images(t, name, images), there;

	*token = str_of(NULL);
	if (!mirror_may_ask(t) || (own != RC_OK && own != RC_REPOSITORY_UNKNOWN))
		return own;
	there = mirror_images(t, name, &upstream);
	if (there != RC_OK)
		return own == RC_OK ? RC_OK : there;
	*token = upstream.token;
	if (own != RC_OK)
		*images = upstream.images;
	else
		(void)imagelist_merge(
		    t->arena, upstream.images, *images, images, &ignored);
	return RC_OK;
}

enum result
repository_meta(const struct task *t, const struct v1name *name, struct str *out)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, &repo, t->err);

	if (r == RC_OK)
		r = store_v1repo_meta(&repo, out, t->err);
	if (r == RC_NOT_FOUND) {
		*out = tagmeta_default();
		r = RC_OK;
	}
	return r;
}
