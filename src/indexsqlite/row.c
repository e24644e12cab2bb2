/* row.c: see row.h; and index_drop_repository(). */
#include "indexsqlite/row.h"

#include "indexsqlite/pool.h"

static void
bind_repository(sqlite3_stmt *stmt, const struct index_repository *repository)
{
	db_bind(stmt, ":name", repository->name);
	db_bind(stmt, ":description", repository->description);
	db_bind_int(stmt, ":hidden", !repository->in_search);
	db_bind_int(stmt, ":in_catalog", repository->in_catalog);
	db_bind(stmt, ":version", repository->version);
}

enum result
row_find(struct db *db, const struct index_repository *repository, struct row *row,
    struct err *err)
{
	static const char sql[] =
	    "SELECT id, state.generation, repository.generation = state.generation"
	    " AND description = :description AND hidden = :hidden"
	    " AND in_catalog = :in_catalog AND version = :version"
	    " FROM repository, state WHERE name = :name";
	sqlite3_stmt *stmt;
	bool there = false;
	enum result r = db_start(db, sql, &stmt, err);

	*row = (struct row){0};
	if (r != RC_OK)
		return r;
	bind_repository(stmt, repository);
	r = db_step(db, stmt, &there, err);
	if (!there)
		return r;
	row->id = sqlite3_column_int64(stmt, 0);
	row->generation = sqlite3_column_int64(stmt, 1);
	row->same = sqlite3_column_int(stmt, 2) != 0;
	return RC_OK;
}

static enum result
upsert_row(
    struct db *db, const struct index_repository *repository, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO repository"
	    " (name, description, hidden, in_catalog, version, generation)"
	    " VALUES (:name, :description, :hidden, :in_catalog, :version,"
	    " (SELECT generation FROM state))"
	    " ON CONFLICT (name) DO UPDATE SET"
	    " description = excluded.description, hidden = excluded.hidden,"
	    " in_catalog = excluded.in_catalog, version = excluded.version,"
	    " generation = excluded.generation";
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	bind_repository(stmt, repository);
	return db_run(db, stmt, NULL, err);
}

enum result
row_write(struct db *db, const struct index_repository *repository, struct row *row,
    struct err *err)
{
	enum result r = row_find(db, repository, row, err);

	if (r != RC_OK || row->same)
		return r;
	r = upsert_row(db, repository, err);
	if (r == RC_OK)
		r = row_find(db, repository, row, err);
	return r;
}

static enum result
drop_row(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "DELETE FROM repository WHERE name = :name";
	const struct str *name = arg;
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(stmt, ":name", *name);
	return db_run(db, stmt, NULL, err);
}

enum result
index_drop_repository(struct index *ix, struct str name, struct err *err)
{
	return pool_do(ix, DB_CHANGE, drop_row, &name, err);
}
