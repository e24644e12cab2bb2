/* layerfiles.h: what a layer holds, and what it changes of the layers below it. Computed
 * when a client first asks, and kept for a while (store/derived.h). One request
 * computes; others that ask for the same wait for it. Computing
 * needs reserved memory (registry/worklimit.h). */
#ifndef IMAGES_LAYERFILES_H
#define IMAGES_LAYERFILES_H

#include "base/arena.h"
#include "base/err.h"
#include "layer/file_diff.h"
#include "layer/tar.h"
#include "registry/task.h"
#include "store/content.h"

/* The most bytes of memory that a difference takes: a layer is walked, and lists are
 * read. */
#define LAYERFILES_DIFF_MEMORY (TAR_MEMORY + FILE_DIFF_MEMORY_MAX)

/* Seconds after which what nobody has asked for is removed. */
#define LAYERFILES_EXPIRY (7 * 86400)

/* RC_IMAGE_UNKNOWN, RC_IMAGE_UNFINISHED; RC_BAD_LAYER: the layer is not an archive
 * that can be listed, or its list would be many times longer than the layer; RC_BUSY:
 * the memory could not be reserved; RC_FULL. */
enum result layerfiles_list(
    const struct task *t, const char *id, const struct content **out);

/* The same; an ancestor that is not here, or cannot be listed, is RC_BAD_LAYER too. */
enum result layerfiles_diff(
    const struct task *t, const char *id, const struct content **out);

#endif
