/* v1chain_json.h: the jsons of the images of API v1. Private to v1chain.c and v1chain_*.c. */
#ifndef IMAGE_V1CHAIN_JSON_H
#define IMAGE_V1CHAIN_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1chain.h"
#include "image/v1chain_history.h"

/* Writes image->json and image->schema1 of an image below the top, as distribution does. */
void v1chain_write_json(struct arena *a, const struct v1chain_entry *entry,
    struct v1chain_image *image);

/* The same for the top, which has what is in the config. config is a JSON object that was
 * checked. RC_BAD_DATA: it has too many members. */
enum result v1chain_write_top(struct arena *a, const struct v1chain_entry *entry,
    struct str config, struct v1chain_image *image, struct err *err);

#endif
