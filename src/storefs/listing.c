/* listing.c: see listing.h. */
#include "storefs/listing.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "storefs/io.h"

#define HELD (2 * LISTING_PAGE)

struct page {
	char *names[HELD];
	size_t n;
	bool cut; /* names were dropped at its end */
	const char *after;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Leaves the LISTING_PAGE smallest, in order. */
static void
shrink(struct page *p)
{
	qsort(p->names, p->n, sizeof(p->names[0]), by_name);
	while (p->n > LISTING_PAGE) {
		free(p->names[--p->n]);
		p->cut = true;
	}
}

static bool
is_name(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static bool
collect_name(void *arg, const char *name)
{
	struct page *p = arg;

	if (strcmp(name, p->after) <= 0)
		return true;
	if (p->n == HELD)
		shrink(p);
	p->names[p->n++] = must_have(strdup(name));
	return true;
}

static void
hand_over(struct page *p, struct arena *a, struct listing *out)
{
	size_t i;

	out->names = arena_alloc(a, (p->n + 1) * sizeof(*out->names));
	out->n = p->n;
	out->last = !p->cut;
	for (i = 0; i < p->n; i++) {
		out->names[i] = arena_strdup(a, p->names[i]);
		free(p->names[i]);
	}
}

/* *d is NULL where there is no such directory. */
static enum result
open_listing(const struct store *st, const char *dir, DIR **d, struct err *err)
{
	enum result r = io_open_dir(st, dir, d, err);

	return r == RC_NOT_FOUND ? RC_OK : r;
}

enum result
listing_each(const struct store *st, const char *dir,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err)
{
	struct dirent *e;
	DIR *d;
	enum result r = open_listing(st, dir, &d, err);

	if (d == NULL)
		return r;
	while ((e = readdir(d)) != NULL)
		if (is_name(e) && !visit(arg, e->d_name))
			break;
	(void)closedir(d);
	return RC_OK;
}

enum result
listing_page(const struct store *st, struct arena *a, struct listing_from from,
    struct listing *out, struct err *err)
{
	struct page *p = must_alloc(1, sizeof(*p));
	enum result r;

	p->after = from.after == NULL ? "" : from.after;
	r = listing_each(st, from.dir, collect_name, p, err);
	shrink(p);
	hand_over(p, a, out);
	free(p);
	return r;
}

enum result
listing_in_order(const struct store *st, struct listing_from from,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err)
{
	struct arena *a = arena_new();
	struct listing page = {.last = false};
	char last[NAME_MAX + 1] = "";
	bool more = true;
	enum result r = RC_OK;
	size_t i;

	if (from.after != NULL)
		(void)snprintf(last, sizeof(last), "%s", from.after);
	from.after = last;
	while (r == RC_OK && more && !page.last) {
		arena_clear(a);
		r = listing_page(st, a, from, &page, err);
		for (i = 0; more && i < page.n; i++)
			more = visit(arg, page.names[i]);
		if (page.n > 0)
			(void)snprintf(
			    last, sizeof(last), "%s", page.names[page.n - 1]);
	}
	arena_free(a);
	return r;
}

struct sweep {
	enum result (*sweep_one)(void *arg, const char *name, struct err *err);
	void *arg;
	enum result first; /* failure */
	struct err *err;
};

static bool
sweep_name(void *arg, const char *name)
{
	struct sweep *s = arg;
	struct err why;
	enum result r = s->sweep_one(s->arg, name, &why);

	if (r != RC_OK && r != RC_NOT_FOUND && s->first == RC_OK) {
		s->first = r;
		*s->err = why;
	}
	return true;
}

enum result
listing_sweep(const struct store *st, const char *dir,
    enum result (*sweep_one)(void *arg, const char *name, struct err *err),
    void *arg, struct err *err)
{
	struct err why;
	struct sweep s = {sweep_one, arg, RC_OK, err};
	enum result r = listing_in_order(
	    st, (struct listing_from){.dir = dir}, sweep_name, &s, &why);

	if (r == RC_OK || s.first != RC_OK)
		return s.first;
	*err = why;
	return r;
}

static bool
see_any(void *arg, const char *name)
{
	bool *any = arg;

	(void)name;
	*any = true;
	return false;
}

enum result
listing_any(const struct store *st, const char *dir, bool *any, struct err *err)
{
	*any = false;
	return listing_each(st, dir, see_any, any, err);
}
