/* access.c: see access.h. */
#include "images/access.h"

#include <string.h>

#include "auth/auth.h"
#include "bridge/to_v1.h"
#include "image/imagelist.h"
#include "registry/pair.h"
#include "registry/worklimit.h"
#include "store/guard.h"
#include "store/v1image.h"
#include "store/v1repo.h"
#include "store/v1tag.h"

static bool
names_one(const struct caller *caller)
{
	return caller != NULL && caller->repository.ns != NULL;
}

static bool
is_bound(const struct caller *caller)
{
	return caller != NULL && caller->bound;
}

/* ---- which images belong to a repository ---- */

/* Looking through a list longer than LONG_LIST bytes, or through the tags of a
 * repository, takes long: it needs a reservation (registry/worklimit.h), to limit how many
 * threads do so. */
#define LONG_LIST   ((uint64_t)2 << 20)
#define WALK_MEMORY (WORKLIMIT_FREE + 1)

/* Is the id in the list? opened: what came of opening it; a list that is not there has
 * no ids. */
static enum result
find_in(const struct task *t, enum result opened, struct store_reader *list,
    const char *id, bool *out)
{
	enum result r = opened;

	*out = false;
	if (r == RC_OK && store_reader_size(list) > LONG_LIST)
		r = worklimit_enter(t, WALK_MEMORY);
	if (r == RC_OK)
		*out = imagelist_items_have(
		    json_items_new(t->arena, store_reader_read, list), id);
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* Announced or granted. If another index grants images, announcements do not count, and a caller
 * with a token has had that index asked in this request: the list in the store is of an earlier
 * request, and may have images that the index no longer grants. */
static enum result
is_listed(const struct task *t, const struct store_v1repo *repo, const char *id,
    bool *out)
{
	bool asked = t->reg->auth->mode == AUTH_INDEX;
	struct store_reader *list = NULL;
	enum result r = RC_OK;

	*out = false;
	if (asked && is_bound(t->caller))
		return RC_OK;
	if (!asked) {
		r = store_v1repo_open_images(repo, &list, t->err);
		r = find_in(t, r, list, id, out);
	}
	if (r != RC_OK || *out)
		return r;
	r = store_v1repo_open_granted(repo, &list, t->err);
	return find_in(t, r, list, id, out);
}

struct below {
	struct registry *reg;
	struct arena *arena; /* of one tag */
	const char *id;
	bool found;
};

static bool
look_below(void *arg, const char *tag, const char *tagged)
{
	struct below *b = arg;
	const struct store_v1image im = store_v1image_make(
	    b->reg->store, b->arena, tagged);
	struct str ancestry;
	struct err ignored;

	(void)tag;
	arena_clear(b->arena);
	b->found = strcmp(tagged, b->id) == 0 ||
		   (store_v1image_ancestry(&im, &ancestry, &ignored) == RC_OK &&
		       imagelist_has(ancestry, b->id));
	return !b->found;
}

/* Does the id belong to the image of a tag, or to one below it? */
static enum result
is_tagged(const struct task *t, const struct store_v1repo *repo, const char *id,
    bool *out)
{
	struct below below = {t->reg, NULL, id, false};
	enum result r = worklimit_enter(t, WALK_MEMORY);

	if (r != RC_OK)
		return r;
	below.arena = arena_new();
	r = store_v1tag_each(repo, look_below, &below, t->err);
	arena_free(below.arena);
	*out = below.found;
	return r;
}

/* Does the image belong to the repository that the caller names? */
static enum result
belongs_to_caller(const struct task *t, const char *id, bool *out)
{
	struct pair p;
	enum result r;

	*out = imagelist_has(t->caller->granted, id);
	if (*out)
		return RC_OK;
	r = pair_of_v1(t, &t->caller->repository, &p);
	if (r == RC_OK)
		r = is_listed(t, &p.v1repo, id, out);
	if (r == RC_OK && !*out)
		r = is_tagged(t, &p.v1repo, id, out);
	if (r == RC_OK && !*out)
		r = to_v1_has(t, &p, id, out);
	return r;
}

static enum result
is_private(const struct task *t, const struct v1name *name, bool *out)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, name, &repo, t->err);

	return r == RC_OK ? store_v1repo_is_private(&repo, out, t->err) : r;
}

/* ---- to see ---- */

enum result
access_repository(const struct task *t, const struct v1name *name)
{
	bool private;
	enum result r;

	if (!names_one(t->caller) || v1name_eq(&t->caller->repository, name))
		return RC_OK;
	r = is_private(t, name, &private);
	if (r == RC_OK && private)
		return err_set(t->err, RC_REPOSITORY_UNKNOWN,
		    "the repository is private, and the token names another one");
	return r;
}

