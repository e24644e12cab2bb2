/* v1_push_look.h: what v1_push.c and v1_push_look.c share: names of files. */
#ifndef STORE_V1_PUSH_LOOK_H
#define STORE_V1_PUSH_LOOK_H

#include "base/arena.h"
#include "base/str.h"
#include "store/store.h"

/* "_berth/push/<id>" */
const char *v1_push_dir(struct arena *a, const char *id);

/* Behind the first '-' and before the ending, if it has one: "wait-<P>.layer" is P. */
struct str v1_push_sum_of(const char *name, const char *ending);

/* How many pushes are not over. */
long long v1_push_open(const struct store *st, struct arena *a, const char *id);

#endif
