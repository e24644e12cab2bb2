/* reindex.c: see reindex.h.
 *
 * index.h has the protocol of a rebuild. For each repository: take its guard; ask the store for
 * its version, and the index whether it has that version, which is all for most; else enter its
 * description, its tags (TAGS_AT_ONCE in a transaction) and its referrers, which are found by
 * reading all its manifests; and last the version. What cannot be read is logged and entered
 * without a version, so that the next walk reads it again. Repositories that have a mark
 * (store/mark.h) are read between the walk and its end, whatever their version: a mark says that
 * their rows may be wrong. */
#include "registry/reindex.h"

#include "base/arena.h"
#include "base/log.h"
#include "image/manifest.h"
#include "index/index.h"
#include "registry/description.h"
#include "registry/layouts.h"
#include "registry/manifest_load.h"
#include "registry/referrer.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/mark.h"
#include "store/repository.h"
#include "store/tag.h"
#include "store/v1repo.h"

#define TAGS_AT_ONCE 256 /* in one transaction */

struct run {
	const struct task *task;
	const struct reindex *how;
	struct arena *arena;   /* cleared for each repository */
	struct arena *scratch; /* ... each manifest or transaction of tags */
	unsigned long count;
	bool marked; /* only marked repositories: what is gone is dropped at once */
	bool failed; /* what is at hand could not be read */
	enum result result;

	struct layouts_found found; /* the current repository */
	struct index_tag tags[TAGS_AT_ONCE];
	size_t n_tags;
};

static bool
stopped(const struct run *run)
{
	return run->how->stop != NULL && *run->how->stop != 0;
}

/* ---- one repository ---- */

static void
add_tags(struct run *run)
{
	const struct index_change change = {run->found.row, run->tags, run->n_tags};

	run->result = index_rebuild_add(
	    run->task->reg->index, &change, run->task->err);
	run->n_tags = 0;
	arena_clear(run->scratch);
}

static bool
add_tag(void *arg, const char *tag, const struct digest *d)
{
	struct run *run = arg;

	(void)d;
	run->tags[run->n_tags++] = (struct index_tag){
	    .name = str_of(arena_strdup(run->scratch, tag))};
	if (run->n_tags == TAGS_AT_ONCE)
		add_tags(run);
	return run->result == RC_OK;
}

/* What cannot be read, or is not a manifest, has no subject. */
static bool
add_referrer(void *arg, const struct digest *d)
{
	struct run *run = arg;
	struct index_change change = {.repository = run->found.row};
	struct index_referrer referrer;
	struct store_manifest stored;
	struct manifest m;

	arena_clear(run->scratch);
	if (manifest_load(task_quiet(task_with_arena(run->task, run->scratch)),
		run->found.row.name.p, d, &stored, &m) != RC_OK ||
	    !m.has_subject)
		return true;
	referrer_make(run->scratch, &m, &stored.digest, stored.bytes.n, &referrer);
	change.referrer = &referrer;
	run->result = index_rebuild_add(
	    run->task->reg->index, &change, run->task->err);
	return run->result == RC_OK;
}

static void
log_unread(const struct run *run, enum result r)
{
	log_line(LOG_ERROR, "index.read", "error=%s reason=%s repository=%s",
	    err_name(r), log_value(run->arena, run->task->err->text),
	    log_value(run->arena, run->found.row.name.p));
}

/* What cannot be read of one repository does not stop the walk. Its rows stay as
 * they were, and it is looked at again by the next walk. */
static enum result
pass_over(struct run *run, enum result r)
{
	run->failed = true;
	log_unread(run, r);
	return RC_OK;
}

static enum result
add_all(struct run *run)
{
	const struct store_repository in = {
	    run->task->reg->store, run->arena, run->found.row.name.p};
	enum result r;

	run->n_tags = 0;
	arena_clear(run->scratch);
	r = store_tag_each(&in, "", add_tag, run, run->task->err);
	if (r == RC_OK && run->result == RC_OK && run->n_tags > 0)
		add_tags(run);
	if (r == RC_OK && run->result == RC_OK)
		r = store_manifest_each(&in, add_referrer, run, run->task->err);
	if (run->result != RC_OK)
		return run->result;
	return r == RC_OK ? RC_OK : pass_over(run, r);
}

/* The version is taken before anything is read, so the next walk sees what another program
 * changes meanwhile. What could not be read whole is entered without a version. Without a
 * description the rest is whole: tags and referrers that are gone are dropped. */
