/* tap.h: the Test Anything Protocol for tests in C.
 *
 *	ok(n == 3, "three rows");
 *	is_str(got, "want", "the name");
 *	return done_testing(); */
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_run, tap_failed;

__attribute__((format(printf, 4, 5))) static inline bool
tap_ok(bool pass, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	tap_run++;
	if (!pass)
		tap_failed++;
	printf("%sok %d - ", pass ? "" : "not ", tap_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!pass)
		printf("# at %s:%d\n", file, line);
	fflush(stdout);
	return pass;
}

#define ok(pass, ...) tap_ok((pass), __FILE__, __LINE__, __VA_ARGS__)

static inline bool
tap_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

#define is_str(got, want, ...) \
	do { \
		const char *got_ = (got), *want_ = (want); \
		if (!tap_ok( \
			tap_same(got_, want_), __FILE__, __LINE__, __VA_ARGS__)) \
			printf("#  got: %s\n# want: %s\n", got_ ? got_ : "(null)", \
			    want_ ? want_ : "(null)"); \
	} while (0)

#define is_int(got, want, ...) \
	do { \
		long long got_ = (long long)(got), want_ = (long long)(want); \
		if (!tap_ok(got_ == want_, __FILE__, __LINE__, __VA_ARGS__)) \
			printf("#  got: %lld\n# want: %lld\n", got_, want_); \
	} while (0)

/* A step without which there is nothing to test. */
#define set_up(call) \
	do { \
		if ((call) == -1) { \
			printf("Bail out! %s: %s\n", #call, strerror(errno)); \
			exit(1); \
		} \
	} while (0)

static inline int
done_testing(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed == 0 ? 0 : 1;
}

#endif
