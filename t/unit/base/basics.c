/* basics.c: memory, text that grows, results, time. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fnv.h"
#include "base/shared.h"
#include "lib/unit.h"

/* ---- arena ---- */

static struct buf trail; /* what deferred calls left, in their order */

static void
leave(void *arg)
{
	buf_adds(&trail, arg);
}

static void
leave_later(struct arena *a, const char *text)
{
	arena_defer(a, leave, arena_strdup(a, text));
}

static void
leave_more_later(void *arg)
{
	leave_later(arg, "more");
}

static void
test_arena_defer(void)
{
	struct arena *a = arena_new();

	buf_init(&trail, arena, 100);
	leave_later(a, "1");
	leave_later(a, "2");
	(void)arena_alloc(a, 100000);
	leave_later(a, "3");
	arena_clear(a);
	is_text(buf_str(&trail), "321", "the youngest is called first");
	arena_clear(a);
	is_text(buf_str(&trail), "321", "and never again");
	leave_later(a, "0");
	arena_defer(a, leave_more_later, a);
	arena_free(a);
	is_text(buf_str(&trail), "321more0", "a deferred call may defer another");
	arena_free(NULL);
}

static void
test_arena_memory(void)
{
	static const size_t sizes[] = {
	    1, 15, 16, 17, 8175, 8191, 8192, 8193, 1, 100000, 7, 1 << 20, 3};
	struct arena *a = arena_new();
	unsigned char *p[COUNT(sizes)];
	size_t i, k, crooked = 0, dirty = 0, mixed = 0;
	int round;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < COUNT(sizes); i++) {
			p[i] = arena_alloc(a, sizes[i]);
			crooked += (uintptr_t)p[i] % _Alignof(max_align_t) != 0;
			for (k = 0; k < sizes[i]; k++)
				dirty += p[i][k] != 0;
			memset(p[i], (int)i + 1, sizes[i]);
		}
		for (i = 0; i < COUNT(sizes); i++)
			for (k = 0; k < sizes[i]; k++)
				mixed += p[i][k] != i + 1;
		arena_clear(a);
	}
	is_int(crooked, 0, "aligned for any type");
	is_int(dirty, 0, "zeros, also where memory is used again");
	is_int(mixed, 0, "nobody has a part of another's");
	ok(arena_alloc(a, 1) == (void *)p[0], "the first block is kept");
	arena_free(a);
}

/* A text that grows keeps its bytes, whatever else the arena gave meanwhile. */
static void
test_arena_extend(void)
{
	struct arena *a = arena_new();
	unsigned char *one = NULL, *two = NULL, *other;
	size_t n, i, wrong = 0;

	for (n = 1; n <= (size_t)4 << 20; n *= 2) {
		one = arena_extend(a, one, n / 2, n);
		two = arena_extend(a, two, n / 2, n);
		other = arena_alloc(a, n);
		memset(other, 3, n);
		memset(one + n / 2, 1, n - n / 2);
		memset(two + n / 2, 2, n - n / 2);
	}
	for (i = 0; i < n / 2; i++)
		wrong += one[i] != 1 || two[i] != 2;
	is_int(wrong, 0, "two pieces grow next to each other");
	arena_clear(a);
	one = arena_alloc(a, 1 << 20);
	for (i = 0; i < 1 << 20; i++)
		wrong += one[i] != 0;
	is_int(wrong, 0, "a large piece is zeros, too");
	arena_free(a);
}

/* Of this process, in KiB. */
static inline long
resident(void)
{
	char text[64] = "";
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (f == NULL || fgets(text, sizeof(text), f) == NULL ||
	    sscanf(text, "%*d %ld", &pages) != 1)
		return -1;
	(void)fclose(f);
	return pages * sysconf(_SC_PAGESIZE) / 1024;
}

