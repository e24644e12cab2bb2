/* derived.c: see derived.h. */
#include "store/derived.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/v1image.h"
#include "storefs/content.h"
#include "storefs/failpoint.h"
#include "storefs/io.h"
#include "storefs/listing.h"

#define USED_S 86400 /* between two notes that a file is in use */

static const char *
name_of(enum store_derived which)
{
	return which == STORE_DERIVED_FILES ? "_files" : "_diff";
}

static const char *
own_name(struct arena *a, const char *id, enum store_derived which)
{
	return arena_printf(a, "%s%s", id, name_of(which));
}

static const char *
own_path(struct arena *a, const char *id, enum store_derived which)
{
	return arena_printf(a, IO_DERIVED_DIR "/%s%s", id, name_of(which));
}

/* RC_NOT_FOUND: neither berth nor an old server has computed it. */
enum result
store_derived_find(const struct store *st, struct arena *a, const char *id,
    enum store_derived which, const struct content **out, struct err *err)
{
	const char *own = own_path(a, id, which), *path;
	struct err ignored;
	struct stat sb;
	enum result r = io_find_file(st, a, own, &path, &sb, err);

	if (r == RC_OK && sb.st_mtime + USED_S < clock_now())
		(void)io_touch(st, own, NULL, &ignored);
	if (r == RC_NOT_FOUND)
		r = io_find_file(st, a, store_v1image_path(a, id, name_of(which)),
		    &path, &sb, err);
	if (r == RC_OK)
		*out = content_make(a, path, (uint64_t)sb.st_size);
	return r;
}

enum result
store_derived_open(const struct store *st, struct arena *a, const char *id,
    enum store_derived which, struct store_reader **out, struct err *err)
{
	const struct content *file;
	enum result r = store_derived_find(st, a, id, which, &file, err);

	return r == RC_OK ? store_content_open(st, a, file, out, err) : r;
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
store_derived_put(struct store *st, struct arena *a, const char *id,
    enum store_derived which,
    enum result (*make)(void *arg, struct sink sink, struct err *err), void *arg,
    struct err *err)
{
	struct writing *w = arena_alloc(a, sizeof(*w));
	const struct sink sink = {put, w};
	struct err why = {""};
	enum result r;

	w->path = own_path(a, id, which);
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
		    st, w->fd, IO_DERIVED_DIR, own_name(a, id, which), err);
	(void)close(w->fd);
	return r;
}

/* ---- to remove ---- */

enum result
store_derived_forget(
    const struct store *st, struct arena *a, const char *id, struct err *err)
{
	static const enum store_derived each[] = {
	    STORE_DERIVED_FILES, STORE_DERIVED_DIFF};
	enum result r = RC_OK;
	bool own = false;
	size_t i;

	for (i = 0; r == RC_OK && i < sizeof(each) / sizeof(each[0]); i++) {
		const char *path = own_path(a, id, each[i]);

		own = own || io_exists(st, path);
		r = io_unlink(st, path, err);
		if (r == RC_OK)
			r = io_unlink(
			    st, store_v1image_path(a, id, name_of(each[i])), err);
	}
	return r == RC_OK && own ? io_sync(st, IO_DERIVED_DIR, err) : r;
}

struct sweep {
	struct store *st;
	struct arena *arena; /* of one file */
	int64_t before;
	unsigned removed;
	enum result r;
	struct err *err;
};

static bool
sweep_one(void *arg, const char *name)
{
	struct sweep *s = arg;
	const char *path;
	struct stat sb;

	arena_clear(s->arena);
	path = arena_printf(s->arena, IO_DERIVED_DIR "/%s", name);
	s->r = io_stat(s->st, path, &sb, s->err);
	if (s->r == RC_OK && S_ISREG(sb.st_mode) && sb.st_mtime < s->before) {
		s->r = io_unlink(s->st, path, s->err);
		s->removed += s->r == RC_OK;
	}
	if (s->r == RC_NOT_FOUND)
		s->r = RC_OK;
	return s->r == RC_OK;
}

enum result
store_derived_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err)
{
	struct sweep s = {.st = st,
	    .arena = arena_new(),
	    .before = clock_now() - age,
	    .err = err};
	enum result r = listing_each(st, IO_DERIVED_DIR, sweep_one, &s, err);

	arena_free(s.arena);
	*removed = s.removed;
	return r == RC_OK ? s.r : r;
}
