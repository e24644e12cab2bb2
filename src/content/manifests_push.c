/* manifests_push.c: manifests_put() of manifests.h.
 *
 * A push reads and checks the manifest, computes its digest and looks for what it refers to,
 * all without the guard. With the guard of the repository it checks the client's condition,
 * stores the manifest and then its tags, and enters both in the index. A tag counts from the
 * moment that it is written; then the tag of API v1 with its name is removed (registry/pair.h). If
 * a push breaks off between two steps, the repository gets a mark (indexing.h).
 *
 * A client that has seen blobs and manifests of images of API v1 refers to them as to any others.
 * What is found that way becomes the repository's own: the blobs at once, without a copy, and
 * manifests with the one that refers to them. */
#include "content/manifests.h"

#include "base/vec.h"
#include "bridge/ask.h"
#include "bridge/to_v2.h"
#include "content/meaning.h"
#include "content/signature.h"
#include "image/canonical.h"
#include "image/manifest.h"
#include "image/reference.h"
#include "image/schema1.h"
#include "registry/event.h"
#include "registry/indexing.h"
#include "registry/referrer.h"
#include "store/blob.h"
#include "store/bridge.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/tag.h"

/* A manifest on its way in. */
struct push {
	const struct task *task;
	const char *name;
	const struct manifests_push *given;
	struct guard guard; /* of the repository, once the manifest is read */
	struct pair pair;   /* once the guard is held */
	struct str bytes;   /* that are stored */
	struct manifest manifest;
	bool schema1;
	struct digest digest;
	struct str *tags; /* that shall mean it */
	size_t n_tags;
	struct digest
	    *kept; /* children that the repository has through API v1 alone */
	size_t n_kept, kept_room;
};

/* Of schema 1 only the payload, without the signatures, is the manifest. */
static enum result
read_manifest(struct push *p)
{
	const struct manifests_push *given = p->given;
	enum result r = manifest_parse(p->task->arena, given->bytes,
	    given->content_type, &p->manifest, p->task->err);

	p->bytes = given->bytes;
	p->schema1 = r == RC_OK && schema1_is_type(p->manifest.type);
	if (!p->schema1)
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

/* ---- what it refers to ---- */

/* The manifest of an image of API v1: its blobs become the repository's own now, and it does so
 * with the index that refers to it. */
static enum result
keep_child(struct push *p, const struct task *t, const struct digest *d)
{
	struct to_v2_manifest child;
	struct manifest refs;
	struct digest blob;
	size_t i;
	enum result r = to_v2_digest(t, p->name, d, &child);

	if (r == RC_OK)
		r = manifest_parse(
		    t->arena, child.bytes, child.type, &refs, t->err);
	for (i = 0; r == RC_OK && i < refs.n_refs; i++) {
		r = digest_parse(refs.refs[i], &blob, t->err);
		if (r == RC_OK)
			r = to_v2_keep_blob(t, p->name, &blob, p->name);
	}
	if (r != RC_OK)
		return r == RC_MANIFEST_UNKNOWN ? RC_BLOB_UNKNOWN : r;
	p->kept = vec_grow(
	    p->task->arena, p->kept, p->n_kept, &p->kept_room, sizeof(*p->kept));
	p->kept[p->n_kept++] = *d;
	return RC_OK;
}

/* What the repository has through API v1. */
static enum result
keep_ref(struct push *p, const struct task *t, const struct digest *d)
{
	enum result r = RC_BLOB_UNKNOWN;

	if (p->manifest.refs_are_manifests)
		r = keep_child(p, t, d);
	return r == RC_BLOB_UNKNOWN ? to_v2_keep_blob(t, p->name, d, p->name) : r;
}

/* A child of an index may be a blob as well: caches of build tools are kept so. */
static enum result
find_ref(struct push *p, struct arena *scratch, struct str ref)
{
	const struct task *t = task_with_arena(p->task, scratch);
	const struct store_repository in = task_repository(t, p->name);
	struct store_blob blob;
	struct digest d, kept;
	enum result r = RC_MANIFEST_UNKNOWN;

	if (digest_parse(ref, &d, p->task->err) != RC_OK)
		return RC_BLOB_UNKNOWN; /* of an algorithm that is not computed here */

	if (p->manifest.refs_are_manifests)
		r = store_manifest_find(&in, &d, &kept, p->task->err);
	if (r == RC_MANIFEST_UNKNOWN)
		r = store_blob_find(&in, &d, &blob, p->task->err);
	return r == RC_BLOB_UNKNOWN ? keep_ref(p, t, &d) : r;
}

/* Fills in `missing`, as far as there is room. */
static enum result
collect_missing(
    struct push *p, struct str missing[MANIFESTS_MISSING_MAX], size_t *n)
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

/* ---- with the guard ---- */

static enum result
store_kept(const struct push *p)
{
	const struct task *t = p->task;
	const struct store_repository in = task_repository(t, p->name);
	struct store_manifest m;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < p->n_kept; i++) {
		m.digest = p->kept[i];
		r = store_bridge_blob_read(t->reg->store, t->arena,
		    (struct store_bridge_document){&m.digest, CANONICAL_MAX},
		    &m.bytes, t->err);
		if (r == RC_OK)
			r = store_manifest_put(
			    &in, &p->guard, &m, str_of(""), t->err);
	}
	return r;
}

