/* dbfile.h: the index on disk: the database and, from its creation on, its -wal with the latest
 * changes. Private to this room.
 *
 * No connection is closed in a way that removes the -wal (db.h). So a -wal that is missing was
 * taken away, and changes with it: the same as a missing database. */
#ifndef INDEXSQLITE_DBFILE_H
#define INDEXSQLITE_DBFILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct dbfile {
	dev_t dev;
	ino_t ino, wal;
};

/* Which files the path names now. RC_REBUILDING: one of them is missing, or the path names
 * a directory or something else that is not a file. */
enum result dbfile_look(const char *path, struct dbfile *out, struct err *err);

/* Are they the same files? */
bool dbfile_eq(const struct dbfile *a, const struct dbfile *b);

/* Does the path still name these? */
bool dbfile_same(const char *path, const struct dbfile *file);

/* Removes the database first: while the path names none, no other process makes a
 * -wal that the next database would take for its own. */
enum result dbfile_remove(const char *path, struct err *err);

#endif
