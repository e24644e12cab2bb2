/* to_v2.c: the manifests of to_v2.h.
 *
 * The index has what was made, under each digest. What it does not have may still be the form of
 * a tag that nobody has asked for: then the tags are made, one after another, once. */
#include "bridge/to_v2.h"

#include <string.h>

#include "base/vec.h"
#include "bridge/make.h"
#include "bridge/origins.h"
#include "bridge/shared_tags.h"
#include "image/canonical.h"
#include "image/v1name.h"
#include "registry/counterpart.h"
#include "registry/indexing.h"
#include "registry/worklimit.h"
#include "store/bridge.h"
#include "store/v1tag.h"

#define MANIFEST_TYPE "application/vnd.docker.distribution.manifest.v2+json"

/* ---- what was made ---- */

/* Memory is reserved to read a long one. RC_MANIFEST_UNKNOWN: it was removed meanwhile. */
static enum result
read_manifest(
    const struct task *t, const struct digest *d, struct to_v2_manifest *out)
{
	enum result r = store_bridge_blob_read(t->reg->store, t->arena,
	    (struct store_bridge_document){d, WORKLIMIT_FREE}, &out->bytes, t->err);

	if (r == RC_TOO_LARGE) {
		r = worklimit_enter(t, CANONICAL_MAX);
		if (r == RC_OK)
			r = store_bridge_blob_read(t->reg->store, t->arena,
			    (struct store_bridge_document){d, CANONICAL_MAX},
			    &out->bytes, t->err);
	}
	out->digest = *d;
	out->type = str_of(MANIFEST_TYPE);
	return r == RC_BLOB_UNKNOWN ? RC_MANIFEST_UNKNOWN : r;
}

/* r: of make_image() or make_schema1(). */
static enum result
read_made(const struct task *t, enum result r,
    const struct counterpart_image *image, struct to_v2_manifest *out)
{
	if (r == RC_IMAGE_UNKNOWN || r == RC_IMAGE_UNFINISHED)
		return RC_NOT_BRIDGED;
	if (r != RC_OK)
		return r;
	if (image->refused.n > 0)
		return err_set(
		    t->err, RC_NOT_BRIDGED, "%.*s", STR_ARG(image->refused));
	return read_manifest(t, &image->manifest, out);
}

/* ---- the index ---- */

/* A tag whose image has been made. */
struct made_tag {
	const struct pair *pair;
	const char *tag;
	struct pair_tag is;
};

/* What the index has as origin of the image's counterparts. */
static const char *
origin_of(const struct task *t, const struct made_tag *m)
{
	return m->is.in == PAIR_V1 ? m->is.image
				   : digest_text(t->arena, &m->is.digest);
}

/* Does the index know that the tag's image is the origin of its manifest? If it cannot answer now,
 * it is being made, of what the store has. */
static bool
is_indexed(const struct task *t, const struct made_tag *m,
    const struct counterpart_image *image)
{
	const char *origin = origin_of(t, m);
	struct origins origins;
	size_t i;

	if (origins_find(task_quiet(t), m->pair->v2, &image->manifest, &origins) !=
	    RC_OK)
		return true;
	for (i = 0; i < origins.n; i++)
		if (strcmp(origins.list[i].of, origin) == 0)
			return true;
	return origins.n == ORIGINS_MAX;
}

static bool
is_same(const struct pair_tag *a, const struct pair_tag *b)
{
	if (a->in != b->in)
		return false;
	return a->in == PAIR_V1 ? strcmp(a->image, b->image) == 0
				: digest_eq(&a->digest, &b->digest);
}

/* The tag may have moved since it was read. */
static void
enter_in_index(const struct task *t, const struct made_tag *m)
{
	const struct str name = str_of(m->tag);
	struct indexing_change change = {.tags = &name, .n_tags = 1};
	const struct task *quiet = task_quiet(t);
	struct pair_tag now;
	struct guard held = {0};
	enum result r = guard_take(
	    t->reg->store, GUARD_REPOSITORY, m->pair->v2, &held, quiet->err);

	if (m->is.in == PAIR_V1)
		change.image = m->is.image;
	else
		change.manifest = &m->is.digest;
	if (r == RC_OK)
		r = pair_tag_get(quiet, m->pair, m->tag, &now);
	if (r == RC_OK && is_same(&now, &m->is))
		indexing_update(t, &held, m->pair, &change);
	else if (r != RC_OK && r != RC_TAG_UNKNOWN)
		indexing_mark(t, m->pair->v2);
	guard_release(&held);
}

/* Makes the image of the tag. If it is refused for the first time, the lists show the tag until
 * now. */
