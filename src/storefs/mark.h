/* mark.h: names of repositories that are kept as empty files in a directory (store/mark.h,
 * store/bridge.h). Private to this room. */
#ifndef STOREFS_MARK_H
#define STOREFS_MARK_H

#include "store/mark.h"

typedef bool mark_visit(void *arg, const char *name);

struct mark_place {
	const char *dir; /* made when needed */
	bool synced;     /* the mark survives a power cut */
};

/* As store_mark_set() and its like, in this directory. */
enum result mark_set(
    struct store *st, struct mark_place in, const char *name, struct err *err);
enum result mark_remove(
    struct store *st, const char *dir, const char *name, struct err *err);
enum result mark_each(const struct store *st, const char *dir, mark_visit *visit,
    void *arg, struct err *err);

#endif
