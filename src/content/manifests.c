/* manifests.c: see manifests.h.
 *
 * A push reads and checks the manifest, computes its digest and looks for what it refers to,
 * all without the guard. With the guard of the repository it checks the client's condition,
 * stores the manifest and then its tags, and enters both in the index. A deletion goes the
 * other way: tags first, then the manifest, so that a tag never means a manifest that is not
 * there. If either breaks off between two steps, the repository gets a mark (indexing.h). */
#include "content/manifests.h"

#include "base/vec.h"
#include "content/signature.h"
#include "image/manifest.h"
#include "image/reference.h"
#include "image/schema1.h"
#include "registry/event.h"
#include "registry/indexing.h"
#include "registry/manifest_load.h"
#include "registry/referrer.h"
#include "registry/worklimit.h"
#include "store/blob.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/tag.h"

static enum result
names_nothing(struct err *err)
{
	return err_set(
	    err, RC_MANIFEST_UNKNOWN, "the reference must be a tag or a digest");
}

/* ---- out ---- */

/* Which digest the reference means in the repository. */
static enum result
resolve_reference(const struct task *t, const char *name, struct str reference,
    struct digest *out, bool *by_digest)
{
	const struct store_repository in = task_repository(t, name);
	struct err ignored;

	*by_digest = digest_parse(reference, out, &ignored) == RC_OK;
	if (*by_digest)
		return RC_OK;
	if (!reference_is_tag(reference))
		return names_nothing(t->err);
	return store_tag_get(&in, str_dup(t->arena, reference), out, t->err);
}

/* Called with the guard of the repository. */
static enum result
check_condition(const struct task *t, const char *name, struct str reference,
    const struct manifests_condition *condition)
{
	const struct store_repository in = task_repository(t, name);
	struct digest d, kept;
	bool by_digest;
	enum result r;

	if (condition == NULL)
		return RC_OK;
	r = resolve_reference(t, name, reference, &d, &by_digest);
	if (r == RC_OK)
		r = store_manifest_find(&in, &d, &kept, t->err);
	if (r != RC_OK && r != RC_MANIFEST_UNKNOWN)
		return r;
	if (condition->holds(condition->arg, r == RC_OK ? &kept : NULL))
		return RC_OK;
	return err_set(t->err, RC_CONDITION, "the reference means %s now",
	    r == RC_OK ? digest_text(t->arena, &kept) : "nothing");
}

/* Memory is reserved to read a long one. Its digest is computed each time. */
static enum result
read_stored(const struct task *t, const char *name, const struct digest *d,
    struct store_manifest *out)
{
	const struct store_repository in = task_repository(t, name);
	enum result r = store_manifest_read_short(
	    &in, d, WORKLIMIT_FREE, out, t->err);

	if (r != RC_TOO_LARGE)
		return r;
	r = worklimit_enter(t, MANIFEST_MAX);
	if (r == RC_OK)
		r = store_manifest_read(&in, d, out, t->err);
	return r;
}

/* Only for a long manifest: it is sent from its file, so its bytes do not stay in
 * memory until a client has read them. */
static enum result
find_file(const struct task *t, const struct store_manifest *stored,
    const struct content **out)
{
	struct store_blob blob;
	enum result r;

	if (stored->bytes.n <= WORKLIMIT_FREE)
		return RC_OK;
	r = store_blob_find_anywhere(
	    t->reg->store, t->arena, &stored->digest, &blob, t->err);
	if (r == RC_OK)
		*out = blob.content;
	return r == RC_BLOB_UNKNOWN ? RC_MANIFEST_UNKNOWN : r;
}

enum result
manifests_get(const struct task *t, const char *name, struct str reference,
    struct manifests_found *out)
{
	struct store_manifest stored;
	struct digest d;
	enum result r = resolve_reference(t, name, reference, &d, &out->by_digest);

