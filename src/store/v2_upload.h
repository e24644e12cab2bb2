/* v2_upload.h: a blob on its way in, through several requests.
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
 *	U4 data moved to its blob's name, and the blob linked (v2_blob.h, B1 and B2)
 *	U5 _berth/upload/<id>/ removed
 * Killed between any two, the upload stands where its state says, also when its data
 * was moved already: its state's hash tells which blob holds the bytes. So U4 can be done
 * again as often as a client asks. Before U4 the state's hash is of the kind that the
 * client's digest has.
 *
 * Who appends or removes holds LOCK_UPLOAD of the id, and has compared the size that he
 * saw when he began to hash with the one that stands there now. */
#ifndef STORE_V2_UPLOAD_H
#define STORE_V2_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "image/hash.h"
#include "store/stage.h"
#include "store/store.h"

struct v2_upload {
	const char *id;   /* a random UUID (RFC 9562, version 4) */
	const char *name; /* of the repository */
	uint64_t size;    /* bytes so far */
	struct hash hash; /* of them */
};

/* Does the text have the form of an id that v2_upload_begin() gives? It need not be of an
 * upload that was ever begun. */
bool v2_upload_is_id(struct str id);

/* A new one (U1). */
enum result v2_upload_begin(struct store *st, struct arena *a, const char *name,
    enum hash_kind kind, struct v2_upload *out, struct err *err);

/* How many there are, finished and cancelled ones not. They are counted a few times a
 * second at most; in between, a process knows of what it began and ended itself. */
enum result v2_upload_count(struct store *st, uint64_t *out, struct err *err);

/* The upload as it stands. RC_UPLOAD_UNKNOWN: none of this id (which may be any text of
 * a client), one of another repository, or one whose data is shorter than its state
 * says. */
enum result v2_upload_open(const struct store *st, struct arena *a,
    const char *name, struct str id, struct v2_upload *out, struct err *err);

/* U2, U3: the stage's bytes come behind the first up->size; `after` is the hash with
 * them. up tells how it stands afterwards. An empty stage changes nothing.
 * RC_UPLOAD_UNKNOWN: removed meanwhile; RC_GONE as of stage_name(). */
enum result v2_upload_append(struct store *st, struct arena *a,
    struct v2_upload *up, struct stage *sg, const struct hash *after,
    struct err *err);

/* The same bytes have another hash (U3). Before they become a blob under it. */
enum result v2_upload_rehash(struct store *st, struct arena *a,
    struct v2_upload *up, const struct hash *hash, struct err *err);

/* The bytes so far as a stage, to be hashed (without the lock, too) or to become a blob
 * (v2_blob_put(); nothing can be appended afterwards). Also when they are one already.
 * RC_UPLOAD_UNKNOWN. */
enum result v2_upload_stage(struct store *st, struct arena *a,
    const struct v2_upload *up, struct stage **out, struct err *err);

/* U5; also when it was not there. */
enum result v2_upload_remove(struct store *st, const char *id, struct err *err);

/* Of one that is unknown: so it stays, whoever has just removed it. `id` may be any
 * text of a client. */
enum result v2_upload_settle_absence(
    const struct store *st, struct arena *a, struct str id, struct err *err);

/* Something comes for it: it is not swept for another while. */
void v2_upload_touch(const struct store *st, struct arena *a, const char *id);

/* Removes uploads for which nothing came in `expiry` seconds. One whose next part may
 * just be arriving stays: as long as there is a body file that nginx began no later than
 * `expiry` (and a minute) after the upload was last touched; where the file system does
 * not tell when a file was begun, any body file. One that is locked stays too. *removed
 * counts them. */
enum result v2_upload_sweep(
    struct store *st, unsigned expiry, unsigned *removed, struct err *err);

#endif
