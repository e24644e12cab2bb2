/* meaning.h: what a reference (a tag or a digest) means at this moment, in both layouts of the
 * store, and conditions on that. Private to this room. */
#ifndef CONTENT_MEANING_H
#define CONTENT_MEANING_H

#include "base/err.h"
#include "base/str.h"
#include "content/manifests.h"
#include "registry/pair.h"
#include "registry/task.h"

struct meaning {
	struct pair pair;
	const char *tag; /* NULL: the reference is a digest */
	/* Of a digest: in PAIR_V2, the digest itself, whether there is such a manifest or
	 * not. */
	struct pair_tag is;
};

/* RC_MANIFEST_UNKNOWN: there is no such tag, or the reference is neither a tag nor a digest. */
enum result meaning_find(const struct task *t, const char *name,
    struct str reference, struct meaning *out);

/* A condition on what a reference means. */
struct meaning_condition {
	struct str reference;
	const struct manifests_condition *given; /* NULL: none */
	const char *made;                        /* of meaning_prepare() */
};

/* Before the guard is taken: what the reference means gets its form of API v2, because nothing is
 * made under the guard. */
enum result meaning_prepare(
    const struct task *t, const char *name, struct meaning_condition *condition);

/* Does the condition hold? With the guard of the repository. RC_CONDITION; RC_BUSY: the tag has
 * moved since meaning_prepare(). */
enum result meaning_check(const struct task *t, const char *name,
    const struct meaning_condition *condition);

/* RC_MANIFEST_UNKNOWN, for a reference that is neither a tag nor a digest. */
enum result meaning_bad_reference(struct err *err);

#endif
