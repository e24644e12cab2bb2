/* manifest_descriptor.h: how a manifest names other content (OCI image-spec,
 * descriptor.md); for manifest.c. */
#ifndef IMAGE_MANIFEST_DESCRIPTOR_H
#define IMAGE_MANIFEST_DESCRIPTOR_H

#include "base/err.h"
#include "base/json.h"
#include "image/manifest.h"

/* what: how err calls it. A size that is not there is -1; annotations are left out.
 * RC_BAD_MANIFEST: no object, a broken digest, a size that is none. */
enum result manifest_descriptor_read(const struct json *v, const char *what,
    struct manifest_descriptor *out, struct err *err);

/* A registry need not have it: it is fetched from elsewhere (foreign,
 * non-distributable). */
bool manifest_descriptor_is_elsewhere(const struct manifest_descriptor *d);

#endif
