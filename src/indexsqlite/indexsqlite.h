/* indexsqlite.h: the index in one sqlite3 file, in WAL mode.
 *
 * Changes are synchronous (FULL); only a rebuild writes with synchronous = NORMAL. Each call
 * compares the inodes of the path and of its -wal with those that it has open, and so notices
 * a file that was replaced. The file and its -wal are never separated: a database without its
 * -wal has lost changes, and counts as damaged. */
#ifndef INDEXSQLITE_INDEXSQLITE_H
#define INDEXSQLITE_INDEXSQLITE_H

#include "index/index.h"

/* An index in the file at `path`. Nothing is opened before the first call; a process that
 * forks afterwards must not share it with its children. The caller frees it with
 * index_free().
 *
 * on_damage: called by the thread that finds the index missing or damaged, once until a
 * sound file was seen again; then index_prepare() is due. NULL is fine. */
struct index *indexsqlite_open(
    const char *path, void (*on_damage)(void *), void *arg);

#endif
