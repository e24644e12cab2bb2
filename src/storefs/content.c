/* content.c: see store/content.h and content.h. */
#include "storefs/content.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "storefs/io.h"

struct content {
	const char *path; /* below the store's directory, without symbolic links */
	uint64_t size;
};

const struct content *
content_make(struct arena *a, const char *path, uint64_t size)
{
	struct content *c = arena_alloc(a, sizeof(*c));

	c->path = path;
	c->size = size;
	return c;
}

const char *
content_path(const struct content *c)
{
	return c->path;
}

uint64_t
store_content_size(const struct content *c)
{
	return c->size;
}

const char *
store_content_uri(const struct content *c)
{
	return c->path;
}

bool
store_content_is_same(
    const struct store *st, const struct content *x, const struct content *y)
{
	struct err ignored;
	struct stat a, b;

	return io_stat_file(st, x->path, &a, &ignored) == RC_OK &&
	       io_stat_file(st, y->path, &b, &ignored) == RC_OK &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* ---- readers ---- */

struct store_reader {
	int fd;
	uint64_t size;
	uint64_t at; /* where the next store_reader_read() begins */
};

static void
close_reader(void *arg)
{
	const struct store_reader *r = arg;

	io_close(r->fd);
}

enum result
content_open_file(const struct store *st, struct arena *a, const char *path,
    struct store_reader **out, struct err *err)
{
	struct store_reader *r = arena_alloc(a, sizeof(*r));
	struct io_file file;
	enum result opened = io_open_file(st, path, O_RDONLY, &file, err);

	if (opened != RC_OK)
		return opened;
	arena_defer(a, close_reader, r);
	r->fd = file.fd;
	r->size = (uint64_t)file.sb.st_size;
	*out = r;
	return RC_OK;
}

enum result
store_content_open(const struct store *st, struct arena *a, const struct content *c,
    struct store_reader **out, struct err *err)
{
	return content_open_file(st, a, c->path, out, err);
}

uint64_t
store_reader_size(const struct store_reader *r)
{
	return r->size;
}

ssize_t
store_reader_read(void *arg, void *p, size_t n)
{
	struct store_reader *r = arg;
	ssize_t k = io_read_at(r->fd, p, n, r->at);

	if (k > 0)
		r->at += (uint64_t)k;
	return k;
}

ssize_t
store_reader_read_at(const struct store_reader *r, void *p, size_t n, uint64_t at)
{
	return io_read_at(r->fd, p, n, at);
}

void
store_reader_rewind(struct store_reader *r)
{
	r->at = 0;
}
