/* schema1_write.h: writes manifests of Docker's schema 1 (schema1.h), unsigned, to the byte as
 * docker and distribution do: doc/bridge.md. */
#ifndef IMAGE_SCHEMA1_WRITE_H
#define IMAGE_SCHEMA1_WRITE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"

struct schema1_entry {
	struct digest layer;
	struct str json; /* v1Compatibility */
};

struct schema1_image {
	const char *name, *tag, *architecture;
	const struct schema1_entry *entries; /* the base first */
	size_t n;
};

/* n > 0. Empty: the payload would be larger than MANIFEST_MAX, and no client would take it. */
struct str schema1_write(struct arena *a, const struct schema1_image *image);

/* For images of API v1, whose json goes into entries as it is: an id of 16 digits, which dockers
 * since 1.3.3 refuse, becomes the SHA-256 of its text, in the image and in its child; the json
 * of both is written again, sorted. Changes entries[].json. RC_BAD_DATA: a json is not an
 * object. */
enum result schema1_mend_ids(
    struct arena *a, struct schema1_entry *entries, size_t n, struct err *err);

/* The entries of a stored manifest of schema 1, the base first, each image once (docker 1.6 and
 * 1.7 write the top twice). *out lives in the arena. RC_BAD_DATA. */
enum result schema1_entries(struct arena *a, struct str payload,
    const struct schema1_entry **out, size_t *n, struct err *err);

#endif
