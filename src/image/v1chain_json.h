/* v1chain_json.h: the jsons of the images of API v1. Private to v1chain.c and v1chain_*.c. */
#ifndef IMAGE_V1CHAIN_JSON_H
#define IMAGE_V1CHAIN_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "image/v1chain.h"
#include "image/v1chain_history.h"

/* Where the jsons of a chain are written. */
struct v1chain_writer {
	struct arena *arena;
	size_t left; /* bytes that they may still have together */
	bool full;   /* one did not fit; it is cut off */
};

/* Writes image->json and image->schema1 of an image below the top, as distribution does. */
void v1chain_write_json(struct v1chain_writer *w, const struct v1chain_entry *entry,
    struct v1chain_image *image);

/* The same for the top, which has what is in the config. config is a JSON object that was
 * checked. False: it, or its container_config, has more than JSON_SORTED_MAX members. */
bool v1chain_write_top(struct v1chain_writer *w, const struct v1chain_entry *entry,
    struct str config, struct v1chain_image *image);

#endif
