/* io_change.c: the calls of io.h by which names come, change and go. */
#include "storefs/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "storefs/failpoint.h"

#define COPY_AT_ONCE ((size_t)1 << 30) /* bytes */

/* ---- a path ---- */

static void
join(char path[IO_PATH_MAX], const char *dir, const char *name)
{
	(void)snprintf(path, IO_PATH_MAX, "%s/%s", dir, name);
}

/* A name: its directory, and the last part of the path. */
struct place {
	int dir; /* -1: errno says why */
	const char *name;
};

static struct place
find_place(const struct store *st, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct place p = {-1, slash == NULL ? path : slash + 1};
	char dir[IO_PATH_MAX] = ".";

	if (slash != NULL && (size_t)(slash - path) >= sizeof(dir)) {
		errno = ENAMETOOLONG;
		return p;
	}
	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
	p.dir = io_open(st, dir, O_PATH | O_DIRECTORY);
	return p;
}

/* Leaves errno as it is. */
static void
leave(struct place p)
{
	int e = errno;

	if (p.dir != -1)
		(void)close(p.dir);
	errno = e;
}

/* A name that no other process or thread uses; one that a crash left is passed over
 * by the caller's O_EXCL and a second call. */
static void
tmp_name(char out[IO_PATH_MAX])
{
	static atomic_ulong counter;

	(void)snprintf(out, IO_PATH_MAX, IO_TMP_DIR "/%ld.%lu", (long)getpid(),
	    atomic_fetch_add(&counter, 1));
}

static enum result
tmp_create(const struct store *st, char tmp[IO_PATH_MAX], int *fd, struct err *err)
{
	do {
		tmp_name(tmp);
		if (failpoint_hit("create"))
			*fd = -1;
		else
			*fd = io_open_mode(st, tmp,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0640);
	} while (*fd == -1 && errno == EEXIST);
	return *fd == -1 ? io_failed(err, "create", tmp) : RC_OK;
}

