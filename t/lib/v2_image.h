/* v2_image.h: an image of API v2 as tests push it: a config and a layer, both texts, and
 * a manifest of them. */
#ifndef LIB_V2_IMAGE_H
#define LIB_V2_IMAGE_H

#include "lib/text_digest.h"

/* The descriptor of a text, as JSON. */
const char *descriptor(const char *type, const char *text);
const char *manifest_of(const char *config, const char *layer);

/* True when the repository has the blob, with these bytes. */
bool has_blob(const char *name, const char *text);

#endif
