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
 * makes no part, but `slash` says that it was there: for API v1 it can mean another
 * resource. */
struct target {
	struct str part[TARGET_PARTS];
	size_t n;
	bool slash;       /* the path ends in one */
	struct str query; /* what follows the "?", not decoded; p NULL without it */
};

/* RC_BAD_REQUEST: the text is not a path, has a % without two digits, a part that is "." or
 * ".." in any spelling or holds a NUL, or too many parts. */
enum result target_parse(
    struct arena *a, struct str text, struct target *out, struct err *err);

/* Finds the first value of the name in the query, decoded (it may contain any byte). "+"
 * stays "+", as in "application/json+x". If the name is not there: the empty str, p NULL.
 * RC_BAD_REQUEST: the value has a % without two digits. */
enum result target_query(struct arena *a, const struct target *t, const char *name,
    struct str *out, struct err *err);

/* The same for the query of an HTML form, which writes a space as "+". */
enum result target_query_form(struct arena *a, const struct target *t,
    const char *name, struct str *out, struct err *err);

/* Finds the values of the name, in their order, at most `limit` of them. RC_BAD_REQUEST as
 * above; "+" stays "+". */
struct target_values {
	struct str *value; /* room for `limit` of them */
	size_t limit, n;
};
enum result target_query_all(struct arena *a, const struct target *t,
    const char *name, struct target_values *out, struct err *err);

#endif