static enum result
make_tag(
    const struct task *t, const struct made_tag *m, struct counterpart_image *image)
{
	enum result r = m->is.in == PAIR_V1
			    ? make_image(t, m->is.image, image)
			    : make_schema1(t, m->pair->v2, &m->is.digest, image);

	if (r == RC_OK &&
	    (image->refused.n > 0 ? image->is_new : !is_indexed(t, m, image)))
		enter_in_index(t, m);
	return r;
}

static enum result
make_and_read(
    const struct task *t, const struct made_tag *m, struct to_v2_manifest *out)
{
	struct counterpart_image image;
	enum result r = make_tag(t, m, &image);

	return read_made(t, r, &image, out);
}

enum result
to_v2_tag(const struct task *t, const struct pair *p, const char *tag,
    const char *id, struct to_v2_manifest *out)
{
	const struct made_tag m = {p, tag, {.in = PAIR_V1, .image = id}};

	return make_and_read(t, &m, out);
}

enum result
to_v2_schema1(const struct task *t, const struct pair *p, const char *tag,
    const struct digest *d, struct to_v2_manifest *out)
{
	const struct made_tag m = {p, tag, {.in = PAIR_V2, .digest = *d}};

	return make_and_read(t, &m, out);
}

/* ---- by digest ---- */

/* What was made of this origin. RC_IMAGE_UNKNOWN: nothing can be. */
static enum result
make_origin(const struct task *t, const char *name, const char *of,
    struct counterpart_image *image)
{
	struct digest schema1;

	if (v1name_is_image_id(str_of(of)))
		return make_image(t, of, image);
	if (digest_parse(str_of(of), &schema1, t->err) == RC_OK)
		return make_schema1(t, name, &schema1, image);
	return RC_IMAGE_UNKNOWN;
}

static enum result
read_origin(const struct task *t, const char *name, const char *of,
    const struct digest *d, struct to_v2_manifest *out)
{
	struct counterpart_image image;
	enum result r = make_origin(t, name, of, &image);

	if (r == RC_IMAGE_UNKNOWN || r == RC_IMAGE_UNFINISHED ||
	    (r == RC_OK && (image.refused.n > 0 || !digest_eq(&image.manifest, d))))
		return RC_MANIFEST_UNKNOWN;
	return r == RC_OK ? read_manifest(t, d, out) : r;
}

static enum result
read_known(const struct task *t, const char *name, const struct digest *d,
    struct to_v2_manifest *out)
{
	struct origins origins;
	enum result r = origins_find(t, name, d, &origins);
	size_t i;

	if (r != RC_OK && r != RC_REBUILDING)
		return r;
	r = RC_MANIFEST_UNKNOWN;
	for (i = 0; r == RC_MANIFEST_UNKNOWN && i < origins.n; i++)
		r = read_origin(t, name, origins.list[i].of, d, out);
	return r;
}

struct search {
	const struct pair *pair;
	const struct digest *digest;
	bool found;
	enum result result;
};

static bool
make_and_compare(void *arg, const struct task *t, const char *tag, const char *id)
{
	struct search *s = arg;
	const struct made_tag m = {s->pair, tag, {.in = PAIR_V1, .image = id}};
	struct counterpart_image image;
	enum result r = counterpart_image(task_quiet(t), id, &image);

	if (r == RC_OK &&
	    (image.refused.n > 0 || !digest_eq(&image.manifest, s->digest)))
		return true;
	r = make_tag(t, &m, &image);
	if (r == RC_IMAGE_UNKNOWN || r == RC_IMAGE_UNFINISHED)
		return true;
	s->result = r;
	s->found = r == RC_OK && image.refused.n == 0 &&
		   digest_eq(&image.manifest, s->digest);
	return r == RC_OK && !s->found;
}

static enum result
search_tags(const struct task *t, const char *name, const struct digest *d,
    struct to_v2_manifest *out)
{
	struct pair pair;
	struct search s = {.pair = &pair, .digest = d, .result = RC_OK};
	enum result r = pair_of_v2(t, name, &pair);

	if (r == RC_OK)
		r = shared_tags_each(t, &pair, make_and_compare, &s);
	if (r == RC_OK)
		r = s.result;
	if (r != RC_OK)
		return r;
	return s.found ? read_manifest(t, d, out)
		       : err_set(t->err, RC_MANIFEST_UNKNOWN,
			     "the repository has no manifest with this digest");
}

enum result
to_v2_digest(const struct task *t, const char *name, const struct digest *d,
    struct to_v2_manifest *out)
{
	enum result r = read_known(t, name, d, out);

	return r == RC_MANIFEST_UNKNOWN ? search_tags(t, name, d, out) : r;
}

