/* blob.h: blobs, by digest, in distribution's layout, and which repository has
 * which.
 *
 * The order of the durable steps:
 *	B1 blobs/<alg>/<hh>/<hex>/data, whole and synced
 *	B2 repositories/<name>/_layers/<alg>/<hex>/link, synced
 * Killed between them, the blob belongs to nobody, and is found when it is pushed again.
 *
 * Pins. Who is told "it is here" (HEAD, a mount, an upload's end) counts on it for a
 * while: before the answer the blob's time of access is brought up to now, unless it is
 * younger than STORE_BLOB_PIN_FRESH_S. A collector takes a blob's name away first, then looks at
 * that time, and puts the name back if it is younger than its own patience, which is
 * longer than STORE_BLOB_PIN_FRESH_S. So nobody needs a lock to say "yes". What berth may not
 * pin (another user's file, a file system that is read only) is there all the same, and
 * no collector's to remove. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "store/content.h"
#include "store/stage.h"
#include "store/store.h"

#define STORE_BLOB_PIN_FRESH_S 3600

/* Bytes; a blob of at most so many is hashed when it is found. */
#define STORE_BLOB_SMALL_MAX ((size_t)32 << 10)

struct store_blob {
	struct digest digest; /* under which it is kept */
	const struct content *content;
};

/* The blob d of the repository, pinned and durable. RC_BLOB_UNKNOWN, also if its link
 * leads nowhere or to a damaged file (damage.h): a small one (at most STORE_BLOB_SMALL_MAX;
 * most configs and manifests) with another digest, or an empty one that should not be
 * empty. */
enum result store_blob_find(const struct store *st, struct arena *a,
    const char *name, const struct digest *d, struct store_blob *out,
    struct err *err);

/* The blob d of any repository, likewise. RC_BLOB_UNKNOWN as above. */
enum result store_blob_find_anywhere(const struct store *st, struct arena *a,
    const struct digest *d, struct store_blob *out, struct err *err);

/* The bytes of a small blob (a manifest, a config), checked by its digest.
 * RC_BLOB_UNKNOWN as above, RC_TOO_LARGE. */
enum result store_blob_read(const struct store *st, struct arena *a,
    const struct digest *d, size_t limit, struct str *out, struct err *err);

/* B1: stores the stage, whose bytes have this digest, and pins it. A file with the
 * same bytes stays; one with other bytes (an old server was killed while it wrote, a
 * disk failed) is replaced in one step, so a blob is there all the time. RC_CLIENT_GONE as of
 * stage_name(). */
enum result store_blob_put(struct store *st, struct arena *a, struct stage *sg,
    const struct digest *d, struct err *err);

/* The same of bytes in memory, with which what is there is compared. */
enum result store_blob_put_bytes(struct store *st, struct arena *a,
    struct str bytes, const struct digest *d, struct err *err);

/* B2: the repository has it. */
enum result store_blob_link(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err);

/* The repository has it no more; the bytes stay. RC_BLOB_UNKNOWN. */
enum result store_blob_unlink(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err);

#endif
