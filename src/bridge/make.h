/* make.h: makes the form in API v2 of an image of API v1, or of a manifest of schema 1: reads
 * each layer that was not read yet, and writes the records and blobs (registry/counterpart.h).
 * What was made is never made again, so it is quick for all requests but the first.
 *
 * Layers are unpacked under GUARD_WALK and the guard of the image (GUARD_DERIVED), so that
 * requests for the same image wait for the first one. */
#ifndef BRIDGE_MAKE_H
#define BRIDGE_MAKE_H

#include "base/err.h"
#include "registry/counterpart.h"
#include "registry/task.h"
#include "store/blob.h"

/* Of an image of API v1. RC_OK also where it has no such form: out->refused. RC_IMAGE_UNKNOWN,
 * RC_IMAGE_UNFINISHED, RC_BUSY, RC_FULL, RC_IO. */
enum result make_image(
    const struct task *t, const char *id, struct counterpart_image *out);

/* Of the stored manifest of schema 1 with the digest d. RC_MANIFEST_UNKNOWN. */
enum result make_schema1(const struct task *t, const char *name,
    const struct digest *d, struct counterpart_image *out);

/* The same, although it was made already: also the plain tars of its layers are there then. */
enum result make_schema1_again(const struct task *t, const char *name,
    const struct digest *d, struct counterpart_image *out);

/* The plain tar of the layer of an image of API v1 that has another form (xz), as a blob of
 * store/bridge.h: makes it again if it was removed. */
enum result make_plain(const struct task *t, const char *id,
    const struct layer_sums *sums, struct store_blob *out);

/* The sums alone of the layer of an image of API v1, or of a blob of the repository that is a
 * layer: what the calls above do for each. RC_BAD_LAYER, RC_BLOB_UNKNOWN. */
enum result make_layer(
    const struct task *t, const char *id, struct layer_sums *out);
enum result make_blob(const struct task *t, const char *name,
    const struct digest *d, struct layer_sums *out);

#endif
