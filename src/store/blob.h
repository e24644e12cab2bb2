/* blob.h: blobs, by digest, and which repository has which.
 *
 * A blob belongs to the whole store; repositories are linked to it. It is stored first and
 * linked afterwards: a blob that no repository has is harmless, and is found when it is
 * pushed again.
 *
 * Pins. A client that got the answer "the blob is here" (to HEAD, a mount, the end of an upload)
 * relies on it for a while: it pushes a manifest that refers to the blob. So before such an
 * answer the store pins the blob: it records the time of the request, unless it did so in the
 * last STORE_BLOB_PIN_FRESH_S seconds. store_blob_remove() does not remove a blob that was
 * pinned within a time that its caller chooses, which is longer than that. Neither of them
 * needs a guard. A blob that berth may read and not pin (another user's file, or a store that
 * is read only) is found all the same, and berth does not remove it.
 *
 * Damage. A blob whose bytes cannot be those of its digest is not served: it counts as unknown
 * and is replaced when it is pushed again. Small blobs are checked whenever they are found,
 * others only if they are empty, because hashing them for each request takes too long. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "store/content.h"
#include "store/guard.h"
#include "store/repository.h"
#include "store/stage.h"
#include "store/store.h"

#define STORE_BLOB_PIN_FRESH_S 3600

/* Bytes; a blob of at most so many is hashed whenever it is found. */
#define STORE_BLOB_SMALL_MAX ((size_t)32 << 10)

struct store_blob {
	struct digest digest; /* under which it is kept */
	const struct content *content;
};

/* The blob d of the repository, pinned and durable. RC_BLOB_UNKNOWN: the repository has no
 * such blob, or it is damaged or lost. */
enum result store_blob_find(const struct store_repository *r,
    const struct digest *d, struct store_blob *out, struct err *err);

/* The blob d of any repository, likewise. */
enum result store_blob_find_anywhere(const struct store *st, struct arena *a,
    const struct digest *d, struct store_blob *out, struct err *err);

/* The bytes of a blob of any repository, at most `limit`, checked by their digest.
 * RC_BLOB_UNKNOWN, RC_TOO_LARGE. */
enum result store_blob_read(const struct store *st, struct arena *a,
    const struct digest *d, size_t limit, struct str *out, struct err *err);

/* Stores the stage, whose bytes have this digest, and pins the blob. A blob that is
 * there stays if it has these bytes, and is replaced in one step if it is damaged: readers
 * find it at any time. RC_CLIENT_GONE. */
enum result store_blob_put(struct store *st, struct arena *a, struct stage *sg,
    const struct digest *d, struct err *err);

/* The same for bytes in memory. */
enum result store_blob_put_bytes(struct store *st, struct arena *a,
    struct str bytes, const struct digest *d, struct err *err);

/* The repository has the blob d. */
enum result store_blob_link(
    const struct store_repository *r, const struct digest *d, struct err *err);

/* The repository does not have it any more; the blob stays. held: GUARD_REPOSITORY of the
 * name. RC_BLOB_UNKNOWN: it did not have it, and that is durable. */
enum result store_blob_unlink(const struct store_repository *r,
    const struct guard *held, const struct digest *d, struct err *err);

/* ---- all blobs, for collection, checking and copying ---- */

/* Calls visit for each blob, whole or not, in the order of algorithm and digits, until it
 * returns false. Blobs that come or go meanwhile may be missed or not. Memory does not grow
 * with the number of blobs. */
enum result store_blob_each(const struct store *st,
    bool (*visit)(void *arg, const struct digest *d), void *arg, struct err *err);

/* A reader of the blob's bytes, as they are: neither checked nor pinned. It lives in the arena,
 * and stays readable when the blob is removed. RC_BLOB_UNKNOWN. */
enum result store_blob_open(const struct store *st, struct arena *a,
    const struct digest *d, struct store_reader **out, struct err *err);

/* Removes the blob, durably, unless it was pinned within `patience` seconds, which are more
 * than STORE_BLOB_PIN_FRESH_S: then it stays, and the result is RC_BUSY. For a moment
 * other calls may not find it. The caller has made sure that no repository needs the blob: this
 * is not checked. RC_BLOB_UNKNOWN: there is no such blob. */
enum result store_blob_remove(struct store *st, struct arena *a,
    const struct digest *d, unsigned patience, struct err *err);

#endif
