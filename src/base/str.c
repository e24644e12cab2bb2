/* str.c: see str.h. */
#include "base/str.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct str
str_make(const char *p, size_t n)
{
	struct str s = {p, n};

	return s;
}

struct str
str_of(const char *s)
{
	return s == NULL ? str_make("", 0) : str_make(s, strlen(s));
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

bool
str_eq_nocase(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

bool
str_is_nocase(struct str a, const char *b)
{
	return str_eq_nocase(a, str_of(b));
}

bool
str_starts(struct str a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.n >= n && memcmp(a.p, prefix, n) == 0;
}

bool
str_ends(struct str a, const char *ending)
{
	size_t n = strlen(ending);

	return a.n >= n && memcmp(a.p + a.n - n, ending, n) == 0;
}

int
str_order(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int
compare(const void *a, const void *b)
{
	return str_order(*(const struct str *)a, *(const struct str *)b);
}

size_t
str_sort_unique(struct str *list, size_t n)
{
	size_t i, kept = 0;

	if (n > 0)
		qsort(list, n, sizeof(*list), compare);
	for (i = 0; i < n; i++)
		if (i == 0 || !str_eq(list[i], list[kept - 1]))
			list[kept++] = list[i];
	return kept;
}

struct str
str_cut(struct str *rest, char c)
{
	const char *at = rest->n == 0 ? NULL : memchr(rest->p, c, rest->n);
	struct str head = *rest;

	if (at == NULL) {
		*rest = str_make(NULL, 0);
		return head;
	}
	head.n = (size_t)(at - rest->p);
	rest->p = at + 1;
	rest->n -= head.n + 1;
	return head;
}

struct str
str_trim_controls(struct str s)
{
	while (s.n > 0 && (unsigned char)s.p[0] <= ' ')
		s = str_make(s.p + 1, s.n - 1);
	while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_make(s.p + 1, s.n - 1);
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

bool
str_has(struct str s, char c)
{
	return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

/* The limits of the second byte (RFC 3629, section 4) exclude overlong forms, surrogates and
 * what is above U+10FFFF. */
size_t
str_utf8_first(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char low = 0x80, high = 0xbf;
	size_t len, i;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (len > s.n)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

bool
str_is_utf8(struct str s)
{
	size_t at = 0, len;

	while (at < s.n) {
		len = str_utf8_first(str_make(s.p + at, s.n - at));
		if (len == 0)
			return false;
		at += len;
	}
	return true;
}

char *
str_dup(struct arena *a, struct str s)
{
	return arena_strndup(a, s.p, s.n);
}

bool
str_to_int64(struct str s, long long *out)
{
	long long v = 0;
	size_t i;

	if (s.n == 0)
		return false;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (v > (LLONG_MAX - (s.p[i] - '0')) / 10)
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = v;
	return true;
}
