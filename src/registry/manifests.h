/* manifests.h: manifests and tags of a repository, as API v2 has them.
 *
 * A reference is a digest or a tag. Whatever is neither names nothing:
 * RC_MANIFEST_UNKNOWN to read or remove, RC_BAD_TAG to write. */
#ifndef REGISTRY_MANIFESTS_H
#define REGISTRY_MANIFESTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "registry/registry.h"

#define MANIFESTS_TAGS_MAX 32 /* at once */

struct manifests_found {
	struct digest digest;
	struct str bytes;
	struct str type; /* media type, as it was pushed */
	bool by_digest;  /* the reference was one: this never changes */
};

enum result manifests_get(struct registry *reg, struct arena *a, const char *name,
    struct str reference, struct manifests_found *out, struct err *err);

/* What must hold for what is there before a manifest changes. It is asked under the
 * repository's lock, so nobody else changes it in between. now is what the reference means
 * at that moment; NULL: nothing. */
struct manifests_condition {
	bool (*holds)(void *arg, const struct digest *now);
	void *arg;
};

struct manifests_push {
	struct str bytes;
	struct str content_type; /* the client's header; may be empty */
	const struct str *tags;  /* beside the reference: of a push by digest */
	size_t n_tags;
	const struct manifests_condition *condition; /* NULL: none */
};

struct manifests_pushed {
	struct digest digest;
	const char *subject; /* of the manifest, "sha256:..."; NULL: it has none */
	const struct digest *missing;
	size_t n_missing;
};

/* Durable when it returns RC_OK. RC_BAD_MANIFEST, RC_BAD_TAG, RC_CONDITION; RC_MISMATCH: the bytes have
 * not the digest of the reference; RC_MISSING: out->missing are not in the repository. */
enum result manifests_put(struct registry *reg, struct arena *a, const char *name,
    struct str reference, const struct manifests_push *push,
    struct manifests_pushed *out, struct err *err);

/* By tag: the tag alone. By digest: the manifest, and each tag that means it. condition may
 * be NULL. RC_CONDITION. */
enum result manifests_remove(struct registry *reg, struct arena *a,
    const char *name, struct str reference,
    const struct manifests_condition *condition, struct err *err);

#endif
