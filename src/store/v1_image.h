/* v1_image.h: images/<id>/ as docker-registry 0.x keeps an image. Reading;
 * v1_push.h writes.
 *
 * An image is complete when it has a json and no _inprogress: that file is made
 * before any other and removed after the last (v1_push.h, P2 and P7). It is damaged when it
 * is marked as complete, but its json, ancestry or layer is missing or cannot be whole
 * (damage.h); a push begins it again.
 *
 * A layer of 0 bytes is whole where the sum of the image is that of its json and no bytes,
 * and damaged else. docker never sent one (the layer of an image without files is an
 * archive without members, in gzip: 23 bytes or more), old servers took it from others, and
 * always wrote the sum down.
 *
 * Ids come from the caller checked (name_is_image_id()). */
#ifndef STORE_V1_IMAGE_H
#define STORE_V1_IMAGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

enum v1_state { V1_ABSENT, V1_DAMAGED, V1_UNFINISHED, V1_COMPLETE };

/* Documents of more than 64 KiB are not looked at for this, but when they are read. */
enum result v1_image_state(
    const struct store *st, const char *id, enum v1_state *out, struct err *err);

/* Has it a json, whatever state it is in? */
enum result v1_image_there(
    const struct store *st, const char *id, bool *out, struct err *err);

/* The files, whole. RC_IMAGE_UNKNOWN when the file is not there, or damaged. */
enum result v1_image_json(const struct store *st, struct arena *a, const char *id,
    struct str *out, struct err *err);
enum result v1_image_json_short(/* RC_TOO_LARGE: it has more than `limit` bytes */
    const struct store *st, struct arena *a, const char *id, size_t limit,
    struct str *out, struct err *err);
enum result v1_image_ancestry(const struct store *st, struct arena *a,
    const char *id, struct str *out, struct err *err);

/* The sum of the layer, "sha256:..." or "tarsum...:...": of a file that holds a
 * list (docker-registry 0.7 and later) the plain one if it has one. Empty when
 * there is none, or no text of that form. */
enum result v1_image_sum(const struct store *st, struct arena *a, const char *id,
    struct str *out, struct err *err);

/* RC_IMAGE_UNKNOWN, also when it is empty and should not be. */
enum result v1_image_layer(const struct store *st, struct arena *a, const char *id,
    struct store_file *out, struct err *err);

/* "images/<id>" and "images/<id>/<file>". */
const char *v1_image_dir(struct arena *a, const char *id);
const char *v1_image_path(struct arena *a, const char *id, const char *file);

#endif
