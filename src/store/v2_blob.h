/* v2_blob.h: blobs, by digest, in distribution's layout, and which repository has
 * which.
 *
 * The order of the durable steps:
 *	B1 blobs/<alg>/<hh>/<hex>/data, whole and synced
 *	B2 repositories/<name>/_layers/<alg>/<hex>/link, synced
 * Killed between them, the blob belongs to nobody, and is found when it is pushed again.
 *
 * Pins. Who is told "it is here" (HEAD, a mount, an upload's end) counts on it for a
 * while: before the answer the blob's time of access is brought up to now, unless it is
 * younger than V2_PIN_FRESH_S. A collector takes a blob's name away first, then looks at
 * that time, and puts the name back if it is younger than its own patience, which is
 * longer than V2_PIN_FRESH_S. So nobody needs a lock to say "yes". What berth may not
 * pin (another user's file, a file system that is read only) is there all the same, and
 * no collector's to remove. */
#ifndef STORE_V2_BLOB_H
#define STORE_V2_BLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "store/stage.h"
#include "store/store.h"

#define V2_PIN_FRESH_S 3600

#define V2_SMALL_MAX \
	((size_t)32 << 10) /* bytes of a blob that is hashed when found */

/* A blob as nginx sends it. */
struct v2_blob {
	struct digest digest;   /* under which it is kept */
	struct store_file file; /* its bytes */
};

/* The blob d of the repository, pinned, and durable whoever has just pushed it.
 * RC_BLOB_UNKNOWN, also when the link leads
 * nowhere, or to a damaged one (damage.h): a small one (of at most V2_SMALL_MAX: most
 * configs and manifests, too) that has another digest, or an empty one that should not be. */
enum result v2_blob_find(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct v2_blob *out, struct err *err);

/* The blob d whoever has it, likewise. RC_BLOB_UNKNOWN as above. */
enum result v2_blob_anywhere(const struct store *st, struct arena *a,
    const struct digest *d, struct v2_blob *out, struct err *err);

/* A blob's bytes, for a small one (a manifest, a config); they have the digest.
 * RC_BLOB_UNKNOWN as above, RC_TOO_LARGE. */
enum result v2_blob_read(const struct store *st, struct arena *a,
    const struct digest *d, size_t limit, struct str *out, struct err *err);

/* B1: the stage, whose bytes have this digest; pinned. One that is there with the same
 * bytes stays; one with others (an old server was killed while it wrote, a disk failed) is
 * replaced at once, without a moment in which there is none. RC_GONE as of stage_name(). */
enum result v2_blob_put(struct store *st, struct arena *a, struct stage *sg,
    const struct digest *d, struct err *err);

/* The same of bytes in memory, with which what is there is compared. */
enum result v2_blob_put_bytes(struct store *st, struct arena *a, struct str bytes,
    const struct digest *d, struct err *err);

/* B2: the repository has it. */
enum result v2_blob_link(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err);

/* The repository has it no more; the bytes stay. RC_BLOB_UNKNOWN. */
enum result v2_blob_unlink(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err);

#endif
