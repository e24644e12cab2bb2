/* damage.h: a file of the store that cannot be what its name says: empty, cut off, other
 * bytes. Nothing acknowledged it as it stands there: an old server was killed while it
 * wrote, or the disk has lost something. Seen by this room alone.
 *
 * What cannot be whole is not there: whoever asks for it is told so, and a push puts it in
 * its place again. How it is seen:
 *	manifests, small blobs		by their digest
 *	other blobs			by their length where that is 0
 *	links, tags, v1 documents	by their form
 *	v1 layers			by their length where that is 0
 * A large blob is not hashed for each request, and no client's word about a length condemns
 * what others use: one that was cut off is found when it is pushed again, and mended. */
#ifndef STORE_DAMAGE_H
#define STORE_DAMAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/* Memory of what was logged already, shared with the processes that are forked. */
void damage_open(struct store *st);
void damage_close(struct store *st);

/* Returns RC_ABSENT, the reason in err. Logs it, once per file and run: `what` is wrong
 * with the file at `path`, `cure` mends it. */
enum result damage_found(const struct store *st, struct arena *a, const char *path,
    const char *what, const char *cure, struct err *err);

#endif
