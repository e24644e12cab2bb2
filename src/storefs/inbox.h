/* inbox.h: the store's side of store/inbox.h. Private to this room. */
#ifndef STOREFS_INBOX_H
#define STOREFS_INBOX_H

#include <stdint.h>

#include "store/inbox.h"
#include "storefs/io.h"

/* Opens a body for reading. `body` is the path that nginx has passed on; only its last
 * part counts. The caller closes it. RC_NOT_FOUND, with errno ENOENT: nginx has removed it. */
enum result inbox_open(
    const struct store *st, const char *body, struct io_file *out, struct err *err);

/* When the oldest body in the inbox was begun, in seconds since 1970. INT64_MAX: the inbox is
 * empty; 0: the file system does not keep when a file was begun. */
enum result inbox_oldest(const struct store *st, int64_t *out, struct err *err);

#endif
