/* buf.c: see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"

void
buf_init(struct buf *b, struct arena *a, size_t limit)
{
	memset(b, 0, sizeof(*b));
	b->arena = a;
	b->limit = limit;
}

/* Makes space for n bytes and a NUL. False: they would exceed the limit. The size doubles, so
 * that the cost of copying stays proportional to the text. */
static bool
buf_reserve(struct buf *b, size_t n)
{
	size_t size = b->size == 0 ? 256 : b->size;

	if (b->full || n > b->limit - b->n) {
		b->full = true;
		return false;
	}
	if (b->size > b->n + n)
		return true;
	while (size <= b->n + n)
		size *= 2;
	b->p = arena_extend(b->arena, b->p, b->size, size);
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
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	must_succeed(n >= 0, "vsnprintf");
	if (!buf_reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
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
