/* io.c: see io.h. */
#include "store/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/failpoint.h"

/* Descriptors that must not reach a child by exec. */
#define O_BASE (O_CLOEXEC | O_NOFOLLOW)

enum result
io_failed(struct err *err, const char *call, const char *path)
{
	int e = errno;
	enum result r = RC_IO;

	if (e == ENOENT || e == ENOTDIR)
		r = RC_ABSENT;
	else if (e == ENOSPC || e == EDQUOT)
		r = RC_FULL;
	else if (e == ENAMETOOLONG)
		r = RC_BAD_NAME;
	return err_set(err, r, "%s %s: %s", call, path, strerror(e));
}

static enum result
read_all(int fd, char *p, size_t n, const char *path, struct err *err)
{
	size_t got = 0;
	ssize_t k;

	while (got < n) {
		k = read(fd, p + got, n - got);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return io_failed(err, "read", path);
		if (k == 0)
			return err_set(
			    err, RC_IO, "read %s: shorter than it was", path);
		got += (size_t)k;
	}
	return RC_OK;
}

static enum result
no_such_file(struct err *err, const char *path, size_t limit)
{
	return err_set(
	    err, RC_TOO_LARGE, "%s: no file of at most %zu bytes", path, limit);
}

enum result
io_read(const struct store *st, struct arena *a, const char *path, size_t limit,
    struct str *out, struct err *err)
{
	int fd = openat(st->root, path, O_RDONLY | O_NONBLOCK | O_BASE);
	struct stat sb;
	enum result r;
	char *p;

	if (fd == -1 && errno == ELOOP)
		return no_such_file(err, path, limit);
	if (fd == -1)
		return io_failed(err, "open", path);
	if (fstat(fd, &sb) == -1) {
		r = io_failed(err, "stat", path);
		goto out;
	}
	if (!S_ISREG(sb.st_mode) || (uint64_t)sb.st_size > limit) {
		r = no_such_file(err, path, limit);
		goto out;
	}
	p = arena_alloc(a, (size_t)sb.st_size + 1);
	r = read_all(fd, p, (size_t)sb.st_size, path, err);
	*out = str_make(p, (size_t)sb.st_size);
out:
	(void)close(fd);
	return r;
}

enum result
io_stat(const struct store *st, const char *path, struct stat *sb, struct err *err)
{
	if (fstatat(st->root, path, sb, AT_SYMLINK_NOFOLLOW) == -1)
		return io_failed(err, "stat", path);
	return RC_OK;
}

bool
io_exists(const struct store *st, const char *path)
{
	struct stat sb;

	return fstatat(st->root, path, &sb, AT_SYMLINK_NOFOLLOW) == 0;
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
			*fd = openat(st->root, tmp,
			    O_WRONLY | O_CREAT | O_EXCL | O_BASE, 0644);
	} while (*fd == -1 && errno == EEXIST);
	return *fd == -1 ? io_failed(err, "create", tmp) : RC_OK;
}

static enum result
write_all(int fd, struct str s, const char *path, struct err *err)
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

