/* to_v2.h: images of API v1 as API v2 asks for them. Each call is for a repository by its name of
 * API v2, and finds what the registry has of it through its tags of API v1. A client that may
 * not see the repository never gets here. What is not there yet is made (make.h): these calls take
 * guards, also that of the repository, unless it says that it is held. */
#ifndef BRIDGE_TO_V2_H
#define BRIDGE_TO_V2_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "registry/pair.h"
#include "registry/task.h"
#include "store/blob.h"
#include "store/guard.h"

struct to_v2_manifest {
	struct digest digest;
	struct str bytes;
	struct str type;
};

/* The manifest of a tag of API v1, whose image is `id`. After the first time the index has its
 * counterparts. RC_NOT_BRIDGED, with the reason; RC_BUSY. */
enum result to_v2_tag(const struct task *t, const struct pair *p, const char *tag,
    const char *id, struct to_v2_manifest *out);

/* By digest. If the index does not know it, the tags of the repository that were not made yet are
 * made: some of them at once, and the others soon, in the background. RC_MANIFEST_UNKNOWN, also
 * if it may be the digest of one of those. */
enum result to_v2_digest(const struct task *t, const char *name,
    const struct digest *d, struct to_v2_manifest *out);

/* A config or layer. RC_BLOB_UNKNOWN. Also v1chain_empty_layer, for any repository. */
enum result to_v2_blob(const struct task *t, const char *name,
    const struct digest *d, struct store_blob *out);

/* The blob becomes one of API v2's own: it gets a name in distribution's layout, without a copy,
 * and the repository `into` has it. For pushes that refer to it. from: the repository that has it
 * through API v1; NULL: any that is not private. RC_BLOB_UNKNOWN. */
enum result to_v2_keep_blob(const struct task *t, const char *from,
    const struct digest *d, const char *into);

/* The repository does not have this manifest any more: the tags of API v1 whose image has it are
 * removed; *n counts them. held: GUARD_REPOSITORY. RC_MANIFEST_UNKNOWN: it did not have it. */
enum result to_v2_remove(const struct task *t, const struct guard *held,
    const struct pair *p, const struct digest *d, size_t *n);

/* Has the repository this manifest, as far as it was made? Makes nothing, so that a verb may ask
 * with the guard of the repository. RC_REBUILDING. */
enum result to_v2_has(
    const struct task *t, const char *name, const struct digest *d, bool *out);

/* The schema 2 form of the stored manifest of schema 1 that a tag means. RC_NOT_BRIDGED. */
enum result to_v2_schema1(const struct task *t, const struct pair *p,
    const char *tag, const struct digest *d, struct to_v2_manifest *out);

/* The stored manifest of schema 1 whose schema 2 form, which was made, has the digest d. May be
 * asked with the guard of the repository. RC_MANIFEST_UNKNOWN. */
enum result to_v2_find_schema1(const struct task *t, const char *name,
    const struct digest *d, struct digest *out);

#endif
