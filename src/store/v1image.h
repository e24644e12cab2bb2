/* v1image.h: images as docker-registry 0.x keeps them. v1push.h has what a push writes.
 *
 * An image is complete when it has a json and is not marked as unfinished: the mark is made
 * before anything else and removed after everything else (v1push.h). It is damaged when it
 * counts as complete, but its json, ancestry or layer is missing or cannot be whole; a push
 * begins it again.
 *
 * A layer of 0 bytes is whole if the checksum of the image is that of its json and no bytes,
 * and damaged otherwise. docker never sent an empty layer (for an image without files it
 * sends an archive without members, in gzip: 23 bytes or more); old servers accepted one from
 * other clients, and always stored its checksum. */
#ifndef STORE_V1IMAGE_H
#define STORE_V1IMAGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/content.h"
#include "store/guard.h"
#include "store/stage.h"
#include "store/store.h"

/* An image by its id, whether it is there or not. What its calls return lives in the
 * arena. The caller has checked the id (v1name_is_image_id()). */
struct store_v1image {
	struct store *st;
	struct arena *arena;
	const char *id;
};

struct store_v1image store_v1image_make(
    struct store *st, struct arena *a, const char *id);

enum store_v1image_state {
	STORE_V1IMAGE_ABSENT,
	STORE_V1IMAGE_DAMAGED,
	STORE_V1IMAGE_UNFINISHED,
	STORE_V1IMAGE_COMPLETE
};

/* Documents of more than 64 KiB are checked only when they are read. */
enum result store_v1image_state(
    const struct store_v1image *im, enum store_v1image_state *out, struct err *err);

/* Does it have a json, in whatever state the image is? */
enum result store_v1image_exists(
    const struct store_v1image *im, bool *out, struct err *err);

/* RC_IMAGE_UNKNOWN if the document is missing or damaged. */
enum result store_v1image_json(
    const struct store_v1image *im, struct str *out, struct err *err);
enum result store_v1image_ancestry(
    const struct store_v1image *im, struct str *out, struct err *err);

/* The json, if it has at most `limit` bytes. RC_TOO_LARGE: it has more. */
enum result store_v1image_json_short(
    const struct store_v1image *im, size_t limit, struct str *out, struct err *err);

/* The checksum of the layer, "sha256:..." or "tarsum...:...". If a list is stored
 * (docker-registry 0.7 and later): the SHA-256 of it, if it has one. Empty if there is no
 * checksum, or the text does not have that form. */
enum result store_v1image_checksum(
    const struct store_v1image *im, struct str *out, struct err *err);

/* RC_IMAGE_UNKNOWN, also if it is empty and should not be. */
enum result store_v1image_layer(
    const struct store_v1image *im, const struct content **out, struct err *err);

/* A text that changes when the json, the ancestry or the layer of the image is replaced, and
 * stays the same when the store is copied with its times. To be compared and for nothing
 * else. RC_IMAGE_UNKNOWN: one of them is missing. */
enum result store_v1image_version(
    const struct store_v1image *im, struct str *out, struct err *err);

/* Writes the whole image, durably, in the order of v1push.h: for an image that berth has made
 * and nobody has pushed. If it is complete already, nothing is done. held: GUARD_IMAGE. */
struct store_v1image_parts {
	struct str json, ancestry;
	struct str checksum; /* "sha256:..." */
	struct stage *layer;
};
enum result store_v1image_put(const struct store_v1image *im,
    const struct guard *held, const struct store_v1image_parts *parts,
    struct err *err);

#endif
