/* v1name.h: what may be a name in registry v1. docker-registry took nearly anything;
 * so does berth, as long as it can be one name of a file and one line of a log:
 * UTF-8 without control characters, no part empty, "." or "..". */
#ifndef IMAGE_V1NAME_H
#define IMAGE_V1NAME_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define V1NAME_DEFAULT_NAMESPACE "library"
#define V1NAME_MAX_BYTES         255 /* of a part on disk */
#define V1NAME_TAG_MAX           240 /* "tag" and "_json" are put around it */

/* 16 or 64 hexadecimal digits, lower case. */
bool v1name_is_image_id(struct str s);

struct v1name {
	const char *ns;   /* without a slash */
	const char *repo; /* may hold slashes */
};

/* Takes a decoded path ("centos", "team/app", "team/app/web"): the namespace ends
 * at the first slash and is "library" without one. RC_BAD_NAME. */
enum result v1name_parse(
    struct arena *a, struct str path, struct v1name *out, struct err *err);

/* "ns/repo", as search and tokens write it. */
const char *v1name_full(struct arena *a, const struct v1name *name);

/* Are they the same repository? */
bool v1name_eq(const struct v1name *a, const struct v1name *b);

/* The address of a resource of the repository ("images") at another server of API v1
 * ("https://index.example.com"). */
const char *v1name_url(struct arena *a, const char *server,
    const struct v1name *name, const char *resource);

/* RC_BAD_NAME: no tag (empty, a slash, too long, ...). */
enum result v1name_check_tag(struct str tag, struct err *err);

#endif