static enum result
public_image(const struct task *t, const char *id)
{
	bool private, own = true;
	enum result r;

	if (!names_one(t->caller))
		return RC_OK;
	r = is_private(t, &t->caller->repository, &private);
	if (r == RC_OK && private)
		return err_set(t->err, RC_IMAGE_UNKNOWN,
		    "the token names a private repository, whose images are in "
		    "private_images");
	if (r == RC_OK && is_bound(t->caller))
		r = belongs_to_caller(t, id, &own);
	if (r == RC_OK && !own)
		return err_set(t->err, RC_IMAGE_UNKNOWN,
		    "the image does not belong to the token's repository");
	return r;
}

static enum result
private_image(const struct task *t, const char *id)
{
	bool private = false, own = false;
	enum result r = RC_OK;

	if (names_one(t->caller))
		r = is_private(t, &t->caller->repository, &private);
	if (r == RC_OK && private)
		r = belongs_to_caller(t, id, &own);
	if (r == RC_OK && !own)
		return err_set(t->err, RC_IMAGE_UNKNOWN,
		    "the token does not name a private repository that has the image");
	if (r == RC_OK)
		r = auth_image_access(
		    t->reg->auth, t->arena, t->caller, id, t->err);
	return r == RC_UNAUTHORIZED ? RC_IMAGE_UNKNOWN : r;
}

enum result
access_image(const struct task *t, enum access_path path, const char *id)
{
	return path == ACCESS_PUBLIC ? public_image(t, id) : private_image(t, id);
}

/* ---- to push ---- */

enum result
access_tag(const struct task *t, const char *id)
{
	bool own = false;
	enum result r;

	if (!is_bound(t->caller))
		return RC_OK;
	r = belongs_to_caller(t, id, &own);
	if (r == RC_OK && !own && t->reg->auth->mode == AUTH_INDEX) {
		r = auth_image_access(
		    t->reg->auth, t->arena, t->caller, id, t->err);
		own = r == RC_OK;
	}
	if (r == RC_UNAUTHORIZED || (r == RC_OK && !own))
		return err_set(t->err, RC_IMAGE_UNKNOWN,
		    "%s does not belong to the repository", id);
	return r;
}

enum result
access_push(const struct task *t, const char *id)
{
	struct store_v1repo repo;
	bool listed = false;
	enum result r;

	if (!is_bound(t->caller) || imagelist_has(t->caller->granted, id))
		return RC_OK;
	r = store_v1repo_find(
	    t->reg->store, t->arena, &t->caller->repository, &repo, t->err);
	if (r == RC_OK)
		r = is_listed(t, &repo, id, &listed);
	if (r == RC_OK && !listed)
		return err_set(t->err, RC_NOT_GRANTED,
		    "the image was neither announced in %s/%s nor granted to it",
		    t->caller->repository.ns, t->caller->repository.repo);
	return r;
}

enum result
access_parent(const struct task *t, const char *id)
{
	bool own = true;
	enum result r;

	if (!is_bound(t->caller))
		return RC_OK;
	if (t->reg->auth->mode == AUTH_OWN)
		r = belongs_to_caller(t, id, &own);
	else
		r = auth_image_access(
		    t->reg->auth, t->arena, t->caller, id, t->err);
	if (r == RC_UNAUTHORIZED || (r == RC_OK && !own))
		return err_set(t->err, RC_PARENT_REFUSED,
		    "the parent %s does not belong to the repository", id);
	return r;
}

/* ---- what the index granted ---- */

/* *out: the caller's repository, *repo, does not have this list yet. */
static enum result
is_new_list(const struct task *t, struct store_v1repo *repo, bool *out)
{
	struct str old;
	enum result r = store_v1repo_find(
	    t->reg->store, t->arena, &t->caller->repository, repo, t->err);

	*out = false;
	if (r != RC_OK ||
	    (!store_v1repo_exists(repo) && t->caller->access != TOKEN_WRITE))
		return r;
	r = store_v1repo_granted(repo, &old, t->err);
	*out = r == RC_NOT_FOUND ||
	       (r == RC_OK && !str_eq(old, t->caller->granted));
	return r == RC_NOT_FOUND ? RC_OK : r;
}

static enum result
write_granted(const struct task *t)
{
	struct guard held = {0};
	struct store_v1repo repo;
	bool news = false;
	enum result r;

	r = guard_take(t->reg->store, GUARD_REPOSITORY,
	    v1name_full(t->arena, &t->caller->repository), &held, t->err);
	if (r == RC_OK)
		r = is_new_list(t, &repo, &news);
	if (r == RC_OK && news)
		r = store_v1repo_set_granted(
		    &repo, &held, t->caller->granted, t->err);
	guard_release(&held);
	return r;
}

/* Most requests bring no list or the same one: those do not wait for the guard. */
enum result
access_note_granted(const struct task *t)
{
	struct store_v1repo repo;
	bool news;
	enum result r;

	if (t->caller == NULL || t->caller->granted.n == 0)
		return RC_OK;
	r = is_new_list(t, &repo, &news);
	return r == RC_OK && news ? write_granted(t) : r;
}
