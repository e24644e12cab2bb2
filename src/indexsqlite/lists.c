/* lists.c: the catalog, tags and referrers, a page at a time; see index.h.
 *
 * Each list is a range of an index of the database, in its order, so a page costs its own rows
 * and nothing for those before and after it. The three differ in their statement and in what a
 * row shows. */
#include <stdint.h>

#include "indexsqlite/pool.h"

struct list {
	const char *sql;
	/* catalog: empty; tags: the repository alone */
	const struct index_subject *of;
	const struct index_page *page;

	/* One of them. */
	const struct index_name_visitor *names;
	const struct index_referrer_visitor *referrers;
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
start_list(
    struct db *db, const struct list *list, sqlite3_stmt **stmt, struct err *err)
{
	size_t limit = list->page->limit;
	enum result r = db_start(db, list->sql, stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(*stmt, ":repository", list->of->repository);
	db_bind(*stmt, ":subject", list->of->digest);
	db_bind(*stmt, ":artifact_type", list->of->artifact_type);
	db_bind(*stmt, ":after", list->page->after);
	db_bind_int(
	    *stmt, ":limit", limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
	return RC_OK;
}

/* Shows the row to the visitor; false: it wants no more. */
static bool
show_row(const struct list *list, sqlite3_stmt *stmt)
{
	struct index_referrer referrer;

	if (list->names != NULL)
		return list->names->name(list->names->arg, db_text(stmt, 0));
	referrer = (struct index_referrer){
	    .digest = db_text(stmt, 0),
	    .subject = list->of->digest,
	    .type = db_text(stmt, 1),
	    .artifact_type = db_text(stmt, 2),
	    .size = sqlite3_column_int64(stmt, 3),
	    .annotations = db_text(stmt, 4),
	};
	return list->referrers->referrer(list->referrers->arg, &referrer);
}

static enum result
read_list(struct db *db, void *arg, struct err *err)
{
	const struct list *list = arg;
	sqlite3_stmt *stmt;
	bool more = true;
	enum result r = check_whole(db, err);

	if (r == RC_OK)
		r = start_list(db, list, &stmt, err);
	while (r == RC_OK && more) {
		r = db_step(db, stmt, &more, err);
		if (r == RC_OK && more)
			more = show_row(list, stmt);
	}
	return r;
}

enum result
index_catalog(struct index *ix, const struct index_page *page,
    const struct index_name_visitor *visitor, struct err *err)
{
	static const char sql[] =
	    "SELECT name FROM repository INDEXED BY repository_v2"
	    " WHERE v2 = 1 AND hidden = 0 AND name > :after"
	    " ORDER BY name LIMIT :limit";
	const struct index_subject all = {.repository = str_of("")};
	struct list list = {sql, &all, page, .names = visitor};

	return pool_do(ix, DB_READ, read_list, &list, err);
}

/* The id of the repository; NULL, which equals no id, when it is not there. */
#define REPOSITORY "(SELECT id FROM repository WHERE name = :repository)"

enum result
index_tags(struct index *ix, struct str repository, const struct index_page *page,
    const struct index_name_visitor *visitor, struct err *err)
{
	static const char sql[] =
	    "SELECT name FROM tag WHERE repository = " REPOSITORY
	    " AND name > :after ORDER BY name LIMIT :limit";
	const struct index_subject of = {.repository = repository};
	struct list list = {sql, &of, page, .names = visitor};

	return pool_do(ix, DB_READ, read_list, &list, err);
}

enum result
index_referrers(struct index *ix, const struct index_subject *subject,
    const struct index_page *page, const struct index_referrer_visitor *visitor,
    struct err *err)
{
	static const char sql[] =
	    "SELECT digest, type, artifact_type, size, annotations"
	    " FROM referrer INDEXED BY referrer_subject"
	    " WHERE repository = " REPOSITORY " AND subject = :subject"
	    " AND digest > :after"
	    " AND (:artifact_type = '' OR artifact_type = :artifact_type)"
	    " ORDER BY digest LIMIT :limit";
	struct list list = {sql, subject, page, .referrers = visitor};

	return pool_do(ix, DB_READ, read_list, &list, err);
}
