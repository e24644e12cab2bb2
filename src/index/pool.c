/* pool.c: see pool.h. */
#include "index/pool.h"

#include "base/arena.h"
#include "index/schema.h"

struct index *
index_new(const char *path, void (*on_damage)(void *), void *arg)
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

static enum result
connect_anew(struct index *ix, struct db **out, struct err *err)
{
	enum result r = schema_open(ix->path, out, err);

	if (r == RC_REBUILDING)
		report(ix);
	if (r == RC_OK) {
		(void)pthread_mutex_lock(&ix->lock);
		ix->reported = false;
		(void)pthread_mutex_unlock(&ix->lock);
	}
	return r;
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

enum result
pool_do(struct index *ix, enum db_mode mode, pool_fn fn, void *arg, struct err *err)
{
	struct db *db;
	enum result r = take(ix, &db, err);

	if (r != RC_OK)
		return r;
	r = db_begin(db, mode, err);
	if (r == RC_OK)
		r = db_end(db, fn(db, arg, err), err);
	put(ix, db);
	return r;
}
