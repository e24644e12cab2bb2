/* tag.h: the tags of a repository: each is a name for one of its manifests.
 *
 * The caller has checked that a tag is one (image/reference.h), and has stored the manifest
 * first, so that a tag never means a manifest that is not there. A tag whose push was
 * interrupted does not exist. Tags are ordered by their bytes. */
#ifndef STORE_TAG_H
#define STORE_TAG_H

#include <stdbool.h>

#include "base/err.h"
#include "image/digest.h"
#include "store/guard.h"
#include "store/repository.h"

/* What it means now. RC_MANIFEST_UNKNOWN: no such tag. */
enum result store_tag_get(const struct store_repository *r, const char *tag,
    struct digest *out, struct err *err);

/* The last of all tags, and what it means. RC_MANIFEST_UNKNOWN: there is none. */
enum result store_tag_last(const struct store_repository *r, const char **tag,
    struct digest *out, struct err *err);

/* Calls visit for each tag after `after` ("" for all), in order, and what it means, until it
 * returns false. Memory does not grow with their number. */
enum result store_tag_each(const struct store_repository *r, const char *after,
    bool (*visit)(void *arg, const char *tag, const struct digest *d), void *arg,
    struct err *err);

/* Makes it, or moves it in one step; durable. held: GUARD_REPOSITORY of the name. */
enum result store_tag_put(const struct store_repository *r,
    const struct guard *held, const char *tag, const struct digest *to,
    struct err *err);

/* Removes it in one step, durably. held: GUARD_REPOSITORY of the name.
 * RC_MANIFEST_UNKNOWN. */
enum result store_tag_remove(const struct store_repository *r,
    const struct guard *held, const char *tag, struct err *err);

#endif
