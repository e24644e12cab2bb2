/* lists.c: the catalog, tags and referrers, a page at a time; see index.h.
 *
 * Each list is a range of an index in its order: a page costs its rows, whatever stands
 * before and behind it. */
#include <stdint.h>

#include "indexsqlite/pool.h"

struct list {
	const char *sql;
	struct str repository, subject, artifact_type, after;
	size_t most;

	/* Shows the row at hand to the visitor; false: no more. */
	bool (*show)(const struct list *list, sqlite3_stmt *stmt);
	index_name_fn *name;
	bool (*referrer)(void *arg, const struct index_referrer *referrer);
	void *arg;
};

static enum result
check_whole(struct db *db, struct err *err)
{
	static const char sql[] = "SELECT whole FROM state";
	int64_t whole = 0;
	enum result r = db_int(db, sql, &whole, err);

	if (r == RC_OK && whole == 0)
		r = err_set(err, RC_REBUILDING,
		    "index %s: is being filled for the first time", db_path(db));
	return r;
}

/* Binds those of the parameters that the statement has. */
static enum result
start(struct db *db, const struct list *list, sqlite3_stmt **stmt, struct err *err)
{
	enum result r = db_start(db, list->sql, stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(*stmt, ":repository", list->repository);
	db_bind(*stmt, ":subject", list->subject);
	db_bind(*stmt, ":artifact_type", list->artifact_type);
	db_bind(*stmt, ":after", list->after);
	db_bind_int(*stmt, ":most",
	    list->most > INT64_MAX ? INT64_MAX : (int64_t)list->most);
	return RC_OK;
}

static enum result
walk(struct db *db, void *arg, struct err *err)
{
	const struct list *list = arg;
	sqlite3_stmt *stmt;
	bool more = true;
	enum result r = check_whole(db, err);

	if (r == RC_OK)
		r = start(db, list, &stmt, err);
	while (r == RC_OK && more) {
		r = db_step(db, stmt, &more, err);
		if (r == RC_OK && more)
			more = list->show(list, stmt);
	}
	return r;
}

static bool
show_name(const struct list *list, sqlite3_stmt *stmt)
{
	return list->name(list->arg, db_text(stmt, 0));
}

enum result
index_catalog(struct index *ix, struct str after, size_t most, index_name_fn *visit,
    void *arg, struct err *err)
{
	static const char sql[] =
	    "SELECT name FROM repository INDEXED BY repository_v2"
	    " WHERE v2 = 1 AND hidden = 0 AND name > :after ORDER BY name LIMIT :most";
	struct list list = {.sql = sql,
	    .after = after,
	    .most = most,
	    .show = show_name,
	    .name = visit,
	    .arg = arg};

	return pool_do(ix, DB_READ, walk, &list, err);
}

/* The repository's id; NULL, which is no id, for one that is not there. */
#define REPOSITORY "(SELECT id FROM repository WHERE name = :repository)"

enum result
index_tags(struct index *ix, struct str repository, struct str after, size_t most,
    index_name_fn *visit, void *arg, struct err *err)
{
	static const char sql[] =
	    "SELECT name FROM tag WHERE repository = " REPOSITORY
	    " AND name > :after ORDER BY name LIMIT :most";
	struct list list = {.sql = sql,
	    .repository = repository,
	    .after = after,
	    .most = most,
	    .show = show_name,
	    .name = visit,
	    .arg = arg};

	return pool_do(ix, DB_READ, walk, &list, err);
}

static bool
show_referrer(const struct list *list, sqlite3_stmt *stmt)
{
	const struct index_referrer referrer = {
	    .digest = db_text(stmt, 0),
	    .subject = list->subject,
	    .type = db_text(stmt, 1),
	    .artifact_type = db_text(stmt, 2),
	    .size = sqlite3_column_int64(stmt, 3),
	    .annotations = db_text(stmt, 4),
	};

	return list->referrer(list->arg, &referrer);
}

enum result
index_referrers(struct index *ix, struct str repository, struct str subject,
    struct str artifact_type, struct str after, size_t most,
    bool (*visit)(void *arg, const struct index_referrer *referrer), void *arg,
    struct err *err)
{
	static const char sql[] =
	    "SELECT digest, type, artifact_type, size, annotations"
	    " FROM referrer INDEXED BY referrer_subject"
	    " WHERE repository = " REPOSITORY " AND subject = :subject"
	    " AND digest > :after"
	    " AND (:artifact_type = '' OR artifact_type = :artifact_type)"
	    " ORDER BY digest LIMIT :most";
	struct list list = {.sql = sql,
	    .repository = repository,
	    .subject = subject,
	    .artifact_type = artifact_type,
	    .after = after,
	    .most = most,
	    .show = show_referrer,
	    .referrer = visit,
	    .arg = arg};

	return pool_do(ix, DB_READ, walk, &list, err);
}
