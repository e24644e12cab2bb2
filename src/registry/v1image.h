/* v1image.h: reading complete images. RC_IMAGE_UNKNOWN, also for damaged ones
 * (store/v1image.h); RC_IMAGE_UNFINISHED. */
#ifndef REGISTRY_V1IMAGE_H
#define REGISTRY_V1IMAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/registry.h"
#include "store/content.h"

struct v1image_json {
	struct str json;
	struct str sum; /* of the layer as the store has it; may be empty */
	bool has_layer;
	uint64_t layer_size; /* bytes */
};

/* RC_BUSY: the json is long, and there is no seat (worklimit.h) to read it. */
enum result v1image_json(struct registry *reg, struct arena *a, const char *id,
    struct v1image_json *out, struct err *err);

enum result v1image_ancestry(struct registry *reg, struct arena *a, const char *id,
    struct str *out, struct err *err);

enum result v1image_layer(struct registry *reg, struct arena *a, const char *id,
    const struct content **out, struct err *err);

/* Only that it is there and complete: what answers a conditional request. */
enum result v1image_check(struct registry *reg, const char *id, struct err *err);

#endif
