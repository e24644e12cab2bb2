/* repository.c: a row a repository; see index.h. */
#include "index/repository.h"

#include <stdint.h>

#include "index/pool.h"

struct put {
	struct str name, description;
	bool there; /* just so already */
};

static enum result
look(struct db *db, void *arg, struct err *err)
{
	static const char sql[] =
	    "SELECT 1 FROM repository, state"
	    " WHERE name = :name AND description = :description"
	    " AND repository.generation = state.generation";
	struct put *put = arg;
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(stmt, ":name", put->name);
	db_bind(stmt, ":description", put->description);
	return db_step(db, stmt, &put->there, err);
}

static enum result
write_row(struct db *db, void *arg, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO repository (name, description, generation)"
	    " VALUES (:name, :description, (SELECT generation FROM state))"
	    " ON CONFLICT (name) DO UPDATE SET"
	    " description = excluded.description, generation = excluded.generation";
	struct put *put = arg;
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(stmt, ":name", put->name);
	db_bind(stmt, ":description", put->description);
	return db_run(db, stmt, NULL, err);
}

/* The look may be out of date at once: a rebuild that begins behind it walks the
 * store, where the repository is already. */
enum result
repository_put(struct index *ix, struct str name, struct str description,
    enum db_mode mode, struct err *err)
{
	struct put put = {name, description, false};
	enum result r = pool_do(ix, DB_READ, look, &put, err);

	if (r != RC_OK || put.there)
		return r;
	return pool_do(ix, mode, write_row, &put, err);
}

enum result
index_put_repository(
    struct index *ix, struct str name, struct str description, struct err *err)
{
	return repository_put(ix, name, description, DB_CHANGE, err);
}

static enum result
drop(struct db *db, void *arg, struct err *err)
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
	return pool_do(ix, DB_CHANGE, drop, &name, err);
}

struct names {
	struct str after;
	size_t most;
	const struct index_visitor *visitor;
};

static enum result
list(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "SELECT name, description FROM repository"
				  " WHERE name > :after ORDER BY name LIMIT :most";
	const struct names *names = arg;
	struct index_row row;
	sqlite3_stmt *stmt;
	bool more = true;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(stmt, ":after", names->after);
	db_bind_int(stmt, ":most",
	    names->most > INT64_MAX ? INT64_MAX : (int64_t)names->most);
	while ((r = db_step(db, stmt, &more, err)) == RC_OK && more) {
		row.name = db_text(stmt, 0);
		row.description = db_text(stmt, 1);
		if (!names->visitor->row(names->visitor->arg, &row))
			break;
	}
	return r;
}

enum result
index_names(struct index *ix, struct str after, size_t most,
    const struct index_visitor *visitor, struct err *err)
{
	struct names names = {after, most, visitor};

	return pool_do(ix, DB_READ, list, &names, err);
}
