/* access.c: see access.h. */
#include "images/access.h"

#include <string.h>

#include "auth/auth.h"
#include "image/imagelist.h"
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
 * repository, takes long: it needs a seat, for its thread. */
#define LONG_LIST   ((uint64_t)2 << 20)
#define WALK_MEMORY (WORKLIMIT_FREE + 1)

/* Is the id in the list? opened: what came of opening it; a list that is not there has
 * no ids. */
static enum result
find_in(enum result opened, struct registry *reg, struct arena *a,
    struct store_reader *list, const char *id, bool *out, struct err *err)
{
	enum result r = opened;

	*out = false;
	if (r == RC_OK && store_reader_size(list) > LONG_LIST)
		r = worklimit_enter(reg, a, WALK_MEMORY, err);
	if (r == RC_OK)
		*out = imagelist_items_have(
		    json_items_new(a, store_reader_read, list), id);
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* Announced or granted. What was announced before another index was asked is none of its
 * grants. */
static enum result
is_listed(struct registry *reg, struct arena *a, const struct store_v1repo *repo,
    const char *id, bool *out, struct err *err)
{
	bool announced = reg->auth == NULL || reg->auth->mode != AUTH_INDEX;
	struct store_reader *list = NULL;
	enum result r = RC_OK;

	*out = false;
	if (announced) {
		r = store_v1repo_open_images(reg->store, a, repo, &list, err);
		r = find_in(r, reg, a, list, id, out, err);
	}
	if (r != RC_OK || *out)
		return r;
	r = store_v1repo_open_granted(reg->store, a, repo, &list, err);
	return find_in(r, reg, a, list, id, out, err);
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
	struct store *st = b->reg->store;
	struct str ancestry;
	struct err ignored;

	(void)tag;
	arena_clear(b->arena);
	b->found = strcmp(tagged, b->id) == 0 ||
		   (store_v1image_ancestry(
			st, b->arena, tagged, &ancestry, &ignored) == RC_OK &&
		       imagelist_has(ancestry, b->id));
	return !b->found;
}

/* Does the id belong to the image of a tag, or to one below it? */
static enum result
is_tagged(struct registry *reg, struct arena *a, const struct store_v1repo *repo,
    const char *id, bool *out, struct err *err)
{
	struct below below = {reg, NULL, id, false};
	enum result r = worklimit_enter(reg, a, WALK_MEMORY, err);

	if (r != RC_OK)
		return r;
	below.arena = arena_new();
	r = store_v1tag_each(reg->store, repo, look_below, &below, err);
	arena_free(below.arena);
	*out = below.found;
	return r;
}

/* To the repository that the caller names. */
static enum result
belongs(struct registry *reg, struct arena *a, const struct caller *caller,
    const char *id, bool *out, struct err *err)
{
	struct store_v1repo repo;
	enum result r;

	*out = imagelist_has(caller->granted, id);
	if (*out)
		return RC_OK;
	r = store_v1repo_find(reg->store, a, &caller->repository, &repo, err);
	if (r == RC_OK)
		r = is_listed(reg, a, &repo, id, out, err);
	if (r == RC_OK && !*out)
		r = is_tagged(reg, a, &repo, id, out, err);
	return r;
}

static enum result
is_private(struct registry *reg, struct arena *a, const struct v1name *name,
    bool *out, struct err *err)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(reg->store, a, name, &repo, err);

	return r == RC_OK ? store_v1repo_is_private(reg->store, a, &repo, out, err)
			  : r;
}

/* ---- to see ---- */

enum result
access_repository(struct registry *reg, struct arena *a,
    const struct caller *caller, const struct v1name *name, struct err *err)
{
	bool private;
	enum result r;

	if (!names_one(caller) ||
	    (strcmp(caller->repository.ns, name->ns) == 0 &&
		strcmp(caller->repository.repo, name->repo) == 0))
		return RC_OK;
	r = is_private(reg, a, name, &private, err);
	if (r == RC_OK && private)
		return err_set(err, RC_REPOSITORY_UNKNOWN,
		    "a private one, and the token is another's");
	return r;
}

enum result
access_public_image(struct registry *reg, struct arena *a,
    const struct caller *caller, const char *id, struct err *err)
{
	bool private, own = true;
	enum result r;

	if (!names_one(caller))
		return RC_OK;
	r = is_private(reg, a, &caller->repository, &private, err);
	if (r == RC_OK && private)
		return err_set(err, RC_IMAGE_UNKNOWN,
		    "in the name of a private repository it is a private image");
	if (r == RC_OK && is_bound(caller))
		r = belongs(reg, a, caller, id, &own, err);
	if (r == RC_OK && !own)
		return err_set(
		    err, RC_IMAGE_UNKNOWN, "not of the token's repository");
	return r;
}

