/* to_v1_find.c: see to_v1_find.h. The index says which repositories have a manifest from which
 * an image was derived; the image is then derived again, from manifest and config. */
#include "bridge/to_v1_find.h"

#include <string.h>

#include "auth/caller.h"
#include "base/vec.h"
#include "bridge/make.h"
#include "bridge/to_v1.h"
#include "bridge/to_v1_layer.h"
#include "index/index.h"
#include "registry/counterpart.h"
#include "registry/pair.h"
#include "registry/v1image.h"

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

/* Is it an image of API v1 with a layer as long as that of the chain, of which no sums are known?
 * RC_OK: it is. */
static enum result
find_unread(const struct task *t, const struct to_v1_found *found, size_t at)
{
	const char *id = found->chain.images[at].id;
	const struct content *own, *blob;
	struct layer_sums ignored;
	enum result r = v1image_layer(t, id, &own);

	if (r == RC_OK)
		r = to_v1_layer_find(t, found, at, &blob);
	if (r == RC_OK && store_content_size(own) != store_content_size(blob))
		return RC_MISMATCH;
	if (r == RC_OK)
		r = counterpart_layer(t, id, &ignored);
	return r == RC_NOT_FOUND ? RC_OK : r == RC_OK ? RC_IMAGE_EXISTS : r;
}

/* In a copy of a store the layers of images that berth has kept may be other files than the blobs.
 * Then only their bytes say that these are the same images. *any: some were read now. */
static enum result
read_kept(const struct task *t, const struct to_v1_found *found, bool *any)
{
	struct layer_sums ignored;
	enum result r = RC_OK;
	size_t i;

	*any = false;
	for (i = 0; i < found->chain.n; i++) {
		if (find_unread(task_quiet(t), found, i) != RC_OK)
			continue;
		r = make_layer(t, found->chain.images[i].id, &ignored);
		if (r == RC_IO || r == RC_FULL || r == RC_BUSY)
			return r;
		*any = *any || r == RC_OK;
	}
	return RC_OK;
}

static enum result
chain_with_kept(const struct task *t, const char *name, const struct digest *d,
    struct v1chain *out)
{
	struct to_v1_found found = {.repository = name};
	struct err why = *t->err;
	struct digest ignored;
	bool any;
	enum result r = RC_OK;

	found.chain = *out;
	r = read_kept(t, &found, &any);
	if (r == RC_OK && any)
		return counterpart_chain(t, name, d, out, &ignored);
	if (r == RC_OK)
		*t->err = why;
	return r == RC_OK ? RC_NOT_BRIDGED : r;
}

enum result
to_v1_chain(const struct task *t, const char *name, const struct digest *d,
    struct v1chain *out)
{
	struct digest image;
	enum result r;

	*out = (struct v1chain){.n = 0};
	r = counterpart_chain(t, name, d, out, &image);
	if (r == RC_NOT_FOUND)
		r = make_chain(t, name, &image, out);
	return r == RC_NOT_BRIDGED ? chain_with_kept(t, name, d, out) : r;
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
