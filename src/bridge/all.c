/* all.c: see all.h.
 *
 * For each tag: is there a record of its form in API v2 (registry/counterpart.h)? Most times
 * there is, and it remains to ask the index whether it knows that form. Otherwise the layers
 * that nobody has read yet are read, one after the other, the form is made, and the tag is
 * entered in the index, under the guard of the repository and only if it still means that image.
 * All else is done without the guard, while others may push.
 *
 * Repositories that were asked for (store/bridge.h) have a mark. It is removed after all of the
 * repository was made, so that a killed process does not lose it, and then only if the tags are
 * the same as at the beginning. A push leaves its mark and sets its tag while it holds the guard of
 * the repository, and the tags are compared and the mark is removed with this guard too. So a push
 * that comes in between is either seen as a change of the tags, or leaves its mark after the
 * removal. */
#include "bridge/all.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fnv.h"
#include "base/log.h"
#include "bridge/make.h"
#include "bridge/tag_entry.h"
#include "image/manifest.h"
#include "image/schema1.h"
#include "image/schema1_write.h"
#include "registry/counterpart.h"
#include "registry/manifest_load.h"
#include "registry/pair.h"
#include "store/bridge.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/tag.h"
#include "store/v1repo.h"
#include "store/v1tag.h"

#define SLEEP_MAX_MS 500 /* a signal to stop may come just before the sleep */

struct run {
	const struct task *task;
	const struct bridge_all *how;
	struct arena *repository; /* cleared for each repository */
	struct arena *tag;        /* ... each tag */
	struct arena *layer;      /* ... each layer */
	unsigned long done, made;
	bool again;         /* something could not be made, but may be later */
	enum result result; /* what ends the run */

	const char *name; /* of the current repository */
	bool v1;          /* it is one of API v1; else of API v2 */
	struct pair pair;
	uint64_t tags; /* a hash of its tags and their images */
	bool again_in; /* as `again`, of this repository */

	int64_t since; /* ticks: from then on ... */
	uint64_t read; /* ... so many bytes were read */
};

/* A tag that is looked at. */
struct subject {
	struct tag_entry entry;
	struct str manifest; /* of API v2: the bytes of its manifest */
};

static bool
stopped(const struct run *run)
{
	return run->how->stop != NULL && *run->how->stop != 0;
}

/* ---- one image ---- */

/* Waits until that many bytes more may have been read since `began`. */
static void
slow_down(struct run *run, int64_t began, uint64_t bytes)
{
	uint64_t rate = run->how->bytes_per_second;
	int64_t left;

	if (rate == 0)
		return;
	if (run->since + (int64_t)(run->read * 1000 / rate) < began) {
		run->since = began;
		run->read = 0;
	}
	run->read += bytes;
	for (;;) {
		left = run->since + (int64_t)(run->read * 1000 / rate) -
		       clock_ticks();
		if (left <= 0 || stopped(run))
			return;
		clock_sleep_ms(left < SLEEP_MAX_MS ? left : SLEEP_MAX_MS);
	}
}

/* id: of an image of API v1; NULL: d is a blob of the current repository. */
static enum result
read_layer(struct run *run, const char *id, const struct digest *d)
{
	const int64_t began = clock_ticks();
	const struct task *t;
	struct layer_sums sums;
	enum result r;

	arena_clear(run->layer);
	t = task_with_arena(run->task, run->layer);
	r = id != NULL ? counterpart_layer(t, id, &sums)
		       : counterpart_blob(t, d, &sums);
	if (r == RC_OK)
		return RC_OK;
	r = id != NULL ? make_layer(t, id, &sums)
		       : make_blob(t, run->pair.v2, d, &sums);
	arena_clear(run->layer); /* gives back the memory that was reserved */
	if (r == RC_OK)
		slow_down(run, began, sums.size);
	return r;
}

/* Reads each layer by itself, so that there are pauses between them. What cannot be read
 * make_image() or make_schema1() meets again, and says what follows from it. */
static void
read_layers_v1(struct run *run, const struct task *t, const char *id)
{
	const char *const *ids;
	size_t i, n = 0;
	enum result r = counterpart_ancestry(t, id, &ids, &n);

	for (i = 0; i < n && r == RC_OK && !stopped(run); i++)
		r = read_layer(run, ids[i], NULL);
}

static void
read_layers_v2(struct run *run, const struct task *t, struct str manifest)
{
	const struct schema1_entry *entries;
	size_t i, n = 0;
	enum result r = schema1_entries(t->arena, manifest, &entries, &n, t->err);

	for (i = 0; i < n && r == RC_OK && !stopped(run); i++)
		r = read_layer(run, NULL, &entries[i].layer);
}

static enum result
make(struct run *run, const struct task *t, const struct subject *s,
    struct counterpart_image *out)
{
	const struct pair_tag *is = &s->entry.is;
	enum result r;

