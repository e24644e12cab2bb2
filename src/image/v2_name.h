/* v2_name.h: names of API v2 (OCI distribution-spec, "Pulling manifests"). */
#ifndef IMAGE_V2_NAME_H
#define IMAGE_V2_NAME_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define V2_NAME_MAX 255 /* bytes of a repository's name */
#define V2_TAG_MAX  128

/* A repository: parts between slashes, each [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*.
 * RC_BAD_NAME. */
enum result v2_name_check(struct str name, struct err *err);

/* [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127} */
bool v2_name_is_tag(struct str s);

#endif
