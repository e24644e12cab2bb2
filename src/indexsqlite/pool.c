/* pool.c: see pool.h. */
#include "indexsqlite/pool.h"

#include "base/arena.h"
#include "base/log.h"
#include "indexsqlite/indexsqlite.h"
#include "indexsqlite/schema.h"

struct index *
indexsqlite_open(const char *path, void (*on_damage)(void *), void *arg)
{
	struct arena *a = arena_new();
	struct index *ix = arena_alloc(a, sizeof(*ix));

	ix->arena = a;
	ix->path = arena_strdup(a, path);
	ix->on_damage = on_damage;
	ix->arg = arg;
	(void)pthread_mutex_init(&ix->lock, NULL);
	(void)pthread_cond_init(&ix->returned, NULL);
	return ix;
}

void
index_watch(struct index *ix, void (*on_foreign)(void *), void *arg)
{
	ix->on_foreign = on_foreign;
	ix->foreign_arg = arg;
}

void
index_free(struct index *ix)
{
	if (ix == NULL)
		return;
	while (ix->idle_count > 0)
		db_close(ix->idle[--ix->idle_count]);
	(void)pthread_cond_destroy(&ix->returned);
	(void)pthread_mutex_destroy(&ix->lock);
	arena_free(ix->arena);
}

/* The right to use a connection, and the one that was idle last, NULL for none. */
static struct db *
borrow(struct index *ix)
{
	struct db *db = NULL;

	(void)pthread_mutex_lock(&ix->lock);
	while (ix->lent == POOL_SIZE)
		(void)pthread_cond_wait(&ix->returned, &ix->lock);
	ix->lent++;
	if (ix->idle_count > 0)
		db = ix->idle[--ix->idle_count];
	(void)pthread_mutex_unlock(&ix->lock);
	return db;
}

/* db is NULL when the connection was closed. */
static void
give_back(struct index *ix, struct db *db)
{
	(void)pthread_mutex_lock(&ix->lock);
	ix->lent--;
	if (db != NULL)
		ix->idle[ix->idle_count++] = db;
	(void)pthread_cond_signal(&ix->returned);
	(void)pthread_mutex_unlock(&ix->lock);
}

/* Calls on_damage, unless it was called and no sound file was seen since. */
static void
report(struct index *ix)
{
	bool first;

	(void)pthread_mutex_lock(&ix->lock);
	first = !ix->reported;
	ix->reported = true;
	(void)pthread_mutex_unlock(&ix->lock);
	if (first && ix->on_damage != NULL)
		ix->on_damage(ix->arg);
}

/* ---- changes by others ---- */

static void
report_foreign(struct index *ix, const char *what)
{
	log_line(LOG_WARN, "index.foreign",
	    "what=\"%s\" note=\"the index is built again from the store\"", what);
	ix->on_foreign(ix->foreign_arg);
}

/* A file that is being rebuilt was put there by berth. */
static void
look_at_new_file(struct index *ix, struct db *db)
{
	static const char sql[] = "SELECT whole FROM state";
	int64_t whole = 0;
	struct err ignored;

	if (ix->on_foreign != NULL && db_int(db, sql, &whole, &ignored) == RC_OK &&
	    whole != 0)
		report_foreign(ix, "another database is in its place");
}

static const char writes_sql[] = "SELECT writes FROM state";

/* Called in a transaction. data_version shows that another connection, of any program,
 * has written; connections of berth have also counted it in `writes`. *foreign: one
 * has not, by what is seen here. That may also be a worker that was killed after its first
 * page and before its commit, and, in a transaction that only reads, one that commits just
 * now: see is_still_foreign(). */
static enum result
look_for_writes(struct db *db, bool *foreign, struct err *err)
{
	static const char version_sql[] = "PRAGMA data_version";
	struct db_seen *seen = db_seen(db), now = {.any = true};
	enum result r = db_int(db, writes_sql, &now.writes, err);

	if (r == RC_OK)
		r = db_int(db, version_sql, &now.version, err);
	if (r != RC_OK)
		return r;
	*foreign = seen->any && seen->writes == now.writes &&
		   seen->version != now.version;
	*seen = now;
	return RC_OK;
}

/* Called in a transaction that changes something. */
static enum result
count_write(struct db *db, struct err *err)
{
	static const char sql[] = "UPDATE state SET writes = writes + 1";
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	return r == RC_OK ? db_run(db, stmt, NULL, err) : r;
}

/* Some transaction found that somebody else has written. */
struct suspicion {
	bool any;
	bool sure;      /* it was one that changes something */
	int64_t writes; /* that berth had counted then */
};

