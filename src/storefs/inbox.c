/* inbox.c: see store/inbox.h and inbox.h.
 *
 * The inbox is the directory _berth/body (client_body_temp_path of nginx), in the file system of
 * the store, so that a body can be linked to its name in the store and is never copied. nginx
 * makes a file, writes the body, hands its path to berth with the request, and removes the
 * file when the request ends. Then it may give the same name to another body. So berth uses
 * the path once, to open the file, and the descriptor from then on. */
#include "storefs/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "storefs/io.h"
#include "storefs/listing.h"

#define UNTOUCHED_S 60 /* nginx may still write to a younger file */
#define NO_LEASE_AGE_S \
	(24 * 3600) /* after which a file in use would have timed out */

enum result
inbox_open(
    const struct store *st, const char *body, struct io_file *out, struct err *err)
{
	struct arena *a = arena_new();
	const char *slash = strrchr(body, '/');
	enum result r = io_open_file(st,
	    arena_printf(a, IO_BODY_DIR "/%s", slash == NULL ? body : slash + 1),
	    O_RDONLY | O_NOFOLLOW, out, err);
	int e = errno;

	arena_free(a);
	errno = e;
	return r;
}

/* ---- how old it is ---- */

struct oldest {
	const struct store *st;
	struct arena *arena; /* cleared before each file */
	int64_t birth;
};

/* One that has just been removed does not count. */
static bool
see_birth(void *arg, const char *name)
{
	struct oldest *o = arg;
	const char *path;
	struct err ignored;
	struct statx sx;
	int64_t birth;

	arena_clear(o->arena);
	path = arena_printf(o->arena, IO_BODY_DIR "/%s", name);
	if (io_statx(o->st, path, &sx, &ignored) != RC_OK)
		return true;
	birth = sx.stx_mask & STATX_BTIME ? sx.stx_btime.tv_sec : 0;
	if (birth < o->birth)
		o->birth = birth;
	return true;
}

enum result
inbox_oldest(const struct store *st, int64_t *out, struct err *err)
{
	struct oldest o = {st, arena_new(), INT64_MAX};
	enum result r = listing_each(st, IO_BODY_DIR, see_birth, &o, err);

	arena_free(o.arena);
	*out = o.birth;
	return r;
}

/* ---- sweeping ---- */

/* Has no process the file open? Only then the kernel grants a lease to write (fcntl(2),
 * F_SETLEASE). Where the file system knows no leases, its age decides. */
static bool
is_orphan(const struct store *st, const char *path, int64_t age)
{
	int fd = io_open(st, path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
	bool orphan;

	if (fd == -1)
		return false;
	orphan = fcntl(fd, F_SETLEASE, F_WRLCK) == 0;
	if (!orphan && errno != EAGAIN)
		orphan = age > NO_LEASE_AGE_S;
	(void)close(fd);
	return orphan;
}

struct sweep {
	const struct store *st;
	struct arena *arena; /* cleared before each file */
	unsigned removed;
};

/* A body that cannot be removed is logged and does not stop the sweep. */
static bool
sweep_one(void *arg, const char *name)
{
	struct sweep *s = arg;
	const char *path;
	struct err err;
	struct stat sb;
	int64_t age;

	arena_clear(s->arena);
	path = arena_printf(s->arena, IO_BODY_DIR "/%s", name);
	if (fstatat(s->st->root, path, &sb, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(sb.st_mode))
		return true;
	age = clock_now() - (int64_t)sb.st_mtime;
	if (age < UNTOUCHED_S || !is_orphan(s->st, path, age))
		return true;
	if (io_unlink(s->st, path, &err) == RC_OK)
		s->removed++;
	else
		log_line(LOG_WARN, "store.remove", "path=%s/%s reason=%s",
		    s->st->path, path, log_value(s->arena, err.text));
	return true;
}

enum result
store_inbox_sweep(struct store *st, unsigned *removed, struct err *err)
{
	struct sweep s = {st, arena_new(), 0};
	struct stat sb;
	enum result r = io_stat(st, IO_BODY_DIR, &sb, err);

	if (r == RC_OK)
		r = listing_each(st, IO_BODY_DIR, sweep_one, &s, err);
	arena_free(s.arena);
	*removed = s.removed;
	return r == RC_NOT_FOUND ? RC_IO : r; /* berth makes it at each start */
}
