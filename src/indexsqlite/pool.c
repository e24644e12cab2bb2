/* pool.c: see pool.h.
 *
 * A call borrows a connection, looks whether the path still names the files that the connection
 * has open (I3 of index.h), runs its transaction and gives the connection back. One that met
 * damage is closed instead, the file is marked as damaged, and on_damage is called.
 *
 * Changes by other programs (index_watch()) are found with two numbers that each transaction
 * reads. PRAGMA data_version changes when any other connection, of any program, has written;
 * `writes` in the table state is raised by each transaction of berth that changes something. So
 * when data_version has changed since the connection last looked and `writes` has not, another
 * program has written. Two other cases look the same:
 * - A worker that was killed between its first page and its commit. It counts as foreign:
 *   what it has written is not known.
 * - A writer that begins the -wal again from its start: data_version changes before it commits,
 *   for readers of that moment. So the suspicion of a reader is only confirmed if `writes`
 *   is still the same in a transaction that changes something, during which nobody else writes.
 * A confirmed suspicion clears all versions, so that the next rebuild reads each repository. */
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

/* Waits for the right to use a connection. Returns the one that was used last, or NULL: the
 * caller opens one. */
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

/* Gives the right back, and db to be used again; NULL when the connection was closed. */
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
report_damage(struct index *ix)
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

/* Another file is there than before. One that is not whole was made by berth. */
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

/* Called in a transaction. *foreign: by what is seen here another program has written. */
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

	if (r == RC_OK)
		r = db_run(db, stmt, NULL, err);
	return r;
}

/* What a transaction has found out about writes of another program. */
struct suspicion {
	bool any;
	bool sure;      /* the transaction was one that changes something */
	int64_t writes; /* at that time */
};

/* Called in a transaction that changes something: nobody else writes now. RC_NOT_FOUND: it was
 * a connection of berth. If another program had written before that one, it has noticed that
 * itself. */
static enum result
confirm_suspicion(struct db *db, const struct suspicion *s, struct err *err)
{
	int64_t now;
	enum result r;

	if (s->sure)
		return RC_OK;
	r = db_int(db, writes_sql, &now, err);
	if (r == RC_OK && now != s->writes)
		r = err_set(
		    err, RC_NOT_FOUND, "index: berth itself has written to it");
	return r;
}

/* After this the next rebuild reads every repository. */
static enum result
forget_versions(struct db *db, void *arg, struct err *err)
{
	static const char sql[] = "UPDATE repository SET version = ''";
	sqlite3_stmt *stmt;
	enum result r = confirm_suspicion(db, arg, err);

	if (r == RC_OK)
		r = db_start(db, sql, &stmt, err);
	if (r == RC_OK)
		r = db_run(db, stmt, NULL, err);
	return r;
}

/* ---- connections ---- */

static enum result
open_connection(struct index *ix, struct db **out, struct err *err)
{
	enum result r = schema_open(ix->path, out, err);
	bool other;

	if (r == RC_REBUILDING)
		report_damage(ix);
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

/* Closes all idle connections to files that the path no longer names: one that stays idle would
 * keep those files on the disk. */
static enum result
take_connection(struct index *ix, struct db **out, struct err *err)
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
	r = open_connection(ix, out, err);
	if (r != RC_OK)
		give_back(ix, NULL);
	return r;
}

/* A connection that met damage is not used again. Damage in a file that was replaced meanwhile
 * is not reported. */
static void
return_connection(struct index *ix, struct db *db)
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
		report_damage(ix);
}

struct job {
	enum db_mode mode;
	pool_fn fn;
	void *arg;
	struct suspicion *foreign; /* NULL: not looked for */
};

static enum result
in_transaction(struct db *db, const struct job *job, struct err *err)
{
	enum result r = RC_OK;

	if (job->foreign != NULL) {
		r = look_for_writes(db, &job->foreign->any, err);
		job->foreign->sure = job->mode != DB_READ;
		job->foreign->writes = db_seen(db)->writes;
	}
	if (r == RC_OK)
		r = job->fn(db, job->arg, err);
	if (r == RC_OK && job->mode != DB_READ)
		r = count_write(db, err);
	return r;
}

static enum result
do_job(struct index *ix, const struct job *job, struct err *err)
{
	struct db *db;
	enum result r = take_connection(ix, &db, err);

	if (r != RC_OK)
		return r;
	r = db_begin(db, job->mode, err);
	if (r == RC_OK)
		r = db_end(db, in_transaction(db, job, err), err);
	if (r == RC_OK && job->mode != DB_READ)
		db_seen(db)->writes++;
	return_connection(ix, db);
	return r;
}

static void
forget_all(struct index *ix, struct suspicion *s)
{
	const struct job job = {DB_CHANGE, forget_versions, s, NULL};
	struct err ignored;

	if (do_job(ix, &job, &ignored) == RC_OK)
		report_foreign(ix,
		    "another program, or a worker that was killed, wrote to it");
}

enum result
pool_do(struct index *ix, enum db_mode mode, pool_fn fn, void *arg, struct err *err)
{
	struct suspicion foreign = {.any = false};
	const struct job job = {
	    mode, fn, arg, ix->on_foreign == NULL ? NULL : &foreign};
	enum result r = do_job(ix, &job, err);

	if (foreign.any)
		forget_all(ix, &foreign);
	return r;
}
