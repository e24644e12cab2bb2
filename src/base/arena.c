/* arena.c: see arena.h.
 *
 * Small pieces are cut from blocks, each twice as large as the one before, up to LARGE. A
 * large piece has an allocation of its own, which malloc(3) takes from the system and
 * returns to it when it is freed (serve/worker.c sets the size from which it does so).
 * arena_clear() keeps the first block, so that a small request allocates nothing. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define BLOCK_SIZE ((size_t)8192)
#define LARGE \
	((size_t)128 << 10) /* bytes: the smallest large piece, the largest block */

struct block {
	struct block *next;
	size_t used, size;
	max_align_t data[];
};

struct large {
	struct large *next, *before;
	size_t size;
	max_align_t data[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *arg;
};

struct arena {
	struct block *blocks; /* the newest first */
	struct large *large;
	struct deferred *deferred; /* the latest first */
};

static struct block *
block_new(size_t size)
{
	struct block *b = must_have(malloc(sizeof(*b) + size));

	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

struct arena *
arena_new(void)
{
	struct arena *a = must_have(malloc(sizeof(*a)));

	a->blocks = block_new(BLOCK_SIZE);
	a->large = NULL;
	a->deferred = NULL;
	return a;
}

void
arena_clear(struct arena *a)
{
	struct block *b;
	struct large *l;

	while (a->deferred != NULL) {
		struct deferred *d = a->deferred;

		a->deferred = d->next;
		d->fn(d->arg);
	}
	while ((l = a->large) != NULL) {
		a->large = l->next;
		free(l);
	}
	while ((b = a->blocks)->next != NULL) {
		a->blocks = b->next;
		free(b);
	}
	b->used = 0;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_clear(a);
	free(a->blocks);
	free(a);
}

size_t
arena_held(const struct arena *a)
{
	const struct block *b;
	const struct large *l;
	size_t n = 0;

	for (b = a->blocks; b != NULL; b = b->next)
		n += sizeof(*b) + b->size;
	for (l = a->large; l != NULL; l = l->next)
		n += sizeof(*l) + l->size;
	return n;
}

/* The first block stays last in the list, so that arena_clear() keeps it. */
static struct block *
arena_grow(struct arena *a, size_t n)
{
	size_t size = 2 * a->blocks->size;
	struct block *b;

	while (size < n)
		size *= 2;
	b = block_new(size < LARGE ? size : LARGE);
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

static void *
link_large(struct arena *a, struct large *l)
{
	if (l->next != NULL)
		l->next->before = l;
	if (l->before != NULL)
		l->before->next = l;
	else
		a->large = l;
	return l->data;
}

/* calloc(3) does not write to memory that is new from the system, so the pages of a large
 * piece take no memory until they are used. */
static void *
alloc_large(struct arena *a, size_t n)
{
	struct large *l = must_have(calloc(1, sizeof(*l) + n));

	l->size = n;
	l->next = a->large;
	return link_large(a, l);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	struct block *b = a->blocks;
	char *p;

	must_succeed(n <= SIZE_MAX / 2, "arena_alloc");
	n = (n + align - 1) / align * align;
	if (n >= LARGE)
		return alloc_large(a, n);
	if (b->size - b->used < n)
		b = arena_grow(a, n);
	p = (char *)b->data + b->used;
	b->used += n;
	return memset(p, 0, n);
}

void *
arena_extend(struct arena *a, void *p, size_t old, size_t n)
{
	struct large *l;
	void *more;

	must_succeed(n <= SIZE_MAX / 2, "arena_extend");
	if (old >= LARGE) { /* p has an allocation of its own */
		l = (struct large *)(void *)((char *)p -
					     offsetof(struct large, data));
		l = must_have(realloc(l, sizeof(*l) + n));
		l->size = n;
		return link_large(a, l);
	}
	more = arena_alloc(a, n);
	if (old > 0)
		memcpy(more, p, old);
	return more;
}

char *
arena_strndup(struct arena *a, const char *p, size_t n)
{
	char *s = arena_alloc(a, n + 1);

	if (n > 0)
		memcpy(s, p, n);
	return s;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	must_succeed(n >= 0, "vsnprintf");
	s = arena_alloc(a, (size_t)n + 1);
	(void)vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

void
arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct deferred *d = arena_alloc(a, sizeof(*d));

	d->fn = fn;
	d->arg = arg;
	d->next = a->deferred;
	a->deferred = d;
}

void *
arena_deferred(const struct arena *a, void (*fn)(void *))
{
	const struct deferred *d = a->deferred;

	while (d != NULL && d->fn != fn)
		d = d->next;
	return d == NULL ? NULL : d->arg;
}
