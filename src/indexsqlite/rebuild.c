/* rebuild.c: filling the index from the store; see index.h.
 *
 * A rebuild does not begin by dropping rows: it raises the generation, and each row that is
 * written or confirmed from then on, by the rebuild or by a push, has the new one. What still has
 * an older generation when a repository is closed (tags, counterparts, referrers) or at the end
 * (repositories) is no longer in the store and is dropped. Until then it answers requests, so an
 * index that was whole before the rebuild stays whole during it.
 *
 * The generation of a new file begins at a random number. A step that finds another generation
 * than this rebuild's is in a file that was replaced since the beginning.
 *
 * Rows are written in lazy transactions. A power cut takes back the latest ones, and the version
 * of a repository is written after its rows, so a version never claims more than is there.
 * Transactions that drop rows are short (DROP_AT_ONCE), because pushes wait for them. */
#include <stdint.h>

#include "indexsqlite/change.h"
#include "indexsqlite/pool.h"
#include "indexsqlite/row.h"

#define DROP_AT_ONCE 1000 /* rows in one transaction */

struct step {
	int64_t generation; /* this rebuild's */
	const struct index_repository *repository;
	bool same;
	int64_t stale; /* the id of one that the walk did not find; 0: no more */
	int64_t left;  /* rows that this transaction may still drop */
};

static const char generation_sql[] = "SELECT generation FROM state";

static enum result
raise_generation(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "UPDATE state SET generation = generation + 1";
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r == RC_OK)
		r = db_run(db, stmt, NULL, err);
	if (r == RC_OK)
		r = db_int(db, generation_sql, arg, err);
	return r;
}

enum result
index_rebuild_begin(struct index *ix, struct err *err)
{
	return pool_do(ix, DB_CHANGE, raise_generation, &ix->rebuild, err);
}

/* A file that was replaced since begin lacks the rows that were put before. */
static enum result
check_generation(struct db *db, const struct step *step, struct err *err)
{
	int64_t generation;
	enum result r = db_int(db, generation_sql, &generation, err);

	if (r == RC_OK && generation != step->generation)
		r = err_set(err, RC_REBUILDING,
		    "index %s: replaced during its rebuild", db_path(db));
	return r;
}

/* ---- a repository ---- */

/* Its tags, counterparts and referrers stay as they are, whatever their generation. */
static enum result
confirm_same(struct db *db, void *arg, struct err *err)
{
	static const char sql[] =
	    "UPDATE repository SET generation = :generation"
	    " WHERE name = :name AND hidden = :hidden AND in_catalog = :in_catalog"
	    " AND version = :version";
	struct step *step = arg;
	const struct index_repository *repository = step->repository;
	sqlite3_stmt *stmt;
	int64_t changed = 0;
	enum result r = check_generation(db, step, err);

	if (r == RC_OK)
		r = db_start(db, sql, &stmt, err);
	if (r != RC_OK)
		return r;
	db_bind_int(stmt, ":generation", step->generation);
	db_bind(stmt, ":name", repository->name);
	db_bind_int(stmt, ":hidden", !repository->in_search);
	db_bind_int(stmt, ":in_catalog", repository->in_catalog);
	db_bind(stmt, ":version", repository->version);
	r = db_run(db, stmt, &changed, err);
	step->same = changed > 0;
	return r;
}

enum result
index_rebuild_same(struct index *ix, const struct index_repository *repository,
    bool *same, struct err *err)
{
	struct step step = {.generation = ix->rebuild, .repository = repository};
	enum result r = RC_OK;

	if (repository->version.n > 0)
		r = pool_do(ix, DB_CHANGE_LAZY, confirm_same, &step, err);
	*same = r == RC_OK && step.same;
	return r;
}

enum result
index_rebuild_add(
    struct index *ix, const struct index_change *change, struct err *err)
{
	struct index_change open = *change;

	open.repository.version = str_of("");
	return change_put(ix, &open, DB_CHANGE_LAZY, err);
}

enum result
index_rebuild_open(
    struct index *ix, const struct index_repository *repository, struct err *err)
{
	const struct index_change change = {.repository = *repository};

	return index_rebuild_add(ix, &change, err);
}

static enum result
run_drop(
    struct db *db, struct step *step, const char *sql, int64_t id, struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t dropped = 0;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind_int(stmt, ":id", id);
	db_bind_int(stmt, ":generation", step->generation);
	db_bind_int(stmt, ":left", step->left);
	r = db_run(db, stmt, &dropped, err);
	step->left -= dropped;
	return r;
}

