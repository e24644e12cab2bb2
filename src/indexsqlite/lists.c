/* lists.c: the catalog, tags, counterparts and referrers, a page at a time; see index.h.
 *
 * Each list is a range of an index of the database, in its order, so a page costs its own rows
 * and nothing for those before and after it; except that tags with an image pass over those
 * without. The lists differ in their statement and in what a row shows. */
#include <stdint.h>

#include "indexsqlite/packed.h"
#include "indexsqlite/pool.h"

struct list {
	const char *sql;
	/* Those that the statement has. */
	struct str repository, subject, artifact_type, key;
	const struct index_page *page; /* NULL: all rows */
	bool packed;                   /* of names as packed.h has them */

	/* Shows the row to the visitor; false: it wants no more. */
	bool (*show)(const struct list *list, sqlite3_stmt *stmt);
	const void *visitor;
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
	const struct index_page *page = list->page;
	enum result r = db_start(db, list->sql, stmt, err);

	if (r != RC_OK)
		return r;
	db_bind(*stmt, ":repository", list->repository);
	db_bind(*stmt, ":subject", list->subject);
	db_bind(*stmt, ":artifact_type", list->artifact_type);
	packed_bind(*stmt, ":key", list->key);
	if (page == NULL)
		return RC_OK;
	if (list->packed)
		packed_bind(*stmt, ":after", page->after);
	else
		db_bind(*stmt, ":after", page->after);
	db_bind_int(*stmt, ":limit",
	    page->limit > INT64_MAX ? INT64_MAX : (int64_t)page->limit);
	return RC_OK;
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
			more = list->show(list, stmt);
	}
	return r;
}

static bool
show_name(const struct list *list, sqlite3_stmt *stmt)
{
	const struct index_name_visitor *visitor = list->visitor;

	return visitor->name(visitor->arg, db_text(stmt, 0));
}

enum result
index_catalog(struct index *ix, const struct index_page *page,
    const struct index_name_visitor *visitor, struct err *err)
{
	static const char sql[] =
	    "SELECT name FROM repository INDEXED BY repository_catalog"
	    " WHERE in_catalog = 1 AND name > :after ORDER BY name LIMIT :limit";
	struct list list = {
	    .sql = sql, .page = page, .show = show_name, .visitor = visitor};

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
	struct list list = {.sql = sql,
	    .repository = repository,
	    .page = page,
	    .show = show_name,
	    .visitor = visitor};

	return pool_do(ix, DB_READ, read_list, &list, err);
}

static bool
show_tag(const struct list *list, sqlite3_stmt *stmt)
{
	const struct index_tag_visitor *visitor = list->visitor;
	const struct index_tag tag = {db_text(stmt, 0), db_text(stmt, 1)};

	return visitor->tag(visitor->arg, &tag);
}

enum result
index_tag_images(struct index *ix, struct str repository,
    const struct index_page *page, const struct index_tag_visitor *visitor,
    struct err *err)
{
	static const char sql[] =
	    "SELECT name, image FROM tag WHERE repository = " REPOSITORY
	    " AND name > :after AND image <> '' ORDER BY name LIMIT :limit";
	struct list list = {.sql = sql,
	    .repository = repository,
	    .page = page,
	    .show = show_tag,
	    .visitor = visitor};

	return pool_do(ix, DB_READ, read_list, &list, err);
}

static bool
show_found(const struct list *list, sqlite3_stmt *stmt)
{
	const struct index_counterpart_visitor *visitor = list->visitor;
	char room[PACKED_TEXT_MAX];

	return visitor->found(
	    visitor->arg, db_text(stmt, 0), packed_text(stmt, 1, room));
}

enum result
index_counterpart_find(struct index *ix, struct str repository, struct str key,
    const struct index_counterpart_visitor *visitor, struct err *err)
{
	static const char in_one[] = "SELECT :repository, origin FROM counterpart"
				     " WHERE repository = " REPOSITORY
				     " AND key = :key"
				     " ORDER BY origin";
	static const char in_all[] =
	    "SELECT name, origin FROM counterpart INDEXED BY counterpart_key"
	    " CROSS JOIN repository ON repository.id = counterpart.repository"
	    " WHERE counterpart.key = :key"
	    " ORDER BY counterpart.repository, origin";
	struct list list = {.sql = repository.n > 0 ? in_one : in_all,
	    .repository = repository,
	    .key = key,
	    .show = show_found,
	    .visitor = visitor};

	return pool_do(ix, DB_READ, read_list, &list, err);
}

static bool
show_key(const struct list *list, sqlite3_stmt *stmt)
{
	const struct index_name_visitor *visitor = list->visitor;
	char room[PACKED_TEXT_MAX];

	return visitor->name(visitor->arg, packed_text(stmt, 0, room));
}

enum result
index_counterpart_keys(struct index *ix, struct str repository,
    const struct index_page *page, const struct index_name_visitor *visitor,
    struct err *err)
{
	static const char sql[] =
	    "SELECT DISTINCT key FROM counterpart WHERE repository = " REPOSITORY
	    " AND key > :after ORDER BY key LIMIT :limit";
	struct list list = {.sql = sql,
	    .repository = repository,
	    .page = page,
	    .packed = true,
	    .show = show_key,
	    .visitor = visitor};

	return pool_do(ix, DB_READ, read_list, &list, err);
}

static bool
show_referrer(const struct list *list, sqlite3_stmt *stmt)
{
	const struct index_referrer_visitor *visitor = list->visitor;
	const struct index_referrer referrer = {
	    .digest = db_text(stmt, 0),
	    .subject = list->subject,
	    .type = db_text(stmt, 1),
	    .artifact_type = db_text(stmt, 2),
	    .size = sqlite3_column_int64(stmt, 3),
	    .annotations = db_text(stmt, 4),
	};

	return visitor->referrer(visitor->arg, &referrer);
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
	struct list list = {.sql = sql,
	    .repository = subject->repository,
	    .subject = subject->digest,
	    .artifact_type = subject->artifact_type,
	    .page = page,
	    .show = show_referrer,
	    .visitor = visitor};

	return pool_do(ix, DB_READ, read_list, &list, err);
}
