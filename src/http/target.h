/* target.h: the request target (RFC 9112, section 3.2.1: origin-form). */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define TARGET_PARTS 160 /* more than any name has */

/* The path, cut at its slashes, each part decoded once (so a part may contain a slash
 * that was written %2F). Several slashes in a row count as one. A slash at the end
 * makes no part, but is remembered, because for API v1 it can mean another resource. */
struct target {
	struct str part[TARGET_PARTS];
	size_t n;
	bool slash;       /* the path ends in one */
	struct str query; /* behind the "?", not decoded; p NULL without one */
};

/* RC_BAD_REQUEST: no path, a broken %XX, a part that is "." or ".." in any spelling,
 * or holds a NUL; too many parts. */
enum result target_parse(
    struct arena *a, struct str text, struct target *out, struct err *err);

/* The first value of the name in the query, decoded (may contain any byte). "+" stays
 * "+", as in "application/json+x". If the name is not there: the empty str, p NULL.
 * RC_BAD_REQUEST: a broken %XX in it. */
enum result target_query(struct arena *a, const struct target *t, const char *name,
    struct str *out, struct err *err);

/* The same for a query that an HTML form made, which writes a blank as "+". */
enum result target_query_form(struct arena *a, const struct target *t,
    const char *name, struct str *out, struct err *err);

/* All values of the name, in their order. *n: how many; those after the first `most`
 * are left out. RC_BAD_REQUEST as above; "+" stays "+". */
enum result target_query_all(struct arena *a, const struct target *t,
    const char *name, struct str *out, size_t most, size_t *n, struct err *err);

#endif
