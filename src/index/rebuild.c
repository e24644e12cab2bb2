/* rebuild.c: filling the index from the store; see index.h.
 *
 * Rows come in lazy transactions. Power loss takes back the latest ones together
 * with the marks that stood behind them, so a mark never claims more than is there.
 */
#include <stdint.h>

#include "index/pool.h"
#include "index/repository.h"

#define DROP_AT_ONCE \
	1000 /* ids looked at in one transaction: pushes wait for it \
	      */

struct begin {
	struct arena *arena;
	bool afresh;
	struct str *after;
	int64_t generation;
};

static enum result
raise_generation(struct db *db, struct err *err)
{
	static const char sql[] =
	    "UPDATE state SET"
	    " generation = generation + 1, whole = 0, cursor = ''";
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	return r == RC_OK ? db_run(db, stmt, NULL, err) : r;
}

/* *under_way: a rebuild was cut off. */
static enum result
read_cursor(struct db *db, struct begin *begin, bool *under_way, struct err *err)
{
	static const char sql[] =
	    "SELECT cursor FROM state WHERE cursor IS NOT NULL";
	sqlite3_stmt *stmt;
	struct str cursor;
	enum result r = db_start(db, sql, &stmt, err);

	if (r == RC_OK)
		r = db_step(db, stmt, under_way, err);
	if (r != RC_OK || !*under_way)
		return r;
	cursor = db_text(stmt, 0);
	*begin->after = str_make(
	    arena_strndup(begin->arena, cursor.p, cursor.n), cursor.n);
	return RC_OK;
}

static enum result
begin_it(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "SELECT generation FROM state";
	struct begin *begin = arg;
	bool under_way = false;
	enum result r = RC_OK;

	*begin->after = str_of("");
	if (!begin->afresh)
		r = read_cursor(db, begin, &under_way, err);
	if (r == RC_OK && !under_way)
		r = raise_generation(db, err);
	return r == RC_OK ? db_int(db, sql, &begin->generation, err) : r;
}

enum result
index_rebuild_begin(struct index *ix, struct arena *a, bool afresh,
    struct str *after, struct err *err)
{
	struct begin begin = {a, afresh, after, 0};
	enum result r = pool_do(ix, DB_CHANGE, begin_it, &begin, err);

	ix->rebuild = begin.generation;
	return r;
}

enum result
index_rebuild_put(
    struct index *ix, struct str name, struct str description, struct err *err)
{
	return repository_put(ix, name, description, DB_CHANGE_LAZY, err);
}

struct step {
	int64_t generation; /* this rebuild's */
	struct str name;
	int64_t from; /* ids */
};

/* Runs a change of the state, which must be that of this very rebuild: a file that
 * was replaced under it has not the rows that came before. */
static enum result
change_state(struct db *db, sqlite3_stmt *stmt, int64_t generation, struct err *err)
{
	int64_t changed;
	enum result r;

	db_bind_int(stmt, ":generation", generation);
	r = db_run(db, stmt, &changed, err);
	if (r == RC_OK && changed == 0)
		r = err_set(err, RC_REBUILDING,
		    "index %s: replaced during its rebuild", db_path(db));
	return r;
}

static enum result
mark(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "UPDATE state SET cursor = :name"
				  " WHERE generation = :generation AND whole = 0";
	struct step *step = arg;
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(stmt, ":name", step->name);
	return change_state(db, stmt, step->generation, err);
}

enum result
index_rebuild_mark(struct index *ix, struct str name, struct err *err)
{
	struct step step = {ix->rebuild, name, 0};

	return pool_do(ix, DB_CHANGE_LAZY, mark, &step, err);
}

static enum result
drop_older(struct db *db, void *arg, struct err *err)
{
	static const char sql[] =
	    "DELETE FROM repository"
	    " WHERE id > :from AND id <= :to"
	    " AND generation <> :generation"
	    " AND (SELECT generation FROM state) = :generation";
	struct step *step = arg;
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind_int(stmt, ":from", step->from);
	db_bind_int(stmt, ":to", step->from + DROP_AT_ONCE);
	db_bind_int(stmt, ":generation", step->generation);
	return db_run(db, stmt, NULL, err);
}

static enum result
last_id(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "SELECT coalesce(max(id), 0) FROM repository";

	return db_int(db, sql, arg, err);
}

static enum result
declare_whole(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "UPDATE state SET whole = 1, cursor = NULL"
				  " WHERE generation = :generation AND whole = 0";
	struct step *step = arg;
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	return r == RC_OK ? change_state(db, stmt, step->generation, err) : r;
}

enum result
index_rebuild_end(struct index *ix, struct err *err)
{
	struct step step = {ix->rebuild, str_of(""), 0};
	int64_t last = 0;
	enum result r = pool_do(ix, DB_READ, last_id, &last, err);

	for (; r == RC_OK && step.from < last; step.from += DROP_AT_ONCE)
		r = pool_do(ix, DB_CHANGE_LAZY, drop_older, &step, err);
	if (r == RC_OK)
		r = pool_do(ix, DB_CHANGE, declare_whole, &step, err);
	return r;
}
