/* description.h: the description that somebody gave to a repository: _berth/about/<ns>/<repo>,
 * spelt as docker-registry to 0.8.0 spelt a directory. Neither old layout has a place for
 * one. Writers hold GUARD_REPOSITORY of the name. */
#ifndef STORE_DESCRIPTION_H
#define STORE_DESCRIPTION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "store/store.h"

#define STORE_DESCRIPTION_MAX ((size_t)4 << 10) /* bytes */

/* RC_NOT_FOUND. */
enum result store_description_get(const struct store *st, struct arena *a,
    const struct v1name *name, struct str *out, struct err *err);

/* Empty: none any more. */
enum result store_description_set(struct store *st, struct arena *a,
    const struct v1name *name, struct str text, struct err *err);

/* Changes when it is written; 0: there is none. */
uint64_t store_description_version(
    const struct store *st, struct arena *a, const struct v1name *name);

#endif
