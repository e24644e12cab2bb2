/* damage.h: a file of the store that cannot be what its name says: empty, cut off, with
 * other bytes. No push was acknowledged with such a file: an old server was killed while it
 * wrote, or the disk has lost something. Private to this room.
 *
 * It is answered as if it were not there, and a push replaces it: D5 in store/store.h, which
 * also says how each kind of file is checked. The length that a client announces for a blob
 * is not a reason to distrust a file that others use. */
#ifndef STOREFS_DAMAGE_H
#define STOREFS_DAMAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/* Logs, once (log_once.h), that `what` is wrong with the file at `path` and that `cure`
 * repairs it. Returns RC_NOT_FOUND, with the reason in err. */
enum result damage_found(const struct store *st, struct arena *a, const char *path,
    const char *what, const char *cure, struct err *err);

#endif
