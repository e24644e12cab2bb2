/* referrer.h: a manifest with a subject, as the index keeps it. */
#ifndef REGISTRY_REFERRER_H
#define REGISTRY_REFERRER_H

#include <stddef.h>

#include "base/arena.h"
#include "image/digest.h"
#include "image/manifest.h"
#include "index/index.h"

/* m has a subject; size: bytes of the manifest. All in the arena. */
void referrer_make(struct arena *a, const struct manifest *m,
    const struct digest *digest, size_t size, struct index_referrer *out);

/* As a list shows it; it points into the row. False: the digest of the row is malformed. */
bool referrer_show(
    const struct index_referrer *row, struct manifest_descriptor *out);

#endif
