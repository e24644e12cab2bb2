/* unit-test.h: what the tests of the pure rooms share: an arena for each test, and
 * text that may hold any byte. */
#ifndef UNIT_TEST_H
#define UNIT_TEST_H

#include <stdlib.h>

#include "base/arena.h"
#include "base/str.h"
#include "tap.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* A literal with the NULs that it holds, in a table too. */
#define LIT(s) \
	{ \
		s, sizeof(s) - 1 \
	}
#define TEXT(s) ((struct str)LIT(s))

static struct arena *arena; /* of the running test */

/* s as the log of a test may show it: "\x00" for what is not printable. */
static inline const char *
printable(struct str s)
{
	char *out = arena_alloc(arena, s.n * 4 + 1), *p = out;
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] >= ' ' && s.p[i] <= '~' && s.p[i] != '\\')
			*p++ = s.p[i];
		else
			p += snprintf(p, 5, "\\x%02x", (unsigned char)s.p[i]);
	return out;
}

#define is_text(got, literal, ...) \
	is_str(printable(got), printable(TEXT(literal)), __VA_ARGS__)

/* s in memory that ends with it: a sanitizer sees who reads on. */
static inline struct str
exact_copy(struct str s)
{
	char *copy = malloc(s.n == 0 ? 1 : s.n);

	if (copy == NULL)
		abort();
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	arena_defer(arena, free, copy);
	return str_make(copy, s.n);
}

/* n times the byte c. */
static inline struct str
repeated(char c, size_t n)
{
	return str_make(memset(arena_alloc(arena, n + 1), c, n), n);
}

static inline int
run_tests(void (*const tests[])(void), size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		arena = arena_new();
		tests[i]();
		arena_free(arena);
	}
	return done_testing();
}

#endif
