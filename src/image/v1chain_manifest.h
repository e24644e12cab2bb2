/* v1chain_manifest.h: what API v1 needs of a manifest: its layers, if old dockers can use
 * them. Private to v1chain.c and v1chain_*.c. */
#ifndef IMAGE_V1CHAIN_MANIFEST_H
#define IMAGE_V1CHAIN_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "image/v1chain.h"

struct v1chain_layer {
	struct digest digest;
	uint64_t size; /* bytes */
};

struct v1chain_layers {
	const struct v1chain_layer *items; /* the base first */
	size_t n;
};

/* RC_NOT_BRIDGED, RC_BAD_DATA: as v1chain_make(). */
enum result v1chain_read_layers(struct arena *a, struct str manifest,
    struct v1chain_layers *out, struct err *err);

/* os and architecture are members of a config, or of the platform in an index, slices of JSON;
 * what is missing means linux, amd64. */
bool v1chain_is_for(struct arena *a, const struct v1chain_platform *platform,
    struct str os, struct str architecture);

#endif
