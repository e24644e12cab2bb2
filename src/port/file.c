/* file.c: see file.h. The only file of this room that makes system calls. */
#include "port/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

#define UNFINISHED \
	".berth-part" /* after the name of a file that is being written */

static enum result
failed(struct err *err, const char *call, const char *name)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(
		    err, RC_NOT_FOUND, "%s: there is no such file", name);
	if (errno == ENOSPC || errno == EDQUOT)
		return err_set(err, RC_FULL, "%s %s: %m", call, name);
	return err_set(err, RC_IO, "%s %s: %m", call, name);
}

void
file_close(int fd)
{
	int e = errno;

	if (fd > STDERR_FILENO)
		(void)close(fd);
	errno = e;
}

/* ---- reading ---- */

/* Takes the descriptor of what was opened. */
static enum result
take(int fd, const char *name, struct file *out, struct err *err)
{
	struct stat sb;

	if (fd == -1)
		return failed(err, "open", name);
	if (fstat(fd, &sb) == -1 ||
	    (!S_ISREG(sb.st_mode) && !S_ISDIR(sb.st_mode))) {
		file_close(fd);
		return err_set(err, RC_NOT_FOUND,
		    "%s: it must be a regular file or a directory", name);
	}
	*out = (struct file){fd, S_ISDIR(sb.st_mode), (uint64_t)sb.st_size};
	return RC_OK;
}

enum result
file_open(const char *path, struct file *out, struct err *err)
{
	return take(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), path, out, err);
}

/* Opens the directory that holds the last part of the name, part by part. *last is that part. With
 * `make` directories that are missing are made. -1 and errno. */
static int
open_parent(int dir, const char *name, bool make, const char **last)
{
	const char *slash;
	int fd = dir, next;

	for (; (slash = strchr(name, '/')) != NULL; name = slash + 1) {
		struct arena *a = arena_new();
		const char *part = arena_strndup(a, name, (size_t)(slash - name));

		if (make)
			(void)mkdirat(fd, part, 0777);
		next = openat(
		    fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		arena_free(a);
		if (fd != dir)
			file_close(fd);
		if (next == -1)
			return -1;
		fd = next;
	}
	*last = name;
	return fd;
}

static void
close_parent(int parent, int dir)
{
	if (parent != dir && parent != -1)
		file_close(parent);
}

enum result
file_open_below(int dir, const char *name, struct file *out, struct err *err)
{
	const char *last = name;
	int parent = open_parent(dir, name, false, &last), fd = -1;
	enum result r;

	if (parent != -1)
		fd = openat(
		    parent, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno == ELOOP)
		r = err_set(err, RC_BAD_DATA,
		    "%s is a symbolic link: in a directory these are not followed",
		    name);
	else
		r = take(fd, name, out, err);
	close_parent(parent, dir);
	return r;
}

bool
file_exists(const char *path)
{
	struct stat sb;

	return lstat(path, &sb) == 0;
}

ssize_t
file_read(int fd, void *p, size_t n)
{
	ssize_t k;

	do
		k = read(fd, p, n);
	while (k == -1 && errno == EINTR);
	return k;
}

ssize_t
file_read_at(int fd, void *p, size_t n, uint64_t at)
{
	ssize_t k;

	do
		k = pread(fd, p, n, (off_t)at);
	while (k == -1 && errno == EINTR);
	return k;
}

/* ---- writing ---- */

enum result
file_write(int fd, struct str bytes, struct err *err)
{
	ssize_t k;

	while (bytes.n > 0) {
		k = write(fd, bytes.p, bytes.n);
		if (k == -1 && errno != EINTR)
			return failed(err, "write", "the target");
		if (k > 0)
			bytes = str_make(bytes.p + k, bytes.n - (size_t)k);
	}
	return RC_OK;
}

enum result
file_sync(int fd, const char *name, struct err *err)
{
	if (fsync(fd) == -1 && errno != EINVAL && errno != EROFS)
		return failed(err, "fsync", name);
	return RC_OK;
}

static void
tmp_name(const char *path, char *out)
{
	(void)sprintf(out, "%s.berth-XXXXXX", path);
}

/* mkstemp(3) makes a file that only its owner may read; others get what the umask leaves. */
static mode_t
current_umask(void)
{
	mode_t mask = umask(077);

	(void)umask(mask);
	return mask;
}

enum result
file_make_tmp(const char *path, char *out, int *fd, struct err *err)
{
	tmp_name(path, out);
	*fd = mkostemp(out, O_CLOEXEC);
	if (*fd == -1)
		return failed(err, "create", path);
	(void)fchmod(*fd, 0666 & ~current_umask());
	return RC_OK;
}

enum result
file_make_tmp_directory(const char *path, char *out, int *fd, struct err *err)
{
	tmp_name(path, out);
	if (mkdtemp(out) == NULL)
		return failed(err, "mkdir", path);
	(void)chmod(out, 0777 & ~current_umask());
	*fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd == -1 ? failed(err, "open", out) : RC_OK;
}

static const char *
unfinished(struct arena *a, const char *last)
{
	return arena_printf(a, "%s" UNFINISHED, last);
}

enum result
file_begin_below(int dir, const char *name, int *fd, struct err *err)
{
	struct arena *a = arena_new();
	const char *last = name;
	int parent = open_parent(dir, name, true, &last);
	enum result r = RC_OK;

	*fd = -1;
	if (parent != -1)
		(void)unlinkat(parent, unfinished(a, last), 0);
	if (parent != -1)
		*fd = openat(parent, unfinished(a, last),
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (*fd == -1)
		r = failed(err, "create", name);
	close_parent(parent, dir);
	arena_free(a);
	return r;
}

enum result
file_end_below(int dir, const char *name, int fd, struct err *err)
{
	struct arena *a = arena_new();
	const char *last = name;
	int parent = open_parent(dir, name, false, &last);
	enum result r = file_sync(fd, name, err);

	file_close(fd);
	if (r == RC_OK && (parent == -1 || renameat(parent, unfinished(a, last),
					       parent, last) == -1))
		r = failed(err, "rename", name);
	close_parent(parent, dir);
	arena_free(a);
	return r;
}

enum result
file_link_below(int dir, const char *name, const char *target, struct err *err)
{
	const char *last = name;
	int parent = open_parent(dir, name, true, &last);
	enum result r = RC_OK;

	if (parent == -1 || symlinkat(target, parent, last) == -1)
		r = failed(err, "symlink", name);
	close_parent(parent, dir);
	return r;
}

/* A directory that is there and empty counts as free, too. Where the file system cannot refuse a
 * name that is taken, the caller's own look must do. */
enum result
file_move(const char *from, const char *to, struct err *err)
{
	int moved = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

	if (moved == -1 && (errno == EINVAL || errno == ENOSYS))
		moved = rename(from, to);
	return moved == -1 ? failed(err, "rename", to) : RC_OK;
}

static int
remove_one(const char *path, const struct stat *sb, int kind, struct FTW *where)
{
	(void)sb, (void)kind, (void)where;
	(void)remove(path);
	return 0;
}

void
file_remove(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
