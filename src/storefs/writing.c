/* writing.c: see writing.h. */
#include "storefs/writing.h"

#include <string.h>

#include "storefs/io.h"

#define CHUNK       ((size_t)64 << 10)
#define FLUSH_EVERY ((uint64_t)16 << 20)

struct writing {
	const struct store *st;
	int fd;
	const char *path;
	uint64_t written;
	size_t n; /* bytes that wait in chunk */
	enum result r;
	struct err err;
	char chunk[CHUNK];
};

static void
close_file(void *arg)
{
	const struct writing *w = arg;

	io_close(w->fd);
}

enum result
writing_begin(const struct store *st, struct arena *a, const char *path,
    struct writing **out, struct err *err)
{
	struct writing *w = arena_alloc(a, sizeof(*w));
	enum result r = io_open_unnamed(st, &w->fd, err);

	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_IO : r;
	w->st = st;
	w->path = path;
	arena_defer(a, close_file, w);
	*out = w;
	return RC_OK;
}

/* Of a long file the kernel writes back what it has got, so that the sync at the end has little
 * left to do. */
static bool
flush(struct writing *w)
{
	if (w->r == RC_OK)
		w->r = io_write_all(
		    w->fd, str_make(w->chunk, w->n), w->path, &w->err);
	w->written += w->n;
	w->n = 0;
	if (w->written > 0 && w->written % FLUSH_EVERY == 0)
		io_start_sync(w->fd, w->written - FLUSH_EVERY, FLUSH_EVERY);
	return w->r == RC_OK;
}

static bool
put_piece(void *arg, const char *p, size_t n)
{
	struct writing *w = arg;
	size_t i;

	for (i = 0; i < n;) {
		size_t part = CHUNK - w->n < n - i ? CHUNK - w->n : n - i;

		memcpy(w->chunk + w->n, p + i, part);
		w->n += part;
		i += part;
		if (w->n == CHUNK && !flush(w))
			return false;
	}
	return true;
}

struct sink
writing_sink(struct writing *w)
{
	return (struct sink){put_piece, w};
}

enum result
writing_end(struct writing *w, enum result made, const struct err *why,
    struct writing_place to, struct err *err)
{
	if (made == RC_OK)
		(void)flush(w);
	if (w->r != RC_OK) {
		*err = w->err;
		return w->r;
	}
	if (made != RC_OK) {
		*err = *why;
		return made;
	}
	return io_replace_fd(w->st, w->fd, to.dir, to.name, err);
}