static enum result
read_and_enter(struct run *run, struct str version)
{
	struct index *ix = run->task->reg->index;
	enum result described, r;

	described = description_text(task_with_arena(run->task, run->arena),
	    &run->found, &run->found.row.description);
	if (described != RC_OK)
		log_unread(run, described);
	run->found.row.version = str_of("");
	r = index_rebuild_open(ix, &run->found.row, run->task->err);
	if (r == RC_OK && run->found.v2)
		r = add_all(run);
	if (described == RC_OK)
		run->found.row.version = version;
	if (r == RC_OK && !run->failed)
		r = index_rebuild_close(ix, &run->found.row, run->task->err);
	run->failed = run->failed || described != RC_OK;
	return r;
}

static enum result
check_repository(struct run *run, const char *name)
{
	struct layouts_found *found = &run->found;
	bool same = false;
	enum result r = layouts_find(
	    task_with_arena(run->task, run->arena), name, found);

	if (r != RC_OK)
		return pass_over(run, r);
	if (!found->v1 && !found->v2)
		return run->marked ? index_drop_repository(run->task->reg->index,
					 found->row.name, run->task->err)
				   : RC_OK;
	found->row.version = layouts_version(
	    task_with_arena(run->task, run->arena), found);
	if (!run->how->afresh && !run->marked)
		r = index_rebuild_same(
		    run->task->reg->index, &found->row, &same, run->task->err);
	return r == RC_OK && !same ? read_and_enter(run, found->row.version) : r;
}

static bool
visit_repository(void *arg, const char *name)
{
	struct guard held = {0};
	struct run *run = arg;

	arena_clear(run->arena);
	run->failed = false;
	run->result = guard_take(
	    run->task->reg->store, GUARD_REPOSITORY, name, &held, run->task->err);
	if (run->result == RC_OK)
		run->result = check_repository(run, name);
	if (run->result == RC_OK && run->marked && !run->failed)
		run->result = store_mark_remove(
		    run->task->reg->store, name, run->task->err);
	guard_release(&held);
	run->count++;
	if (run->how->progress != NULL)
		run->how->progress(run->how->arg, run->count, name);
	return run->result == RC_OK && !stopped(run);
}

/* ---- all of them ---- */

/* A name in both layouts is met twice, and the second time its version is known. */
static enum result
walk_store(struct run *run)
{
	enum result r = store_v1repo_walk(
	    run->task->reg->store, visit_repository, run, run->task->err);

	if (r == RC_OK && run->result == RC_OK && !stopped(run))
		r = store_repository_walk(
		    run->task->reg->store, visit_repository, run, run->task->err);
	return r == RC_OK ? run->result : r;
}

static enum result
look_at_marked(struct run *run)
{
	enum result r;

	run->marked = true;
	r = store_mark_each(
	    run->task->reg->store, visit_repository, run, run->task->err);
	return r == RC_OK ? run->result : r;
}

/* The marked ones are looked at before the end, which closes the index for same, open and
 * close. After the walk a mark may be left by a change that failed while it went on. */
static enum result
run_all(struct run *run, bool *done)
{
	struct index *ix = run->task->reg->index;
	enum result r = index_rebuild_begin(ix, run->task->err);

	if (r == RC_OK && !run->how->marked)
		r = walk_store(run);
	if (r == RC_OK && !stopped(run))
		r = look_at_marked(run);
	if (r != RC_OK || stopped(run))
		return r;
	if (!run->how->marked)
		r = index_rebuild_end(ix, run->task->err);
	*done = r == RC_OK;
	return r;
}

enum result
reindex_prepare(const struct task *t)
{
	struct guard held = {0};
	bool ignored;
	enum result r = guard_try(t->reg->store, GUARD_REINDEX, "", &held, t->err);

	if (r == RC_OK && guard_is_held(&held))
		r = index_prepare(t->reg->index, &ignored, t->err);
	guard_release(&held);
	return r;
}

enum result
reindex_run(const struct task *t, const struct reindex *how, bool *done)
{
	struct run run = {.task = t, .how = how, .result = RC_OK};
	struct guard held = {0};
	bool ignored;
	enum result r;

	*done = false;
	r = guard_try(t->reg->store, GUARD_REINDEX, "", &held, t->err);
	if (r == RC_OK && !guard_is_held(&held))
		return err_set(
		    t->err, RC_NOT_FOUND, "another rebuild runs already");
	if (r == RC_OK)
		r = index_prepare(t->reg->index, &ignored, t->err);
	if (r == RC_OK) {
		run.arena = arena_new();
		run.scratch = arena_new();
		r = run_all(&run, done);
		arena_free(run.scratch);
		arena_free(run.arena);
	}
	guard_release(&held);
	return r;
}
