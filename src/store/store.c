/* store.c: see store.h. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "store/io.h"

#define OWN_WAIT_MS \
	10000 /* as long as workers of an earlier start may take to end */

static enum result
make_places(struct store *st, struct err *err)
{
	static const char *const dirs[] = {"images", "repositories", IO_BODY_DIR,
	    IO_TMP_DIR, IO_PUSH_DIR, IO_UPLOAD_DIR, IO_TYPE_DIR};
	enum result r = RC_OK;
	size_t i;
	int fd;

	for (i = 0; r == RC_OK && i < sizeof(dirs) / sizeof(dirs[0]); i++)
		r = io_mkdirs(st, dirs[i], err);
	if (r != RC_OK)
		return r;
	fd = openat(
	    st->root, IO_LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return io_failed(err, "create", IO_LOCK);
	(void)close(fd);
	return RC_OK;
}

/* What root makes in another user's store that user cannot change any more. */
static enum result
check_owner(struct store *st, struct err *err)
{
	struct stat sb;

	if (geteuid() != 0 || fstat(st->root, &sb) == -1 || sb.st_uid == 0)
		return RC_OK;
	return err_set(err, RC_IO, "%s belongs to user %u: run berth as that user",
	    st->path, (unsigned)sb.st_uid);
}

enum result
store_open(const char *path, struct store **out, struct err *err)
{
	struct store *st = calloc(1, sizeof(*st));
	enum result r;

	*out = NULL;
	if (st == NULL || (st->path = strdup(path)) == NULL)
		abort();
	st->own = -1;
	st->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (st->root == -1) {
		r = io_failed(err, "open", path);
		goto out;
	}
	r = check_owner(st, err);
	if (r == RC_OK)
		r = make_places(st, err);
out:
	if (r != RC_OK) {
		store_close(st);
		return r == RC_FULL ? RC_FULL : RC_IO;
	}
	*out = st;
	return RC_OK;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	if (st->root != -1)
		(void)close(st->root);
	if (st->own != -1)
		(void)close(st->own);
	free(st->path);
	free(st);
}

const char *
store_path(const struct store *st)
{
	return st->path;
}

/* Two locks on one file. The master's goes with its process (POSIX), so a second
 * start is told at once; the servers' goes with the descriptor (OFD) to the
 * workers, who may outlive a killed master by a moment, and is waited for. */
enum result
store_own(struct store *st, struct err *err)
{
	const struct timespec pause = {0, 20000000};
	struct flock master = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	struct flock servers = master;
	int waited = 0;

	servers.l_start = 1;
	st->own = openat(
	    st->root, IO_OWNER, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (st->own == -1) {
		(void)io_failed(err, "open", IO_OWNER);
		return RC_IO;
	}
	if (fcntl(st->own, F_SETLK, &master) == -1)
		return err_set(err, RC_IO,
		    "%s: another berth serves this directory", st->path);
	while (fcntl(st->own, F_OFD_SETLK, &servers) == -1) {
		if (waited >= OWN_WAIT_MS)
			return err_set(err, RC_IO,
			    "%s: workers of an earlier berth still run", st->path);
		(void)nanosleep(&pause, NULL);
		waited += 20;
	}
	return RC_OK;
}

void
store_settle(const struct store *st)
{
	(void)syncfs(st->root);
}

enum result
store_free_bytes(struct store *st, uint64_t *out, struct err *err)
{
	struct statvfs sv;

	if (fstatvfs(st->root, &sv) == -1) {
		(void)io_failed(err, "statvfs", st->path);
		return RC_IO;
	}
	*out = (uint64_t)sv.f_bavail * sv.f_frsize;
	return RC_OK;
}
