/* manifest_descriptor.h: how a manifest names other content (OCI image-spec,
 * descriptor.md); for manifest.c. */
#ifndef IMAGE_MANIFEST_DESCRIPTOR_H
#define IMAGE_MANIFEST_DESCRIPTOR_H

#include "base/err.h"
#include "base/str.h"
#include "image/manifest.h"

/* v is JSON that was checked. *digest is the text of out->digest. If there is no size,
 * it is -1. Everything points into v, or into the arena if v has escapes.
 * RC_BAD_MANIFEST: v is not an object, its digest is broken, its size is not a length;
 * err says what it must be ("must have ..."), and the caller puts a name before it. */
enum result manifest_descriptor_read(struct arena *a, struct str v,
    struct manifest_descriptor *out, struct str *digest, struct err *err);

/* A registry need not have it: it is fetched from elsewhere (foreign,
 * non-distributable). */
bool manifest_descriptor_is_elsewhere(const struct manifest_descriptor *d);

#endif