/* What the repository has that was not put since begin. */
static enum result
drop_older(struct db *db, struct step *step, int64_t id, struct err *err)
{
	static const char tags[] =
	    "DELETE FROM tag WHERE repository = :id AND name IN"
	    " (SELECT name FROM tag WHERE repository = :id"
	    " AND generation <> :generation LIMIT :left)";
	static const char counterparts[] =
	    "DELETE FROM counterpart WHERE repository = :id AND (key, origin) IN"
	    " (SELECT key, origin FROM counterpart WHERE repository = :id"
	    " AND generation <> :generation LIMIT :left)";
	static const char referrers[] =
	    "DELETE FROM referrer WHERE id IN"
	    " (SELECT id FROM referrer WHERE repository = :id"
	    " AND generation <> :generation LIMIT :left)";
	enum result r = run_drop(db, step, tags, id, err);

	if (r == RC_OK)
		r = run_drop(db, step, counterparts, id, err);
	if (r == RC_OK)
		r = run_drop(db, step, referrers, id, err);
	return r;
}

static enum result
enter_version(struct db *db, const struct step *step, struct err *err)
{
	static const char sql[] =
	    "UPDATE repository SET version = :version WHERE name = :name";
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(stmt, ":name", step->repository->name);
	db_bind(stmt, ":version", step->repository->version);
	return db_run(db, stmt, NULL, err);
}

static enum result
close_repository(struct db *db, void *arg, struct err *err)
{
	struct step *step = arg;
	struct row row;
	enum result r = check_generation(db, step, err);

	step->left = DROP_AT_ONCE;
	if (r == RC_OK)
		r = row_find(db, step->repository, &row, err);
	if (r == RC_OK)
		r = drop_older(db, step, row.id, err);
	if (r == RC_OK && step->left > 0)
		r = enter_version(db, step, err);
	return r;
}

enum result
index_rebuild_close(
    struct index *ix, const struct index_repository *repository, struct err *err)
{
	struct step step = {.generation = ix->rebuild, .repository = repository};
	enum result r;

	do
		r = pool_do(ix, DB_CHANGE_LAZY, close_repository, &step, err);
	while (r == RC_OK && step.left == 0);
	return r;
}

/* ---- the end ---- */

/* The first repository from step->stale on that the walk did not find. */
static enum result
find_stale(struct db *db, void *arg, struct err *err)
{
	static const char sql[] =
	    "SELECT id FROM repository"
	    " WHERE id >= :id AND generation <> :generation ORDER BY id LIMIT 1";
	struct step *step = arg;
	sqlite3_stmt *stmt;
	bool there = false;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind_int(stmt, ":id", step->stale);
	db_bind_int(stmt, ":generation", step->generation);
	r = db_step(db, stmt, &there, err);
	step->stale = there ? sqlite3_column_int64(stmt, 0) : 0;
	return r;
}

/* Looks again in its own transaction: a push may have come in between. */
static enum result
drop_stale(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "DELETE FROM repository WHERE id = :id";
	struct step *step = arg;
	enum result r = check_generation(db, step, err);

	step->left = DROP_AT_ONCE;
	while (r == RC_OK && step->left > 0) {
		r = find_stale(db, step, err);
		if (r != RC_OK || step->stale == 0)
			break;
		r = drop_older(db, step, step->stale, err);
		if (r == RC_OK && step->left > 0)
			r = run_drop(db, step, sql, step->stale, err);
	}
	return r;
}

static enum result
declare_whole(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "UPDATE state SET whole = 1";
	sqlite3_stmt *stmt;
	enum result r = check_generation(db, arg, err);

	if (r == RC_OK)
		r = db_start(db, sql, &stmt, err);
	if (r == RC_OK)
		r = db_run(db, stmt, NULL, err);
	return r;
}

enum result
index_rebuild_end(struct index *ix, struct err *err)
{
	struct step step = {.generation = ix->rebuild, .stale = 1};
	enum result r = pool_do(ix, DB_READ, find_stale, &step, err);

	while (r == RC_OK && step.stale != 0) {
		r = pool_do(ix, DB_CHANGE_LAZY, drop_stale, &step, err);
		if (r == RC_OK && step.stale != 0)
			r = pool_do(ix, DB_READ, find_stale, &step, err);
	}
	if (r == RC_OK)
		r = pool_do(ix, DB_CHANGE, declare_whole, &step, err);
	if (r == RC_OK)
		ix->rebuild = 0;
	return r;
}
