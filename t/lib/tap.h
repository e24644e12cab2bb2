/* tap.h: the Test Anything Protocol for tests in C.
 *
 *	ok(n == 3, "three rows");
 *	is_str(got, "want", "the name");
 *	return done_testing(); */
#ifndef LIB_TAP_H
#define LIB_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Elements of an array. */
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define ok(pass, ...) tap_ok((pass), __FILE__, __LINE__, __VA_ARGS__)

#define is_str(got, want, ...) \
	do { \
		const char *got_ = (got), *want_ = (want); \
		(void)tap_is_str(got_, want_, __FILE__, __LINE__, __VA_ARGS__); \
	} while (0)

#define is_int(got, want, ...) \
	do { \
		long long got_ = (long long)(got), want_ = (long long)(want); \
		(void)tap_is_int(got_, want_, __FILE__, __LINE__, __VA_ARGS__); \
	} while (0)

/* A call that returns -1 when it fails, and without which there is nothing to test. */
#define set_up(call) \
	do { \
		if ((call) == -1) \
			bail_out(#call); \
	} while (0)

/* Ends the whole test; errno says why. */
_Noreturn void bail_out(const char *what);

/* Prints the plan; what main() returns. */
int done_testing(void);

/* Two strings, each of which may be NULL. */
bool tap_same(const char *a, const char *b);

bool tap_ok(bool pass, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool tap_is_str(const char *got, const char *want, const char *file, int line,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
bool tap_is_int(long long got, long long want, const char *file, int line,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
