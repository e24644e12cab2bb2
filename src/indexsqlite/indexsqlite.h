/* indexsqlite.h: the index in one sqlite3 file. */
#ifndef INDEXSQLITE_INDEXSQLITE_H
#define INDEXSQLITE_INDEXSQLITE_H

#include "index/index.h"

/* Opens nothing yet. on_damage is called once a damage, by the thread that meets
 * it, and not again until a sound file was seen; NULL is fine. It is time for
 * index_prepare() then. */
struct index *indexsqlite_new(
    const char *path, void (*on_damage)(void *), void *arg);

#endif
