/* target.h: the request target (RFC 9112, section 3.2.1: origin-form). */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define TARGET_PARTS 160 /* more than any name has */

/* The path, cut at its slashes, each part decoded once (so a part may hold a slash
 * that was written %2F). Doubled slashes count once. A slash at the end makes no part;
 * that there was one is kept, since for API v1 it can mean another resource. */
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

/* The first value of the name in the query, decoded (may hold any byte). A "+" stays one,
 * as in "application/json+x". Without it the empty str, p NULL. RC_BAD_REQUEST: a broken
 * %XX in it. */
enum result target_query(struct arena *a, const struct target *t, const char *name,
    struct str *out, struct err *err);

/* The same of a query that an HTML form made, which writes a blank as "+". */
enum result target_query_form(struct arena *a, const struct target *t,
    const char *name, struct str *out, struct err *err);

/* All values of the name, in their order; *n of them, the rest is left out at `most`.
 * RC_BAD_REQUEST likewise; "+" stays one. */
enum result target_query_all(struct arena *a, const struct target *t,
    const char *name, struct str *out, size_t most, size_t *n, struct err *err);

#endif
