/* must.h: calls that fail only when memory has run out, or not at all.
 *
 * A request cannot go on without memory, and unwinding would need some. So the process
 * writes one line to standard error and aborts; the master replaces it, and nothing that
 * was acknowledged depends on it. What the world can make fail (a file, a peer, a
 * document) is an error value instead: see err.h. */
#ifndef BASE_MUST_H
#define BASE_MUST_H

#include <stdbool.h>
#include <stddef.h>

/* n elements of `size` bytes each, all zeros; never NULL, for none either. The caller
 * frees them with free(3). */
void *must_alloc(size_t n, size_t size)
    __attribute__((malloc, returns_nonnull, warn_unused_result));

/* Returns p. NULL means that memory has run out. Around malloc(3), strdup(3) and a
 * library's constructors. */
void *must_have(void *p) __attribute__((returns_nonnull));

/* Writes the name of the call that failed and aborts. */
_Noreturn void must_fail(const char *call);

/* ok is the success of a call that fails only without memory or random numbers. */
static inline void
must_succeed(bool ok, const char *call)
{
	if (!ok)
		must_fail(call);
}

#endif
