/* durable.c: see durable.h. */
#include "storefs/durable.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fnv.h"
#include "base/must.h"
#include "base/shared.h"
#include "storefs/io.h"

#define NOTES 65536 /* 512 KiB, in all processes together */

/* A time as one number: nanoseconds since 1970. */
#define NS_OF(sec, nsec) ((int64_t)(sec)*1000000000 + (int64_t)(nsec))

/* Each note is one word, so it is never half written, even if the process dies. */
struct durable {
	_Atomic int64_t since;   /* durable_all() began then; 0: never */
	_Atomic uint64_t device; /* of the file system that it synced */
	_Atomic uint64_t note[NOTES];
};

struct durable *
durable_new(void)
{
	return must_have(shared_alloc(sizeof(struct durable)));
}

void
durable_free(struct durable *s)
{
	shared_free(s, sizeof(*s));
}

/* ---- what is known ---- */

static int64_t
time_of(const struct statx_timestamp *t)
{
	return NS_OF(t->tv_sec, t->tv_nsec);
}

static uint64_t
device_of(const struct statx *sx)
{
	return (uint64_t)sx->stx_dev_major << 32 | sx->stx_dev_minor;
}

/* A key for this inode under this path. An inode's number is used again after the file
 * was removed, so its time of birth is a part of the key. 0: the file system does not
 * record that time, so nothing is noted. */
static uint64_t
key_of(const char *path, const struct statx *sx)
{
	int64_t birth = time_of(&sx->stx_btime);
	uint64_t device = device_of(sx), h = FNV_START;

	if ((sx->stx_mask & STATX_BTIME) == 0)
		return 0;
	h = fnv_add(h, path, strlen(path) + 1);
	h = fnv_add(h, &device, sizeof(device));
	h = fnv_add(h, &sx->stx_ino, sizeof(sx->stx_ino));
	h = fnv_add(h, &birth, sizeof(birth));
	return h | 1;
}

/* A mount below the store is another file system. */
static bool
is_old(const struct store *st, const struct statx *sx)
{
	return time_of(&sx->stx_ctime) < atomic_load(&st->durable->since) &&
	       device_of(sx) == atomic_load(&st->durable->device);
}

static bool
is_noted(const struct store *st, uint64_t key)
{
	return key != 0 &&
	       atomic_load(&st->durable->note[(key >> 16) % NOTES]) == key;
}

static void
note_durable(const struct store *st, uint64_t key)
{
	if (key != 0)
		atomic_store(&st->durable->note[(key >> 16) % NOTES], key);
}

/* ---- and what is not ---- */

static enum result
sync_parent(const struct store *st, const char *path, struct err *err)
{
	char parent[IO_PATH_MAX] = ".";
	const char *slash = strrchr(path, '/');
	enum result r = RC_OK;

	if (slash != NULL)
		r = io_path(parent, err, "%.*s", (int)(slash - path), path);
	return r == RC_OK ? io_sync(st, parent, err) : r;
}

/* The inode that has the name when its directory is synced has it durably. */
static enum result
sync_name(const struct store *st, const char *path, const struct statx *sx,
    struct err *err)
{
	enum result r = sync_parent(st, path, err);

	if (r == RC_OK)
		note_durable(st, key_of(path, sx));
	return r;
}

enum result
durable_made(const struct store *st, const char *path, struct err *err)
{
	struct statx sx;
	enum result r = io_statx(st, path, &sx, err);

	return r == RC_OK ? sync_name(st, path, &sx, err) : r;
}

enum result
durable_name(const struct store *st, const char *path, struct err *err)
{
	struct statx sx;
	enum result r = io_statx(st, path, &sx, err);

	if (r != RC_OK || is_old(st, &sx) || is_noted(st, key_of(path, &sx)))
		return r;
	return sync_name(st, path, &sx, err);
}

/* The key for the names in a directory, as opposed to its own name: its path with a
 * slash, and the time of their last change. */
static uint64_t
key_of_names(const char *dir, const struct statx *sx)
{
	char path[IO_PATH_MAX + 32];

	(void)snprintf(
	    path, sizeof(path), "%s/%lld", dir, (long long)time_of(&sx->stx_ctime));
	return key_of(path, sx);
}

static enum result
sync_names(const struct store *st, const char *dir, const struct statx *sx,
    struct err *err)
{
	enum result r = io_sync(st, dir, err);

	if (r == RC_OK)
		note_durable(st, key_of_names(dir, sx));
	return r;
}

enum result
durable_finished(const struct store *st, const char *dir, struct err *err)
{
	struct statx sx;
	enum result r = io_statx(st, dir, &sx, err);

	return r == RC_OK ? sync_names(st, dir, &sx, err) : r;
}

enum result
durable_dir(const struct store *st, const char *dir, struct err *err)
{
	struct statx sx;
	enum result r = io_statx(st, dir, &sx, err);

	if (r != RC_OK || is_old(st, &sx) || is_noted(st, key_of_names(dir, &sx)))
		return r;
	return sync_names(st, dir, &sx, err);
}

enum result
durable_absence(const struct store *st, const char *path, struct err *err)
{
	char above[IO_PATH_MAX];
	char *slash;
	enum result r = io_path(above, err, "%s", path);

	if (r != RC_OK)
		return r;
	do {
		slash = strrchr(above, '/');
		if (slash == NULL)
			return io_sync(st, ".", err);
		*slash = '\0';
		r = io_sync(st, above, err);
	} while (r == RC_NOT_FOUND);
	return r;
}

/* The time is read from the file system, whose clock also dates the inodes. */
enum result
durable_all(const struct store *st, struct err *err)
{
	struct statx sx;
	enum result r = io_touch(st, IO_LOCK, NULL, err);

	if (r == RC_OK)
		r = io_statx(st, IO_LOCK, &sx, err);
	if (r == RC_OK)
		r = io_sync_all(st, IO_LOCK, err);
	if (r != RC_OK)
		return r;
	atomic_store(&st->durable->device, device_of(&sx));
	atomic_store(&st->durable->since, time_of(&sx.stx_ctime));
	return RC_OK;
}
