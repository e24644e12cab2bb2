/* mark.h: repositories whose index rows may be wrong, because a change of the index has
 * failed. A mark survives the end of the process, until it is removed. */
#ifndef STORE_MARK_H
#define STORE_MARK_H

#include <stdbool.h>

#include "base/err.h"
#include "store/store.h"

/* Durable when it returns RC_OK; also if the mark was there. RC_TOO_LARGE: the name is too
 * long for a mark. RC_FULL, RC_IO. */
enum result store_mark_set(struct store *st, const char *name, struct err *err);

/* RC_OK also if there was no mark. */
enum result store_mark_remove(struct store *st, const char *name, struct err *err);

/* Each name that has a mark, in no order; visit returning false ends it. A visit may remove
 * the mark that it is about. */
enum result store_mark_each(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

#endif