	if (r == RC_OK)
		r = read_stored(t, name, &d, &stored);
	if (r != RC_OK)
		return r;
	out->content = NULL;
	out->digest = stored.digest;
	out->bytes = stored.bytes;
	r = manifest_load_type(t, name, &stored, &out->type);
	if (r != RC_OK)
		return r;
	if (!schema1_is_type(out->type))
		return find_file(t, &stored, &out->content);
	return signature_add(t, &out->bytes, &out->type);
}

/* ---- in ---- */

/* A manifest on its way in. */
struct push {
	const struct task *task;
	const char *name;
	const struct manifests_push *given;
	struct guard guard; /* of the repository, once the manifest is read */
	struct pair pair;   /* once the guard is held */
	struct str bytes;   /* that are stored */
	struct manifest manifest;
	struct digest digest;
	struct str *tags; /* that shall mean it */
	size_t n_tags;
};

/* Of schema 1 only the payload, without the signatures, is the manifest. */
static enum result
read_manifest(struct push *p)
{
	const struct manifests_push *given = p->given;
	enum result r = manifest_parse(p->task->arena, given->bytes,
	    given->content_type, &p->manifest, p->task->err);

	p->bytes = given->bytes;
	if (r != RC_OK || !schema1_is_type(p->manifest.type))
		return r;
	if (given->no_schema1)
		return err_set(p->task->err, RC_FALLBACK,
		    "this docker must push schema 2, not schema 1");
	r = signature_check(p->task->arena, given->bytes, &p->bytes, p->task->err);
	if (r == RC_OK)
		r = schema1_read(
		    p->task->arena, p->bytes, &p->manifest, p->task->err);
	return r;
}

/* The reference is a digest, which the bytes must have, or the first of the tags. */
static enum result
read_reference(struct push *p, struct str reference)
{
	struct digest want;
	enum result r = digest_parse(reference, &want, p->task->err);
	bool by_digest = r == RC_OK;
	size_t i;

	if (r == RC_OTHER_DIGEST)
		return RC_BAD_DIGEST;
	digest_of(by_digest ? want.kind : HASH_SHA256, p->bytes, &p->digest);
	if (by_digest && !digest_eq(&p->digest, &want))
		return err_set(p->task->err, RC_MISMATCH,
		    "the manifest has the digest %s",
		    digest_text(p->task->arena, &p->digest));
	p->tags = arena_alloc(
	    p->task->arena, (p->given->n_tags + 1) * sizeof(*p->tags));
	if (!by_digest)
		p->tags[p->n_tags++] = reference;
	for (i = 0; i < p->given->n_tags; i++)
		p->tags[p->n_tags++] = p->given->tags[i];
	for (i = 0; i < p->n_tags; i++)
		if (!reference_is_tag(p->tags[i]))
			return err_set(p->task->err, RC_BAD_TAG,
			    "\"%.*s\" is not a tag", STR_ARG(p->tags[i]));
	return RC_OK;
}

/* A child of an index may be a blob as well: caches of build tools are kept so. */
static enum result
find_ref(const struct push *p, struct arena *scratch, struct str ref)
{
	const struct store_repository in = {p->task->reg->store, scratch, p->name};
	struct store_blob blob;
	struct digest d, kept;
	enum result r = RC_MANIFEST_UNKNOWN;

	if (digest_parse(ref, &d, p->task->err) != RC_OK)
		return RC_BLOB_UNKNOWN; /* of an algorithm that is not computed here */

	if (p->manifest.refs_are_manifests)
		r = store_manifest_find(&in, &d, &kept, p->task->err);
	if (r == RC_MANIFEST_UNKNOWN)
		r = store_blob_find(&in, &d, &blob, p->task->err);
	return r;
}

