/* v1_walk.h: every repository of API v1, for the index. In byte order of the names on
 * disk, in bounded memory. */
#ifndef STORE_V1_WALK_H
#define STORE_V1_WALK_H

#include <stdbool.h>

#include "base/err.h"
#include "store/store.h"

/* visit gets a repository's name; false ends the walk. Directories that hold no file are
 * passed over. */
enum result v1_walk(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

#endif
