/* str.h: a piece of text that somebody else owns. It may hold any byte, NUL
 * too, and need not end in one: what a client sent comes as a str. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct str {
	const char *p;
	size_t n;
};

/* For printf: "%.*s", STR_ARG(s). */
#define STR_ARG(s) (int)((s).n > 1024 ? 1024 : (s).n), (s).p

struct str str_of(const char *s); /* NULL gives the empty str */
struct str str_make(const char *p, size_t n);

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *b);
bool str_eq_nocase(struct str a, struct str b); /* of ASCII; so the next */
bool str_is_nocase(struct str a, const char *b);
bool str_starts(struct str a, const char *prefix);
bool str_ends(struct str a, const char *ending);

/* Byte order: negative, 0 or positive as a comes before b, is b, or comes after it. */
int str_order(struct str a, struct str b);

/* Sorts the list in byte order and drops repetitions. Returns how many are left. */
size_t str_sort_unique(struct str *list, size_t n);

/* Cuts *rest at the first c: returns what stood before it and leaves in *rest
 * what came behind; without c all is returned and *rest is empty, its p NULL. */
struct str str_cut(struct str *rest, char c);

/* Without blanks and tabs on either side. */
struct str str_trim(struct str s);

/* Without blanks, line ends and other control characters (bytes up to 0x20, NUL too) on
 * either side. */
struct str str_trim_controls(struct str s);

bool str_has(struct str s, char c);

/* Well-formed UTF-8 (RFC 3629): no surrogate, nothing overlong, U+10FFFF at most.
 */
bool str_is_utf8(struct str s);

/* A copy as a C string. The caller has seen that s holds no NUL. */
char *str_dup(struct arena *a, struct str s);

/* Decimal digits only, not empty, at most INT64_MAX. */
bool str_to_int64(struct str s, long long *out);

#endif
