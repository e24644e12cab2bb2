/* unit.h: what the tests of single functions share: an arena for each test, and
 * text that may hold any byte. */
#ifndef LIB_UNIT_H
#define LIB_UNIT_H

#include <stddef.h>

#include "base/str.h"
#include "lib/fixture.h"
#include "lib/tap.h"

/* A literal with the NUL bytes that it holds, in a table too. */
#define LIT(s) \
	{ \
		s, sizeof(s) - 1 \
	}

#define TEXT(s) ((struct str)LIT(s))

/* The text as a line of TAP can show it: bytes that cannot be printed as "\x00". */
const char *printable(struct str s);

#define is_text(got, literal, ...) \
	is_str(printable(got), printable(TEXT(literal)), __VA_ARGS__)

/* A copy in memory that ends with it, so that a sanitizer reports a read past the end. */
struct str exact_copy(struct str s);

/* The byte c, n times. */
struct str repeated(char c, size_t n);

/* Runs each test with an arena of its own. */
int run_tests(void (*const tests[])(void), size_t n);

#endif
