/* v1image.h: images/<id>/ as docker-registry 0.x keeps an image. Reading;
 * v1push.h writes.
 *
 * An image is complete when it has a json and no _inprogress: that file is made
 * before any other and removed after the last (v1push.h, P2 and P7). It is damaged when it
 * is marked as complete, but its json, ancestry or layer is missing or cannot be whole
 * (damage.h); a push begins it again.
 *
 * A layer of 0 bytes is whole if the sum of the image is that of its json and no bytes,
 * and damaged otherwise. docker never sent an empty layer (for an image without files it
 * sends an archive without members, in gzip: 23 bytes or more); old servers took one from
 * other clients, and always wrote the sum down.
 *
 * Ids come from the caller checked (v1name_is_image_id()). */
#ifndef STORE_V1IMAGE_H
#define STORE_V1IMAGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/content.h"
#include "store/store.h"

enum store_v1image_state {
	STORE_V1IMAGE_ABSENT,
	STORE_V1IMAGE_DAMAGED,
	STORE_V1IMAGE_UNFINISHED,
	STORE_V1IMAGE_COMPLETE
};

/* Documents of more than 64 KiB are checked only when they are read. */
enum result store_v1image_state(const struct store *st, const char *id,
    enum store_v1image_state *out, struct err *err);

/* Does it have a json, in whatever state the image is? */
enum result store_v1image_exists(
    const struct store *st, const char *id, bool *out, struct err *err);

/* The content of the files. RC_IMAGE_UNKNOWN if the file is missing or damaged. */
enum result store_v1image_json(const struct store *st, struct arena *a,
    const char *id, struct str *out, struct err *err);
enum result
store_v1image_json_short(/* RC_TOO_LARGE: it has more than `limit` bytes */
    const struct store *st, struct arena *a, const char *id, size_t limit,
    struct str *out, struct err *err);
enum result store_v1image_ancestry(const struct store *st, struct arena *a,
    const char *id, struct str *out, struct err *err);

/* The sum of the layer, "sha256:..." or "tarsum...:...". If the file holds a list
 * (docker-registry 0.7 and later): its plain sum if it has one. Empty if there is no
 * sum, or the text does not have that form. */
enum result store_v1image_checksum(const struct store *st, struct arena *a,
    const char *id, struct str *out, struct err *err);

/* RC_IMAGE_UNKNOWN, also if it is empty and should not be. */
enum result store_v1image_layer(const struct store *st, struct arena *a,
    const char *id, const struct content **out, struct err *err);

/* "images/<id>" and "images/<id>/<file>". */
const char *store_v1image_dir(struct arena *a, const char *id);
const char *store_v1image_path(struct arena *a, const char *id, const char *file);

#endif
