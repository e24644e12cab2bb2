/* to_v2.c: the manifests of to_v2.h.
 *
 * The index has what was made, under each digest. What it does not have may still be the form of
 * a tag that nobody has asked for: then the tags are made, one after another, once. */
#include "bridge/to_v2.h"

#include <string.h>

#include "base/vec.h"
#include "bridge/ask.h"
#include "bridge/make.h"
#include "bridge/origins.h"
#include "bridge/tag_entry.h"
#include "image/canonical.h"
#include "image/manifest.h"
#include "image/v1name.h"
#include "registry/counterpart.h"
#include "registry/indexing.h"
#include "registry/shared_tags.h"
#include "registry/worklimit.h"
#include "store/bridge.h"
#include "store/v1tag.h"

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
	out->type = str_of(MANIFEST_SCHEMA2);
	return r == RC_BLOB_UNKNOWN ? RC_MANIFEST_UNKNOWN : r;
}

/* r: of make_image() or make_schema1(). */
static enum result
read_made(const struct task *t, enum result r,
    const struct counterpart_image *image, struct to_v2_manifest *out)
{
	if (r == RC_IMAGE_UNKNOWN || r == RC_IMAGE_UNFINISHED)
		return RC_NOT_BRIDGED;
	if (r == RC_OK)
		r = counterpart_check(t, image);
	return r == RC_OK ? read_manifest(t, &image->manifest, out) : r;
}

/* ---- by tag ---- */

/* Makes the image of the tag. If it is refused for the first time, the lists show the tag until
 * now. */
static enum result
make_tag(const struct task *t, const struct tag_entry *e,
    struct counterpart_image *image)
{
	enum result r = e->is.in == PAIR_V1
			    ? make_image(t, e->is.image, image)
			    : make_schema1(t, e->repository, &e->is.digest, image);

	if (r == RC_OK && (image->refused.n > 0 ? image->fresh
						: !tag_entry_is_there(t, e, image)))
		(void)tag_entry_put(task_quiet(t), e);
	return r;
}

static enum result
make_and_read(
    const struct task *t, const struct tag_entry *e, struct to_v2_manifest *out)
{
	struct counterpart_image image;
	enum result r = make_tag(t, e, &image);

	return read_made(t, r, &image, out);
}

enum result
to_v2_tag(const struct task *t, const struct pair *p, const char *tag,
    const char *id, struct to_v2_manifest *out)
{
	const struct tag_entry e = {p->v2, tag, {.in = PAIR_V1, .image = id}};

	return make_and_read(t, &e, out);
}

enum result
to_v2_schema1(const struct task *t, const struct pair *p, const char *tag,
    const struct digest *d, struct to_v2_manifest *out)
{
	const struct tag_entry e = {p->v2, tag, {.in = PAIR_V2, .digest = *d}};

	return make_and_read(t, &e, out);
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

/* So many images are made for one request, which may be for a digest that nobody has. The others
 * are made by the process that makes what was asked for (all.h). */
#define MAKE_MAX 10

struct search {
	const struct pair *pair;
	const struct digest *digest;
	unsigned made;
	bool found;
	enum result result;
};

/* The answer is that of a digest that nobody has, since a client that pushes asks for the digest
 * first, and would give up after any other. */
static enum result
leave_rest(const struct task *t, const struct pair *p)
{
	if (ask_mark(task_quiet(t), p, false) == RC_OK)
		ask_wake(t);
	return err_set(t->err, RC_MANIFEST_UNKNOWN,
	    "the digest may be that of a tag of the repository whose layers were not "
	    "read yet: try again later");
}

/* Has it a record now? What gets none, each request finds out again, and must not end at it. */
static bool
is_recorded(const struct task *t, const char *id)
{
	struct counterpart_image ignored;

	return counterpart_image(task_quiet(t), id, &ignored) == RC_OK;
}

static bool
make_and_compare(void *arg, const struct task *t, const char *tag, const char *id)
{
	struct search *s = arg;
	const struct tag_entry e = {s->pair->v2, tag, {.in = PAIR_V1, .image = id}};
	struct counterpart_image image;
	enum result before, r;

	if (counterpart_was_another(t, id, s->digest))
		return true;
	before = counterpart_image(task_quiet(t), id, &image);
	if (before == RC_NOT_FOUND && s->made == MAKE_MAX) {
		s->result = leave_rest(t, s->pair);
		return false;
	}
	r = make_tag(t, &e, &image);
	s->made += before == RC_NOT_FOUND && is_recorded(t, id);
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

/* Was the manifest with the digest d made of this origin? */
static bool
has_made(const struct task *t, const char *of, const struct digest *d)
{
	struct counterpart_image image;

	return counterpart_image(task_quiet(t), of, &image) == RC_OK &&
	       image.refused.n == 0 && digest_eq(&image.manifest, d);
}

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
	const struct task *t = task_with_arena(m->task, scratch);

	if (!counterpart_was_another(t, id, m->digest) &&
	    has_made(t, id, m->digest)) {
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
	if (store_v1repo_exists(&p->v1repo))
		r = store_v1tag_each(&p->v1repo, collect_tag, &meant, t->err);
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
to_v2_find_schema1(const struct task *t, const char *name, const struct digest *d,
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