static enum result
rename_over(const struct store *st, const char *tmp, const char *dir,
    const char *name, struct err *err)
{
	char path[IO_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (failpoint_hit("rename") ||
	    renameat(st->root, tmp, st->root, path) == -1)
		return io_failed(err, "rename", path);
	return RC_OK;
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
	r = write_all(fd, content, tmp, err);
	if (r == RC_OK && (failpoint_hit("fsync") || fsync(fd) == -1))
		r = io_failed(err, "fsync", tmp);
	if (r == RC_OK)
		r = rename_over(st, tmp, dir, name, err);
	if (r != RC_OK)
		(void)unlinkat(st->root, tmp, 0);
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
		failed = failpoint_hit("link") ||
			 linkat(st->root, from, st->root, tmp, 0) == -1;
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
	(void)unlinkat(st->root, tmp, 0);
	return r;
}

/* What is true of each file before it has a name. nginx makes its body files 0600; an
 * old server may run as another user. */
static enum result
settle_fd(int fd, const char *path, struct err *err)
{
	const struct timespec read_now[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};

	if (fchmod(fd, 0644) == -1)
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

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (failpoint_hit("link"))
		return -1;
	return linkat(AT_FDCWD, self, st->root, path, AT_SYMLINK_FOLLOW);
}

static enum result
link_failed(
    const struct store *st, const char *dir, const char *path, struct err *err)
{
	if (errno == ENOENT && io_exists(st, dir))
		return err_set(err, RC_GONE, "%s: the body was taken back", path);
	return io_failed(err, "link", path);
}

enum result
io_name_fd(const struct store *st, int fd, const char *dir, const char *name,
    struct err *err)
{
	char path[IO_PATH_MAX];
	enum result r;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	r = settle_fd(fd, path, err);
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
	enum result r = settle_fd(fd, dir, err);

	if (r != RC_OK)
		return r;
	do {
		tmp_name(tmp);
		failed = link_fd(st, fd, tmp);
	} while (failed && errno == EEXIST);
	if (failed)
		return link_failed(st, IO_TMP_DIR, tmp, err);
	r = rename_over(st, tmp, dir, name, err);
	(void)unlinkat(st->root, tmp, 0); /* see io_link() */
	return r;
}

enum result
io_move_fd(const struct store *st, int fd, const char *from, const char *dir,
    const char *name, struct err *err)
{
	enum result r = settle_fd(fd, from, err);

	return r == RC_OK ? rename_over(st, from, dir, name, err) : r;
}

static enum result
mkdir_one(
    const struct store *st, const char *path, const char *parent, struct err *err)
{
	if (failpoint_hit("mkdir") || mkdirat(st->root, path, 0755) == -1) {
		if (errno == EEXIST)
			return RC_OK;
		return io_failed(err, "mkdir", path);
	}
	return io_sync(st, parent, err);
}

enum result
io_mkdirs(const struct store *st, const char *path, struct err *err)
{
	char part[IO_PATH_MAX], parent[IO_PATH_MAX] = ".";
	const char *end = path;
	enum result r;

	if (io_exists(st, path))
		return RC_OK;
	do {
		end = strchrnul(end + 1, '/');
		if ((size_t)(end - path) >= sizeof(part))
			return err_set(
			    err, RC_BAD_NAME, "mkdir %.60s...: too long", path);
		(void)snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		r = mkdir_one(st, part, parent, err);
		memcpy(parent, part, sizeof(parent));
	} while (r == RC_OK && *end != '\0');
	return r;
}

enum result
io_sync(const struct store *st, const char *dir, struct err *err)
{
	int fd = openat(st->root, dir, O_RDONLY | O_DIRECTORY | O_BASE);
	enum result r = RC_OK;

	if (fd == -1)
		return io_failed(err, "open", dir);
	if (failpoint_hit("fsync-dir") || fsync(fd) == -1)
		r = io_failed(err, "fsync", dir);
	(void)close(fd);
	return r;
}

enum result
io_unlink(const struct store *st, const char *path, struct err *err)
{
	if (failpoint_hit("unlink") || unlinkat(st->root, path, 0) == -1)
		if (errno != ENOENT)
			return io_failed(err, "unlink", path);
	return RC_OK;
}

enum result
io_open_dir(const struct store *st, const char *dir, DIR **out, struct err *err)
{
	int fd = openat(st->root, dir, O_RDONLY | O_DIRECTORY | O_BASE);
	enum result r = RC_OK;

	*out = fd == -1 ? NULL : fdopendir(fd);
	if (*out == NULL) {
		r = io_failed(err, "opendir", dir);
		if (fd != -1)
			(void)close(fd);
	}
	return r;
}

bool
io_remove_tree(int dir, const char *name)
{
	struct dirent *e;
	DIR *d;
	int fd;

	if (unlinkat(dir, name, 0) == 0)
		return true;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_BASE);
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

/* Once the directory has left its place it is gone; what follows is tidying, and
 * what a crash leaves of it is swept at the next start. */
enum result
io_remove_dir(
    const struct store *st, const char *parent, const char *name, struct err *err)
{
	char path[IO_PATH_MAX], tmp[IO_PATH_MAX];
	enum result r;

	(void)snprintf(path, sizeof(path), "%s/%s", parent, name);
	do
		tmp_name(tmp);
	while (io_exists(st, tmp)); /* left by a crash: nothing moves over it */
	if (failpoint_hit("rename-dir") ||
	    renameat(st->root, path, st->root, tmp) == -1)
		return io_failed(err, "rename", path);
	r = io_sync(st, parent, err);
	(void)io_remove_tree(st->root, tmp);
	return r;
}