enum result
io_write_all(int fd, struct str s, const char *path, struct err *err)
{
	while (s.n > 0) {
		ssize_t k = failpoint_hit("write") ? -1 : write(fd, s.p, s.n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return io_failed(err, "write", path);
		s = str_make(s.p + k, s.n - (size_t)k);
	}
	return RC_OK;
}

/* 0, or -1 and errno; so the next two. */
static int
rename_path(const struct store *st, const char *from, const char *to)
{
	struct place old = find_place(st, from), new = find_place(st, to);
	int failed = old.dir == -1 || new.dir == -1
			 ? -1
			 : renameat(old.dir, old.name, new.dir, new.name);

	leave(new);
	leave(old);
	return failed;
}

static int
link_path(const struct store *st, const char *from, const char *to)
{
	struct place old = find_place(st, from), new = find_place(st, to);
	int failed = old.dir == -1 || new.dir == -1
			 ? -1
			 : linkat(old.dir, old.name, new.dir, new.name, 0);

	leave(new);
	leave(old);
	return failed;
}

static int
remove_path(const struct store *st, const char *path)
{
	struct place p = find_place(st, path);
	int failed = -1;

	if (p.dir != -1)
		failed = unlinkat(p.dir, p.name, 0);
	leave(p);
	return failed;
}

/* 0, or -1 and errno; so the next two. */
static int
copy_all(int from, int to)
{
	ssize_t k;

	do
		k = failpoint_hit("write") ? -1
					   : sendfile(to, from, NULL, COPY_AT_ONCE);
	while (k > 0 || (k == -1 && errno == EINTR));
	return k == -1 || failpoint_hit("fsync") ? -1 : fsync(to);
}

/* Gives the open file the name, through a second name next to it, because no call
 * links over a name. */
static int
link_over(int fd, struct place to)
{
	static atomic_ulong counter;
	char self[64], beside[64];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	(void)snprintf(beside, sizeof(beside), ".berth-%ld.%lu", (long)getpid(),
	    atomic_fetch_add(&counter, 1));
	(void)unlinkat(to.dir, beside, 0); /* left by a crash */
	if (linkat(AT_FDCWD, self, to.dir, beside, AT_SYMLINK_FOLLOW) == -1)
		return -1;
	if (failpoint_hit("rename") ||
	    renameat(to.dir, beside, to.dir, to.name) == -1) {
		int e = errno;

		(void)unlinkat(to.dir, beside, 0);
		errno = e;
		return -1;
	}
	return 0;
}

/* For directories of the store that are mounts of their own: files cannot be renamed
 * or linked from one mount to another. */
static int
copy_path(const struct store *st, const char *from, const char *path)
{
	struct place to = find_place(st, path);
	int in = -1, out = -1, failed = -1, e;

	if (to.dir != -1)
		in = io_open(st, from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (in != -1)
		out = openat(to.dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0640);
	if (out != -1)
		failed = copy_all(in, out);
	if (!failed)
		failed = link_over(out, to);
	e = errno;
	if (in != -1)
		(void)close(in);
	if (out != -1)
		(void)close(out);
	errno = e;
	leave(to);
	return failed;
}

static enum result
rename_over(const struct store *st, const char *tmp, const char *dir,
    const char *name, struct err *err)
{
	char path[IO_PATH_MAX];
	int failed = -1;

	join(path, dir, name);
	if (!failpoint_hit("rename"))
		failed = rename_path(st, tmp, path);
	if (failed && errno == EXDEV) {
		failed = copy_path(st, tmp, path);
		if (!failed)
			(void)remove_path(st, tmp);
	}
	return failed ? io_failed(err, "rename", path) : RC_OK;
}

enum result
io_put(const struct store *st, const char *dir, const char *name,
    struct str content, struct err *err)
{
	char tmp[IO_PATH_MAX];
	enum result r;
	int fd = -1;

	r = tmp_create(st, tmp, &fd, err);
	if (r != RC_OK)
		return r;
	r = io_write_all(fd, content, tmp, err);
	if (r == RC_OK && (failpoint_hit("fsync") || fsync(fd) == -1))
		r = io_failed(err, "fsync", tmp);
	if (r == RC_OK)
		r = rename_over(st, tmp, dir, name, err);
	if (r != RC_OK)
		(void)remove_path(st, tmp);
	(void)close(fd);
	return r;
}

static enum result
link_tmp(const struct store *st, const char *from, char tmp[IO_PATH_MAX],
    struct err *err)
{
	bool failed;

	do {
		tmp_name(tmp);
		failed = failpoint_hit("link") || link_path(st, from, tmp) == -1;
	} while (failed && errno == EEXIST);
	return failed ? io_failed(err, "link", from) : RC_OK;
}

/* rename(2) of two names of one file does nothing and leaves both, hence the
 * unlink. */
enum result
io_link(const struct store *st, const char *from, const char *dir, const char *name,
    struct err *err)
{
	char tmp[IO_PATH_MAX];
	enum result r = link_tmp(st, from, tmp, err);

	if (r != RC_OK)
		return r;
	r = rename_over(st, tmp, dir, name, err);
	(void)remove_path(st, tmp);
	return r;
}

/* Mode, times and sync of each file before it gets its name. nginx makes its body
 * files 0600. */
static enum result
settle_fd(const struct store *st, int fd, const char *path, struct err *err)
{
	const struct timespec read_now[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};

	if (fchmod(fd, st->file_mode) == -1)
		return io_failed(err, "chmod", path);
	if (futimens(fd, read_now) == -1)
		return io_failed(err, "utimens", path);
	if (failpoint_hit("fsync") || fsync(fd) == -1)
		return io_failed(err, "fsync", path);
	return RC_OK;
}

/* 0, or -1 and errno. */
static int
link_fd(const struct store *st, int fd, const char *path)
{
	char self[64];
	struct place p = find_place(st, path);
	int failed = -1;

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (p.dir != -1 && !failpoint_hit("link"))
		failed = linkat(AT_FDCWD, self, p.dir, p.name, AT_SYMLINK_FOLLOW);
	leave(p);
	return failed;
}

static enum result
link_failed(
    const struct store *st, const char *dir, const char *path, struct err *err)
{
	if (errno == ENOENT && io_exists(st, dir))
		return err_set(
		    err, RC_CLIENT_GONE, "%s: the body was taken back", path);
	return io_failed(err, "link", path);
}

/* The unnamed file is made in the directory itself, which may be a mount of its own.
 * link(2), unlike rename(2), does not replace a name. */
enum result
io_put_secret(const struct store *st, const char *dir, const char *name,
    struct str content, struct err *err)
{
	char path[IO_PATH_MAX];
	enum result r;
	int fd = -1;

	join(path, dir, name);
	if (!failpoint_hit("create"))
		fd = io_open_mode(st, dir, O_TMPFILE | O_RDWR, 0600);
	if (fd == -1)
		return io_failed(err, "create", path);
	r = io_write_all(fd, content, path, err);
	if (r == RC_OK && (failpoint_hit("fsync") || fsync(fd) == -1))
		r = io_failed(err, "fsync", path);
	if (r == RC_OK && link_fd(st, fd, path) == -1 && errno != EEXIST)
		r = io_failed(err, "link", path);
	(void)close(fd);
	return r;
}

enum result
io_name_fd(const struct store *st, int fd, const char *dir, const char *name,
    struct err *err)
{
	char path[IO_PATH_MAX];
	enum result r;

	join(path, dir, name);
	r = settle_fd(st, fd, path, err);
	if (r == RC_OK && link_fd(st, fd, path) == -1 && errno != EEXIST)
		r = link_failed(st, dir, path, err);
	return r;
}

enum result
io_replace_fd(const struct store *st, int fd, const char *dir, const char *name,
    struct err *err)
{
	char tmp[IO_PATH_MAX];
	int failed;
	enum result r = settle_fd(st, fd, dir, err);

	if (r != RC_OK)
		return r;
	do {
		tmp_name(tmp);
		failed = link_fd(st, fd, tmp);
	} while (failed && errno == EEXIST);
	if (failed)
		return link_failed(st, IO_TMP_DIR, tmp, err);
	r = rename_over(st, tmp, dir, name, err);
	(void)remove_path(st, tmp); /* see io_link() */
	return r;
}

enum result
io_move_fd(const struct store *st, int fd, const char *from, const char *dir,
    const char *name, struct err *err)
{
	enum result r = settle_fd(st, fd, from, err);

	return r == RC_OK ? rename_over(st, from, dir, name, err) : r;
}

enum result
io_move(const struct store *st, const char *from, const char *dir, const char *name,
    struct err *err)
{
	char path[IO_PATH_MAX];

	join(path, dir, name);
	if (failpoint_hit("rename") || rename_path(st, from, path) == -1)
		return io_failed(err, "rename", from);
	return RC_OK;
}

/* A directory that is there may have been made just now by another thread, which has
 * not synced it yet. */
static enum result
mkdir_one(const struct store *st, const char *path, struct err *err)
{
	struct place p = find_place(st, path);
	int failed = -1;
	enum result r;

	if (p.dir != -1 && !failpoint_hit("mkdir"))
		failed = mkdirat(p.dir, p.name, 0750);
	leave(p);
	if (failed && errno == EEXIST)
		r = durable_name(st, path, err);
	else if (failed)
		r = io_failed(err, "mkdir", path);
	else
		r = durable_made(st, path, err);
	return r == RC_NOT_FOUND ? RC_IO
				 : r; /* something on the way is not a directory */
}

enum result
io_mkdirs(const struct store *st, const char *path, struct err *err)
{
	char part[IO_PATH_MAX];
	const char *end = path;
	enum result r = durable_name(st, path, err);

	if (r != RC_NOT_FOUND)
		return r;
	do {
		end = strchrnul(end + 1, '/');
		if ((size_t)(end - path) >= sizeof(part))
			return err_set(
			    err, RC_BAD_NAME, "mkdir %.60s...: too long", path);
		(void)snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		r = mkdir_one(st, part, err);
	} while (r == RC_OK && *end != '\0');
	return r;
}

/* ---- removing ---- */

enum result
io_unlink(const struct store *st, const char *path, struct err *err)
{
	if (failpoint_hit("unlink") || remove_path(st, path) == -1)
		if (errno != ENOENT)
			return io_failed(err, "unlink", path);
	return RC_OK;
}

bool
io_remove_tree(int dir, const char *name)
{
	struct dirent *e;
	DIR *d;
	int fd;

	if (unlinkat(dir, name, 0) == 0)
		return true;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	d = fd == -1 ? NULL : fdopendir(fd);
	if (d == NULL) {
		if (fd != -1)
			(void)close(fd);
		return false;
	}
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			(void)io_remove_tree(dirfd(d), e->d_name);
	(void)closedir(d);
	return unlinkat(dir, name, AT_REMOVEDIR) == 0;
}

static void
remove_rest(const struct store *st, const char *tmp)
{
	struct place p = find_place(st, tmp);

	if (p.dir == -1 || !io_remove_tree(p.dir, p.name))
		log_line(LOG_WARN, "store.remove",
		    "path=%s/%s error=\"%m; removed at the next start\"", st->path,
		    tmp);
	leave(p);
}

/* A directory that is a mount, or in one, cannot be moved away: its files are removed
 * where they are. What a crash leaves of it is removed by the next call. The mount
 * itself (EBUSY) stays, empty. */
static enum result
remove_in_place(
    const struct store *st, const char *parent, const char *name, struct err *err)
{
	char path[IO_PATH_MAX];
	struct place p;
	enum result r = RC_OK;

	join(path, parent, name);
	p = find_place(st, path);
	if (p.dir == -1 || (!io_remove_tree(p.dir, p.name) && errno != EBUSY))
		r = io_failed(err, "remove", path);
	leave(p);
	if (r == RC_OK && io_exists(st, path))
		r = io_sync(st, path, err);
	if (r == RC_OK)
		r = io_sync(st, parent, err);
	return r == RC_NOT_FOUND ? RC_IO : r; /* it was there */
}

/* What a removal returns that found nothing: another thread may have removed it just
 * now. */
static enum result
absent_for_good(
    const struct store *st, const char *path, enum result r, struct err *err)
{
	struct err why;
	enum result synced;

	if (r != RC_NOT_FOUND)
		return r;
	synced = durable_absence(st, path, &why);
	if (synced == RC_OK)
		return RC_NOT_FOUND;
	*err = why;
	return synced;
}

/* Syncs both ends of the move: some file systems undo it unless both are synced. */
static enum result
sync_removal(const struct store *st, const char *parent, struct err *err)
{
	enum result r = io_sync(st, parent, err);

	return r == RC_OK ? io_sync(st, IO_TMP_DIR, err) : r;
}

/* Once the directory has left its place it is gone; what follows is tidying, and
 * what a crash leaves of it is swept at the next start. */
enum result
io_remove_dir(
    const struct store *st, const char *parent, const char *name, struct err *err)
{
	char path[IO_PATH_MAX], tmp[IO_PATH_MAX];
	enum result r;

	join(path, parent, name);
	do
		tmp_name(tmp);
	while (io_exists(st, tmp)); /* left by a crash: nothing moves over it */
	if (failpoint_hit("rename-dir") || rename_path(st, path, tmp) == -1)
		return errno == EXDEV || errno == EBUSY
			   ? remove_in_place(st, parent, name, err)
			   : absent_for_good(
				 st, path, io_failed(err, "rename", path), err);
	r = sync_removal(st, parent, err);
	remove_rest(st, tmp);
	return r == RC_NOT_FOUND ? RC_IO : r; /* it was there */
}
