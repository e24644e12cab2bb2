/* unit.c: see unit.h. */
#include "lib/unit.h"

#include <stdlib.h>

const char *
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

struct str
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

struct str
repeated(char c, size_t n)
{
	return str_make(memset(arena_alloc(arena, n + 1), c, n), n);
}

int
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
