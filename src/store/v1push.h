/* v1push.h: an image on its way in, through API v1.
 *
 * docker sends json, layer and checksum as three requests, and two dockers may do so for one
 * image at the same time, with layers that differ (gzip is not deterministic) and even with
 * json that does. What they sent is kept apart until a checksum is confirmed:
 *
 *	begun		the json and ancestry that a push began with
 *	waiting		a layer that came, under its payload sum with each json that was begun
 *	wanted		a checksum that was given before its layer
 *	late		the payload sum of a layer that came when the image was complete
 *
 * The payload sum of a layer is SHA-256 of its json, "\n" and its bytes.
 *
 * Whenever the process is killed, the image is afterwards either whole or not there, and
 * pushing it again works. The steps P1 to P8 that make it so are explained in
 * storefs/v1push.c.
 *
 * `held`: GUARD_IMAGE of the image. */
#ifndef STORE_V1PUSH_H
#define STORE_V1PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/hash.h"
#include "store/guard.h"
#include "store/stage.h"
#include "store/store.h"
#include "store/v1image.h"

#define STORE_V1PUSH_JSONS   8  /* different json of one image that are kept */
#define STORE_V1PUSH_WAITING 16 /* sums under which layers wait; the oldest goes */

/* A push begins: P1 to P3. `given` is the text of a checksum that came with the json (it is
 * stored as old servers do), `want` the sum that the layer must have (v1checksum_wanted());
 * both empty without one. */
struct store_v1push_begin {
	struct str json, ancestry, given, want;
};
enum result store_v1push_begin(const struct store_v1image *im,
    const struct guard *held, const struct store_v1push_begin *begin,
    struct err *err);

/* A json that pushes of this image began with. */
struct store_v1push {
	char name[HASH_SHA256_HEX_SIZE]; /* SHA-256 of the json */
	struct str json;
	/* the caller's: the layer's payload sum */
	char payload[HASH_SHA256_HEX_SIZE];
};
struct store_v1pushes {
	struct store_v1push of[STORE_V1PUSH_JSONS];
	size_t n;
};

/* Those of an image that is not complete. One that an old server left unfinished counts as
 * begun with its json. RC_IMAGE_UNKNOWN if there is none. */
enum result store_v1push_list(const struct store_v1image *im,
    const struct guard *held, struct store_v1pushes *out, struct err *err);

/* Those of a complete image whose other pushes are not over; there may be none. */
enum result store_v1push_list_others(
    const struct store_v1image *im, struct store_v1pushes *out, struct err *err);

/* Is any push begun and not over? */
bool store_v1push_is_open(const struct store_v1image *im);

/* Is a layer with this payload sum wanted, does one wait, did one come late? */
bool store_v1push_wants(const struct store_v1image *im, const char *payload);
bool store_v1push_waits(const struct store_v1image *im, const char *payload);
bool store_v1push_had_late_layer(
    const struct store_v1image *im, const char *payload);

/* The tarsums that were given before their layer, at most `limit`. */
enum result store_v1push_tarsums(const struct store_v1image *im, struct str *out,
    size_t limit, size_t *n, struct err *err);

/* The layers that wait, at most `limit`, for a caller who has only a tarsum to find one by. A
 * layer waits once under each json. */
struct store_v1push_waiting {
	const char *payload;
	struct str json;
};
enum result store_v1push_waiting(const struct store_v1image *im,
    struct store_v1push_waiting *out, size_t limit, size_t *n, struct err *err);

/* One of them. RC_NOT_FOUND: it does not wait any longer. */
enum result store_v1push_layer(const struct store_v1image *im, const char *payload,
    struct stage **out, struct err *err);

/* Does any layer wait, or did any come late? */
enum result store_v1push_has_layer(
    const struct store_v1image *im, bool *out, struct err *err);

/* Did every push send its checksum with the json? Then a layer with another sum is refused. */
bool store_v1push_all_gave_checksums(const struct store_v1image *im);

/* The layer waits under the payload sum of each of the pushes: P4. */
enum result store_v1push_wait(const struct store_v1image *im,
    const struct guard *held, struct stage *sg, const struct store_v1pushes *begun,
    struct err *err);

/* The layer came late and is not kept; its payload sums are. */
enum result store_v1push_record_late_layer(const struct store_v1image *im,
    const struct guard *held, const struct store_v1pushes *begun, struct err *err);

/* The layer that waits under `payload` becomes the image's: P5 to P8. */
enum result store_v1push_confirm(const struct store_v1image *im,
    const struct guard *held, const char *payload, struct err *err);

/* The same for a layer whose checksum came with the json. The push stays open until it is
 * swept, because newer clients send the checksum again; old clients send nothing more. */
enum result store_v1push_confirm_early(const struct store_v1image *im,
    const struct guard *held, const char *payload, struct err *err);

/* A client is still at work: the age of the push counts from now. */
void store_v1push_touch(const struct store_v1image *im);

/* For code that has found the image complete: this is durable when the call returns. */
enum result store_v1push_sync(const struct store_v1image *im, struct err *err);

/* Removes pushes in which nothing has happened for `age` seconds, with their unfinished
 * images. Takes the guards itself. *removed counts them. If one cannot be removed, the others
 * are removed all the same, and the first error is returned. */
enum result store_v1push_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err);

#endif
