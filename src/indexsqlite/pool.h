/* pool.h: struct index, and the one way to work with it. Private to this room.
 *
 * A process opens a few connections when they are needed, keeps them, and lends each to one
 * transaction at a time; a call waits while all are lent. So a transaction may wait for the
 * database, and for nothing else: never for a client. */
#ifndef INDEXSQLITE_POOL_H
#define INDEXSQLITE_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "index/index.h"
#include "indexsqlite/db.h"

#define POOL_SIZE 8

struct index {
	struct arena *arena;
	const char *path;
	void (*on_damage)(void *);
	void *arg;
	void (*on_foreign)(void *); /* NULL: not watched */
	void *foreign_arg;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t returned;
	struct db *idle[POOL_SIZE];
	size_t idle_count, lent;
	bool reported; /* on_damage was called, no sound file opened since */
	bool opened;
	struct dbfile file; /* that was opened last */

	/* the generation of the rebuild that runs here (rebuild.c) */
	int64_t rebuild;
};

typedef enum result (*pool_fn)(struct db *db, void *arg, struct err *err);

/* Calls fn in one transaction, so all it reads is of one moment. Its changes are committed
 * if it returns RC_OK, otherwise rolled back. */
enum result pool_do(
    struct index *ix, enum db_mode mode, pool_fn fn, void *arg, struct err *err);

#endif
