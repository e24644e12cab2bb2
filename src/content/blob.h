/* blob.h: the blobs of a repository, as API v2 has them. RC_BLOB_UNKNOWN. A
 * blob that is said to be there stays for a while (store/blob.h, "Pins"). */
#ifndef CONTENT_BLOB_H
#define CONTENT_BLOB_H

#include "base/arena.h"
#include "base/err.h"
#include "image/digest.h"
#include "registry/task.h"
#include "store/blob.h"

enum result blob_find(const struct task *t, const char *name,
    const struct digest *d, struct store_blob *out);

/* The repository gets what `from` has, or, where that is NULL, what anybody has, but not what
 * only private repositories of API v1 have. *out: under which digest it is kept. */
enum result blob_mount(const struct task *t, const char *name,
    const struct digest *d, const char *from, struct digest *out);

/* The repository does not have it any more. RC_BAD_METHOD: it has it through API v1. */
enum result blob_remove(
    const struct task *t, const char *name, const struct digest *d);

#endif