	if (is->in == PAIR_V1)
		read_layers_v1(run, t, is->image);
	else
		read_layers_v2(run, t, s->manifest);
	if (stopped(run))
		return RC_STOPPED;
	r = is->in == PAIR_V1 ? make_image(t, is->image, out)
			      : make_schema1(t, run->pair.v2, &is->digest, out);
	if (r != RC_OK)
		return r;
	if (out->refused.n == 0) {
		run->made++;
		return RC_OK;
	}
	log_line(LOG_INFO, "bridge.refused", "repository=%s tag=%s reason=%s",
	    log_value(t->arena, run->pair.v2), log_value(t->arena, s->entry.tag),
	    log_value(t->arena, str_dup(t->arena, out->refused)));
	return RC_OK;
}

/* ---- one tag ---- */

static enum result
look_at(struct run *run, const struct task *t, const struct subject *s)
{
	struct counterpart_image image;
	enum result r = counterpart_image(
	    t, tag_entry_origin(t, &s->entry), &image);

	if (r == RC_OK && image.refused.n == 0 &&
	    tag_entry_is_there(t, &s->entry, &image))
		return RC_OK;
	if (r == RC_NOT_FOUND)
		r = make(run, t, s, &image);
	return r == RC_OK ? tag_entry_put(t, &s->entry) : r;
}

/* What is gone or damaged must be pushed again first; trying again would not help. */
static void
note_failure(struct run *run, enum result r, const char *tag)
{
	bool again = r == RC_BUSY || r == RC_IO;
	struct arena *a = run->tag;

	run->again = run->again || again;
	run->again_in = run->again_in || again;
	log_line(again ? LOG_WARN : LOG_INFO, "bridge.make",
	    "error=%s reason=%s repository=%s tag=%s", err_name(r),
	    log_value(a, run->task->err->text), log_value(a, run->pair.v2),
	    log_value(a, tag));
}

/* False: the run ends. */
static bool
finish(struct run *run, enum result r, const char *tag)
{
	const struct bridge_all *how = run->how;

	if (r == RC_STOPPED)
		return false;
	if (r == RC_FULL)
		run->result = r;
	else if (r != RC_OK)
		note_failure(run, r, tag);
	run->done++;
	if (how->progress != NULL)
		how->progress(how->arg, run->done, run->made,
		    arena_printf(run->tag, "%s:%s", run->pair.v2, tag));
	return run->result == RC_OK && !stopped(run);
}

static uint64_t
add_to_hash(uint64_t hash, const char *tag, const char *id)
{
	hash = fnv_add(hash, tag, strlen(tag) + 1);
	return fnv_add(hash, id, strlen(id) + 1);
}

static bool
visit_v1tag(void *arg, const char *tag, const char *id)
{
	struct run *run = arg;
	const struct subject s = {
	    .entry = {run->pair.v2, tag, {.in = PAIR_V1, .image = id}}};
	const struct task *t;
	bool shared = false;
	enum result r;

	arena_clear(run->tag);
	t = task_with_arena(run->task, run->tag);
	run->tags = add_to_hash(run->tags, tag, id);
	r = pair_tag_is_shared(t, &run->pair, tag, &shared);
	if (r == RC_OK && shared)
		r = look_at(run, t, &s);
	return finish(run, r, tag);
}

/* Only manifests of schema 1 need a form of their own. */
static enum result
look_at_manifest(struct run *run, const struct task *t, struct subject *s)
{
	struct store_manifest stored;
	struct str type;
	enum result r = manifest_load_bytes(
	    t, run->pair.v2, &s->entry.is.digest, 2 * MANIFEST_MAX, &stored);

	if (r == RC_OK)
		r = manifest_load_type(t, run->pair.v2, &stored, &type);
	if (r != RC_OK || !schema1_is_type(type))
		return r;
	s->manifest = stored.bytes;
	return look_at(run, t, s);
}

static bool
visit_v2tag(void *arg, const char *tag, const struct digest *d)
{
	struct run *run = arg;
	const struct task *t;
	struct subject s = {
	    .entry = {run->pair.v2, tag, {.in = PAIR_V2, .digest = *d}}};

	arena_clear(run->tag);
	t = task_with_arena(run->task, run->tag);
	run->tags = add_to_hash(run->tags, tag, digest_text(run->tag, d));
	return finish(run, look_at_manifest(run, t, &s), tag);
}

/* ---- one repository ---- */

static enum result
find_pair(const struct run *run, const struct task *t, struct pair *out)
{
	struct v1name parsed;

	if (!run->v1)
		return pair_of_v2(t, run->name, out);
	v1name_split(t->arena, str_of(run->name), &parsed);
	return pair_of_v1(t, &parsed, out);
}

