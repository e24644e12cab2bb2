/* reindex.c: see reindex.h.
 *
 * index.h has the protocol of a rebuild. For each repository: take its guard; ask the store for
 * its version, and the index whether it has that version, which is all for most; else enter its
 * description, its tags with what their images have in the other API (TAGS_AT_ONCE in a
 * transaction), its referrers, which are found by reading all its manifests; and last the
 * version. What cannot be read is logged and entered without a version, so that the next walk
 * reads it again. Repositories that have a mark (store/mark.h) are read between the walk and its
 * end, whatever their version: a mark says that their rows may be wrong. */
#include "registry/reindex.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/vec.h"
#include "image/manifest.h"
#include "image/reference.h"
#include "index/index.h"
#include "registry/counterpart.h"
#include "registry/description.h"
#include "registry/layouts.h"
#include "registry/manifest_load.h"
#include "registry/referrer.h"
#include "registry/shared_tags.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/mark.h"
#include "store/repository.h"
#include "store/tag.h"
#include "store/v1repo.h"

/* In one transaction. */
#define TAGS_AT_ONCE 256
#define ROWS_AT_ONCE 4096 /* counterparts; a tag may have some hundreds more */

struct run {
	const struct task *task;
	const struct reindex *how;
	struct arena *arena;   /* cleared for each repository */
	struct arena *scratch; /* ... each manifest or transaction of tags */
	struct arena *reading; /* ... each tag */
	unsigned long count;
	bool marked; /* only marked repositories: what is gone is dropped at once */
	bool failed; /* what is at hand could not be read */
	enum result result;

	struct layouts_found found; /* the current repository */
	struct index_tag tags[TAGS_AT_ONCE];
	size_t n_tags;
	struct index_counterpart *counterparts;
	size_t n_counterparts, room;
};

static bool
stopped(const struct run *run)
{
	return run->how->stop != NULL && *run->how->stop != 0;
}

/* ---- one repository ---- */

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

static void
add_tags(struct run *run)
{
	const struct index_change change = {
	    .repository = run->found.row,
	    .tags = run->tags,
	    .n_tags = run->n_tags,
	    .counterparts = run->counterparts,
	    .n_counterparts = run->n_counterparts,
	};

	run->result = index_rebuild_add(
	    run->task->reg->index, &change, run->task->err);
	run->n_tags = run->n_counterparts = run->room = 0;
	run->counterparts = NULL;
	arena_clear(run->scratch);
}

static struct str
keep(struct run *run, struct str s)
{
	return str_make(str_dup(run->scratch, s), s.n);
}

static void
take_counterparts(struct run *run, const struct counterpart_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->n; i++) {
		run->counterparts = vec_grow(run->scratch, run->counterparts,
		    run->n_counterparts, &run->room, sizeof(*run->counterparts));
		run->counterparts[run->n_counterparts++] =
		    (struct index_counterpart){keep(run, rows->rows[i].key),
			keep(run, rows->rows[i].origin)};
	}
}

/* found: the result with which `rows` were read. A tag whose image cannot be read for the moment
 * is entered without them, and is looked at again by the next walk. */
static bool
take_tag(struct run *run, const char *tag, enum result found,
    const struct counterpart_rows *rows)
{
	if (found != RC_OK)
		(void)pass_over(run, found);
	if (rows->refused)
		return true;
	take_counterparts(run, rows);
	run->tags[run->n_tags++] = (struct index_tag){
	    keep(run, str_of(tag)), keep(run, str_of(rows->image))};
	if (run->n_tags == TAGS_AT_ONCE || run->n_counterparts >= ROWS_AT_ONCE)
		add_tags(run);
	return run->result == RC_OK;
}

static bool
add_tag(void *arg, const char *tag, const struct digest *d)
{
	struct run *run = arg;
	struct counterpart_rows rows;
	enum result r;

	arena_clear(run->reading);
	r = counterpart_rows_of_manifest(task_with_arena(run->task, run->reading),
	    run->found.row.name.p, d, &rows);
	return take_tag(run, tag, r, &rows);
}

static bool
add_v1tag(void *arg, const struct task *t, const char *tag, const char *id)
{
	struct counterpart_rows rows;
	enum result r = counterpart_rows_of_image(t, id, &rows);

	return take_tag(arg, tag, r, &rows);
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

/* Tags and referrers of API v2. */
static enum result
add_v2(struct run *run)
{
	const struct store_repository in = {
	    run->task->reg->store, run->arena, run->found.row.name.p};
	enum result r = store_tag_each(&in, "", add_tag, run, run->task->err);

	if (r == RC_OK && run->result == RC_OK && run->n_tags > 0)
		add_tags(run);
	if (r == RC_OK && run->result == RC_OK)
		r = store_manifest_each(&in, add_referrer, run, run->task->err);
	return r;
}

/* Tags of API v1 that API v2 shows. */
static enum result
add_v1(struct run *run)
{
	enum result r = shared_tags_each(
	    run->task, &run->found.pair, add_v1tag, run);

	if (r == RC_OK && run->result == RC_OK && run->n_tags > 0)
		add_tags(run);
	return r;
}

static enum result
add_all(struct run *run)
{
	enum result r = RC_OK;

	arena_clear(run->scratch);
	run->n_tags = run->n_counterparts = run->room = 0;
	run->counterparts = NULL;
	if (run->found.v2)
		r = add_v2(run);
	if (r == RC_OK && run->result == RC_OK)
		r = add_v1(run);
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
	if (r == RC_OK && run->found.pair.v2 != NULL)
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

/* The other name of a repository that has two, which a walk of its own layout does not show:
 * "foo" of "library/foo". For a marked one also the other way. NULL: none. */
static const char *
other_name(const struct run *run, const char *name)
{
	const char *key = reference_key(name);

	if (key != name)
		return key;
	return run->marked && strchr(name, '/') == NULL
		   ? arena_printf(run->arena, V1NAME_DEFAULT_NAMESPACE "/%s", name)
		   : NULL;
}

static enum result
check_names(struct run *run, const char *name)
{
	const char *other = other_name(run, name);
	bool failed;
	enum result r = check_repository(run, name);

	if (r != RC_OK || other == NULL)
		return r;
	failed = run->failed;
	run->failed = false;
	r = check_repository(run, other);
	run->failed = run->failed || failed;
	return r;
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
		run->result = check_names(run, name);
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
		run.reading = arena_new();
		r = run_all(&run, done);
		arena_free(run.reading);
		arena_free(run.scratch);
		arena_free(run.arena);
	}
	guard_release(&held);
	return r;
}
