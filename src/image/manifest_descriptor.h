/* manifest_descriptor.h: how a manifest names other content (OCI image-spec,
 * descriptor.md); for manifest.c and v1chain_manifest.c. */
#ifndef IMAGE_MANIFEST_DESCRIPTOR_H
#define IMAGE_MANIFEST_DESCRIPTOR_H

#include "base/err.h"
#include "base/str.h"
#include "image/manifest.h"

/* v is JSON that was checked. *digest is the text of the digest. out->size is -1 if there is
 * no size. Everything points into v, or into the arena if v has escapes. RC_BAD_MANIFEST: v
 * is not an object, its digest is malformed, or its size is not a length; err begins with
 * "must be" or "must have", so that the caller can put a name before it. */
enum result manifest_descriptor_read(struct arena *a, struct str v,
    struct manifest_descriptor *out, struct str *digest, struct err *err);

/* Is it a layer that clients fetch from elsewhere (foreign, non-distributable)? The
 * repository need not have it. */
bool manifest_descriptor_is_elsewhere(const struct manifest_descriptor *d);

#endif
