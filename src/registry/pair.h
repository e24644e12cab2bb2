/* pair.h: one repository, in the two layouts of the store.
 *
 * A repository has a name in each API: "library/foo" of API v1 is "foo" of API v2; all others have
 * the same name in both. API v2 knows another repository "library/foo"; API v1 means that one only
 * while neither "foo" of API v2 nor "library/foo" of API v1 exists.
 *
 * A tag is in one of the layouts, that of the API through which it was pushed last. If it is in
 * both (in a directory that two old servers have used, or after a crash between two steps of a
 * push), the tag of API v2 counts:
 *	push through API v2: the tag of v2 is written, and counts from then on; that of v1 is removed
 *	push through API v1: the tag of v1 is written; that of v2 is removed, and then the other counts
 *	deletion:            the tag of v1 is removed, then that of v2
 * All of it under GUARD_REPOSITORY, which has the same key for both names. */
#ifndef REGISTRY_PAIR_H
#define REGISTRY_PAIR_H

#include <stdbool.h>

#include "base/err.h"
#include "image/digest.h"
#include "image/v1name.h"
#include "registry/task.h"
#include "store/guard.h"
#include "store/repository.h"
#include "store/v1repo.h"

struct pair {
	const char *v2;             /* NULL: API v2 does not allow the name */
	const char *v1;             /* "ns/repo"; NULL: API v1 does not allow it */
	struct store_v1repo v1repo; /* of API v1; {0} where v1 is NULL */
};

/* RC_IO. What it returns lives in the task's arena. It says what is there at that moment, so a
 * verb that writes calls it with the guard of the repository. */
enum result pair_of_v1(
    const struct task *t, const struct v1name *name, struct pair *out);
enum result pair_of_v2(const struct task *t, const char *name, struct pair *out);

/* The repository that API v1 means by `name`: by "busybox" it means "library/busybox".
 * store_v1repo_exists(out) is false if there is none. RC_IO. */
enum result pair_find_v1(
    const struct task *t, struct str name, struct store_v1repo *out);

/* The repository of API v2. p->v2 is not NULL. */
struct store_repository pair_v2(const struct task *t, const struct pair *p);

/* Has it any manifest of API v2? Has it anything, in either layout? */
enum result pair_has_v2(const struct task *t, const struct pair *p, bool *out);
enum result pair_exists(const struct task *t, const struct pair *p, bool *out);

enum pair_layout { PAIR_V1, PAIR_V2 };
struct pair_tag {
	enum pair_layout in;
	const char *image;    /* in PAIR_V1: the id */
	struct digest digest; /* in PAIR_V2: of the manifest */
};

/* What the tag means. RC_TAG_UNKNOWN: it is in neither layout. */
enum result pair_tag_get(const struct task *t, const struct pair *p,
    const char *tag, struct pair_tag *out);

/* Removes the tag from one layout, if it is there, after a push through the other API. *was: it was
 * there. That it is gone from API v2 is durable afterwards, also where an earlier removal broke off;
 * one of API v1 that comes back does not count. held: GUARD_REPOSITORY. */
enum result pair_v1_tag_drop(const struct task *t, const struct guard *held,
    const struct pair *p, const char *tag, bool *was);
enum result pair_v2_tag_drop(const struct task *t, const struct guard *held,
    const struct pair *p, const char *tag, bool *was);

/* Removes it from both, that of API v1 first: that of API v2 hides it until it is gone as well. It
 * also ends a removal that broke off. *was: there was such a tag. */
enum result pair_tag_remove(const struct task *t, const struct guard *held,
    const struct pair *p, const char *tag, bool *was);

/* Does API v2 show the tag of API v1? It does if it allows such a name (image/reference.h), and has
 * no tag of this name itself. */
enum result pair_tag_is_shared(
    const struct task *t, const struct pair *p, const char *tag, bool *out);

#endif
