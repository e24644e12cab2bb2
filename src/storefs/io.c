/* io.c: see io.h. */
#include "storefs/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "storefs/unusable.h"

enum result
io_failed(struct err *err, const char *call, const char *path)
{
	int e = errno;
	enum result r = RC_IO;

	if (e == ENOENT || e == ENOTDIR || e == ELOOP || e == ENOLINK || e == ENXIO)
		r = RC_NOT_FOUND;
	else if (e == ENOSPC || e == EDQUOT)
		r = RC_FULL;
	else if (e == ENAMETOOLONG)
		r = RC_BAD_NAME;
	if (e == ENOLINK)
		(void)err_set(err, r,
		    "%s %s: a symbolic link on the way leads out of the store",
		    call, path);
	else
		(void)err_set(err, r, "%s %s: %m", call, path);
	errno = e;
	return r;
}

enum result
io_path(char out[IO_PATH_MAX], struct err *err, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out, IO_PATH_MAX, format, args);
	va_end(args);
	if (n >= 0 && n < IO_PATH_MAX)
		return RC_OK;
	return err_set(err, RC_BAD_NAME,
	    "%.60s...: a path in the store has fewer than %d bytes", out,
	    IO_PATH_MAX);
}

/* ---- opening ---- */

static int
open_way(const struct store *st, const char *path, int flags, mode_t mode,
    struct beneath_way *way)
{
	int fd = beneath_open(&st->beneath, path, flags, mode, way);

	if (fd == -1 && (errno == ENOLINK || errno == ELOOP))
		unusable_link(st, way);
	return fd;
}

int
io_open_mode(const struct store *st, const char *path, int flags, mode_t mode)
{
	struct beneath_way way;

	return open_way(st, path, flags, mode, &way);
}

int
io_open(const struct store *st, const char *path, int flags)
{
	return io_open_mode(st, path, flags, 0);
}

enum result
io_open_file(const struct store *st, const char *path, int flags,
    struct io_file *out, struct err *err)
{
	enum result r = RC_OK;

	out->fd = io_open(st, path, flags | O_NONBLOCK | O_NOCTTY);
	if (out->fd == -1) {
		r = io_failed(err, "open", path);
		if (errno != ENXIO && errno != EISDIR) /* a socket, a directory */
			return r;
		r = io_stat_file(st, path, &out->sb, err);
		return r == RC_OK ? RC_IO : r;
	}
	if (fstat(out->fd, &out->sb) == -1)
		r = io_failed(err, "stat", path);
	else if (!S_ISREG(out->sb.st_mode))
		r = unusable_file(st, path, out->sb.st_mode, err);
	if (r != RC_OK) {
		io_close(out->fd);
		out->fd = -1;
	}
	return r;
}

enum result
io_open_own(const struct store *st, const char *path, int *fd, struct err *err)
{
	*fd = io_open_mode(
	    st, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600);
	return *fd == -1 ? io_failed(err, "open", path) : RC_OK;
}

void
io_close(int fd)
{
	int e = errno;

	if (fd != -1)
		(void)close(fd);
	errno = e;
}

/* ---- reading ---- */

ssize_t
io_read_at(int fd, void *p, size_t n, uint64_t at)
{
	ssize_t k;

	do
		k = pread(fd, p, n, (off_t)at);
	while (k == -1 && errno == EINTR);
	return k;
}

static enum result
read_all(int fd, char *p, size_t n, const char *path, struct err *err)
{
	size_t got = 0;
	ssize_t k;

	while (got < n) {
		k = io_read_at(fd, p + got, n - got, got);
		if (k == -1)
			return io_failed(err, "read", path);
		if (k == 0)
			return err_set(
			    err, RC_IO, "read %s: shorter than it was", path);
		got += (size_t)k;
	}
	return RC_OK;
}

enum result
io_read(const struct store *st, struct arena *a, const char *path, size_t limit,
    struct str *out, struct err *err)
{
	struct io_file file;
	enum result r = io_open_file(st, path, O_RDONLY, &file, err);
	size_t n;
	char *p;

	if (r != RC_OK)
		return r;
	n = (size_t)file.sb.st_size;
	if (n > limit) {
		r = err_set(
		    err, RC_TOO_LARGE, "%s: larger than %zu bytes", path, limit);
	} else {
		p = arena_alloc(a, n + 1);
		r = read_all(file.fd, p, n, path, err);
		*out = str_make(p, n);
	}
	io_close(file.fd);
	return r;
}

static enum result
stat_way(const struct store *st, const char *path, struct stat *sb,
    struct beneath_way *way, struct err *err)
{
	int fd = open_way(st, path, O_PATH, 0, way);
	enum result r = RC_OK;

	if (fd == -1 || fstat(fd, sb) == -1)
		r = io_failed(err, "stat", path);
	io_close(fd);
	return r;
}

enum result
io_stat(const struct store *st, const char *path, struct stat *sb, struct err *err)
{
	struct beneath_way way;

	return stat_way(st, path, sb, &way, err);
}

enum result
io_statx(
    const struct store *st, const char *path, struct statx *sx, struct err *err)
{
	int fd = io_open(st, path, O_PATH);
	enum result r = RC_OK;

	if (fd == -1 ||
	    statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, sx) == -1)
		r = io_failed(err, "stat", path);
	io_close(fd);
	return r;
}

bool
io_exists(const struct store *st, const char *path)
{
	int fd = io_open(st, path, O_PATH);

	io_close(fd);
	return fd != -1;
}

enum result
io_is_taken(const struct store *st, const char *path, bool *out, struct err *err)
{
	int fd = io_open(st, path, O_PATH | O_NOFOLLOW);

	*out = fd != -1;
	if (fd == -1)
		return errno == ENOENT ? RC_OK : io_failed(err, "open", path);
	io_close(fd);
	return RC_OK;
}

enum result
io_stat_file(
    const struct store *st, const char *path, struct stat *sb, struct err *err)
{
	enum result r = io_stat(st, path, sb, err);

	if (r == RC_OK && !S_ISREG(sb->st_mode))
		r = unusable_file(st, path, sb->st_mode, err);
	return r;
}

enum result
io_find_file(const struct store *st, struct arena *a, const char *path,
    struct io_found *out, struct err *err)
{
	struct beneath_way way;
	enum result r = stat_way(st, path, &out->sb, &way, err);

	if (r == RC_OK && !S_ISREG(out->sb.st_mode))
		r = unusable_file(st, path, out->sb.st_mode, err);
	out->path = way.path[0] == '\0' ? path : arena_strdup(a, way.path);
	return r;
}

int64_t
io_age(const struct stat *sb)
{
	return clock_now() - (int64_t)sb->st_mtim.tv_sec;
}

enum result
io_open_dir(const struct store *st, const char *dir, DIR **out, struct err *err)
{
	int fd = io_open(st, dir, O_RDONLY | O_DIRECTORY);
	enum result r = RC_OK;

	*out = fd == -1 ? NULL : fdopendir(fd);
	if (*out == NULL) {
		r = io_failed(err, "opendir", dir);
		io_close(fd);
	}
	return r;
}