/* A text costs what is in it, not all that it outgrew; and nothing once it is gone. */
static void
test_memory_goes_back(void)
{
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed */
	struct arena *a = arena_new();
	long before = resident(), full;
	struct buf b;
	int i;

	buf_init(&b, a, (size_t)33 << 20);
	for (i = 0; i < 33 << 10; i++)
		buf_printf(&b, "%01024d", i);
	full = resident() - before;
	ok(b.n == (size_t)33 << 20 && full < 45 << 10,
	    "a text of 33 MiB: %ld KiB more", full);
	arena_clear(a);
	ok(resident() - before < 4 << 10, "given back: %ld KiB more",
	    resident() - before);
	arena_free(a);
#endif
}

static void
test_arena_text(void)
{
	char *s;

	is_text(str_make(arena_strndup(arena, "a\0b/", 3), 4), "a\0b\0",
	    "strndup copies n bytes and puts a NUL after them");
	is_str(arena_strndup(arena, NULL, 0), "", "strndup of nothing");
	is_str(arena_printf(arena, "%s-%03d", "x", 7), "x-007", "printf");
	s = arena_printf(arena, "%0100000d!", 0);
	ok(strlen(s) == 100001 && s[100000] == '!', "printf of 100,001 bytes");
}

/* Sums of sizes that wrap around must not end as a small block. */
static void
test_arena_absurd(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)arena_alloc(arena, SIZE_MAX - 3);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
	    "all of the memory there can be: the process ends");
}

/* ---- buf ---- */

static void
test_buf_limit(void)
{
	struct buf b;

	buf_init(&b, arena, 5);
	is_text(buf_str(&b), "", "empty at first");
	ok(buf_str(&b).p != NULL, "but never NULL");
	buf_adds(&b, "1234");
	buf_addc(&b, '5');
	buf_add(&b, NULL, 0);
	ok(!b.full, "up to its limit it takes all");
	is_str(b.p, "12345", "with a NUL after them");
	buf_addc(&b, '6');
	ok(b.full, "a byte more and it is full");
	is_text(buf_str(&b), "12345", "what passes the limit is left out");

	buf_init(&b, arena, 5);
	buf_adds(&b, "123456");
	ok(b.full && b.n == 0, "a piece is taken whole or not at all");
	buf_addc(&b, '1');
	ok(b.full && b.n == 0, "once full it stays full");

	buf_init(&b, arena, 0);
	buf_adds(&b, "");
	ok(!b.full, "nothing fits into nothing");
	buf_addc(&b, '\0');
	ok(b.full, "a byte does not");

	buf_init(&b, arena, 5);
	buf_printf(&b, "%d", 12345);
	ok(!b.full && str_is(buf_str(&b), "12345"), "printf up to the limit");
	buf_init(&b, arena, 5);
	buf_printf(&b, "%d", 123456);
	ok(b.full && b.n == 0, "printf past it");
}

static void
test_buf_growth(void)
{
	struct str text = repeated('x', 1 << 16);
	struct buf b;
	size_t i, wrong = 0;

	buf_init(&b, arena, 2000);
	for (i = 0; i < 2000; i++) {
		buf_addc(&b, (char)(i % 251));
		wrong += b.n != i + 1 || b.p[b.n] != '\0' || b.size <= b.n;
	}
	for (i = 0; i < 2000; i++)
		wrong += b.p[i] != (char)(i % 251);
	is_int(wrong, 0, "byte by byte, a NUL after each");
	buf_init(&b, arena, SIZE_MAX);
	buf_addc(&b, '-');
	buf_add(&b, text.p, text.n);
	ok(b.n == text.n + 1 && memcmp(b.p + 1, text.p, text.n) == 0,
	    "a large piece after a small one");
}

static void
test_buf_sink(void)
{
	struct buf b;
	struct sink sink = buf_sink(&b);

	buf_init(&b, arena, 3);
	ok(sink.write(sink.arg, "abc", 3), "a sink goes on while there is room");
	ok(!sink.write(sink.arg, "d", 1), "and stops when there is none");
	ok(!sink.write(sink.arg, "", 0), "for good");
	is_text(buf_str(&b), "abc", "it wrote into the buf");
}

/* ---- err, clock ---- */

