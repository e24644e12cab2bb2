/* manifest.h: the manifests of a repository.
 *
 * A manifest is a blob and a link that says that the repository has it as a manifest. It
 * is written in the order bytes, media type, link; tags come afterwards (tag.h). So whatever
 * interrupts a push, the manifest is there whole or not at all.
 *
 * Damage: a manifest whose bytes do not have its digest counts as unknown, and pushing it
 * again replaces it. */
#ifndef STORE_MANIFEST_H
#define STORE_MANIFEST_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "store/guard.h"
#include "store/repository.h"

#define STORE_MANIFEST_TYPE_MAX 1024 /* bytes of a media type that is kept */

struct store_manifest {
	struct digest digest; /* under which it is kept; what its link says */
	struct str bytes;
};

/* The manifest with its bytes, checked by their digest. RC_MANIFEST_UNKNOWN. */
enum result store_manifest_read(const struct store_repository *r,
    const struct digest *d, struct store_manifest *out, struct err *err);

/* The same of a manifest of at most `limit` bytes. RC_TOO_LARGE: it has more. */
enum result store_manifest_read_short(const struct store_repository *r,
    const struct digest *d, size_t limit, struct store_manifest *out,
    struct err *err);

/* The digest under which it is kept; its bytes are there, and pinned (blob.h).
 * RC_MANIFEST_UNKNOWN. */
enum result store_manifest_find(const struct store_repository *r,
    const struct digest *d, struct digest *out, struct err *err);

/* The same whether or not the bytes are there and whole, for removing it.
 * RC_MANIFEST_UNKNOWN: there is no link, and that is durable. */
enum result store_manifest_linked(const struct store_repository *r,
    const struct digest *d, struct digest *out, struct err *err);

/* The media type that was kept for the manifest with the digest d, because its bytes do not
 * name one. RC_NOT_FOUND: none was kept, or it is damaged. */
enum result store_manifest_type(const struct store_repository *r,
    const struct digest *d, struct str *out, struct err *err);

/* Calls visit for each linked manifest, whether its bytes are there or not, in the order of
 * algorithm and digits, until it returns false. Memory does not grow with their number. */
enum result store_manifest_each(const struct store_repository *r,
    bool (*visit)(void *arg, const struct digest *d), void *arg, struct err *err);

/* Stores it, durably. held: GUARD_REPOSITORY of the name. RC_BAD_MANIFEST: the type is longer
 * than STORE_MANIFEST_TYPE_MAX. */
enum result store_manifest_put(const struct store_repository *r,
    const struct guard *held, const struct store_manifest *m, struct str type,
    struct err *err);

/* Removes the link and the media type, durably; the bytes stay. The caller has removed the tags
 * that meant the manifest. Their removal is durable too when this returns, so no tag means it
 * after a crash. held: GUARD_REPOSITORY of the name. RC_MANIFEST_UNKNOWN. */
enum result store_manifest_remove(const struct store_repository *r,
    const struct guard *held, const struct digest *d, struct err *err);

#endif