/* Fills in `missing`, as far as there is room. */
static enum result
collect_missing(
    const struct push *p, struct str missing[MANIFESTS_MISSING_MAX], size_t *n)
{
	struct arena *scratch = arena_new(); /* cleared for each reference */
	enum result r = RC_OK;
	size_t i;

	for (i = 0; i < p->manifest.n_refs && *n < MANIFESTS_MISSING_MAX; i++) {
		arena_clear(scratch);
		r = find_ref(p, scratch, p->manifest.refs[i]);
		if (r == RC_BLOB_UNKNOWN)
			missing[(*n)++] = p->manifest.refs[i];
		else if (r != RC_OK)
			break;
	}
	arena_free(scratch);
	return r == RC_BLOB_UNKNOWN ? RC_OK : r;
}

/* Called without the guard: see manifests.h. */
static enum result
find_refs(struct push *p, struct manifests_pushed *out)
{
	struct str *missing = arena_alloc(
	    p->task->arena, MANIFESTS_MISSING_MAX * sizeof(*missing));
	enum result r = collect_missing(p, missing, &out->n_missing);

	out->missing = missing;
	if (r != RC_OK || out->n_missing == 0)
		return r;
	return err_set(p->task->err, RC_UNRESOLVED_REF,
	    "%zu%s of the blobs and manifests to which this manifest refers are "
	    "not in the repository: push them first",
	    out->n_missing,
	    out->n_missing == MANIFESTS_MISSING_MAX ? " or more" : "");
}

static enum result
store_manifest_and_tags(struct push *p)
{
	const struct store_repository in = task_repository(p->task, p->name);
	const struct store_manifest m = {p->digest, p->bytes};
	enum result r;
	size_t i;

	r = store_manifest_put(&in, &p->guard, &m,
	    p->manifest.type_from_header ? p->manifest.type : str_of(""),
	    p->task->err);
	for (i = 0; r == RC_OK && i < p->n_tags; i++)
		r = store_tag_put(&in, &p->guard,
		    str_dup(p->task->arena, p->tags[i]), &p->digest, p->task->err);
	return r;
}

static void
enter_in_index(struct push *p)
{
	struct indexing_change change = {
	    .tags = p->tags, .n_tags = p->n_tags, .manifest = &p->digest};
	struct index_referrer referrer;

	if (p->manifest.has_subject) {
		referrer_make(p->task->arena, &p->manifest, &p->digest, p->bytes.n,
		    &referrer);
		change.referrer = &referrer;
	}
	indexing_update(p->task, &p->guard, &p->pair, &change);
}

/* One event for each tag, or one for a manifest without tags. */
static void
emit_push(const struct push *p)
{
	struct arena *a = p->task->arena;
	struct event event = {.kind = EVENT_PUSH_MANIFEST,
	    .repository = p->name,
	    .digest = digest_text(a, &p->digest)};
	size_t i;

	if (p->n_tags == 0)
		event_emit(p->task, &event);
	for (i = 0; i < p->n_tags; i++) {
		event.tag = str_dup(a, p->tags[i]);
		event_emit(p->task, &event);
	}
}

enum result
manifests_put(const struct task *t, const char *name, struct str reference,
    const struct manifests_push *given, struct manifests_pushed *out)
{
	struct push p = {.task = t, .name = name, .given = given};
	enum result r;

	*out = (struct manifests_pushed){.subject = NULL};
	r = read_manifest(&p);
	if (r == RC_OK)
		r = read_reference(&p, reference);
	if (r == RC_OK)
		r = find_refs(&p, out);
	if (r == RC_OK)
		r = guard_take(
		    t->reg->store, GUARD_REPOSITORY, name, &p.guard, t->err);
	if (r == RC_OK)
		r = pair_of_v2(t, name, &p.pair);
	if (r == RC_OK)
		r = check_condition(t, name, reference, given->condition);
	if (r == RC_OK) {
		r = store_manifest_and_tags(&p);
		if (r != RC_OK)
			indexing_mark(t, name);
	}
	if (r == RC_OK) {
		out->digest = p.digest;
		if (p.manifest.has_subject)
			out->subject = str_dup(t->arena, p.manifest.subject);
		enter_in_index(&p);
		emit_push(&p);
	}
	guard_release(&p.guard);
	return r;
}

