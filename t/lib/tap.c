/* tap.c: see tap.h. */
#include "lib/tap.h"

#include <errno.h>
#include <stdarg.h>

static int points, failed;

_Noreturn void
bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

int
done_testing(void)
{
	printf("1..%d\n", points);
	return failed == 0 ? 0 : 1;
}

bool
tap_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

__attribute__((format(printf, 4, 0))) static bool
print_point(bool pass, const char *file, int line, const char *fmt, va_list ap)
{
	points++;
	if (!pass)
		failed++;
	printf("%sok %d - ", pass ? "" : "not ", points);
	vprintf(fmt, ap);
	printf("\n");
	if (!pass)
		printf("# at %s:%d\n", file, line);
	(void)fflush(stdout);
	return pass;
}

bool
tap_ok(bool pass, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)print_point(pass, file, line, fmt, ap);
	va_end(ap);
	return pass;
}

bool
tap_is_str(const char *got, const char *want, const char *file, int line,
    const char *fmt, ...)
{
	bool pass = tap_same(got, want);
	va_list ap;

	va_start(ap, fmt);
	(void)print_point(pass, file, line, fmt, ap);
	va_end(ap);
	if (!pass)
		printf("#  got: %s\n# want: %s\n", got ? got : "(null)",
		    want ? want : "(null)");
	return pass;
}

bool
tap_is_int(
    long long got, long long want, const char *file, int line, const char *fmt, ...)
{
	bool pass = got == want;
	va_list ap;

	va_start(ap, fmt);
	(void)print_point(pass, file, line, fmt, ap);
	va_end(ap);
	if (!pass)
		printf("#  got: %lld\n# want: %lld\n", got, want);
	return pass;
}