/* ---- gone ---- */

/* Tags of API v1 whose images have one manifest. */
struct meant {
	const struct task *task;
	const struct digest *digest;
	struct meant_tag {
		const char *tag, *id;
	} * tags;
	size_t n, room;
};

static bool
collect_tag(void *arg, const char *tag, const char *id)
{
	struct meant *m = arg;
	struct arena *a = m->task->arena, *scratch = arena_new();
	struct counterpart_image image;
	enum result r = counterpart_image(
	    task_quiet(task_with_arena(m->task, scratch)), id, &image);

	if (r == RC_OK && image.refused.n == 0 &&
	    digest_eq(&image.manifest, m->digest)) {
		m->tags = vec_grow(a, m->tags, m->n, &m->room, sizeof(*m->tags));
		m->tags[m->n++] = (struct meant_tag){
		    arena_strdup(a, tag), arena_strdup(a, id)};
	}
	arena_free(scratch);
	return true;
}

/* A tag that API v2 has itself stays there. */
static enum result
remove_tag(const struct task *t, const struct guard *held, const struct pair *p,
    const struct meant_tag *one)
{
	const struct str name = str_of(one->tag);
	struct indexing_change change = {
	    .dropped_tags = &name, .dropped_image = one->id};
	bool shared, was;
	enum result r = pair_tag_is_shared(t, p, one->tag, &shared);

	if (r == RC_OK)
		r = pair_v1_tag_drop(t, held, p, one->tag, &was);
	if (r != RC_OK) {
		indexing_mark(t, p->v2);
		return r;
	}
	change.n_dropped_tags = shared ? 1 : 0;
	indexing_update(t, held, p, &change);
	return RC_OK;
}

/* Was the manifest with the digest d made of this origin? */
static bool
has_made(const struct task *t, const char *of, const struct digest *d)
{
	struct counterpart_image image;

	return counterpart_image(task_quiet(t), of, &image) == RC_OK &&
	       image.refused.n == 0 && digest_eq(&image.manifest, d);
}

/* What tags that are gone have left in the index. *any is set if there was something. */
static enum result
forget_origins(const struct task *t, const struct guard *held, const struct pair *p,
    const struct digest *d, bool *any)
{
	struct indexing_change change = {.n_tags = 0};
	struct origins origins;
	size_t i;
	enum result r = origins_find(t, p->v2, d, &origins);

	for (i = 0; r == RC_OK && i < origins.n; i++) {
		change.dropped_image = origins.list[i].of;
		if (!v1name_is_image_id(str_of(change.dropped_image)) ||
		    !has_made(t, change.dropped_image, d))
			continue;
		indexing_update(t, held, p, &change);
		*any = true;
	}
	return r == RC_REBUILDING ? RC_OK : r;
}

enum result
to_v2_remove(const struct task *t, const struct guard *held, const struct pair *p,
    const struct digest *d, size_t *n)
{
	struct meant meant = {.task = t, .digest = d};
	enum result r = RC_OK;
	bool any;

	*n = 0;
	if (p->v1 != NULL && store_v1repo_exists(&p->own))
		r = store_v1tag_each(&p->own, collect_tag, &meant, t->err);
	while (r == RC_OK && *n < meant.n) {
		r = remove_tag(t, held, p, &meant.tags[*n]);
		*n += r == RC_OK;
	}
	any = meant.n > 0;
	if (r == RC_OK)
		r = forget_origins(t, held, p, d, &any);
	if (r == RC_OK && !any)
		return err_set(t->err, RC_MANIFEST_UNKNOWN,
		    "the repository has no manifest with this digest");
	return r;
}

/* ---- what is there ---- */

enum result
to_v2_has(const struct task *t, const char *name, const struct digest *d, bool *out)
{
	struct origins origins;
	size_t i;
	enum result r = origins_find(t, name, d, &origins);

	*out = false;
	for (i = 0; r == RC_OK && !*out && i < origins.n; i++)
		*out = has_made(t, origins.list[i].of, d);
	return r;
}

enum result
to_v2_stored(const struct task *t, const char *name, const struct digest *d,
    struct digest *out)
{
	struct origins origins;
	size_t i;
	enum result r = origins_find(t, name, d, &origins);

	for (i = 0; r == RC_OK && i < origins.n; i++)
		if (has_made(t, origins.list[i].of, d) &&
		    digest_parse(str_of(origins.list[i].of), out, t->err) == RC_OK)
			return RC_OK;
	return r == RC_OK || r == RC_REBUILDING
		   ? err_set(t->err, RC_MANIFEST_UNKNOWN,
			 "no manifest of schema 1 has this form")
		   : r;
}
