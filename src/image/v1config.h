/* v1config.h: the json of an image, as docker before 1.10 describes one. */
#ifndef IMAGE_V1CONFIG_H
#define IMAGE_V1CONFIG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define V1CONFIG_MAX ((size_t)4 << 20) /* bytes */

struct v1config {
	struct str id;      /* any text: the caller checks it */
	struct str parent;  /* empty: a base image; any text, not always an id */
	struct str comment; /* of `docker commit -m`; may be empty */
	struct str label;   /* org.opencontainers.image.description; may be empty */
};

/* RC_BAD_JSON: not an object, or an empty one. RC_NO_ID: it has no id. */
enum result v1config_parse(
    struct arena *a, struct str text, struct v1config *out, struct err *err);

/* Can this text be the complete json of the image? Only its brackets and its id are checked,
 * because old servers accepted texts that json_parse() refuses (NaN, half a surrogate
 * pair). */
bool v1config_is_whole(struct str text, const char *id);

#endif
