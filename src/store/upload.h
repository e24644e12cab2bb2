/* upload.h: upload sessions: a blob that comes in one part or in several.
 *
 * A session has a state: how many bytes it holds, and their hash so far. A caller opens the
 * session, hashes a part on top of that state without a guard, and appends it. The state
 * is compared and set in one step: if another request has appended a part in between,
 * nothing changes, and the caller gets RC_BAD_RANGE and the new state. A part that is
 * acknowledged is durable. One that was cut off leaves the session as it was before.
 *
 * Each call that returns RC_UPLOAD_UNKNOWN means: no session of this id (any text that a
 * client sent), one of another repository, or one whose bytes are lost. */
#ifndef STORE_UPLOAD_H
#define STORE_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "image/hash.h"
#include "store/repository.h"
#include "store/stage.h"
#include "store/store.h"

/* A session as it was when it was opened or last changed. */
struct store_upload {
	struct store_repository repository;
	const char *id;   /* a random UUID (RFC 9562, version 4) */
	uint64_t size;    /* bytes so far */
	struct hash hash; /* of these bytes */
	struct str state; /* the store's: what it compares with */
};

/* The smallest part that this store takes, but for the last one, in bytes. */
uint64_t store_upload_part_min(const struct store *st);

/* Has the text the form of an id? It need not be that of a session. */
bool store_upload_is_id(struct str id);

/* Begins a session that hashes with this kind. */
enum result store_upload_begin(const struct store_repository *r,
    enum hash_kind kind, struct store_upload *out, struct err *err);

/* How many sessions there are. The number may be a moment old; only what this process began
 * and ended is counted at once. */
enum result store_upload_count(struct store *st, uint64_t *out, struct err *err);

/* RC_UPLOAD_UNKNOWN. */
enum result store_upload_open(const struct store_repository *r, struct str id,
    struct store_upload *out, struct err *err);

/* A part is about to come: the session is not swept for another while. */
void store_upload_touch(const struct store_upload *up);

/* The hash of the bytes so far, of a kind that may differ from the session's: then they are
 * read again. RC_UPLOAD_UNKNOWN. */
enum result store_upload_hash(const struct store_upload *up, enum hash_kind kind,
    struct hash *out, struct err *err);

/* Appends a part; `after` is the hash of all bytes with it. An empty part only asks whether
 * the session is as `up` says. *up is its new state. RC_BAD_RANGE: it has changed since `up`
 * was read, *up is how it is now. RC_UPLOAD_UNKNOWN, RC_CLIENT_GONE. */
enum result store_upload_append(struct store_upload *up, struct stage *part,
    const struct hash *after, struct err *err);

/* Appends the last part, which may be empty; the bytes become the blob that has the digest
 * of the hash `all`, the repository has that blob, and the session ends. When it was cut off it
 * can be called again. Results as of store_upload_append(). */
enum result store_upload_finish(struct store_upload *up, struct stage *last,
    const struct hash *all, struct err *err);

/* Ends the session without a blob. RC_UPLOAD_UNKNOWN: there is none, and that is durable. */
enum result store_upload_cancel(
    const struct store_repository *r, struct str id, struct err *err);

/* Ends sessions for which nothing came in `expiry` seconds. A session whose next part may be
 * on its way (it is in the inbox, or was announced by store_upload_touch() not longer ago
 * than that) stays, and so does one that a request is using. *removed counts them. */
enum result store_upload_sweep(
    struct store *st, unsigned expiry, unsigned *removed, struct err *err);

#endif
