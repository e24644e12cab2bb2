/* io_change.c: the calls of io.h that write, sync, name and remove. Each has a failpoint. */
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

/* ---- the bytes of an open file ---- */

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

enum result
io_write_all_at(
    int fd, struct str s, uint64_t at, const char *path, struct err *err)
{
	while (s.n > 0) {
		ssize_t k = failpoint_hit("write")
				? -1
				: pwrite(fd, s.p, s.n, (off_t)at);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return io_failed(err, "write", path);
		s = str_make(s.p + k, s.n - (size_t)k);
		at += (uint64_t)k;
	}
	return RC_OK;
}

enum result
io_cut(int fd, uint64_t size, const char *path, struct err *err)
{
	struct stat sb;

	if (fstat(fd, &sb) == -1)
		return io_failed(err, "stat", path);
	if ((uint64_t)sb.st_size < size)
		return err_set(err, RC_NOT_FOUND,
		    "%s has %lld bytes, %llu are expected", path,
		    (long long)sb.st_size, (unsigned long long)size);
	if ((uint64_t)sb.st_size > size &&
	    (failpoint_hit("truncate") || ftruncate(fd, (off_t)size) == -1))
		return io_failed(err, "truncate", path);
	return RC_OK;
}

/* 0, or -1 and errno. */
static int
sync_fd(int fd)
{
	return failpoint_hit("fsync") ? -1 : fsync(fd);
}

enum result
io_sync_fd(int fd, const char *path, struct err *err)
{
	return sync_fd(fd) == -1 ? io_failed(err, "fsync", path) : RC_OK;
}

void
io_start_sync(int fd, uint64_t at, uint64_t n)
{
	(void)sync_file_range(fd, (off_t)at, (off_t)n, SYNC_FILE_RANGE_WRITE);
}

/* ---- a path ---- */

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
	struct err ignored;

	if (slash != NULL &&
	    io_path(dir, &ignored, "%.*s", (int)(slash - path), path) != RC_OK) {
		errno = ENAMETOOLONG;
		return p;
	}
	p.dir = io_open(st, dir, O_PATH | O_DIRECTORY);
	return p;
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