static enum result
begin(struct run *run, const char *name, bool v1)
{
	arena_clear(run->repository);
	run->name = name;
	run->v1 = v1;
	run->tags = FNV_START;
	run->again_in = false;
	return find_pair(
	    run, task_with_arena(run->task, run->repository), &run->pair);
}

/* What cannot be read of one repository does not end the run. */
static bool
end(struct run *run, enum result r)
{
	if (r != RC_OK) {
		run->again = run->again_in = true;
		log_line(LOG_WARN, "bridge.make",
		    "error=%s reason=%s repository=%s", err_name(r),
		    log_value(run->repository, run->task->err->text),
		    log_value(run->repository, run->name));
	}
	return run->result == RC_OK && !stopped(run);
}

/* A name that API v2 does not allow has no form there. */
static enum result
each_v1tag(
    struct run *run, bool (*visit)(void *arg, const char *tag, const char *id))
{
	return run->pair.v2 == NULL ? RC_OK
				    : store_v1tag_each(&run->pair.v1repo, visit,
					  run, run->task->err);
}

static enum result
each_v2tag(struct run *run,
    bool (*visit)(void *arg, const char *tag, const struct digest *d))
{
	const struct store_repository in = {
	    run->task->reg->store, run->repository, run->pair.v2};

	return run->pair.v2 == NULL
		   ? RC_OK
		   : store_tag_each(&in, "", visit, run, run->task->err);
}

static bool
visit_v1(void *arg, const char *name)
{
	struct run *run = arg;
	enum result r = begin(run, name, true);

	if (r == RC_OK)
		r = each_v1tag(run, visit_v1tag);
	return end(run, r);
}

static bool
visit_v2(void *arg, const char *name)
{
	struct run *run = arg;
	enum result r = begin(run, name, false);

	if (r == RC_OK)
		r = each_v2tag(run, visit_v2tag);
	return end(run, r);
}

/* By its name of API v1; its tags of both. */
static bool
visit_both(struct run *run, const char *name)
{
	enum result r = begin(run, name, true);

	if (r == RC_OK)
		r = each_v1tag(run, visit_v1tag);
	if (r == RC_OK && run->result == RC_OK && !stopped(run))
		r = each_v2tag(run, visit_v2tag);
	return end(run, r);
}

/* ---- what was asked for ---- */

static bool
hash_v1tag(void *arg, const char *tag, const char *id)
{
	struct run *run = arg;

	run->tags = add_to_hash(run->tags, tag, id);
	return true;
}

static bool
hash_v2tag(void *arg, const char *tag, const struct digest *d)
{
	struct run *run = arg;

	arena_clear(run->tag);
	run->tags = add_to_hash(run->tags, tag, digest_text(run->tag, d));
	return true;
}

/* *same: the tags are those that were looked at, and the mark is gone. */
static enum result
remove_mark(struct run *run, const char *name, bool *same)
{
	const uint64_t seen = run->tags;
	struct store *st = run->task->reg->store;
	struct guard held = {0};
	enum result r = guard_take(
	    st, GUARD_REPOSITORY, name, &held, run->task->err);

	*same = false;
	if (r == RC_OK)
		r = begin(run, name, true);
	if (r == RC_OK)
		r = each_v1tag(run, hash_v1tag);
	if (r == RC_OK)
		r = each_v2tag(run, hash_v2tag);
	if (r == RC_OK && run->tags == seen) {
		*same = true;
		r = store_bridge_asked_remove(st, name, run->task->err);
	}
	guard_release(&held);
	return r;
}

static bool
visit_asked(void *arg, const char *name)
{
	struct run *run = arg;
	bool same = false;
	enum result r = RC_OK;

	while (!same && r == RC_OK) {
		if (!visit_both(run, name))
			return false;
		if (run->again_in)
			return true; /* the mark stays for the next run */
		r = remove_mark(run, name, &same);
	}
	return end(run, r);
}

/* ---- all of them ---- */

static enum result
visit_all(struct run *run)
{
	struct store *st = run->task->reg->store;
	enum result r;

	if (run->how->asked)
		return store_bridge_asked_each(
		    st, visit_asked, run, run->task->err);
	r = store_v1repo_walk(st, visit_v1, run, run->task->err);
	if (r == RC_OK && run->result == RC_OK && !stopped(run))
		r = store_repository_walk(st, visit_v2, run, run->task->err);
	return r;
}

enum result
bridge_all(const struct task *t, const struct bridge_all *how, bool *done)
{
	struct run run = {.task = t,
	    .how = how,
	    .repository = arena_new(),
	    .tag = arena_new(),
	    .layer = arena_new()};
	enum result r = visit_all(&run);

	arena_free(run.layer);
	arena_free(run.tag);
	arena_free(run.repository);
	if (run.result != RC_OK)
		r = run.result;
	*done = r == RC_OK && !run.again && !stopped(&run);
	return r;
}
