/* manifest.h: the manifests of a repository, in distribution's layout.
 *
 * The order of the durable steps:
 *	M1 blobs/<alg>/<hh>/<hex>/data		the bytes (blob.h)
 *	M2 _berth/type/<name>/<digest>		the media type, where the bytes do not tell
 *	M3 repositories/<name>/_manifests/revisions/<alg>/<hex>/link
 *	M4 the tag, if there is one (tag.h, T1 and T2)
 * Killed between any two, the manifest is there whole or not at all. `_layers` is made
 * beside, empty: without it distribution 2.8 takes the repository for none and its
 * collection removes what belongs to it.
 *
 * Names are those of reference.h: the caller has checked. Writers hold GUARD_REPOSITORY of
 * the name. */
#ifndef STORE_MANIFEST_H
#define STORE_MANIFEST_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "store/store.h"

#define STORE_MANIFEST_TYPE_MAX 1024 /* bytes of a media type that is noted */

struct store_manifest {
	struct digest digest; /* under which it is kept: what its link says */
	struct str bytes;
};

/* The manifest of the repository, with its bytes, checked by its digest.
 * RC_MANIFEST_UNKNOWN, also if they do not have it (damage.h). */
enum result store_manifest_read(const struct store *st, struct arena *a,
    const char *name, const struct digest *d, struct store_manifest *out,
    struct err *err);

/* The same of one of at most `limit` bytes. RC_TOO_LARGE: it has more. */
enum result store_manifest_read_short(const struct store *st, struct arena *a,
    const char *name, const struct digest *d, size_t limit,
    struct store_manifest *out, struct err *err);

/* Its digest alone; the bytes are there, pinned (blob.h). RC_MANIFEST_UNKNOWN. */
enum result store_manifest_find(const struct store *st, struct arena *a,
    const char *name, const struct digest *d, struct digest *out, struct err *err);

/* The digest in its link, whether or not the bytes are there and whole; for removing
 * it. RC_MANIFEST_UNKNOWN. */
enum result store_manifest_linked(const struct store *st, struct arena *a,
    const char *name, const struct digest *d, struct digest *out, struct err *err);

/* The media type that was noted (M2) of the one that is kept under d, for manifests
 * whose bytes do not name it. RC_NOT_FOUND, also if the note is damaged. */
enum result store_manifest_type(const struct store *st, struct arena *a,
    const char *name, const struct digest *d, struct str *out, struct err *err);

/* Each one that has a link, whether its bytes are there or not, in byte order of
 * algorithm and digits. Memory is bounded. visit returning false ends it. */
enum result store_manifest_each(const struct store *st, const char *name,
    bool (*visit)(void *arg, const struct digest *d), void *arg, struct err *err);

/* M1 to M3. type "": the bytes tell it; a note of before goes. RC_BAD_MANIFEST: a type
 * longer than STORE_MANIFEST_TYPE_MAX. */
enum result store_manifest_put(struct store *st, struct arena *a, const char *name,
    const struct store_manifest *m, struct str type, struct err *err);

/* Removes the link and the note of its type; the bytes stay. Also makes durable that
 * tags were removed, so that none means this manifest after a crash.
 * RC_MANIFEST_UNKNOWN. */
enum result store_manifest_remove(struct store *st, struct arena *a,
    const char *name, const struct digest *d, struct err *err);

/* For one that is not there: its absence is durable when this returns. */
enum result store_manifest_sync_absence(const struct store *st, struct arena *a,
    const char *name, const struct digest *d, struct err *err);

#endif
