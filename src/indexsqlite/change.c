/* change.c: a change of a repository and of what it has; see index.h.
 *
 * A change is a list of effects: rows that are to be in a table, or are to be gone from it.
 * Most pushes change nothing here (a tag that moves is the same tag), and a transaction that
 * writes waits for all others and for the disk. So a transaction that only reads looks first
 * whether all of it is there already; only where it is not, a second one writes all of it.
 *
 * What was seen may be out of date at once, and that is harmless: a rebuild that begins in
 * between walks the store, in which all of it is already. */
#include "indexsqlite/change.h"

#include "indexsqlite/packed.h"
#include "indexsqlite/pool.h"
#include "indexsqlite/row.h"

#define EFFECTS 6

/* For n rows, which the parameters that bind() gives a statement tell apart. */
struct effect {
	size_t n;
	void (*bind)(
	    sqlite3_stmt *stmt, const struct index_change *change, size_t i);
	const char *look; /* finds a row when it is there */
	bool gone;        /* there must be none */
	const char *write;
};

struct put {
	const struct index_change *change;
	struct effect effects[EFFECTS];
	struct row row;
	bool there; /* all of it is there already */
};

/* ---- the effects ---- */

static void
bind_tag(sqlite3_stmt *stmt, const struct index_change *change, size_t i)
{
	db_bind(stmt, ":name", change->tags[i].name);
	db_bind(stmt, ":image", change->tags[i].image);
}

static struct effect
put_tags(const struct index_change *change)
{
	static const char look[] =
	    "SELECT 1 FROM tag WHERE repository = :repository AND name = :name"
	    " AND generation = :generation AND image = :image";
	static const char write[] =
	    "INSERT INTO tag (repository, name, generation, image)"
	    " VALUES (:repository, :name, :generation, :image)"
	    " ON CONFLICT (repository, name) DO UPDATE SET"
	    " generation = excluded.generation, image = excluded.image";

	return (struct effect){change->n_tags, bind_tag, look, false, write};
}

static void
bind_dropped_tag(sqlite3_stmt *stmt, const struct index_change *change, size_t i)
{
	db_bind(stmt, ":name", change->dropped_tags[i]);
}

static struct effect
drop_tags(const struct index_change *change)
{
	static const char look[] =
	    "SELECT 1 FROM tag WHERE repository = :repository AND name = :name";
	static const char write[] =
	    "DELETE FROM tag WHERE repository = :repository AND name = :name";

	return (struct effect){
	    change->n_dropped_tags, bind_dropped_tag, look, true, write};
}

static void
bind_counterpart(sqlite3_stmt *stmt, const struct index_change *change, size_t i)
{
	packed_bind(stmt, ":key", change->counterparts[i].key);
	packed_bind(stmt, ":origin", change->counterparts[i].origin);
}

static struct effect
put_counterparts(const struct index_change *change)
{
	static const char look[] =
	    "SELECT 1 FROM counterpart WHERE repository = :repository"
	    " AND key = :key AND origin = :origin AND generation = :generation";
	static const char write[] =
	    "INSERT INTO counterpart (repository, key, origin, generation)"
	    " VALUES (:repository, :key, :origin, :generation)"
	    " ON CONFLICT (repository, key, origin) DO UPDATE SET"
	    " generation = excluded.generation"
	    " WHERE generation <> excluded.generation";

	return (struct effect){
	    change->n_counterparts, bind_counterpart, look, false, write};
}

static void
bind_dropped_origin(sqlite3_stmt *stmt, const struct index_change *change, size_t i)
{
	(void)i;
	packed_bind(stmt, ":origin", change->dropped_origin);
}

static struct effect
drop_origin(const struct index_change *change)
{
	static const char look[] =
	    "SELECT 1 FROM counterpart"
	    " WHERE repository = :repository AND origin = :origin LIMIT 1";
	static const char write[] =
	    "DELETE FROM counterpart"
	    " WHERE repository = :repository AND origin = :origin";

	return (struct effect){change->dropped_origin.n > 0 ? 1 : 0,
	    bind_dropped_origin, look, true, write};
}

static void
bind_referrer(sqlite3_stmt *stmt, const struct index_change *change, size_t i)
{
	const struct index_referrer *referrer = change->referrer;

	(void)i;
	db_bind(stmt, ":digest", referrer->digest);
	db_bind(stmt, ":subject", referrer->subject);
	db_bind(stmt, ":type", referrer->type);
	db_bind(stmt, ":artifact_type", referrer->artifact_type);
	db_bind_int(stmt, ":size", referrer->size);
	db_bind(stmt, ":annotations", referrer->annotations);
}

