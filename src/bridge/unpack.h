/* unpack.h: reads layers to their end, each once, and records their sums. Of layers that clients of
 * API v2 do not get as they are (xz, bzip2), the plain tar is stored too. Private to this room.
 *
 * These calls reserve no memory: their callers have reserved UNPACK_MEMORY, or more
 * (registry/worklimit.h). Results as in make.h; RC_BAD_LAYER: the layer cannot be unpacked, with
 * the reason. */
#ifndef BRIDGE_UNPACK_H
#define BRIDGE_UNPACK_H

#include <stdbool.h>

#include "base/err.h"
#include "image/digest.h"
#include "image/layer_sums.h"
#include "layer/layer_read.h"
#include "registry/task.h"
#include "store/blob.h"

#define UNPACK_MEMORY (LAYER_READ_MEMORY + ((size_t)1 << 20)) /* bytes */

/* The layer of an image of API v1. RC_IMAGE_UNKNOWN, RC_IMAGE_UNFINISHED. */
enum result unpack_image(
    const struct task *t, const char *id, struct layer_sums *out);

/* A blob of the repository, which is a layer. RC_BLOB_UNKNOWN. */
enum result unpack_blob(const struct task *t, const char *name,
    const struct digest *d, struct layer_sums *out);

/* The gzip of an empty archive (v1chain_empty_layer) as a blob of store/bridge.h. Manifests of
 * schema 1 name it, whether a repository has it or not. */
bool unpack_is_empty_layer(const struct digest *d);
enum result unpack_store_empty_layer(const struct task *t, struct store_blob *out);

#endif
