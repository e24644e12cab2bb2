/* files.h: what a layer holds, and what it changes of those below it. Computed when it is
 * first asked for and kept beside the layer (store/v1_derived.h); one request computes,
 * others for the same wait. */
#ifndef REGISTRY_FILES_H
#define REGISTRY_FILES_H

#include "base/arena.h"
#include "base/err.h"
#include "registry/registry.h"
#include "store/store.h"

/* RC_IMAGE_UNKNOWN, RC_IMAGE_UNFINISHED; RC_BAD_LAYER: it is no archive that can be
 * listed; RC_BUSY: too many compute, or wait for those who do; RC_FULL. */
enum result files_list(struct registry *reg, struct arena *a, const char *id,
    struct store_file *out, struct err *err);

/* The same; an ancestor that is not here, or cannot be listed, is RC_BAD_LAYER too. */
enum result files_diff(struct registry *reg, struct arena *a, const char *id,
    struct store_file *out, struct err *err);

#endif