/* Where a writer begins the -wal again from its start, data_version changes before it has
 * committed, for who reads at that moment. Now that nobody else writes, it has counted
 * itself. And if another program had written before it, it has noticed that itself. */
static enum result
is_still_foreign(struct db *db, const struct suspicion *s, struct err *err)
{
	int64_t now;
	enum result r = s->sure ? RC_OK : db_int(db, writes_sql, &now, err);

	if (r == RC_OK && !s->sure && now != s->writes)
		r = err_set(err, RC_NOT_FOUND, "index: it was berth's own");
	return r;
}

/* After this the rebuild reads every repository. */
static enum result
forget_versions(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "UPDATE repository SET version = ''";
	sqlite3_stmt *stmt;
	enum result r = is_still_foreign(db, arg, err);

	if (r == RC_OK)
		r = db_start(db, sql, &stmt, err);
	return r == RC_OK ? db_run(db, stmt, NULL, err) : r;
}

/* ---- connections ---- */

static enum result
connect_anew(struct index *ix, struct db **out, struct err *err)
{
	enum result r = schema_open(ix->path, out, err);
	bool other;

	if (r == RC_REBUILDING)
		report(ix);
	if (r != RC_OK)
		return r;
	(void)pthread_mutex_lock(&ix->lock);
	ix->reported = false;
	other = ix->opened && !dbfile_eq(&ix->file, db_file(*out));
	ix->opened = true;
	ix->file = *db_file(*out);
	(void)pthread_mutex_unlock(&ix->lock);
	if (other)
		look_at_new_file(ix, *out);
	return RC_OK;
}

/* I3. Connections to files that the path no longer names are closed, all of them:
 * one that stays idle would keep those on the disk. */
static enum result
take(struct index *ix, struct db **out, struct err *err)
{
	struct db *db = borrow(ix);
	enum result r;

	while (db != NULL && !dbfile_same(ix->path, db_file(db))) {
		db_close(db);
		give_back(ix, NULL);
		db = borrow(ix);
	}
	*out = db;
	if (db != NULL)
		return RC_OK;
	r = connect_anew(ix, out, err);
	if (r != RC_OK)
		give_back(ix, NULL);
	return r;
}

/* A connection that met damage is not used again. What it met in a file that was
 * replaced meanwhile is no news. */
static void
put(struct index *ix, struct db *db)
{
	bool damaged = db_is_damaged(db);

	if (damaged && !dbfile_same(ix->path, db_file(db)))
		damaged = false;
	else if (damaged)
		schema_mark_damaged(db);
	if (db_is_damaged(db)) {
		db_close(db);
		db = NULL;
	}
	give_back(ix, db);
	if (damaged)
		report(ix);
}

struct task {
	enum db_mode mode;
	pool_fn fn;
	void *arg;
	struct suspicion *foreign; /* NULL: nobody asks */
};

static enum result
in_transaction(struct db *db, const struct task *t, struct err *err)
{
	enum result r = RC_OK;

	if (t->foreign != NULL) {
		r = look_for_writes(db, &t->foreign->any, err);
		t->foreign->sure = t->mode != DB_READ;
		t->foreign->writes = db_seen(db)->writes;
	}
	if (r == RC_OK)
		r = t->fn(db, t->arg, err);
	if (r == RC_OK && t->mode != DB_READ)
		r = count_write(db, err);
	return r;
}

static enum result
do_task(struct index *ix, const struct task *t, struct err *err)
{
	struct db *db;
	enum result r = take(ix, &db, err);

	if (r != RC_OK)
		return r;
	r = db_begin(db, t->mode, err);
	if (r == RC_OK)
		r = db_end(db, in_transaction(db, t, err), err);
	if (r == RC_OK && t->mode != DB_READ)
		db_seen(db)->writes++;
	put(ix, db);
	return r;
}

static void
forget_all(struct index *ix, struct suspicion *s)
{
	const struct task task = {DB_CHANGE, forget_versions, s, NULL};
	struct err ignored;

	if (do_task(ix, &task, &ignored) == RC_OK)
		report_foreign(ix,
		    "another program, or a worker that was killed, wrote to it");
}

enum result
pool_do(struct index *ix, enum db_mode mode, pool_fn fn, void *arg, struct err *err)
{
	struct suspicion foreign = {.any = false};
	const struct task task = {
	    mode, fn, arg, ix->on_foreign == NULL ? NULL : &foreign};
	enum result r = do_task(ix, &task, err);

	if (foreign.any)
		forget_all(ix, &foreign);
	return r;
}
