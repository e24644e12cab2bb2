/* unusable.h: what is found in the store and not used, because it could lead out of the store or
 * make a reader wait. The log says, once (log_once.h), what it is and what to do about it.
 * Private to this room. */
#ifndef STOREFS_UNUSABLE_H
#define STOREFS_UNUSABLE_H

#include <sys/types.h>

#include "base/err.h"
#include "store/store.h"
#include "storefs/beneath.h"

/* A link that leads out of the store (errno ENOLINK) or to itself (ELOOP). Leaves errno as it
 * is. */
void unusable_link(const struct store *st, const struct beneath_way *way);

/* Something of this mode is where a regular file should be. Returns RC_NOT_FOUND, with errno
 * ENXIO. */
enum result unusable_file(
    const struct store *st, const char *path, mode_t mode, struct err *err);

#endif
