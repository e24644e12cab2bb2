/* v1name.h: names in registry v1. docker-registry accepted nearly anything. berth accepts
 * what can be a file name and stand in a line of the log: UTF-8 without control characters,
 * no part empty, "." or "..". */
#ifndef IMAGE_V1NAME_H
#define IMAGE_V1NAME_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define V1NAME_DEFAULT_NAMESPACE "library"
#define V1NAME_MAX_BYTES         255 /* of a file name */
#define V1NAME_TAG_MAX           240 /* bytes; its file is called tag<tag>_json */
#define V1NAME_IMAGE_ID_SIZE     65  /* bytes of the longest image id, with a NUL */

/* Is it an image id: 16 or 64 hexadecimal digits in lower case? */
bool v1name_is_image_id(struct str s);

struct v1name {
	const char *ns;   /* without a slash */
	const char *repo; /* may hold slashes */
};

/* Splits a decoded path ("centos", "team/app", "team/app/web") at its first slash. Without a
 * slash the namespace is "library". RC_BAD_NAME: not a name as above, or too long. */
enum result v1name_parse(
    struct arena *a, struct str path, struct v1name *out, struct err *err);

/* The same, without a look at the rules: a name of API v2 may be longer than one of API v1. */
void v1name_split(struct arena *a, struct str path, struct v1name *out);

/* "ns/repo", as in search results and tokens. */
const char *v1name_full(struct arena *a, const struct v1name *name);

/* Are they the same repository? */
bool v1name_eq(const struct v1name *a, const struct v1name *b);

/* The address of a resource of the repository ("images") at another server of API v1
 * ("https://index.example.com"). */
const char *v1name_url(struct arena *a, const char *server,
    const struct v1name *name, const char *resource);

/* RC_BAD_NAME: it cannot be a tag (empty, with a slash, too long, ...). */
enum result v1name_check_tag(struct str tag, struct err *err);

#endif
