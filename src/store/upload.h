/* upload.h: a blob on its way in, through several requests.
 *
 *	_berth/upload/<id>/data		the bytes so far; none before the first
 *	_berth/upload/<id>/state	JSON: repository, size, the hash of that many bytes
 *
 * The first part that comes is linked, later ones are appended. `state` counts: what
 * data holds beyond its size is the rest of a step that was cut off, and is written
 * over. The order of the durable steps:
 *	U1 _berth/upload/<id>/ with its state, synced: the upload begins
 *	U2 data longer, synced
 *	U3 state renamed over, synced: the part is taken, all at once
 *	U4 data moved to its blob's name, and the blob linked (blob.h, B1 and B2)
 *	U5 _berth/upload/<id>/ removed
 * Killed between any two, the upload is where its state says, also if its data was moved
 * already: the hash in its state tells which blob holds the bytes. So U4 can be repeated as
 * often as a client asks. Before U4 the hash in the state becomes one of the kind that the
 * client's digest has.
 *
 * A caller that appends or removes holds GUARD_UPLOAD of the id, and has checked that the
 * size is still the one that it saw when it began to hash. */
#ifndef STORE_UPLOAD_H
#define STORE_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "image/hash.h"
#include "store/stage.h"
#include "store/store.h"

struct store_upload {
	const char *id;   /* a random UUID (RFC 9562, version 4) */
	const char *name; /* of the repository */
	uint64_t size;    /* bytes so far */
	struct hash hash; /* of them */
};

/* Does the text have the form of an id that store_upload_begin() gives? It need not be of an
 * upload that was ever begun. */
bool store_upload_is_id(struct str id);

/* A new one (U1). */
enum result store_upload_begin(struct store *st, struct arena *a, const char *name,
    enum hash_kind kind, struct store_upload *out, struct err *err);

/* How many uploads there are, without finished and cancelled ones. They are counted at
 * most a few times a second; in between a process knows only what it began and ended
 * itself. */
enum result store_upload_count(struct store *st, uint64_t *out, struct err *err);

/* The upload as it stands. RC_UPLOAD_UNKNOWN: none of this id (which may be any text of
 * a client), one of another repository, or one whose data is shorter than its state
 * says. */
enum result store_upload_open(const struct store *st, struct arena *a,
    const char *name, struct str id, struct store_upload *out, struct err *err);

/* U2, U3: the stage's bytes come behind the first up->size; `after` is the hash with
 * them. up tells how it stands afterwards. An empty stage changes nothing.
 * RC_UPLOAD_UNKNOWN: removed meanwhile; RC_CLIENT_GONE as of stage_name(). */
enum result store_upload_append(struct store *st, struct arena *a,
    struct store_upload *up, struct stage *sg, const struct hash *after,
    struct err *err);

/* Writes the hash of another kind of the same bytes into the state (U3), before they
 * become a blob under it. */
enum result store_upload_rehash(struct store *st, struct arena *a,
    struct store_upload *up, const struct hash *hash, struct err *err);

/* The bytes so far as a stage, to be hashed (also without the lock) or to become a
 * blob (store_blob_put(); nothing can be appended afterwards). Works also if they became
 * a blob already. RC_UPLOAD_UNKNOWN. */
enum result store_upload_stage(struct store *st, struct arena *a,
    const struct store_upload *up, struct stage **out, struct err *err);

/* U5; also when it was not there. */
enum result store_upload_remove(struct store *st, const char *id, struct err *err);

/* For one that is unknown: its absence is durable when this returns. `id` may be any
 * text of a client. */
enum result store_upload_sync_absence(
    const struct store *st, struct arena *a, struct str id, struct err *err);

/* Something comes for it: it is not swept for another while. */
void store_upload_touch(const struct store *st, struct arena *a, const char *id);

/* Removes uploads for which nothing came in `expiry` seconds. One whose next part may
 * just be arriving stays: as long as there is a body file that nginx began no later than
 * `expiry` (and a minute) after the upload was last touched; where the file system does
 * not tell when a file was begun, any body file. One that is locked stays too. *removed
 * counts them. */
enum result store_upload_sweep(
    struct store *st, unsigned expiry, unsigned *removed, struct err *err);

#endif
