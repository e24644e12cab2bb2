/* canonical.h: Docker schema 2 made of the images of API v1, by the canonical rule of
 * doc/bridge.md: of the same images always the same bytes. */
#ifndef IMAGE_CANONICAL_H
#define IMAGE_CANONICAL_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "image/layer_sums.h"

/* Bytes of a config or a manifest: podman reads no larger ones. */
#define CANONICAL_MAX ((size_t)4 << 20)

struct canonical_layer {
	struct str json; /* of the image of API v1 */
	struct layer_sums sums;
};

struct canonical {
	struct str config, manifest;
	struct digest config_digest, manifest_digest; /* SHA-256 */
};

/* layers: n > 0, the base first. What it returns lives in the arena. RC_BAD_DATA: a json is not
 * an object; err says the position and the reason. RC_TOO_LARGE: config or manifest
 * would be larger than CANONICAL_MAX. */
enum result canonical_make(struct arena *a, const struct canonical_layer *layers,
    size_t n, struct canonical *out, struct err *err);

#endif