static void
test_err(void)
{
	int r, k, same = 0, nameless = 0;

	errno = ENOENT;
	is_int(
	    err_set(&err, RC_IO, "open %s: %m", "x"), RC_IO, "returns the result");
	is_str(err.text, "open x: No such file or directory", "and says why");
	(void)err_set(&err, RC_IO, "%0500d", 0);
	is_str(err.text, repeated('0', sizeof(err.text) - 1).p,
	    "as much as there is room");
	for (r = 0; r < RC_MAX; r++) {
		if (err_name((enum result)r) == NULL) {
			nameless++;
			continue;
		}
		for (k = 0; k < r; k++)
			same += strcmp(err_name((enum result)k),
				    err_name((enum result)r)) == 0;
	}
	is_int(nameless, 0, "each result has a name");
	is_int(same, 0, "and no two have the same");
	is_str(err_name(RC_BAD_JSON), "bad_json", "a name");
	is_str(err_name(RC_MAX), "unknown", "past the last");
	is_str(err_name((enum result) - 1), "unknown", "before the first");
}

static void
test_clock_http(void)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
	    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* RFC 9110 */
	    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
	    {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
	    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
	    {951868800, "Wed, 01 Mar 2000 00:00:00 GMT"},
	    {1078012800, "Sun, 29 Feb 2004 00:00:00 GMT"},
	    {1400116767, "Thu, 15 May 2014 01:19:27 GMT"},
	    {1735689599, "Tue, 31 Dec 2024 23:59:59 GMT"},
	    {2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
	    {4107542399, "Sun, 28 Feb 2100 23:59:59 GMT"},
	    {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
	    {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
	};
	char out[CLOCK_HTTP_SIZE], want[64];
	int64_t day, wrong = 0;
	size_t i;

	(void)setenv("TZ", "Asia/Tokyo", 1);
	for (i = 0; i < COUNT(rows); i++) {
		clock_http(rows[i].seconds, out);
		is_str(out, rows[i].text, "row %zu", i);
	}
	for (day = 0; day < 366; day++) { /* the C locale's names are HTTP's */
		time_t t = (time_t)(1704067200 + day * 86400);

		(void)strftime(
		    want, sizeof(want), "%a, %d %b %Y %H:%M:%S GMT", gmtime(&t));
		clock_http(t, out);
		wrong += strcmp(out, want) != 0;
	}
	is_int(wrong, 0, "every day of a leap year");
}

static int64_t
milliseconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
test_clock(void)
{
	int64_t seconds = time(NULL), from = milliseconds(), now, ticks;

	now = clock_now();
	ok(now >= seconds && now <= time(NULL), "now");
	ticks = clock_ticks();
	ok(ticks >= from && ticks <= milliseconds(), "ticks are milliseconds");
	clock_sleep_ms(3);
	ok(clock_ticks() - ticks >= 2, "sleeping takes time");
}

/* Vectors of draft-eastlake-fnv, appendix C. */
static void
test_fnv(void)
{
	uint64_t h = fnv_add(FNV_START, "foo", 3);

	ok(fnv_add(FNV_START, NULL, 0) == 0xcbf29ce484222325u, "no bytes");
	ok(fnv_add(FNV_START, "a", 1) == 0xaf63dc4c8601ec8cu, "one byte");
	ok(fnv_add(h, "bar", 3) == 0x85944171f73967e8u, "\"foobar\" in two pieces");
}

static void
test_shared(void)
{
	char *p = shared_alloc(2);
	pid_t child;

	if (p == NULL || (child = fork()) == -1)
		abort();
	if (child == 0) {
		p[1] = 'x';
		_exit(0);
	}
	(void)waitpid(child, NULL, 0);
	ok(p[0] == 0 && p[1] == 'x', "a child writes to shared memory");
	shared_free(p, 2);
	shared_free(NULL, 2);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_arena_defer, test_arena_memory,
	    test_arena_extend, test_arena_text, test_arena_absurd,
	    test_memory_goes_back, test_buf_limit, test_buf_growth, test_buf_sink,
	    test_err, test_clock_http, test_clock, test_fnv, test_shared};

	return run_tests(tests, COUNT(tests));
}
