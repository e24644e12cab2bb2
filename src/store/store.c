/* store.c: see store.h. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "store/io.h"
#include "store/v2_link.h"

#define OWN_WAIT_MS \
	10000 /* as long as workers of an earlier start may take to end */

static enum result
make_places(struct store *st, struct err *err)
{
	static const char *const dirs[] = {"images", "repositories", IO_BODY_DIR,
	    IO_TMP_DIR, IO_PUSH_DIR, IO_UPLOAD_DIR, IO_TYPE_DIR, IO_ABOUT_DIR,
	    IO_MIRROR_DIR};
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

/* May this process write there, so that the owner can still change what it makes? */
static bool
is_ours(const struct store *st, const char *place, const struct stat *sb)
{
	if (sb->st_uid == geteuid())
		return true;
	return geteuid() != 0 &&
	       faccessat(st->root, place, W_OK | X_OK, AT_EACCESS) == 0;
}

/* An old server may have run as somebody else: told at the start, not by the first
 * push. */
static enum result
check_owner(struct store *st, struct err *err)
{
	static const char *const places[] = {
	    ".", "images", "repositories", V2_REPOS, V2_BLOBS, V2_BLOBS "/sha256"};
	struct stat sb;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (fstatat(st->root, places[i], &sb, AT_SYMLINK_NOFOLLOW) == -1 ||
		    is_ours(st, places[i], &sb))
			continue;
		return err_set(err, RC_IO,
		    "%s%s%s belongs to user %u: run berth as that user, or give "
		    "the directory to berth's",
		    st->path, i == 0 ? "" : "/", i == 0 ? "" : places[i],
		    (unsigned)sb.st_uid);
	}
	return RC_OK;
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

/* As an upload comes to its name: a file in the directory for those that have none yet;
 * and the places where it would be. */
enum result
store_probe(const struct store *st, struct err *err)
{
	static const char *const places[] = {"images", "repositories"};
	enum result r = RC_OK;
	struct stat sb;
	size_t i;
	int fd;

	for (i = 0; r == RC_OK && i < sizeof(places) / sizeof(places[0]); i++)
		r = io_stat(st, places[i], &sb, err);
	if (r != RC_OK)
		return r;
	fd = openat(st->root, IO_TMP_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd == -1)
		return io_failed(err, "create", IO_TMP_DIR);
	if (write(fd, "", 1) == -1)
		r = io_failed(err, "write", IO_TMP_DIR);
	(void)close(fd);
	return r;
}
