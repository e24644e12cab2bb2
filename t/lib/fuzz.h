/* fuzz.h: a parser that must survive any bytes.
 *
 *	#include "lib/fuzz.h"
 *
 *	void
 *	fuzz(struct arena *a, struct str input) { ... CHECK(...); }
 *
 * Each program is a test, whose main() is in fuzz.c: it runs every file of t/data/fuzz/NAME
 * once, where NAME is its own, or the files that are its arguments. Configured with
 * --enable-fuzzers (CC=clang) it is a libFuzzer target instead: "make fuzz" runs all of
 * them. An input that found a bug is added to the seeds. */
#ifndef LIB_FUZZ_H
#define LIB_FUZZ_H

#include "base/arena.h"
#include "base/str.h"

/* The program's own: called with each input, whose memory ends with its last byte, and an
 * arena that is freed afterwards. */
void fuzz(struct arena *a, struct str input);

/* What must hold for any input. */
#define CHECK(condition) \
	do { \
		if (!(condition)) \
			fuzz_fail(__FILE__, __LINE__, #condition); \
	} while (0)

_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

#endif
