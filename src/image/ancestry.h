/* ancestry.h: images/<id>/ancestry, the ids from an image down to its base,
 * the image first: ["<id>", "<parent>", ..., "<base>"]. */
#ifndef IMAGE_ANCESTRY_H
#define IMAGE_ANCESTRY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define ANCESTRY_MAX ((size_t)1 << 20) /* bytes: more than 14,000 layers */

/* The text for an image above `parent`, which is its parent's ancestry, or empty
 * for a base image. RC_BAD_DATA: that is no list of ids. RC_TOO_LARGE. RC_NO_PARENT:
 * id stands in it already, so the image would be its own ancestor. */
enum result ancestry_extend(struct arena *a, const char *id, struct str parent,
    struct str *out, struct err *err);

/* Is the text a list of ids, of which the first is `id`? */
bool ancestry_is_whole(struct str text, const char *id);

#endif
