/* manifest_descriptor.h: how a manifest names other content (OCI image-spec,
 * descriptor.md); for manifest.c. */
#ifndef IMAGE_MANIFEST_DESCRIPTOR_H
#define IMAGE_MANIFEST_DESCRIPTOR_H

#include "base/err.h"
#include "base/str.h"
#include "image/manifest.h"

/* v is JSON that was checked. A size that is not there is -1. *digest is the text of
 * out->digest. All of it points into v, or into the arena where v has escapes.
 * RC_BAD_MANIFEST: not an object, a broken digest, a size that is not a length; err says
 * what it must be ("must have ..."), for the caller to put a name before it. */
enum result manifest_descriptor_read(struct arena *a, struct str v,
    struct manifest_descriptor *out, struct str *digest, struct err *err);

/* A registry need not have it: it is fetched from elsewhere (foreign,
 * non-distributable). */
bool manifest_descriptor_is_elsewhere(const struct manifest_descriptor *d);

#endif
