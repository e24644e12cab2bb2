/* manifest_load.h: reads manifests of the store. */
#ifndef REGISTRY_MANIFEST_LOAD_H
#define REGISTRY_MANIFEST_LOAD_H

#include "base/err.h"
#include "image/manifest.h"
#include "registry/task.h"
#include "store/manifest.h"

/* Its bytes. If they are many, memory is reserved first: `memory` bytes (worklimit.h).
 * RC_MANIFEST_UNKNOWN, also of one that is longer than MANIFEST_MAX; RC_BUSY. */
enum result manifest_load_bytes(const struct task *t, const char *name,
    const struct digest *d, size_t memory, struct store_manifest *out);

/* The media type of a stored manifest: its mediaType; else the one that the client gave
 * with it; else the one that its members suggest. RC_IO. */
enum result manifest_load_type(const struct task *t, const char *name,
    const struct store_manifest *stored, struct str *out);

/* Reads it and parses it as what it was pushed as. RC_MANIFEST_UNKNOWN,
 * RC_BAD_MANIFEST: old servers may have left anything. */
enum result manifest_load(const struct task *t, const char *name,
    const struct digest *d, struct store_manifest *bytes, struct manifest *out);

#endif
