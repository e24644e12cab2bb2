/* arena.h: memory that lives as long as a request.
 *
 * A request takes all its memory from its arena, and the arena is freed as a whole: there is
 * no free() for a single piece. Descriptors, guards and objects of libraries are registered
 * with arena_defer() and released with the arena, the latest first. A parameter
 * `struct arena *` says how long a result lives. Temporary memory in a loop comes from an
 * arena of its own (`scratch`), which is cleared in each round, so that the memory of the
 * request does not grow with the number of rounds.
 *
 * An arena belongs to one thread. If memory runs out, the process ends with a line on
 * standard error: the master replaces it, and nothing that was acknowledged is lost. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);

/* Runs the deferred calls and frees all memory. a may be NULL. */
void arena_free(struct arena *a);

/* The same, but keeps the arena (and its first block) for the next request. */
void arena_clear(struct arena *a);

/* Bytes of memory that the arena has allocated, used or not. For tests of the memory that a
 * call needs. */
size_t arena_held(const struct arena *a);

/* n bytes of zeros, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);

/* A piece of n bytes that begins with the `old` bytes of p. p must come from
 * arena_alloc(a, old) or from this function; it is invalid afterwards. p may be NULL if old
 * is 0. n must be more than old. The new bytes are undefined. A large piece is usually not
 * copied. */
void *arena_extend(struct arena *a, void *p, size_t old, size_t n);

/* A copy of the n bytes at p, with a NUL after them. */
char *arena_strndup(struct arena *a, const char *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);

char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Calls fn(arg) when the arena is cleared or freed. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

/* The arg of the last arena_defer() of fn that has not run yet; NULL: there is none. */
void *arena_deferred(const struct arena *a, void (*fn)(void *));

#endif