/* ---- gone ---- */

static enum result
remove_tag(const struct task *t, const struct guard *held, const struct pair *p,
    const char *tag)
{
	const char *name = p->v2;
	const struct store_repository in = pair_v2(t, p);
	struct str dropped = str_of(tag);
	const struct indexing_change change = {
	    .dropped_tags = &dropped, .n_dropped_tags = 1};
	enum result r = store_tag_remove(&in, held, tag, t->err);

	if (r == RC_OK ||
	    r == RC_MANIFEST_UNKNOWN) /* an earlier removal broke off */
		indexing_update(t, held, p, &change);
	else
		indexing_mark(t, name);
	if (r == RC_OK)
		event_emit(t,
		    &(struct event){
			.kind = EVENT_DELETE_TAG, .repository = name, .tag = tag});
	return r;
}

/* Tags that mean one manifest. */
struct meant {
	struct arena *arena;
	const struct digest *digest;
	struct str *tags;
	size_t n, room;
};

static bool
collect_tag(void *arg, const char *tag, const struct digest *d)
{
	struct meant *m = arg;

	if (!digest_eq(d, m->digest))
		return true;
	m->tags = vec_grow(m->arena, m->tags, m->n, &m->room, sizeof(*m->tags));
	m->tags[m->n++] = str_of(arena_strdup(m->arena, tag));
	return true;
}

/* The tags are removed first: a tag never means a manifest that is not there. A
 * manifest whose bytes are damaged or lost is removed like any other. */
static enum result
remove_manifest(const struct task *t, const struct guard *held,
    const struct pair *p, const struct digest *d)
{
	const char *name = p->v2;
	const struct store_repository in = pair_v2(t, p);
	struct indexing_change change = {.dropped_manifest = d};
	struct digest kept;
	struct meant meant = {.arena = t->arena, .digest = &kept};
	enum result r;
	size_t i;

	r = store_manifest_linked(&in, d, &kept, t->err);
	if (r == RC_OK)
		r = store_tag_each(&in, "", collect_tag, &meant, t->err);
	for (i = 0; r == RC_OK && i < meant.n; i++)
		r = store_tag_remove(&in, held, meant.tags[i].p, t->err);
	if (r == RC_OK)
		r = store_manifest_remove(&in, held, d, t->err);
	change.dropped_tags = meant.tags;
	change.n_dropped_tags = meant.n;
	if (r == RC_OK ||
	    r == RC_MANIFEST_UNKNOWN) /* an earlier removal broke off */
		indexing_update(t, held, p, &change);
	else
		indexing_mark(t, name);
	if (r == RC_OK)
		event_emit(t, &(struct event){.kind = EVENT_DELETE_MANIFEST,
				  .repository = name,
				  .digest = digest_text(t->arena, d),
				  .n_tags = meant.n});
	return r;
}

enum result
manifests_remove(const struct task *t, const char *name, struct str reference,
    const struct manifests_condition *condition)
{
	struct guard held = {0};
	struct pair pair;
	struct digest d;
	struct err ignored;
	bool by_digest = digest_parse(reference, &d, &ignored) == RC_OK;
	enum result r;

	if (!by_digest && !reference_is_tag(reference))
		return names_nothing(t->err);
	r = guard_take(t->reg->store, GUARD_REPOSITORY, name, &held, t->err);
	if (r == RC_OK)
		r = pair_of_v2(t, name, &pair);
	if (r == RC_OK)
		r = check_condition(t, name, reference, condition);
	if (r == RC_OK && by_digest)
		r = remove_manifest(t, &held, &pair, &d);
	else if (r == RC_OK)
		r = remove_tag(t, &held, &pair, str_dup(t->arena, reference));
	guard_release(&held);
	return r;
}
