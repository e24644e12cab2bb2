/* v1chain_history.h: the history in the config of an image, an element for each image of API
 * v1. Private to v1chain.c, v1chain_*.c and v1chain_json.h. */
#ifndef IMAGE_V1CHAIN_HISTORY_H
#define IMAGE_V1CHAIN_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct v1chain_entry {
	struct str author, comment, created_by; /* texts; may be empty */
	struct str created;                     /* JSON, as Go writes it */
	bool empty;                             /* has no layer */
};

struct v1chain_history {
	const struct v1chain_entry *entries; /* the base first */
	size_t n;                            /* 1 to V1CHAIN_MAX */
};

/* The members of a config that are needed, slices of JSON. */
struct v1chain_config_parts {
	struct str history, created;
};

/* layers: the number of layers of the image. A config without a history gets one: an element
 * for each layer, or one without a layer if there are none. RC_NOT_BRIDGED: its elements do
 * not fit to the layers, or there are too many. RC_BAD_DATA: malformed. */
enum result v1chain_read_history(struct arena *a,
    const struct v1chain_config_parts *config, size_t layers,
    struct v1chain_history *out, struct err *err);

#endif
