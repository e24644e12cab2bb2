/* manifest_load.h: a manifest of the store, understood. Private to this room. */
#ifndef REGISTRY_MANIFEST_LOAD_H
#define REGISTRY_MANIFEST_LOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "image/manifest.h"
#include "registry/task.h"
#include "store/manifest.h"

/* Reads it and parses it as what it was pushed as. RC_MANIFEST_UNKNOWN,
 * RC_BAD_MANIFEST: old servers may have left anything. */
enum result manifest_load(const struct task *t, const char *name,
    const struct digest *d, struct store_manifest *bytes, struct manifest *out);

#endif
