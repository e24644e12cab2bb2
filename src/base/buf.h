/* buf.h: a text that grows in an arena, up to a limit.
 *
 * An addition that would exceed the limit is not made and sets `full`; then all later
 * additions are ignored too. So a writer need not check each addition: the caller checks
 * `full` at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct buf {
	struct arena *arena;
	char *p;      /* n bytes and a NUL; NULL until something is added */
	size_t n;     /* bytes used */
	size_t size;  /* bytes allocated */
	size_t limit; /* maximum of n */
	bool full;    /* an addition did not fit */
};

/* limit: bytes. The text that is added must not be a part of the buffer itself, because its
 * memory moves. */
void buf_init(struct buf *b, struct arena *a, size_t limit);
void buf_add(struct buf *b, const char *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The text; valid until the next addition. */
struct str buf_str(const struct buf *b);

/* A destination for text. write() returns false if no more is accepted. */
struct sink {
	bool (*write)(void *arg, const char *p, size_t n);
	void *arg;
};

struct sink buf_sink(struct buf *b);

#endif
