/* tag.h: the tags of a repository, in distribution's layout.
 *
 * The order of the durable steps:
 *	T1 _manifests/tags/<tag>/index/<alg>/<hex>/link
 *	T2 _manifests/tags/<tag>/current/link
 * A tag without `current` (T1 alone, or an old server that was killed there) is none.
 * Nothing but tags is ever put into `tags/`: an old server takes each entry for one.
 *
 * Names and tags are those of reference.h: the caller has checked. Writers hold
 * GUARD_REPOSITORY of the name. */
#ifndef STORE_TAG_H
#define STORE_TAG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "image/digest.h"
#include "store/store.h"

/* What it means now. RC_MANIFEST_UNKNOWN: no such tag. */
enum result store_tag_get(const struct store *st, struct arena *a, const char *name,
    const char *tag, struct digest *out, struct err *err);

/* The last of all tags in byte order, and what it means. RC_MANIFEST_UNKNOWN: there is
 * none. */
enum result store_tag_last(const struct store *st, struct arena *a,
    const char *name, const char **tag, struct digest *out, struct err *err);

/* Each tag behind `after` ("" for all), in byte order, and what it means. Memory is
 * bounded. visit returning false ends it. */
enum result store_tag_each(const struct store *st, const char *name,
    const char *after,
    bool (*visit)(void *arg, const char *tag, const struct digest *d), void *arg,
    struct err *err);

/* T1 and T2. */
enum result store_tag_put(struct store *st, struct arena *a, const char *name,
    const char *tag, const struct digest *to, struct err *err);

/* Gone at once, with what it meant before; so is what was cut off behind T1.
 * RC_MANIFEST_UNKNOWN. */
enum result store_tag_remove(struct store *st, struct arena *a, const char *name,
    const char *tag, struct err *err);

#endif
