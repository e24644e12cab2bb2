/* upstream.c: see upstream.h. */
#include "store/upstream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/percent.h"
#include "store/guard.h"
#include "storefs/failpoint.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/stage.h"

#define NOTE_MAX ((size_t)16 << 20) /* bytes: a list of images */
#define LAYER    "layer"

static const char *
place(struct arena *a, const char *of, const char *key)
{
	return arena_printf(a, IO_MIRROR_DIR "/%s/%s", of,
	    percent_encode(a, str_of(key), "_-", false));
}

static const char *
path_of(struct arena *a, const char *of, const char *key, const char *file)
{
	return arena_printf(a, "%s/%s", place(a, of, key), file);
}

/* ---- notes ---- */

/* time(2) may lag behind the clock that dates files. */
static int64_t
age_of(const struct stat *sb)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)(now.tv_sec - sb->st_mtim.tv_sec);
}

enum result
store_upstream_answer(const struct store *st, struct arena *a, const char *of,
    const char *key, const char *file, struct str *out, int64_t *age,
    struct err *err)
{
	const char *path = path_of(a, of, key, file);
	struct stat sb;
	enum result r = io_read(st, a, path, NOTE_MAX, out, err);

	if (r == RC_OK && age != NULL) {
		r = io_stat(st, path, &sb, err);
		*age = r == RC_OK ? age_of(&sb) : 0;
	}
	return r;
}

enum result
store_upstream_set_answer(struct store *st, struct arena *a, const char *of,
    const char *key, const char *file, struct str text, struct err *err)
{
	const char *dir = place(a, of, key);
	enum result r = io_mkdirs(st, dir, err);

	return r == RC_OK ? io_put(st, dir, file, text, err) : r;
}

enum result
store_upstream_drop(struct store *st, const char *id, struct err *err)
{
	enum result r = io_remove_dir(st, IO_MIRROR_DIR "/image", id, err);

	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* ---- a layer that grows ---- */

enum result
store_upstream_create(
    struct store *st, struct arena *a, const char *id, int *fd, struct err *err)
{
	const char *path = path_of(a, "image", id, LAYER);
	enum result r = io_mkdirs(st, place(a, "image", id), err);

	/* who still reads an older one keeps that */
	if (r == RC_OK)
		r = io_unlink(st, path, err);
	return r == RC_OK ? io_create(st, path, fd, err) : r;
}

enum result
store_upstream_append(int fd, const char *p, size_t n, struct err *err)
{
	while (n > 0) {
		ssize_t k = failpoint_hit("write") ? -1 : write(fd, p, n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return io_failed(err, "write", IO_MIRROR_DIR);
		p += k;
		n -= (size_t)k;
	}
	return RC_OK;
}

enum result
store_upstream_open(const struct store *st, struct arena *a, const char *id,
    int *fd, struct err *err)
{
	struct stat sb;

	return io_open_file(st, path_of(a, "image", id, LAYER),
	    O_RDONLY | O_NOFOLLOW, fd, &sb, err);
}

enum result
store_upstream_stage(struct store *st, struct arena *a, const char *id,
    uint64_t size, struct stage **out, struct err *err)
{
	return stage_open(st, a, path_of(a, "image", id, LAYER), size, out, err);
}

/* ---- what nobody asked for ---- */

struct sweeping {
	struct store *st;
	const char *parent; /* "_berth/mirror/image" */
	int64_t oldest;     /* age in seconds */
	unsigned n;
	enum result r;
	struct err *err;
};

/* The age of the youngest file in it; a directory's own changes with its names alone. */
static int64_t
age_of_dir(struct store *st, struct arena *a, const char *dir)
{
	struct listing names;
	struct err ignored;
	struct stat sb;
	int64_t age;
	size_t i;

	if (io_stat(st, dir, &sb, &ignored) != RC_OK)
		return 0;
	age = age_of(&sb);
	if (listing_page(st, a, dir, "", &names, &ignored) != RC_OK)
		return 0;
	for (i = 0; i < names.n; i++)
		if (io_stat(st, arena_printf(a, "%s/%s", dir, names.names[i]), &sb,
			&ignored) == RC_OK &&
		    age_of(&sb) < age)
			age = age_of(&sb);
	return age;
}

/* The guard is held: nobody fetches it. What came of its layer is of no use, then. */
static void
sweep_unused(struct sweeping *s, const char *name, const char *layer, bool old)
{
	s->r = old ? io_remove_dir(s->st, s->parent, name, s->err)
		   : io_unlink(s->st, layer, s->err);
	s->n += s->r == RC_OK;
	if (s->r == RC_NOT_FOUND)
		s->r = RC_OK;
}

static bool
sweep_one(void *arg, const char *name)
{
	struct sweeping *s = arg;
	struct arena *a = arena_new();
	const char *dir = arena_printf(a, "%s/%s", s->parent, name);
	const char *layer = arena_printf(a, "%s/" LAYER, dir);
	bool old = age_of_dir(s->st, a, dir) >= s->oldest;
	struct guard lock = {0};

	if (old || io_exists(s->st, layer)) {
		s->r = guard_try(s->st, GUARD_MIRROR, name, &lock, s->err);
		if (s->r == RC_OK && guard_is_held(&lock))
			sweep_unused(s, name, layer, old);
		guard_release(&lock);
	}
	arena_free(a);
	return s->r == RC_OK;
}

enum result
store_upstream_sweep(struct store *st, unsigned age, unsigned *n, struct err *err)
{
	static const char *const parents[] = {
	    IO_MIRROR_DIR "/image", IO_MIRROR_DIR "/repo"};
	struct sweeping s = {.st = st, .oldest = age, .err = err};
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < sizeof(parents) / sizeof(parents[0]); i++) {
		s.parent = parents[i];
		r = listing_in_order(st, s.parent, "", sweep_one, &s, err);
		if (r == RC_OK)
			r = s.r;
	}
	*n = s.n;
	return r;
}
