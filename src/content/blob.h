/* blob.h: the blobs of a repository, as API v2 has them. RC_BLOB_UNKNOWN. Who is told
 * that a blob is there may count on it (store/blob.h, "Pins"). */
#ifndef CONTENT_BLOB_H
#define CONTENT_BLOB_H

#include "base/arena.h"
#include "base/err.h"
#include "image/digest.h"
#include "registry/registry.h"
#include "store/blob.h"

enum result blob_find(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, struct store_blob *out, struct err *err);

/* The repository gets what `from` has, or, where that is NULL, what anybody has. *out:
 * under which digest it is kept. */
enum result blob_mount(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, const char *from, struct digest *out, struct err *err);

/* The repository has it no more. */
enum result blob_remove(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, struct err *err);

#endif
