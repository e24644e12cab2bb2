/* v1push_query.h: what v1push.c and v1push_query.c share: names of files. */
#ifndef STOREFS_V1PUSH_QUERY_H
#define STOREFS_V1PUSH_QUERY_H

#include "base/arena.h"
#include "base/str.h"
#include "store/store.h"

/* "_berth/push/<id>" */
const char *v1push_query_dir(struct arena *a, const char *id);

/* Behind the first '-' and before the ending, if it has one: "wait-<P>.layer" is P. */
struct str v1push_query_checksum(const char *name, const char *ending);

/* How many pushes are not over. */
long long v1push_query_count(
    const struct store *st, struct arena *a, const char *id);

#endif
