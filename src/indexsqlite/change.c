/* change.c: what becomes of a repository, its tags and its referrers; see index.h. */
#include "indexsqlite/change.h"

#include "indexsqlite/pool.h"
#include "indexsqlite/row.h"

struct put {
	const struct index_change *change;
	struct row row;
	bool there; /* all of it, just so already */
};

/* Binds those of the parameters that the statement has. */
static enum result
start(struct db *db, const struct put *put, const char *sql, struct str name,
    sqlite3_stmt **stmt, struct err *err)
{
	enum result r = db_start(db, sql, stmt, err);

	if (r != RC_OK)
		return r;
	db_bind_int(*stmt, ":repository", put->row.id);
	db_bind_int(*stmt, ":generation", put->row.generation);
	db_bind(*stmt, ":name", name);
	return RC_OK;
}

static enum result
start_referrer(struct db *db, const struct put *put, const char *sql,
    sqlite3_stmt **stmt, struct err *err)
{
	const struct index_referrer *referrer = put->change->referrer;
	enum result r = start(db, put, sql, referrer->digest, stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(*stmt, ":subject", referrer->subject);
	db_bind(*stmt, ":type", referrer->type);
	db_bind(*stmt, ":artifact_type", referrer->artifact_type);
	db_bind_int(*stmt, ":size", referrer->size);
	db_bind(*stmt, ":annotations", referrer->annotations);
	return RC_OK;
}

/* ---- is it there? ---- */

/* sql finds a row for each of the names, or, with gone, for none. */
static enum result
look_names(struct db *db, struct put *put, const char *sql, bool gone,
    const struct str *names, size_t n, struct err *err)
{
	enum result r = RC_OK;
	sqlite3_stmt *stmt;
	bool found;
	size_t i;

	for (i = 0; r == RC_OK && put->there && i < n; i++) {
		r = start(db, put, sql, names[i], &stmt, err);
		if (r == RC_OK)
			r = db_step(db, stmt, &found, err);
		put->there = r == RC_OK && found != gone;
	}
	return r;
}

static enum result
look_tags(struct db *db, struct put *put, struct err *err)
{
	static const char today[] =
	    "SELECT 1 FROM tag WHERE repository = :repository AND name = :name"
	    " AND generation = :generation";
	static const char ever[] =
	    "SELECT 1 FROM tag WHERE repository = :repository AND name = :name";
	const struct index_change *change = put->change;
	enum result r = look_names(
	    db, put, today, false, change->tags, change->n_tags, err);

	if (r == RC_OK)
		r = look_names(db, put, ever, true, change->dropped_tags,
		    change->n_dropped_tags, err);
	return r;
}

static enum result
look_referrer(struct db *db, struct put *put, struct err *err)
{
	static const char sql[] =
	    "SELECT 1 FROM referrer"
	    " WHERE repository = :repository AND digest = :name"
	    " AND generation = :generation AND subject = :subject"
	    " AND type = :type AND artifact_type = :artifact_type"
	    " AND size = :size AND annotations = :annotations";
	sqlite3_stmt *stmt;
	enum result r;

	if (put->change->referrer == NULL || !put->there)
		return RC_OK;
	r = start_referrer(db, put, sql, &stmt, err);
	return r == RC_OK ? db_step(db, stmt, &put->there, err) : r;
}

static size_t
n_dropped_referrers(const struct index_change *change)
{
	return change->dropped_referrer.n > 0 ? 1 : 0;
}

static enum result
look(struct db *db, void *arg, struct err *err)
{
	static const char referrer[] =
	    "SELECT 1 FROM referrer"
	    " WHERE repository = :repository AND digest = :name";
	struct put *put = arg;
	const struct index_change *change = put->change;
	enum result r = row_find(db, &change->repository, &put->row, err);

	put->there = put->row.same;
	if (r == RC_OK)
		r = look_tags(db, put, err);
	if (r == RC_OK)
		r = look_referrer(db, put, err);
	if (r == RC_OK)
		r = look_names(db, put, referrer, true, &change->dropped_referrer,
		    n_dropped_referrers(change), err);
	return r;
}

/* ---- make it so ---- */

/* Runs sql for each of the names. */
static enum result
write_names(struct db *db, const struct put *put, const char *sql,
    const struct str *names, size_t n, struct err *err)
{
	enum result r = RC_OK;
	sqlite3_stmt *stmt;
	size_t i;

	for (i = 0; r == RC_OK && i < n; i++) {
		r = start(db, put, sql, names[i], &stmt, err);
		if (r == RC_OK)
			r = db_run(db, stmt, NULL, err);
	}
	return r;
}

static enum result
write_tags(struct db *db, const struct put *put, struct err *err)
{
	static const char upsert[] =
	    "INSERT INTO tag (repository, name, generation)"
	    " VALUES (:repository, :name, :generation)"
	    " ON CONFLICT (repository, name) DO UPDATE SET"
	    " generation = excluded.generation";
	static const char drop[] =
	    "DELETE FROM tag WHERE repository = :repository AND name = :name";
	const struct index_change *change = put->change;
	enum result r = write_names(
	    db, put, upsert, change->tags, change->n_tags, err);

	if (r == RC_OK)
		r = write_names(db, put, drop, change->dropped_tags,
		    change->n_dropped_tags, err);
	return r;
}

static enum result
write_referrer(struct db *db, const struct put *put, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO referrer (repository, digest, subject, type,"
	    " artifact_type, size, generation, annotations)"
	    " VALUES (:repository, :name, :subject, :type,"
	    " :artifact_type, :size, :generation, :annotations)"
	    " ON CONFLICT (repository, digest) DO UPDATE SET"
	    " subject = excluded.subject, type = excluded.type,"
	    " artifact_type = excluded.artifact_type, size = excluded.size,"
	    " generation = excluded.generation, annotations = excluded.annotations";
	sqlite3_stmt *stmt;
	enum result r;

	if (put->change->referrer == NULL)
		return RC_OK;
	r = start_referrer(db, put, sql, &stmt, err);
	return r == RC_OK ? db_run(db, stmt, NULL, err) : r;
}

static enum result
write_all(struct db *db, void *arg, struct err *err)
{
	static const char drop_referrer[] =
	    "DELETE FROM referrer"
	    " WHERE repository = :repository AND digest = :name";
	struct put *put = arg;
	const struct index_change *change = put->change;
	enum result r = row_write(db, &change->repository, &put->row, err);

	if (r == RC_OK)
		r = write_tags(db, put, err);
	if (r == RC_OK)
		r = write_referrer(db, put, err);
	if (r == RC_OK)
		r = write_names(db, put, drop_referrer, &change->dropped_referrer,
		    n_dropped_referrers(change), err);
	return r;
}

/* The look may be out of date at once: a rebuild that begins behind it walks the
 * store, where all of it is already. */
enum result
change_put(struct index *ix, const struct index_change *change, enum db_mode mode,
    struct err *err)
{
	struct put put = {change, {0}, false};
	enum result r = pool_do(ix, DB_READ, look, &put, err);

	if (r != RC_OK || put.there)
		return r;
	return pool_do(ix, mode, write_all, &put, err);
}

enum result
index_put(struct index *ix, const struct index_change *change, struct err *err)
{
	return change_put(ix, change, DB_CHANGE, err);
}
