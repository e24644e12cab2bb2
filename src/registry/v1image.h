/* v1image.h: reading complete images. RC_IMAGE_UNKNOWN, also for damaged ones
 * (store/v1image.h); RC_IMAGE_UNFINISHED. */
#ifndef REGISTRY_V1IMAGE_H
#define REGISTRY_V1IMAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/task.h"
#include "store/content.h"
#include "store/v1image.h"

struct v1image_json {
	struct str json;
	struct str sum; /* of the layer as the store has it; may be empty */
	bool has_layer;
	uint64_t layer_size; /* bytes */
	bool may_change; /* another json may be answered later (bridge/to_v1.h) */
};

/* The image in the task's store and arena, for the calls of store/v1image.h. */
struct store_v1image v1image_of(const struct task *t, const char *id);

/* RC_BUSY: the json is long, and the memory to read it could not be reserved
 * (worklimit.h). */
enum result v1image_json(
    const struct task *t, const char *id, struct v1image_json *out);

enum result v1image_ancestry(const struct task *t, const char *id, struct str *out);

enum result v1image_layer(
    const struct task *t, const char *id, const struct content **out);

/* Only whether it is there and complete: enough to answer a conditional request. */
enum result v1image_check(const struct task *t, const char *id);

#endif
