/* manifests.h: manifests and tags of a repository, as API v2 has them.
 *
 * A reference is a digest or a tag. Whatever is neither names nothing:
 * RC_MANIFEST_UNKNOWN to read or remove, RC_BAD_TAG to write. */
#ifndef CONTENT_MANIFESTS_H
#define CONTENT_MANIFESTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "registry/task.h"
#include "store/content.h"

#define MANIFESTS_TAGS_MAX    32  /* at once */
#define MANIFESTS_MISSING_MAX 100 /* references; after so many the search ends */

struct manifests_found {
	struct digest digest;
	struct str bytes; /* of schema 1 they are signed (signature.h) */
	const struct content *content; /* of many bytes; NULL: few */
	struct str type;               /* media type, as it was pushed or made */
	bool by_digest; /* the reference was one: this never changes */
};

/* Which manifests the client reads. It matters for tags alone: a digest means one form. */
enum manifests_form {
	MANIFESTS_ANY,        /* or it is not known: as it was pushed */
	MANIFESTS_SCHEMA1,    /* none but schema 1 */
	MANIFESTS_NOT_SCHEMA1 /* all but schema 1 */
};

/* RC_NOT_BRIDGED: the tag's image has no such form, with the reason. RC_BUSY: it is long, or its
 * layers must be read first, and the memory for that could not be reserved
 * (registry/worklimit.h). */
enum result manifests_get(const struct task *t, const char *name,
    struct str reference, enum manifests_form form, struct manifests_found *out);

/* A condition on the current state, checked under the guard of the repository before a
 * manifest changes: nothing changes it in between. now: the digest that the reference
 * means at that moment; NULL: nothing. */
struct manifests_condition {
	bool (*holds)(void *arg, const struct digest *now);
	void *arg;
};

struct manifests_push {
	struct str bytes;
	struct str content_type; /* the client's header; may be empty */
	const struct str *tags;  /* more than the reference: of a push by digest */
	size_t n_tags;
	const struct manifests_condition *condition; /* NULL: none */
	bool no_schema1; /* this client must not push schema 1: RC_FALLBACK */
};

struct manifests_pushed {
	struct digest digest;
	const char *subject; /* of the manifest, "sha256:..."; NULL: it has none */
	const struct str *missing; /* digests, at most MANIFESTS_MISSING_MAX */
	size_t n_missing;
};

/* Durable when it returns RC_OK. RC_BAD_MANIFEST, RC_BAD_TAG; RC_MISMATCH: the bytes do not
 * have the digest of the reference; RC_UNRESOLVED_REF: out->missing, and perhaps more, are not in
 * the repository; RC_CONDITION, which comes last (RFC 9110, 13.2.1). Of schema 1 the payload
 * is stored, and its digest counts (signature.h): RC_UNVERIFIED, RC_FALLBACK.
 *
 * A manifest may refer to tens of thousands of blobs. They are looked for before the
 * guard of the repository is taken, and not again under it, so that no request waits for the
 * guard that long. A blob or child that another request deletes in between leaves a manifest that
 * refers to something missing. That is sound:
 *	- A deletion does not ask what refers to its content. So it leaves the same state
 *	  when it comes right after the push, with or without a guard: readers, collectors
 *	  and the index must expect that state anyway.
 *	- A deletion that was answered before this push began is seen here, because the
 *	  link is gone before the answer. Only requests that cross each other have no order.
 *	- A collector does not remove what was found here: finding it pins it
 *	  (store/blob.h), for far longer than a wait for the guard.
 * The guard is for what the push changes in the repository: the condition is asked, and the
 * manifest, its type, its tags and their rows in the index are written, with no other
 * change in between. */
enum result manifests_put(const struct task *t, const char *name,
    struct str reference, const struct manifests_push *given,
    struct manifests_pushed *out);

/* By tag: the tag alone, in both layouts. By digest: the manifest, and each tag that means it,
 * also those of API v1 whose image has this manifest. condition may be NULL. RC_CONDITION. */
enum result manifests_remove(const struct task *t, const char *name,
    struct str reference, const struct manifests_condition *condition);

#endif