enum result
access_private_image(struct registry *reg, struct arena *a,
    const struct caller *caller, const char *id, struct err *err)
{
	bool private = false, own = false;
	enum result r = RC_OK;

	if (names_one(caller))
		r = is_private(reg, a, &caller->repository, &private, err);
	if (r == RC_OK && private)
		r = belongs(reg, a, caller, id, &own, err);
	if (r == RC_OK && !own)
		return err_set(err, RC_IMAGE_UNKNOWN,
		    "of no private repository that the token names");
	if (r == RC_OK && reg->auth != NULL)
		r = auth_image_access(reg->auth, a, caller, id, err);
	return r == RC_UNAUTHORIZED ? RC_IMAGE_UNKNOWN : r;
}

/* ---- to push ---- */

enum result
access_tag(struct registry *reg, struct arena *a, const struct caller *caller,
    const char *id, struct err *err)
{
	bool own = false;
	enum result r;

	if (!is_bound(caller) || reg->auth == NULL)
		return RC_OK;
	r = belongs(reg, a, caller, id, &own, err);
	if (r == RC_OK && !own && reg->auth->mode == AUTH_INDEX) {
		r = auth_image_access(reg->auth, a, caller, id, err);
		own = r == RC_OK;
	}
	if (r == RC_UNAUTHORIZED || (r == RC_OK && !own))
		return err_set(
		    err, RC_IMAGE_UNKNOWN, "%s is not the repository's", id);
	return r;
}

enum result
access_push(struct registry *reg, struct arena *a, const struct caller *caller,
    const char *id, struct err *err)
{
	struct store_v1repo repo;
	bool listed = false;
	enum result r;

	if (!is_bound(caller) || imagelist_has(caller->granted, id))
		return RC_OK;
	r = store_v1repo_find(reg->store, a, &caller->repository, &repo, err);
	if (r == RC_OK)
		r = is_listed(reg, a, &repo, id, &listed, err);
	if (r == RC_OK && !listed)
		return err_set(err, RC_NOT_GRANTED, "not among those of %s/%s",
		    caller->repository.ns, caller->repository.repo);
	return r;
}

enum result
access_parent(struct registry *reg, struct arena *a, const struct caller *caller,
    const char *id, struct err *err)
{
	bool own = true;
	enum result r;

	if (!is_bound(caller) || reg->auth == NULL)
		return RC_OK;
	if (reg->auth->mode == AUTH_OWN)
		r = belongs(reg, a, caller, id, &own, err);
	else
		r = auth_image_access(reg->auth, a, caller, id, err);
	if (r == RC_UNAUTHORIZED || (r == RC_OK && !own))
		return err_set(err, RC_PARENT_REFUSED, "parent %s", id);
	return r;
}

/* ---- what the index granted ---- */

/* *repo is where it belongs; *out: it is not there yet. */
static enum result
is_news(struct registry *reg, struct arena *a, const struct caller *caller,
    struct store_v1repo *repo, bool *out, struct err *err)
{
	struct str old;
	enum result r = store_v1repo_find(
	    reg->store, a, &caller->repository, repo, err);

	*out = false;
	if (r != RC_OK || (!repo->there && caller->access != TOKEN_WRITE))
		return r;
	r = store_v1repo_granted(reg->store, a, repo, &old, err);
	*out = r == RC_NOT_FOUND || (r == RC_OK && !str_eq(old, caller->granted));
	return r == RC_NOT_FOUND ? RC_OK : r;
}

static enum result
write_granted(struct registry *reg, struct arena *a, const struct caller *caller,
    struct err *err)
{
	struct guard lock = {0};
	struct store_v1repo repo;
	bool news = false;
	enum result r;

	r = guard_take(reg->store, GUARD_REPOSITORY,
	    v1name_full(a, &caller->repository), &lock, err);
	if (r == RC_OK)
		r = is_news(reg, a, caller, &repo, &news, err);
	if (r == RC_OK && news)
		r = store_v1repo_set_granted(
		    reg->store, &repo, caller->granted, err);
	guard_release(&lock);
	return r;
}

/* Most requests bring none: they do not wait for the guard. */
enum result
access_note_granted(struct registry *reg, struct arena *a,
    const struct caller *caller, struct err *err)
{
	struct store_v1repo repo;
	bool news;
	enum result r;

	if (caller->granted.n == 0)
		return RC_OK;
	r = is_news(reg, a, caller, &repo, &news, err);
	return r == RC_OK && news ? write_granted(reg, a, caller, err) : r;
}
