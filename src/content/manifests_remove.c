/* manifests_remove.c: manifests_remove() of manifests.h.
 *
 * The tags go first, so that a tag never means a manifest that is not there; and of a tag that is
 * in both layouts that of API v1, so that it does not count for a moment. If it breaks off between
 * two steps, the repository gets a mark (indexing.h). */
#include "content/manifests.h"

#include "base/vec.h"
#include "bridge/to_v2.h"
#include "content/meaning.h"
#include "image/reference.h"
#include "registry/event.h"
#include "registry/indexing.h"
#include "registry/pair.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/tag.h"

/* The index is corrected even if there was no tag: an earlier removal may have broken off. */
static enum result
remove_tag(const struct task *t, const struct guard *held, const struct pair *p,
    const char *tag)
{
	struct str dropped = str_of(tag);
	const struct indexing_change change = {
	    .dropped_tags = &dropped, .n_dropped_tags = 1};
	bool was;
	enum result r = pair_tag_remove(t, held, p, tag, &was);

	if (r != RC_OK) {
		indexing_mark(t, p->v2);
		return r;
	}
	indexing_update(t, held, p, &change);
	if (!was)
		return err_set(t->err, RC_MANIFEST_UNKNOWN,
		    "the repository has no tag \"%s\"", tag);
	event_emit(
	    t, &(struct event){
		   .kind = EVENT_DELETE_TAG, .repository = p->v2, .tag = tag});
	return RC_OK;
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

static enum result
remove_tags(const struct task *t, const struct guard *held, const struct pair *p,
    const struct meant *meant)
{
	enum result r = RC_OK;
	bool ignored;
	size_t i;

	for (i = 0; r == RC_OK && i < meant->n; i++)
		r = pair_tag_remove(t, held, p, meant->tags[i].p, &ignored);
	return r;
}

/* A manifest whose bytes are damaged or lost is removed like any other. RC_MANIFEST_UNKNOWN. */
static enum result
remove_stored(const struct task *t, const struct guard *held, const struct pair *p,
    const struct digest *d, size_t *n_tags)
{
	const struct store_repository in = pair_v2(t, p);
	struct indexing_change change = {.dropped_manifest = d};
	struct digest kept;
	struct meant meant = {.arena = t->arena, .digest = &kept};
	enum result r = store_manifest_linked(&in, d, &kept, t->err);

	if (r == RC_OK)
		r = store_tag_each(&in, "", collect_tag, &meant, t->err);
	if (r == RC_OK)
		r = remove_tags(t, held, p, &meant);
	if (r == RC_OK)
		r = store_manifest_remove(&in, held, d, t->err);
	change.dropped_tags = meant.tags;
	change.n_dropped_tags = meant.n;
	if (r == RC_OK ||
	    r == RC_MANIFEST_UNKNOWN) /* an earlier removal broke off */
		indexing_update(t, held, p, &change);
	else
		indexing_mark(t, p->v2);
	*n_tags = meant.n;
	return r;
}

/* What is removed, one after another: there may be nothing of either kind. */
struct removal {
	const struct task *task;
	const struct guard *held;
	const struct pair *pair;
	bool any;
	size_t n_tags;
};

/* r: of the removal of one kind, with n tags. */
static enum result
count_removed(struct removal *m, enum result r, size_t n)
{
	if (r == RC_OK) {
		m->any = true;
		m->n_tags += n;
	}
	return r == RC_MANIFEST_UNKNOWN ? RC_OK : r;
}

static enum result
remove_one(struct removal *m, const struct digest *d)
{
	size_t n = 0;
	enum result r = remove_stored(m->task, m->held, m->pair, d, &n);

	return count_removed(m, r, n);
}

/* A stored manifest of schema 1 of which clients know this form. */
static enum result
remove_schema1(struct removal *m, const struct digest *d)
{
	struct digest schema1;
	enum result r = to_v2_find_schema1(m->task, m->pair->v2, d, &schema1);

	if (r != RC_OK)
		return r == RC_MANIFEST_UNKNOWN ? RC_OK : r;
	return remove_one(m, &schema1);
}

static enum result
remove_in_v1(struct removal *m, const struct digest *d)
{
	size_t n = 0;
	enum result r = to_v2_remove(m->task, m->held, m->pair, d, &n);

	return count_removed(m, r, n);
}

/* Everything that answers with this digest. */
static enum result
remove_manifest(struct removal *m, const struct digest *d)
{
	const struct task *t = m->task;
	enum result r = remove_in_v1(m, d);

	if (r == RC_OK)
		r = remove_schema1(m, d);
	if (r == RC_OK)
		r = remove_one(m, d);
	if (r == RC_OK && !m->any)
		return err_set(t->err, RC_MANIFEST_UNKNOWN,
		    "the repository has no manifest with this digest");
	if (r == RC_OK)
		event_emit(t, &(struct event){.kind = EVENT_DELETE_MANIFEST,
				  .repository = m->pair->v2,
				  .digest = digest_text(t->arena, d),
				  .n_tags = m->n_tags});
	return r;
}

enum result
manifests_remove(const struct task *t, const char *name, struct str reference,
    const struct manifests_condition *given)
{
	struct meaning_condition condition = {reference, given, NULL};
	struct guard held = {0};
	struct pair pair;
	struct removal removal = {.task = t, .held = &held, .pair = &pair};
	struct digest d;
	struct err ignored;
	bool by_digest = digest_parse(reference, &d, &ignored) == RC_OK;
	enum result r;

	if (!by_digest && !reference_is_tag(reference))
		return meaning_bad_reference(t->err);
	r = meaning_prepare(t, name, &condition);
	if (r == RC_OK)
		r = guard_take(
		    t->reg->store, GUARD_REPOSITORY, name, &held, t->err);
	if (r == RC_OK)
		r = pair_of_v2(t, name, &pair);
	if (r == RC_OK)
		r = meaning_check(t, name, &condition);
	if (r == RC_OK && by_digest)
		r = remove_manifest(&removal, &d);
	else if (r == RC_OK)
		r = remove_tag(t, &held, &pair, str_dup(t->arena, reference));
	guard_release(&held);
	return r;
}
