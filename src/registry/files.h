/* files.h: what a layer holds, and what it changes of those below it. Computed when it is
 * first asked for and kept for a while (store/v1_derived.h); one request computes, others
 * for the same wait. What is not kept needs a seat (seats.h). */
#ifndef REGISTRY_FILES_H
#define REGISTRY_FILES_H

#include "base/arena.h"
#include "base/err.h"
#include "image/file_diff.h"
#include "image/tar.h"
#include "registry/registry.h"
#include "store/store.h"

/* Bytes that a difference takes at most: a layer is walked, or lists are read. */
#define FILES_DIFF_MEMORY (TAR_MEMORY + FILE_DIFF_MOST)

/* Seconds that nobody asks for it until it is removed. */
#define FILES_EXPIRY (7 * 86400)

/* RC_IMAGE_UNKNOWN, RC_IMAGE_UNFINISHED; RC_BAD_LAYER: it is no archive that can be
 * listed, or whose list would be many times larger than the layer; RC_BUSY: no seat;
 * RC_FULL. */
enum result files_list(struct registry *reg, struct arena *a, const char *id,
    struct store_file *out, struct err *err);

/* The same; an ancestor that is not here, or cannot be listed, is RC_BAD_LAYER too. */
enum result files_diff(struct registry *reg, struct arena *a, const char *id,
    struct store_file *out, struct err *err);

#endif
