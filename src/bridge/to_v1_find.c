/* to_v1_find.c: see to_v1_find.h. The index says which repositories have a manifest from which
 * an image was derived; the image is then derived again, from manifest and config. */
#include "bridge/to_v1_find.h"

#include <string.h>

#include "auth/caller.h"
#include "base/vec.h"
#include "bridge/make.h"
#include "bridge/to_v1.h"
#include "index/index.h"
#include "registry/counterpart.h"
#include "registry/pair.h"

/* How many repositories are looked at, since many may be hidden; and how many manifests are
 * read, since one is enough unless it was damaged. */
#define LOOK_MAX 500
#define READ_MAX 4

struct candidate {
	const char *repository;
	struct digest manifest;
};

struct candidates {
	struct arena *arena;
	struct candidate *items;
	size_t n, room;
};

static bool
take_candidate(void *arg, struct str repository, struct str origin)
{
	struct candidates *all = arg;
	struct candidate c;
	struct err ignored;

	if (digest_parse(origin, &c.manifest, &ignored) != RC_OK)
		return true;
	c.repository = str_dup(all->arena, repository);
	all->items = vec_grow(
	    all->arena, all->items, all->n, &all->room, sizeof(*all->items));
	all->items[all->n++] = c;
	return all->n < LOOK_MAX;
}

/* repository: NULL for all. */
static enum result
find_candidates(const struct task *t, const char *repository, const char *id,
    struct candidates *out)
{
	const struct index_counterpart_visitor visitor = {take_candidate, out};

	*out = (struct candidates){.arena = t->arena};
	return index_counterpart_find(
	    t->reg->index, str_of(repository), str_of(id), &visitor, t->err);
}

/* ---- what the caller may see ---- */

static bool
names_one(const struct caller *caller)
{
	return caller != NULL && caller->repository.ns != NULL;
}

/* Is it private, and not the repository `own`? */
static enum result
is_hidden(const struct task *t, const char *repository, const struct v1name *own,
    bool *out)
{
	struct pair p;
	enum result r = pair_of_v2(t, repository, &p);

	*out = false;
	if (r != RC_OK || p.v1 == NULL ||
	    strcmp(p.v1, v1name_full(t->arena, own)) == 0)
		return r;
	return store_v1repo_is_private(&p.v1repo, out, t->err);
}

static enum result
may_see(const struct task *t, const char *repository, bool *out)
{
	bool hidden = false;
	enum result r = RC_OK;

	if (names_one(t->caller))
		r = is_hidden(t, repository, &t->caller->repository, &hidden);
	*out = !hidden;
	return r;
}

enum result
to_v1_owners(const struct task *t, const struct v1name *own, const char *id,
    struct to_v1_owners *out)
{
	struct candidates all;
	bool hidden;
	size_t i;
	enum result r = find_candidates(t, NULL, id, &all);

	*out = (struct to_v1_owners){.private = false};
	for (i = 0; r == RC_OK && i < all.n && !out->public; i++) {
		r = is_hidden(t, all.items[i].repository, own, &hidden);
		out->private |= r == RC_OK && hidden;
		out->public |= r == RC_OK && !hidden;
	}
	return r == RC_REBUILDING ? RC_OK : r;
}

/* ---- the image ---- */

/* Of a manifest of schema 1, whose schema 2 form is not there. */
static enum result
make_chain(const struct task *t, const char *name, const struct digest *d,
    struct v1chain *out)
{
	struct counterpart_image made;
	struct digest ignored;
	enum result r = make_schema1_again(t, name, d, &made);

	if (r == RC_OK)
		r = counterpart_check(t, &made);
	return r == RC_OK ? counterpart_chain(t, name, d, out, &ignored) : r;
}

enum result
to_v1_chain(const struct task *t, const char *name, const struct digest *d,
    struct v1chain *out)
{
	struct digest image;
	enum result r = counterpart_chain(t, name, d, out, &image);

	return r == RC_NOT_FOUND ? make_chain(t, name, &image, out) : r;
}

static enum result
read_candidate(const struct task *t, const char *id, const struct candidate *c,
    struct to_v1_found *out)
{
	enum result r = to_v1_chain(t, c->repository, &c->manifest, &out->chain);

	if (r == RC_NOT_BRIDGED || r == RC_MANIFEST_UNKNOWN)
		return RC_IMAGE_UNKNOWN;
	if (r != RC_OK)
		return r;
	out->repository = c->repository;
	out->at = v1chain_find(&out->chain, id);
	return out->at < out->chain.n ? RC_OK : RC_IMAGE_UNKNOWN;
}

static enum result
find_in(const struct task *t, const char *repository, const char *id,
    struct to_v1_found *out)
{
	struct candidates all;
	unsigned left = READ_MAX;
	bool seen;
	size_t i;
	enum result r = find_candidates(t, repository, id, &all), got;

	for (i = 0; r == RC_OK && i < all.n && left > 0; i++) {
		r = may_see(t, all.items[i].repository, &seen);
		if (r != RC_OK || !seen)
			continue;
		got = read_candidate(t, id, &all.items[i], out);
		if (got != RC_IMAGE_UNKNOWN)
			return got;
		left--;
	}
	if (r != RC_OK)
		return r;
	return err_set(t->err, RC_IMAGE_UNKNOWN,
	    "no repository has an image of API v2 with this id");
}

static enum result
find_in_own(const struct task *t, const char *id, struct to_v1_found *out)
{
	struct pair own;
	enum result r = pair_of_v1(t, &t->caller->repository, &own);

	if (r == RC_OK)
		r = own.v2 == NULL ? RC_IMAGE_UNKNOWN : find_in(t, own.v2, id, out);
	return r;
}

/* The caller's own repository first, since there may be many others. */
enum result
to_v1_find(const struct task *t, const char *id, struct to_v1_found *out)
{
	enum result r = RC_IMAGE_UNKNOWN;

	if (names_one(t->caller))
		r = find_in_own(t, id, out);
	return r == RC_IMAGE_UNKNOWN ? find_in(t, NULL, id, out) : r;
}

/* ---- is it there? ---- */

/* A manifest of schema 1 whose other form is to be made again has had this image. */
static enum result
is_of(const struct task *t, const char *id, const struct candidate *c, bool *out)
{
	struct v1chain chain;
	struct digest ignored;
	enum result r = counterpart_chain(
	    t, c->repository, &c->manifest, &chain, &ignored);

	*out = r == RC_NOT_FOUND ||
	       (r == RC_OK && v1chain_find(&chain, id) < chain.n);
	return r == RC_NOT_FOUND || r == RC_NOT_BRIDGED || r == RC_MANIFEST_UNKNOWN
		   ? RC_OK
		   : r;
}

enum result
to_v1_is_taken(const struct task *t, const char *id, bool *out)
{
	struct candidates all;
	size_t i;
	enum result r = find_candidates(t, NULL, id, &all);

	*out = false;
	for (i = 0; r == RC_OK && i < all.n && i < READ_MAX && !*out; i++)
		r = is_of(t, id, &all.items[i], out);
	return r == RC_REBUILDING ? RC_OK : r;
}
