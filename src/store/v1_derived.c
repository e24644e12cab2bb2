/* v1_derived.c: see v1_derived.h. */
#include "store/v1_derived.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/failpoint.h"
#include "store/io.h"
#include "store/v1_image.h"

static const char *
name_of(enum v1_derived which)
{
	return which == V1_FILES ? "_files" : "_diff";
}

enum result
v1_derived_file(const struct store *st, struct arena *a, const char *id,
    enum v1_derived which, struct store_file *out, struct err *err)
{
	struct stat sb;
	enum result r;

	r = io_find_file(
	    st, a, v1_image_path(a, id, name_of(which)), &out->name, &sb, err);
	if (r == RC_OK)
		out->size = (uint64_t)sb.st_size;
	return r;
}

struct mapping {
	void *p;
	size_t n;
};

static void
unmap(void *arg)
{
	const struct mapping *m = arg;

	(void)munmap(m->p, m->n);
}

/* A file that has this name is never written again, only replaced: the mapping stays
 * whole. */
enum result
v1_derived_read(const struct store *st, struct arena *a, const char *id,
    enum v1_derived which, struct str *out, struct err *err)
{
	const char *path = v1_image_path(a, id, name_of(which));
	struct mapping *m = arena_alloc(a, sizeof(*m));
	struct stat sb;
	int fd;
	enum result r = io_open_file(st, path, O_RDONLY, &fd, &sb, err);

	if (r != RC_OK)
		return r;
	*out = str_of(NULL);
	if (sb.st_size > 0) {
		m->n = (size_t)sb.st_size;
		m->p = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, fd, 0);
		if (m->p == MAP_FAILED) {
			r = io_failed(err, "mmap", path);
		} else {
			arena_defer(a, unmap, m);
			*out = str_make(m->p, m->n);
		}
	}
	(void)close(fd);
	return r;
}

#define CHUNK ((size_t)64 << 10)

struct writing {
	int fd;
	const char *path;
	size_t n; /* bytes that wait in chunk */
	enum result r;
	struct err *err;
	char chunk[CHUNK];
};

static bool
flush(struct writing *w)
{
	const char *p = w->chunk;

	while (w->r == RC_OK && w->n > 0) {
		ssize_t k = failpoint_hit("write") ? -1 : write(w->fd, p, w->n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1) {
			w->r = io_failed(w->err, "write", w->path);
			break;
		}
		p += k;
		w->n -= (size_t)k;
	}
	return w->r == RC_OK;
}

static bool
put(void *arg, const char *p, size_t n)
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

enum result
v1_derived_put(struct store *st, struct arena *a, const char *id,
    enum v1_derived which,
    enum result (*make)(void *arg, struct sink sink, struct err *err), void *arg,
    struct err *err)
{
	struct writing *w = arena_alloc(a, sizeof(*w));
	const struct sink sink = {put, w};
	struct err why = {""};
	enum result r;

	w->path = v1_image_path(a, id, name_of(which));
	w->err = err;
	r = io_open_unnamed(st, &w->fd, err);
	if (r != RC_OK)
		return r;
	r = make(arg, sink, &why);
	if (r == RC_OK)
		(void)flush(w);
	if (w->r != RC_OK)
		r = w->r;
	else if (r != RC_OK)
		*err = why;
	if (r == RC_OK)
		r = io_replace_fd(
		    st, w->fd, v1_image_dir(a, id), name_of(which), err);
	if (r == RC_OK)
		r = io_sync(st, v1_image_dir(a, id), err);
	(void)close(w->fd);
	return r;
}

enum result
v1_derived_forget(
    const struct store *st, struct arena *a, const char *id, struct err *err)
{
	enum result r = io_unlink(st, v1_image_path(a, id, name_of(V1_FILES)), err);

	if (r == RC_OK)
		r = io_unlink(st, v1_image_path(a, id, name_of(V1_DIFF)), err);
	return r;
}
