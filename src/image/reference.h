/* reference.h: names of API v2 (OCI distribution-spec, "Pulling manifests"). */
#ifndef IMAGE_REFERENCE_H
#define IMAGE_REFERENCE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define REFERENCE_REPOSITORY_MAX 255 /* bytes of a repository's name */
#define REFERENCE_TAG_MAX        128

/* Checks the name of a repository: parts between slashes, each
 * [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*. RC_BAD_NAME. */
enum result reference_check_repository(struct str name, struct err *err);
bool reference_is_repository(struct str name);

/* The key of a repository for guards and the index. A repository has the same key in both
 * APIs: in API v1 "library/x" and "x" are the same, so the key of both is "x". Points into
 * `name`. */
const char *reference_key(const char *name);

/* [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127} */
bool reference_is_tag(struct str s);

#endif
