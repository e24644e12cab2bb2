/* listing.c: see listing.h. */
#include "store/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/io.h"

#define HELD (2 * LISTING_PAGE)

struct page {
	char *names[HELD];
	size_t n;
	bool cut; /* names were dropped at its end */
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

static void
collect(DIR *d, const char *after, struct page *p)
{
	struct dirent *e;

	while ((e = readdir(d)) != NULL) {
		if (!is_name(e) || strcmp(e->d_name, after) <= 0)
			continue;
		if (p->n == HELD)
			shrink(p);
		p->names[p->n] = strdup(e->d_name);
		if (p->names[p->n++] == NULL)
			abort();
	}
	shrink(p);
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
	int fd = openat(
	    st->root, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	*d = fd == -1 ? NULL : fdopendir(fd);
	if (*d != NULL)
		return RC_OK;
	if (fd != -1)
		(void)close(fd);
	if (errno == ENOENT || errno == ENOTDIR)
		return RC_OK;
	return io_failed(err, "opendir", dir);
}

enum result
listing_page(const struct store *st, struct arena *a, const char *dir,
    const char *after, struct listing *out, struct err *err)
{
	struct page *p;
	DIR *d;
	enum result r = open_listing(st, dir, &d, err);

	memset(out, 0, sizeof(*out));
	out->last = true;
	if (d == NULL)
		return r;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		abort();
	collect(d, after, p);
	hand_over(p, a, out);
	free(p);
	(void)closedir(d);
	return RC_OK;
}

enum result
listing_any(const struct store *st, const char *dir, bool *any, struct err *err)
{
	struct dirent *e;
	DIR *d;
	enum result r = open_listing(st, dir, &d, err);

	*any = false;
	if (d == NULL)
		return r;
	while (!*any && (e = readdir(d)) != NULL)
		*any = is_name(e);
	(void)closedir(d);
	return RC_OK;
}
