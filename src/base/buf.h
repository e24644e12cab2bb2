/* buf.h: text that grows, in an arena, up to a limit given at its birth.
 * What would pass the limit is not written and `full` is set, once and for all:
 * a writer need not look at each step, its caller looks at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct buf {
	struct arena *arena;
	char *p;      /* NUL behind the n bytes; NULL while nothing was added */
	size_t n;     /* bytes in use */
	size_t size;  /* bytes to hand */
	size_t limit; /* n never passes it */
	bool full;    /* something did not fit */
};

/* What is added must not be a part of the buffer itself, whose memory moves. */
void buf_init(struct buf *b, struct arena *a, size_t limit);
void buf_add(struct buf *b, const char *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What is in it; valid until the next call that adds. */
struct str buf_str(const struct buf *b);

/* Where written text goes. write returns false when nobody wants more. */
struct sink {
	bool (*write)(void *arg, const char *p, size_t n);
	void *arg;
};

struct sink buf_sink(struct buf *b);

#endif