enum result
io_create(const struct store *st, const char *path, int *fd, struct err *err)
{
	*fd = failpoint_hit("create")
		  ? -1
		  : io_open_mode(
			st, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	return *fd == -1 ? io_failed(err, "create", path) : RC_OK;
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

/* 0, or -1 and errno; so the next two. */
static int
rename_path(const struct store *st, const char *from, const char *to)
{
	struct place old = find_place(st, from), new = find_place(st, to);
	int failed = old.dir == -1 || new.dir == -1
			 ? -1
			 : renameat(old.dir, old.name, new.dir, new.name);

	io_close(new.dir);
	io_close(old.dir);
	return failed;
}

static int
link_path(const struct store *st, const char *from, const char *to)
{
	struct place old = find_place(st, from), new = find_place(st, to);
	int failed = old.dir == -1 || new.dir == -1
			 ? -1
			 : linkat(old.dir, old.name, new.dir, new.name, 0);

	io_close(new.dir);
	io_close(old.dir);
	return failed;
}

static int
remove_path(const struct store *st, const char *path)
{
	struct place p = find_place(st, path);
	int failed = -1;

	if (p.dir != -1)
		failed = unlinkat(p.dir, p.name, 0);
	io_close(p.dir);
	return failed;
}

/* A new file without a name in the directory, which may be a mount of its own. -1 and errno. */
static int
open_unnamed(int dir, mode_t mode)
{
	if (dir == -1 || failpoint_hit("create"))
		return -1;
	return openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
}

/* The same by the directory's path. */
static enum result
open_unnamed_in(const struct store *st, const char *path, int *fd, struct err *err)
{
	int dir = io_open(st, path, O_PATH | O_DIRECTORY);

	*fd = open_unnamed(dir, 0600);
	io_close(dir);
	return *fd == -1 ? io_failed(err, "create", path) : RC_OK;
}

enum result
io_open_unnamed(const struct store *st, int *fd, struct err *err)
{
	return open_unnamed_in(st, IO_TMP_DIR, fd, err);
}

/* 0, or -1 and errno; so the next two. */
static int
copy_all(int from, int to)
{
	off_t at = 0;
	ssize_t k;

	do
		k = failpoint_hit("write") ? -1
					   : sendfile(to, from, &at, COPY_AT_ONCE);
	while (k > 0 || (k == -1 && errno == EINTR));
	return k == -1 ? -1 : sync_fd(to);
}

/* Gives the open file the name, through a second name next to it, because no call
 * links over a name. */
static int
link_over(int fd, struct place to)
{
	static atomic_ulong counter;
	char self[64], second[64];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	(void)snprintf(second, sizeof(second), ".berth-%ld.%lu", (long)getpid(),
	    atomic_fetch_add(&counter, 1));
	(void)unlinkat(to.dir, second, 0); /* left by a crash */
	if (failpoint_hit("link") ||
	    linkat(AT_FDCWD, self, to.dir, second, AT_SYMLINK_FOLLOW) == -1)
		return -1;
	if (failpoint_hit("rename") ||
	    renameat(to.dir, second, to.dir, to.name) == -1) {
		int e = errno;

		(void)unlinkat(to.dir, second, 0);
		errno = e;
		return -1;
	}
	return 0;
}

static int
copy_fd(int from, struct place to)
{
	int fd = open_unnamed(to.dir, 0640), failed = -1;

	if (fd != -1)
		failed = copy_all(from, fd);
	if (!failed)
		failed = link_over(fd, to);
	io_close(fd);
	return failed;
}

/* For directories of the store that are mounts of their own: files cannot be renamed
 * or linked from one mount to another. */
static int
copy_path(const struct store *st, const char *from, const char *to)
{
	struct place place = find_place(st, to);
	int fd = -1, failed = -1;

	if (place.dir != -1)
		fd = io_open(st, from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (fd != -1)
		failed = copy_fd(fd, place);
	io_close(fd);
	io_close(place.dir);
	return failed;
}

static enum result
rename_over(
    const struct store *st, const char *tmp, const char *to, struct err *err)
{
	int failed = -1;

	if (!failpoint_hit("rename"))
		failed = rename_path(st, tmp, to);
	if (failed && errno == EXDEV) {
		failed = copy_path(st, tmp, to);
		if (!failed)
			(void)remove_path(st, tmp);
	}
	return failed ? io_failed(err, "rename", to) : RC_OK;
}

static enum result
put_path(const struct store *st, const char *path, struct str content, bool synced,
    struct err *err)
{
	char tmp[IO_PATH_MAX];
	int fd = -1;
	enum result r = tmp_create(st, tmp, &fd, err);

	if (r != RC_OK)
		return r;
	r = io_write_all(fd, content, tmp, err);
	if (r == RC_OK && synced)
		r = io_sync_fd(fd, tmp, err);
	if (r == RC_OK)
		r = rename_over(st, tmp, path, err);
	if (r != RC_OK)
		(void)remove_path(st, tmp);
	io_close(fd);
	return r;
}

enum result
io_put(const struct store *st, const char *dir, const char *name,
    struct str content, struct err *err)
{
	char path[IO_PATH_MAX];
	enum result r = io_path(path, err, "%s/%s", dir, name);

	return r == RC_OK ? put_path(st, path, content, true, err) : r;
}

enum result
io_put_unsynced(const struct store *st, const char *dir, const char *name,
    struct str content, struct err *err)
{
	char path[IO_PATH_MAX];
	enum result r = io_path(path, err, "%s/%s", dir, name);

	return r == RC_OK ? put_path(st, path, content, false, err) : r;
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
	char tmp[IO_PATH_MAX], path[IO_PATH_MAX];
	enum result r = io_path(path, err, "%s/%s", dir, name);

	if (r == RC_OK)
		r = link_tmp(st, from, tmp, err);
	if (r != RC_OK)
		return r;
	r = rename_over(st, tmp, path, err);
	(void)remove_path(st, tmp);
	return r;
}

/* Sets the mode and the times of a file and syncs it, before it gets its name. nginx makes the
 * files of bodies with mode 0600. */
static enum result
make_ready(const struct store *st, int fd, const char *path, struct err *err)
{
	const struct timespec read_now[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};

	if (fchmod(fd, st->file_mode) == -1)
		return io_failed(err, "chmod", path);
	if (futimens(fd, read_now) == -1)
		return io_failed(err, "utimens", path);
	return io_sync_fd(fd, path, err);
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
	io_close(p.dir);
	return failed;
}

/* The same with a temporary name, which it returns. */
static int
link_fd_tmp(const struct store *st, int fd, char tmp[IO_PATH_MAX])
{
	int failed;

	do {
		tmp_name(tmp);
		failed = link_fd(st, fd, tmp);
	} while (failed && errno == EEXIST);
	return failed;
}

static enum result
link_failed(
    const struct store *st, const char *dir, const char *path, struct err *err)
{
	if (errno == ENOENT && io_exists(st, dir))
		return err_set(err, RC_CLIENT_GONE,
		    "%s: the web server has removed the body", path);
	return io_failed(err, "link", path);
}

/* link(2), unlike rename(2), does not replace a name. */
enum result
io_put_secret(const struct store *st, const char *dir, const char *name,
    struct str content, struct err *err)
{
	char path[IO_PATH_MAX];
	enum result r = io_path(path, err, "%s/%s", dir, name);
	int fd;

	if (r == RC_OK)
		r = open_unnamed_in(st, dir, &fd, err);
	if (r != RC_OK)
		return r;
	r = io_write_all(fd, content, path, err);
	if (r == RC_OK)
		r = io_sync_fd(fd, path, err);
	if (r == RC_OK && link_fd(st, fd, path) == -1 && errno != EEXIST)
		r = io_failed(err, "link", path);
	io_close(fd);
	return r;
}

enum result
io_name_fd(const struct store *st, int fd, const char *dir, const char *name,
    struct err *err)
{
	char path[IO_PATH_MAX];
	enum result r = io_path(path, err, "%s/%s", dir, name);

	if (r == RC_OK)
		r = make_ready(st, fd, path, err);
	if (r == RC_OK && link_fd(st, fd, path) == -1 && errno != EEXIST)
		r = link_failed(st, dir, path, err);
	return r;
}

enum result
io_replace_fd(const struct store *st, int fd, const char *dir, const char *name,
    struct err *err)
{
	char tmp[IO_PATH_MAX], path[IO_PATH_MAX];
	enum result r = io_path(path, err, "%s/%s", dir, name);

	if (r == RC_OK)
		r = make_ready(st, fd, path, err);
	if (r != RC_OK)
		return r;
	if (link_fd_tmp(st, fd, tmp) == -1)
		return link_failed(st, IO_TMP_DIR, tmp, err);
	r = rename_over(st, tmp, path, err);
	(void)remove_path(st, tmp); /* see io_link() */
	return r;
}

/* It counts as read just now, if berth may set its times. */
static enum result
make_shared_ready(int fd, const char *path, struct err *err)
{
	const struct timespec read_now[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};

	(void)futimens(fd, read_now);
	return io_sync_fd(fd, path, err);
}

/* Why a file gets no other name, although its bytes can be copied: another file system; too
 * many names; a file of another user (fs.protected_hardlinks, proc_sys_fs(5)), or a file
 * system without hard links; its last name was removed meanwhile. */
static bool
needs_copy(int e)
{
	return e == EXDEV || e == EMLINK || e == EPERM || e == EOPNOTSUPP ||
	       e == ENOENT;
}

/* 0, or -1 and errno. Without the directory of temporary files, which may be on another file
 * system than the file and its new place. */
static int
share_or_copy(const struct store *st, int fd, const char *path)
{
	struct place place = find_place(st, path);
	int failed = place.dir == -1 ? -1 : link_over(fd, place);

	if (failed && place.dir != -1 && needs_copy(errno))
		failed = copy_fd(fd, place);
	io_close(place.dir);
	return failed;
}

enum result
io_share_fd(const struct store *st, int fd, const char *dir, const char *name,
    struct err *err)
{
	char tmp[IO_PATH_MAX], path[IO_PATH_MAX];
	enum result r = io_path(path, err, "%s/%s", dir, name);

	if (r == RC_OK)
		r = make_shared_ready(fd, path, err);
	if (r != RC_OK)
		return r;
	if (link_fd_tmp(st, fd, tmp) == 0) {
		r = rename_over(st, tmp, path, err);
		(void)remove_path(st, tmp); /* see io_link() */
	} else if (!needs_copy(errno) || share_or_copy(st, fd, path) == -1) {
		r = io_failed(err, "link", path);
	}
	return r;
}

enum result
io_move_fd(const struct store *st, int fd, const char *from, const char *to,
    struct err *err)
{
	enum result r = make_ready(st, fd, from, err);

	return r == RC_OK ? rename_over(st, from, to, err) : r;
}

enum result
io_move(const struct store *st, const char *from, const char *dir, const char *name,
    struct err *err)
{
	char path[IO_PATH_MAX];
	enum result r = io_path(path, err, "%s/%s", dir, name);

	if (r == RC_OK &&
	    (failpoint_hit("rename") || rename_path(st, from, path) == -1))
		r = io_failed(err, "rename", from);
	return r;
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
	io_close(p.dir);
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
		r = io_path(part, err, "%.*s", (int)(end - path), path);
		if (r == RC_OK)
			r = mkdir_one(st, part, err);
	} while (r == RC_OK && *end != '\0');
	return r;
}

/* ---- names and times are durable ---- */

enum result
io_sync(const struct store *st, const char *dir, struct err *err)
{
	int fd = io_open(st, dir, O_RDONLY | O_DIRECTORY);
	enum result r = RC_OK;

	if (fd == -1)
		return io_failed(err, "open", dir);
	if (failpoint_hit("fsync-dir") || fsync(fd) == -1)
		r = io_failed(err, "fsync", dir);
	io_close(fd);
	return r;
}

enum result
io_sync_all(const struct store *st, const char *path, struct err *err)
{
	int fd = io_open(st, path, O_RDONLY);
	enum result r = RC_OK;

	if (fd == -1 || failpoint_hit("syncfs") || syncfs(fd) == -1)
		r = io_failed(err, "syncfs", path);
	io_close(fd);
	return r;
}

enum result
io_touch(const struct store *st, const char *path, const struct timespec times[2],
    struct err *err)
{
	int fd = io_open(st, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	enum result r = RC_OK;

	if (fd == -1)
		return io_failed(err, "open", path);
	if (futimens(fd, times) == -1)
		r = io_failed(err, "utimens", path);
	io_close(fd);
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
		io_close(fd);
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
	io_close(p.dir);
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
	enum result r = io_path(path, err, "%s/%s", parent, name);

	if (r != RC_OK)
		return r;
	p = find_place(st, path);
	if (p.dir == -1 || failpoint_hit("remove") ||
	    (!io_remove_tree(p.dir, p.name) && errno != EBUSY))
		r = io_failed(err, "remove", path);
	io_close(p.dir);
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
	enum result r = io_path(path, err, "%s/%s", parent, name);

	if (r != RC_OK)
		return r;
	do
		tmp_name(tmp);
	while (io_exists(st, tmp)); /* left by a crash: nothing moves over it */
	if (failpoint_hit("rename-dir") || rename_path(st, path, tmp) == -1) {
		if (errno == EXDEV || errno == EBUSY)
			return remove_in_place(st, parent, name, err);
		r = io_failed(err, "rename", path);
		return absent_for_good(st, path, r, err);
	}
	r = sync_removal(st, parent, err);
	remove_rest(st, tmp);
	return r == RC_NOT_FOUND ? RC_IO : r; /* it was there */
}
