/* repository_remove.c: repository_remove() of repository.h.
 *
 * The tags of API v2 are removed first, each after the tag of API v1 that it hides; then the
 * manifests, so that a tag never means one that is not there; and then the part of API v1, in one
 * step. That comes last because a private repository is one by a file in it. A removal that breaks
 * off can be repeated until nothing is left. */
#include "images/repository.h"

#include "image/digest.h"
#include "registry/event.h"
#include "registry/indexing.h"
#include "registry/pair.h"
#include "store/description.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/tag.h"

/* ---- what API v2 has of it ---- */

#define AT_ONCE 256

struct batch {
	struct arena *arena; /* cleared for each batch */
	const char *tags[AT_ONCE];
	struct digest manifests[AT_ONCE];
	size_t n;
};

static bool
collect_tag(void *arg, const char *tag, const struct digest *d)
{
	struct batch *b = arg;

	(void)d;
	b->tags[b->n++] = arena_strdup(b->arena, tag);
	return b->n < AT_ONCE;
}

static bool
collect_manifest(void *arg, const struct digest *d)
{
	struct batch *b = arg;

	b->manifests[b->n++] = *d;
	return b->n < AT_ONCE;
}

static void
begin_batch(struct batch *b)
{
	arena_clear(b->arena);
	b->n = 0;
}

/* Another server may have removed it just now. */
static enum result
or_gone(enum result r)
{
	return r == RC_MANIFEST_UNKNOWN ? RC_OK : r;
}

static enum result
remove_tag(const struct task *t, const struct guard *held, const struct pair *p,
    const char *tag)
{
	bool ignored;
	enum result r = pair_v1_tag_drop(t, held, p, tag, &ignored);

	return r == RC_OK ? pair_v2_tag_drop(t, held, p, tag, &ignored) : r;
}

static enum result
remove_tags(const struct task *t, const struct guard *held, const struct pair *p,
    struct batch *b)
{
	const struct store_repository in = {t->reg->store, b->arena, p->v2};
	const struct task *inner;
	enum result r;
	size_t i;

	do {
		begin_batch(b);
		inner = task_with_arena(t, b->arena);
		r = store_tag_each(&in, "", collect_tag, b, t->err);
		for (i = 0; r == RC_OK && i < b->n; i++)
			r = remove_tag(inner, held, p, b->tags[i]);
	} while (r == RC_OK && b->n == AT_ONCE);
	return r;
}

static enum result
remove_manifests(const struct task *t, const struct guard *held,
    const struct pair *p, struct batch *b)
{
	const struct store_repository in = {t->reg->store, b->arena, p->v2};
	enum result r;
	size_t i;

	do {
		begin_batch(b);
		r = store_manifest_each(&in, collect_manifest, b, t->err);
		for (i = 0; r == RC_OK && i < b->n; i++)
			r = or_gone(store_manifest_remove(
			    &in, held, &b->manifests[i], t->err));
	} while (r == RC_OK && b->n == AT_ONCE);
	return r;
}

static enum result
remove_v2(const struct task *t, const struct guard *held, const struct pair *p)
{
	struct batch *b = arena_alloc(t->arena, sizeof(*b));
	enum result r;

	if (p->v2 == NULL)
		return RC_OK;
	b->arena = arena_new();
	r = remove_tags(t, held, p, b);
	if (r == RC_OK)
		r = remove_manifests(t, held, p, b);
	arena_free(b->arena);
	return r;
}

/* ---- all of it ---- */

/* The description first: a removal that breaks off after it can be repeated. */
static enum result
remove_all(const struct task *t, const struct guard *held,
    const struct v1name *name, const struct pair *p)
{
	enum result r = store_description_set(
	    t->reg->store, t->arena, name, str_of(NULL), t->err);

	if (r == RC_OK)
		r = remove_v2(t, held, p);
	if (r == RC_OK)
		r = store_v1repo_remove(&p->v1repo, held, t->err);
	if (r == RC_OK || r == RC_NOT_FOUND)
		indexing_update(t, held, p, NULL);
	else
		indexing_mark(t, v1name_full(t->arena, name));
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* An earlier removal may have broken off: its absence becomes durable. */
static enum result
remove_nothing(const struct task *t, const struct guard *held, const struct pair *p)
{
	enum result r = store_v1repo_remove(&p->v1repo, held, t->err);

	if (r != RC_OK && r != RC_NOT_FOUND)
		return r;
	indexing_update(t, held, p, NULL);
	return err_set(t->err, RC_REPOSITORY_UNKNOWN,
	    "there is no such repository, in either API");
}

enum result
repository_remove(const struct task *t, const struct v1name *name)
{
	struct guard held = {0};
	struct pair p;
	bool there = false;
	enum result r;

	r = guard_take(t->reg->store, GUARD_REPOSITORY, v1name_full(t->arena, name),
	    &held, t->err);
	if (r == RC_OK)
		r = pair_of_v1(t, name, &p);
	if (r == RC_OK)
		r = pair_exists(t, &p, &there);
	if (r == RC_OK && there)
		r = remove_all(t, &held, name, &p);
	else if (r == RC_OK)
		r = remove_nothing(t, &held, &p);
	guard_release(&held);
	if (r == RC_OK)
		event_emit(t, &(struct event){.kind = EVENT_DELETE_REPOSITORY,
				  .repository = v1name_full(t->arena, name)});
	return r;
}
