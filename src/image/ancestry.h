/* ancestry.h: images/<id>/ancestry, the ids from an image down to its base image, the image
 * first: ["<id>", "<parent>", ..., "<base>"]. */
#ifndef IMAGE_ANCESTRY_H
#define IMAGE_ANCESTRY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define ANCESTRY_MAX ((size_t)1 << 20) /* bytes: more than 14,000 layers */

/* *out is the ancestry of the image `id`. `parent` is the ancestry of its parent, or empty
 * for a base image. RC_BAD_DATA: `parent` is not a list of ids. RC_TOO_LARGE: *out would be
 * longer than ANCESTRY_MAX. RC_NO_PARENT: `parent` contains `id`, so the image would be its
 * own ancestor. */
enum result ancestry_extend(struct arena *a, const char *id, struct str parent,
    struct str *out, struct err *err);

/* Is the text a complete list of ids that begins with `id`? */
bool ancestry_is_whole(struct str text, const char *id);

#endif
