/* arena.h: memory that lives as long as a request.
 *
 * Whatever a request needs is taken from its arena and given back with it, in
 * one go; nobody calls free(). What is not memory (a descriptor, a lock, a
 * library's object) hangs on the arena by arena_defer() and is closed then, the
 * youngest first. A parameter `struct arena *` says how long a result lives.
 *
 * An arena belongs to one thread. When memory is out the process ends with a
 * line on standard error: the master replaces it, and nothing that was
 * acknowledged depends on it. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);

/* Runs what was deferred and gives all memory back. NULL is fine. */
void arena_free(struct arena *a);

/* The same, but keeps the arena (and its first block) for the next request. */
void arena_clear(struct arena *a);

/* Bytes of memory that the arena holds now, used or not. For tests of what a call
 * costs. */
size_t arena_held(const struct arena *a);

/* n bytes of zeros, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);

/* A piece of n bytes that begins with the `old` bytes of p. p must come from
 * arena_alloc(a, old) or from this call, is invalid afterwards, and may be NULL if old
 * is 0; n is more than old. The bytes after the old ones are undefined. A large piece
 * is not copied. */
void *arena_extend(struct arena *a, void *p, size_t old, size_t n);

/* A copy of the n bytes at p, with a NUL behind them. */
char *arena_strndup(struct arena *a, const char *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);

char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Calls fn(arg) when the arena ends. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

/* The arg of the last arena_defer() of fn that has not run yet; NULL: there is none. */
void *arena_deferred(const struct arena *a, void (*fn)(void *));

#endif
