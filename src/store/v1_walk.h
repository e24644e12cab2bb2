/* v1_walk.h: every repository of the store, for the index. In byte order of the
 * names on disk, in bounded memory, and resumable: a cursor is "<ns>/<repo>" as
 * spelt there. */
#ifndef STORE_V1_WALK_H
#define STORE_V1_WALK_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/* A repository's name and the cursor behind it. False ends the walk. */
typedef bool v1_walk_fn(void *arg, const char *name, const char *cursor);

/* Begins behind `after`, "" for all. Directories that hold no file are passed over.
 */
enum result v1_walk(const struct store *st, const char *after, v1_walk_fn *visit,
    void *arg, struct err *err);

#endif
