/* pull.h: reading complete images. RC_IMAGE_UNKNOWN, also for damaged ones
 * (store/v1image.h); RC_IMAGE_UNFINISHED. */
#ifndef REGISTRY_PULL_H
#define REGISTRY_PULL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/registry.h"
#include "store/store.h"

struct pull_json {
	struct str json;
	struct str sum; /* of the layer as the store has it; may be empty */
	bool has_layer;
	uint64_t layer_size; /* bytes */
};

/* RC_BUSY: the json is long, and there is no seat (seats.h) to read it. */
enum result pull_json(struct registry *reg, struct arena *a, const char *id,
    struct pull_json *out, struct err *err);

enum result pull_ancestry(struct registry *reg, struct arena *a, const char *id,
    struct str *out, struct err *err);

enum result pull_layer(struct registry *reg, struct arena *a, const char *id,
    struct content *out, struct err *err);

/* Only that it is there and complete: what answers a conditional request. */
enum result pull_check(struct registry *reg, const char *id, struct err *err);

#endif