static enum result
store_tag(const struct push *p, const char *tag)
{
	const struct store_repository in = pair_v2(p->task, &p->pair);
	bool was;
	enum result r = store_tag_put(
	    &in, &p->guard, tag, &p->digest, p->task->err);

	return r == RC_OK
		   ? pair_v1_tag_drop(p->task, &p->guard, &p->pair, tag, &was)
		   : r;
}

static enum result
store_manifest_and_tags(struct push *p)
{
	const struct store_repository in = task_repository(p->task, p->name);
	const struct store_manifest m = {p->digest, p->bytes};
	enum result r = store_kept(p);
	size_t i;

	if (r == RC_OK)
		r = store_manifest_put(&in, &p->guard, &m,
		    p->manifest.type_from_header ? p->manifest.type : str_of(""),
		    p->task->err);
	for (i = 0; r == RC_OK && i < p->n_tags; i++)
		r = store_tag(p, str_dup(p->task->arena, p->tags[i]));
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

/* Of schema 1, API v1 has only what was made of its schema 2 form. That is done after the answer,
 * also if the process ends, or the power fails, before that. */
static bool
is_to_be_made(const struct push *p)
{
	return p->schema1 && p->n_tags > 0;
}

static enum result
store_push(struct push *p, const struct meaning_condition *condition)
{
	const struct task *t = p->task;
	enum result r = pair_of_v2(t, p->name, &p->pair);

	if (r == RC_OK)
		r = meaning_check(t, p->name, condition);
	if (r == RC_OK && is_to_be_made(p))
		r = ask_mark(t, &p->pair, true);
	if (r != RC_OK)
		return r;
	r = store_manifest_and_tags(p);
	if (r != RC_OK) {
		indexing_mark(t, p->name);
		return r;
	}
	enter_in_index(p);
	emit_push(p);
	return RC_OK;
}

enum result
manifests_put(const struct task *t, const char *name, struct str reference,
    const struct manifests_push *given, struct manifests_pushed *out)
{
	struct push p = {.task = t, .name = name, .given = given};
	struct meaning_condition condition = {reference, given->condition, NULL};
	enum result r;

	*out = (struct manifests_pushed){.subject = NULL};
	r = read_manifest(&p);
	if (r == RC_OK)
		r = read_reference(&p, reference);
	if (r == RC_OK)
		r = find_refs(&p, out);
	if (r == RC_OK)
		r = meaning_prepare(t, name, &condition);
	if (r == RC_OK)
		r = guard_take(
		    t->reg->store, GUARD_REPOSITORY, name, &p.guard, t->err);
	if (r == RC_OK)
		r = store_push(&p, &condition);
	guard_release(&p.guard);
	if (r == RC_OK) {
		if (is_to_be_made(&p))
			ask_wake(t);
		out->digest = p.digest;
		if (p.manifest.has_subject)
			out->subject = str_dup(t->arena, p.manifest.subject);
	}
	return r;
}
