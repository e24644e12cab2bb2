/* reindex.c: see reindex.h. */
#include "registry/reindex.h"

#include "base/arena.h"
#include "index/index.h"
#include "registry/describe.h"
#include "store/lock.h"
#include "store/v1_repo.h"
#include "store/v1_walk.h"

#define MARK_EVERY 256 /* repositories between two marks */

struct run {
	struct registry *reg;
	const struct reindex *how;
	struct arena *arena; /* cleared a repository */
	unsigned long count;
	enum result result;
	struct err *err;
};

static bool
stopped(const struct run *run)
{
	return run->how->stop != NULL && *run->how->stop != 0;
}

static enum result
enter(struct run *run, const char *text)
{
	struct store_lock lock = {0};
	struct repo_name name;
	struct v1_repo repo;
	enum result r;

	r = name_parse(run->arena, str_of(text), &name, run->err);
	if (r == RC_OK)
		r = store_lock(
		    run->reg->store, LOCK_REPOSITORY, text, &lock, run->err);
	if (r == RC_OK)
		r = v1_repo_find(
		    run->reg->store, run->arena, &name, &repo, run->err);
	if (r == RC_OK && repo.there)
		r = index_rebuild_put(run->reg->index, str_of(text),
		    describe_text(run->reg, run->arena, &name), run->err);
	store_unlock(&lock);
	return r;
}

static bool
visit(void *arg, const char *name, const char *cursor)
{
	struct run *run = arg;

	arena_clear(run->arena);
	run->result = enter(run, name);
	if (run->result == RC_OK && ++run->count % MARK_EVERY == 0)
		run->result = index_rebuild_mark(
		    run->reg->index, str_of(cursor), run->err);
	if (run->how->progress != NULL)
		run->how->progress(run->how->arg, run->count, name);
	return run->result == RC_OK && !stopped(run);
}

static enum result
walk(struct run *run, bool *done)
{
	struct arena *a = arena_new();
	struct str after;
	enum result r;

	r = index_rebuild_begin(
	    run->reg->index, a, run->how->afresh, &after, run->err);
	if (r == RC_OK)
		r = v1_walk(
		    run->reg->store, str_dup(a, after), visit, run, run->err);
	if (r == RC_OK)
		r = run->result;
	if (r == RC_OK && !stopped(run)) {
		r = index_rebuild_end(run->reg->index, run->err);
		*done = r == RC_OK;
	}
	arena_free(a);
	return r;
}

enum result
reindex_prepare(
    struct registry *reg, const char *path, bool *wanted, struct err *err)
{
	struct store_lock lock = {0};
	enum result r = store_trylock(reg->store, LOCK_REINDEX, "", &lock, err);

	*wanted = true;
	if (r == RC_OK && store_locked(&lock))
		r = index_prepare(path, wanted, err);
	store_unlock(&lock);
	return r;
}

enum result
reindex_run(
    struct registry *reg, const struct reindex *how, bool *done, struct err *err)
{
	struct run run = {.reg = reg, .how = how, .result = RC_OK, .err = err};
	struct store_lock lock = {0};
	bool wanted;
	enum result r;

	*done = false;
	r = store_trylock(reg->store, LOCK_REINDEX, "", &lock, err);
	if (r == RC_OK && !store_locked(&lock))
		return err_set(err, RC_ABSENT, "another rebuild runs already");
	if (r == RC_OK)
		r = index_prepare(how->path, &wanted, err);
	if (r == RC_OK) {
		run.arena = arena_new();
		r = walk(&run, done);
		arena_free(run.arena);
	}
	store_unlock(&lock);
	return r;
}
