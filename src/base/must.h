/* must.h: calls that fail only if memory has run out.
 *
 * A request cannot continue without memory, and even handling the error would need some. So
 * the process writes one line to standard error and aborts; the master replaces it, and
 * nothing that was acknowledged is lost. What can fail for other reasons (a file, a peer, a
 * document) returns an error instead: see err.h. */
#ifndef BASE_MUST_H
#define BASE_MUST_H

#include <stdbool.h>
#include <stddef.h>

/* n elements of `size` bytes each, all zeros; never NULL, even if n is 0. The caller frees
 * them with free(3). */
void *must_alloc(size_t n, size_t size)
    __attribute__((malloc, returns_nonnull, warn_unused_result));

/* Returns p, or aborts if it is NULL. For the results of malloc(3), strdup(3) and the
 * constructors of libraries. */
void *must_have(void *p) __attribute__((returns_nonnull));

/* Writes the name of the call that failed and aborts. */
_Noreturn void must_fail(const char *call);

/* Aborts unless ok, which is the success of a call that can only fail without memory or
 * without random numbers. */
static inline void
must_succeed(bool ok, const char *call)
{
	if (!ok)
		must_fail(call);
}

#endif
