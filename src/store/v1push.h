/* v1push.h: an image on its way in, through registry v1.
 *
 * docker sends json, layer and checksum as three requests, and two dockers may do so
 * for one image at once, with layers that differ (gzip is not deterministic) and even
 * with json that does. What they sent is kept apart in _berth/push/<id>/ until a sum
 * is confirmed:
 *
 *	begun-<J>.json|.ancestry	what a push began with; J: SHA-256 of the json
 *	wait-<P>.json|.ancestry|.layer	a layer that came, by its payload sum P
 *	want-<P>, want-tarsum...	a sum that was given before its layer
 *	later				some push gives its sum later
 *	seen-<P>			a layer that came too late to become the image
 *	open				number of pushes that began and are not over
 *
 * The order of the durable steps. Killed between any two of them, the image is not
 * there or whole, and pushing it again works (t/failpoints/v1-push.c tries each):
 *	begin	P1 begun-<J>.*, synced
 *		P2 images/<id>/_inprogress, synced: unfinished before it is anything
 *		P3 json, ancestry, _checksum if one was given; synced
 *	wait	P4 wait-<P>.layer last, synced: a layer that waits has its json beside it
 *	confirm	P5 layer, json, ancestry of P under images/<id>/
 *		P6 _checksum; synced
 *		P7 _inprogress removed, synced: the image is complete, all at once
 *		P8 what waited is tidied away
 *
 * All calls but those that only read want the caller to hold GUARD_IMAGE of the id. */
#ifndef STORE_V1PUSH_H
#define STORE_V1PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/hash.h"
#include "store/stage.h"
#include "store/store.h"

#define STORE_V1PUSH_JSONS 8 /* different json of one image that are kept at once */
#define STORE_V1PUSH_WAITING \
	16 /* sums under which layers wait at once: the oldest give way */

/* A push begins: P1 to P3. `given` is the text of a sum that came with the json
 * (written to _checksum as old servers do), `want` what is waited for under it
 * (v1checksum_wanted()); both empty without one.
 */
struct store_v1push_begin {
	struct str json, ancestry, given, want;
};
enum result store_v1push_begin(struct store *st, struct arena *a, const char *id,
    const struct store_v1push_begin *begin, struct err *err);

/* The json that pushes of this image began with; at most STORE_V1PUSH_JSONS. An image
 * that an old server left unfinished counts as one. RC_IMAGE_UNKNOWN when there is
 * none. */
struct store_v1push {
	char name[HASH_SHA256_HEX_SIZE]; /* J */
	struct str json;
	char payload
	    [HASH_SHA256_HEX_SIZE]; /* for the caller: the layer's sum with this
					  json */
};
enum result store_v1push_list(struct store *st, struct arena *a, const char *id,
    struct store_v1push begun[STORE_V1PUSH_JSONS], size_t *n, struct err *err);

/* The same, and none is none: for a complete image, whose other pushes are not over. */
enum result store_v1push_list_others(struct store *st, struct arena *a,
    const char *id, struct store_v1push begun[STORE_V1PUSH_JSONS], size_t *n,
    struct err *err);

/* Did somebody begin who is not through yet? */
bool store_v1push_is_open(const struct store *st, struct arena *a, const char *id);

bool store_v1push_wants(
    const struct store *st, struct arena *a, const char *id, const char *payload);
bool store_v1push_waits(
    const struct store *st, struct arena *a, const char *id, const char *payload);
bool store_v1push_had_late_layer(
    const struct store *st, struct arena *a, const char *id, const char *payload);

/* The tarsums that were given before their layer, at most `most`. */
enum result store_v1push_tarsums(const struct store *st, struct arena *a,
    const char *id, struct str *out, size_t most, size_t *n, struct err *err);

/* The layers that wait, at most `most`: what one who has only a tarsum looks through. A
 * layer waits once under each json. store_v1push_layer: RC_NOT_FOUND where it waits no more. */
struct store_v1push_waiting {
	const char *payload;
	struct str json;
};
enum result store_v1push_waiting(const struct store *st, struct arena *a,
    const char *id, struct store_v1push_waiting *out, size_t most, size_t *n,
    struct err *err);
enum result store_v1push_layer(struct store *st, struct arena *a, const char *id,
    const char *payload, struct stage **out, struct err *err);

/* Does any layer wait, or was any seen? */
enum result store_v1push_has_layer(const struct store *st, struct arena *a,
    const char *id, bool *out, struct err *err);

/* Did every push bring its sum along with the json? Then no other layer is welcome. */
bool store_v1push_all_gave_checksums(
    const struct store *st, struct arena *a, const char *id);

/* The layer waits under each sum of begun[]: P4. */
enum result store_v1push_wait(struct store *st, struct arena *a, const char *id,
    struct stage *sg, const struct store_v1push *begun, size_t n, struct err *err);

/* The layer came late and is not kept; its sums are. */
enum result store_v1push_record_late_layer(struct store *st, struct arena *a,
    const char *id, const struct store_v1push *begun, size_t n, struct err *err);

/* What waits under payload becomes the image: P5 to P8. */
enum result store_v1push_confirm(struct store *st, struct arena *a, const char *id,
    const char *payload, struct err *err);

/* The same for a layer whose sum came with the json. The push stays open until it is
 * swept, because newer clients send the sum again; old clients send nothing more. */
enum result store_v1push_confirm_early(struct store *st, struct arena *a,
    const char *id, const char *payload, struct err *err);

/* Something happens: the push is not swept for another while. */
void store_v1push_touch(const struct store *st, struct arena *a, const char *id);

/* What is said of a complete image is durable, for one who hears it late. */
enum result store_v1push_sync(
    const struct store *st, struct arena *a, const char *id, struct err *err);

/* Removes pushes in which nothing has happened for `age` seconds, and of their
 * unfinished images what was written. Takes the locks itself. *removed counts them.
 */
enum result store_v1push_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err);

#endif
