/* str.h: a view of bytes that are owned elsewhere, such as text from a client. It may contain
 * any byte, NUL too, and need not end with NUL. */
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
bool str_eq_nocase(struct str a, struct str b); /* these two: ASCII letters only */
bool str_is_nocase(struct str a, const char *b);
bool str_starts(struct str a, const char *prefix);
bool str_ends(struct str a, const char *ending);

/* Byte order: negative, 0 or positive as a comes before b, is b, or comes after it. */
int str_order(struct str a, struct str b);

/* Sorts the list in byte order and removes duplicates. Returns how many are left. */
size_t str_sort_unique(struct str *list, size_t n);

/* Cuts *rest at the first c: returns the part before it, and *rest becomes the part after it.
 * Without c, returns all, and *rest becomes empty with p NULL. */
struct str str_cut(struct str *rest, char c);

/* s without blanks and tabs at both ends. */
struct str str_trim(struct str s);

/* s without blanks, newlines and other control characters (bytes up to 0x20, NUL too) at both
 * ends. */
struct str str_trim_controls(struct str s);

bool str_has(struct str s, char c);

/* Is it well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms, at most U+10FFFF? */
bool str_is_utf8(struct str s);

/* Bytes of the well-formed sequence at the beginning of s, which must not be empty; 0: there is
 * none. */
size_t str_utf8_first(struct str s);

/* A copy as a C string. The caller has checked that s contains no NUL. */
char *str_dup(struct arena *a, struct str s);

/* Reads a number. False: empty, something else than decimal digits, or above INT64_MAX. */
bool str_to_int64(struct str s, long long *out);

#endif
