/* description.h: the description that somebody gave to a repository, by API v1. It belongs
 * to the name, whichever API has the images. */
#ifndef STORE_DESCRIPTION_H
#define STORE_DESCRIPTION_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "store/guard.h"
#include "store/store.h"

#define STORE_DESCRIPTION_MAX ((size_t)4 << 10) /* bytes */

/* RC_NOT_FOUND: nobody gave one. */
enum result store_description_get(const struct store *st, struct arena *a,
    const struct v1name *name, struct str *out, struct err *err);

/* Replaces it, durably; empty: removes it. The caller holds GUARD_REPOSITORY of the name. */
enum result store_description_set(struct store *st, struct arena *a,
    const struct v1name *name, struct str text, struct err *err);

/* A text that changes when the description does; as store_repository_version(). */
struct str store_description_version(
    const struct store *st, struct arena *a, const struct v1name *name);

#endif
