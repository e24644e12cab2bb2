/* bench.h: what each program here needs: an end with a message, a clock, random bytes. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>

/* Writes the message and a line end to standard error, and exits with 1. */
_Noreturn void bench_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Seconds since some moment in the past; never steps back. */
double bench_seconds(void);

/* Writes n bytes that go on where the last call with this state stopped. Each state that a
 * caller starts with gives other bytes (splitmix64). */
void bench_random(void *to, size_t n, uint64_t *state);

#endif
