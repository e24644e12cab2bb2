/* to_v1_layer.h: the layers of images that were found (to_v1_find.h). Private to this room. */
#ifndef BRIDGE_TO_V1_LAYER_H
#define BRIDGE_TO_V1_LAYER_H

#include "base/err.h"
#include "bridge/to_v1_find.h"
#include "store/content.h"
#include "store/stage.h"

/* The layer of the image at `at` of the chain. RC_IMAGE_UNKNOWN: it is lost. */
enum result to_v1_layer_find(const struct task *t, const struct to_v1_found *found,
    size_t at, const struct content **out);

/* The same bytes as a stage, from which a file of API v1 is made without a copy. */
enum result to_v1_layer_stage(const struct task *t, const struct to_v1_found *found,
    size_t at, struct stage **out);

#endif
