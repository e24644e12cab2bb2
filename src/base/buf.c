/* buf.c: see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <string.h>

void
buf_init(struct buf *b, struct arena *a, size_t limit)
{
	memset(b, 0, sizeof(*b));
	b->arena = a;
	b->limit = limit;
}

static bool
buf_reserve(struct buf *b, size_t n)
{
	size_t size = b->size == 0 ? 256 : b->size;
	char *p;

	if (b->full || n > b->limit - b->n) {
		b->full = true;
		return false;
	}
	if (b->size > b->n + n)
		return true;
	while (size <= b->n + n)
		size *= 2;
	p = arena_alloc(b->arena, size);
	if (b->n > 0)
		memcpy(p, b->p, b->n);
	b->p = p;
	b->size = size;
	return true;
}

void
buf_add(struct buf *b, const char *p, size_t n)
{
	if (!buf_reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_adds(b, arena_vprintf(b->arena, fmt, ap));
	va_end(ap);
}

struct str
buf_str(const struct buf *b)
{
	return str_make(b->n == 0 ? "" : b->p, b->n);
}

static bool
buf_write(void *arg, const char *p, size_t n)
{
	struct buf *b = arg;

	buf_add(b, p, n);
	return !b->full;
}

struct sink
buf_sink(struct buf *b)
{
	struct sink s = {buf_write, b};

	return s;
}