static struct effect
put_referrer(const struct index_change *change)
{
	static const char look[] =
	    "SELECT 1 FROM referrer"
	    " WHERE repository = :repository AND digest = :digest"
	    " AND generation = :generation AND subject = :subject"
	    " AND type = :type AND artifact_type = :artifact_type"
	    " AND size = :size AND annotations = :annotations";
	static const char write[] =
	    "INSERT INTO referrer (repository, digest, subject, type,"
	    " artifact_type, size, generation, annotations)"
	    " VALUES (:repository, :digest, :subject, :type,"
	    " :artifact_type, :size, :generation, :annotations)"
	    " ON CONFLICT (repository, digest) DO UPDATE SET"
	    " subject = excluded.subject, type = excluded.type,"
	    " artifact_type = excluded.artifact_type, size = excluded.size,"
	    " generation = excluded.generation, annotations = excluded.annotations";

	return (struct effect){
	    change->referrer != NULL ? 1 : 0, bind_referrer, look, false, write};
}

static void
bind_dropped_referrer(
    sqlite3_stmt *stmt, const struct index_change *change, size_t i)
{
	(void)i;
	db_bind(stmt, ":digest", change->dropped_referrer);
}

static struct effect
drop_referrer(const struct index_change *change)
{
	static const char look[] =
	    "SELECT 1 FROM referrer"
	    " WHERE repository = :repository AND digest = :digest";
	static const char write[] =
	    "DELETE FROM referrer"
	    " WHERE repository = :repository AND digest = :digest";

	return (struct effect){change->dropped_referrer.n > 0 ? 1 : 0,
	    bind_dropped_referrer, look, true, write};
}

/* In the order in which they are written. */
static void
list_effects(const struct index_change *change, struct effect effects[EFFECTS])
{
	effects[0] = put_tags(change);
	effects[1] = drop_tags(change);
	effects[2] = drop_origin(change);
	effects[3] = put_counterparts(change);
	effects[4] = put_referrer(change);
	effects[5] = drop_referrer(change);
}

/* ---- looking and writing ---- */

static void
bind_row(const struct put *put, const struct effect *effect, sqlite3_stmt *stmt,
    size_t i)
{
	db_bind_int(stmt, ":repository", put->row.id);
	db_bind_int(stmt, ":generation", put->row.generation);
	effect->bind(stmt, put->change, i);
}

static enum result
look_for_effect(
    struct db *db, struct put *put, const struct effect *effect, struct err *err)
{
	sqlite3_stmt *stmt;
	bool found;
	enum result r;
	size_t i;

	for (i = 0; put->there && i < effect->n; i++) {
		r = db_start(db, effect->look, &stmt, err);
		if (r != RC_OK)
			return r;
		bind_row(put, effect, stmt, i);
		r = db_step(db, stmt, &found, err);
		if (r != RC_OK)
			return r;
		put->there = found != effect->gone;
	}
	return RC_OK;
}

static enum result
look_for_all(struct db *db, void *arg, struct err *err)
{
	struct put *put = arg;
	enum result r = row_find(db, &put->change->repository, &put->row, err);
	size_t i;

	put->there = put->row.same;
	for (i = 0; r == RC_OK && i < EFFECTS; i++)
		r = look_for_effect(db, put, &put->effects[i], err);
	return r;
}

static enum result
write_effect(struct db *db, const struct put *put, const struct effect *effect,
    struct err *err)
{
	sqlite3_stmt *stmt;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < effect->n; i++) {
		r = db_start(db, effect->write, &stmt, err);
		if (r != RC_OK)
			break;
		bind_row(put, effect, stmt, i);
		r = db_run(db, stmt, NULL, err);
	}
	return r;
}

static enum result
write_all(struct db *db, void *arg, struct err *err)
{
	struct put *put = arg;
	enum result r = row_write(db, &put->change->repository, &put->row, err);
	size_t i;

	for (i = 0; r == RC_OK && i < EFFECTS; i++)
		r = write_effect(db, put, &put->effects[i], err);
	return r;
}

enum result
change_put(struct index *ix, const struct index_change *change, enum db_mode mode,
    struct err *err)
{
	struct put put = {.change = change};
	enum result r;

	list_effects(change, put.effects);
	r = pool_do(ix, DB_READ, look_for_all, &put, err);
	if (r != RC_OK || put.there)
		return r;
	return pool_do(ix, mode, write_all, &put, err);
}

enum result
index_put(struct index *ix, const struct index_change *change, struct err *err)
{
	return change_put(ix, change, DB_CHANGE, err);
}
