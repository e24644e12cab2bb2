/* damage.h: a file of the store that cannot be what its name says: empty, cut off, with
 * other bytes. No push was acknowledged with such a file: an old server was killed while it
 * wrote, or the disk has lost something. Private to this room.
 *
 * What cannot be whole is answered as if it were not there, and a push replaces it. It is
 * noticed
 *	of manifests and small blobs		by the digest
 *	of links, tags, v1 documents		by the form
 *	of other blobs and v1 layers		if the length is 0
 * A large blob is not hashed for each request, and the length that a client announces does
 * not condemn a file that others use. So a large one that was cut off is found, and
 * replaced, when it is pushed again. */
#ifndef STOREFS_DAMAGE_H
#define STOREFS_DAMAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/* Logs, once (log_once.h), that `what` is wrong with the file at `path` and that `cure` mends
 * it. Returns RC_NOT_FOUND, with the reason in err. */
enum result damage_found(const struct store *st, struct arena *a, const char *path,
    const char *what, const char *cure, struct err *err);

#endif
