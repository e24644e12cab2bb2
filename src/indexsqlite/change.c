/* change.c: a change of a repository, its tags and its referrers; see index.h.
 *
 * A change is a list of effects: names that are to be in a table, or are to be gone from it.
 * Most pushes change nothing here (a tag that moves is the same tag), and a transaction that
 * writes waits for all others and for the disk. So a transaction that only reads looks first
 * whether all of it is there already; only where it is not, a second one writes all of it.
 *
 * What was seen may be out of date at once, and that is harmless: a rebuild that begins in
 * between walks the store, in which all of it is already. */
#include "indexsqlite/change.h"

#include "indexsqlite/pool.h"
#include "indexsqlite/row.h"

#define EFFECTS 4

/* For each of the names, which are tags or digests. */
struct effect {
	const struct str *names;
	size_t n;
	const char *look; /* finds a row when the name is there */
	bool gone;        /* there must be none */
	const char *write;
};

struct put {
	const struct index_change *change;
	struct effect effects[EFFECTS];
	struct row row;
	bool there; /* all of it is there already */
};

static void
list_effects(const struct index_change *change, struct effect effects[EFFECTS])
{
	static const char find_tag[] =
	    "SELECT 1 FROM tag WHERE repository = :repository AND name = :name";
	static const char find_tag_today[] =
	    "SELECT 1 FROM tag WHERE repository = :repository AND name = :name"
	    " AND generation = :generation";
	static const char put_tag[] =
	    "INSERT INTO tag (repository, name, generation)"
	    " VALUES (:repository, :name, :generation)"
	    " ON CONFLICT (repository, name) DO UPDATE SET"
	    " generation = excluded.generation";
	static const char drop_tag[] =
	    "DELETE FROM tag WHERE repository = :repository AND name = :name";
	static const char find_referrer[] =
	    "SELECT 1 FROM referrer"
	    " WHERE repository = :repository AND digest = :name";
	static const char find_referrer_today[] =
	    "SELECT 1 FROM referrer"
	    " WHERE repository = :repository AND digest = :name"
	    " AND generation = :generation AND subject = :subject"
	    " AND type = :type AND artifact_type = :artifact_type"
	    " AND size = :size AND annotations = :annotations";
	static const char put_referrer[] =
	    "INSERT INTO referrer (repository, digest, subject, type,"
	    " artifact_type, size, generation, annotations)"
	    " VALUES (:repository, :name, :subject, :type,"
	    " :artifact_type, :size, :generation, :annotations)"
	    " ON CONFLICT (repository, digest) DO UPDATE SET"
	    " subject = excluded.subject, type = excluded.type,"
	    " artifact_type = excluded.artifact_type, size = excluded.size,"
	    " generation = excluded.generation, annotations = excluded.annotations";
	static const char drop_referrer[] =
	    "DELETE FROM referrer"
	    " WHERE repository = :repository AND digest = :name";
	const struct index_referrer *referrer = change->referrer;

	effects[0] = (struct effect){
	    change->tags, change->n_tags, find_tag_today, false, put_tag};
	effects[1] = (struct effect){
	    change->dropped_tags, change->n_dropped_tags, find_tag, true, drop_tag};
	effects[2] = (struct effect){referrer == NULL ? NULL : &referrer->digest,
	    referrer == NULL ? 0 : 1, find_referrer_today, false, put_referrer};
	effects[3] = (struct effect){&change->dropped_referrer,
	    change->dropped_referrer.n > 0 ? 1 : 0, find_referrer, true,
	    drop_referrer};
}

/* Binds those of the parameters that the statement has. */
static void
bind_name(const struct put *put, sqlite3_stmt *stmt, struct str name)
{
	const struct index_referrer *referrer = put->change->referrer;

	db_bind_int(stmt, ":repository", put->row.id);
	db_bind_int(stmt, ":generation", put->row.generation);
	db_bind(stmt, ":name", name);
	if (referrer == NULL)
		return;
	db_bind(stmt, ":subject", referrer->subject);
	db_bind(stmt, ":type", referrer->type);
	db_bind(stmt, ":artifact_type", referrer->artifact_type);
	db_bind_int(stmt, ":size", referrer->size);
	db_bind(stmt, ":annotations", referrer->annotations);
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
		bind_name(put, stmt, effect->names[i]);
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
		bind_name(put, stmt, effect->names[i]);
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
