/* store.c: see store/store.h and storefs.h. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "storefs/blob.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/link.h"
#include "storefs/listing.h"
#include "storefs/log_once.h"
#include "storefs/storefs.h"

#define LOOKED_AT   1000
#define OWN_LOOK_MS 20 /* between two looks at a lock that is held */
#define OWN_WAIT_MS \
	10000 /* as long as workers of an earlier start may take to end */

/* RC_NOT_FOUND: nothing is there. RC_IO: the place is a symbolic link that is not followed.
 * Without this place nothing could be served, or a full store would look empty. */
static enum result
look_at_place(
    const struct store *st, const char *place, struct stat *sb, struct err *err)
{
	enum result r = io_stat(st, place, sb, err);
	int link = -1;

	if (r == RC_NOT_FOUND)
		link = io_open(st, place, O_PATH | O_NOFOLLOW);
	if (link == -1)
		return r;
	io_close(link);
	return err_set(err, RC_IO,
	    "%s/%s: a symbolic link that leads out of the store, to itself or to "
	    "nothing is not followed: move its target into the store, or mount that "
	    "in place of the link (mount --bind)",
	    st->path, place);
}

static enum result
make_places(struct store *st, struct err *err)
{
	static const char *const dirs[] = {"images", "repositories", IO_BODY_DIR,
	    IO_TMP_DIR, IO_PUSH_DIR, IO_UPLOAD_DIR, IO_TYPE_DIR, IO_ABOUT_DIR,
	    IO_DERIVED_DIR, IO_MIRROR_DIR, IO_BRIDGE_DIR};
	enum result r = RC_OK;
	struct stat sb;
	size_t i;
	int fd;

	for (i = 0; r == RC_OK && i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		r = io_mkdirs(st, dirs[i], err);
		if (r == RC_OK)
			r = look_at_place(st, dirs[i], &sb, err);
	}
	if (r != RC_OK)
		return r;
	r = io_open_own(st, IO_LOCK, &fd, err);
	if (r == RC_OK)
		io_close(fd);
	return r;
}

/* May this process write there, and the owner still change what it makes? */
static bool
is_ours(const struct store *st, const char *place, const struct stat *sb)
{
	if (sb->st_uid == geteuid())
		return true;
	return geteuid() != 0 &&
	       faccessat(st->root, place, W_OK | X_OK, AT_EACCESS) == 0;
}

/* An old server may have run as another user: better to say so at the start than to fail at the
 * first push. */
static enum result
check_owner(struct store *st, struct err *err)
{
	static const char *const places[] = {".", "images", "repositories",
	    "docker", "docker/registry", LAYOUT_ROOT, LAYOUT_REPOSITORIES,
	    LAYOUT_BLOBS, LAYOUT_BLOBS "/sha256"};
	struct stat sb;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		enum result r = look_at_place(st, places[i], &sb, err);

		if (r == RC_NOT_FOUND ||
		    (r == RC_OK && is_ours(st, places[i], &sb)))
			continue;
		if (r != RC_OK)
			return r;
		return err_set(err, RC_IO,
		    "%s%s%s belongs to user %u: run berth as that user, or give "
		    "the directory to berth's",
		    st->path, i == 0 ? "" : "/", i == 0 ? "" : places[i],
		    (unsigned)sb.st_uid);
	}
	return RC_OK;
}

/* There is no call that reads the umask without setting it. */
static mode_t
umask_now(void)
{
	mode_t mask = umask(077);

	(void)umask(mask);
	return mask;
}

enum result
storefs_open(const char *path, struct store **out, struct err *err)
{
	struct store *st = must_alloc(1, sizeof(*st));
	enum result r;

	*out = NULL;
	st->path = must_have(strdup(path));
	st->own = -1;
	st->file_mode = 0640 & ~umask_now();
	st->once = log_once_new();
	st->durable = durable_new();
	st->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (st->root == -1 || !beneath_init(&st->beneath, st->root, path)) {
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
	io_close(st->root);
	io_close(st->own);
	beneath_free(&st->beneath);
	log_once_free(st->once);
	durable_free(st->durable);
	free(st->path);
	free(st);
}

/* Two locks on one file. That of the master ends with its process (POSIX), so a second start
 * fails at once. That of the servers is passed on with the descriptor (OFD) to the workers,
 * which may run a moment longer than a killed master: it is waited for. */
enum result
storefs_lock_exclusive(struct store *st, struct err *err)
{
	struct flock master = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	struct flock servers = master;
	int waited = 0;

	servers.l_start = 1;
	if (io_open_own(st, IO_OWNER, &st->own, err) != RC_OK)
		return RC_IO;
	if (fcntl(st->own, F_SETLK, &master) == -1)
		return err_set(err, RC_IO,
		    "%s: another berth serves this directory", st->path);
	while (fcntl(st->own, F_OFD_SETLK, &servers) == -1) {
		if (waited >= OWN_WAIT_MS)
			return err_set(err, RC_IO,
			    "%s: workers of an earlier berth still run", st->path);
		clock_sleep_ms(OWN_LOOK_MS);
		waited += OWN_LOOK_MS;
	}
	return RC_OK;
}

enum result
storefs_sweep_tmp(struct store *st, unsigned *removed, struct err *err)
{
	struct dirent *e;
	DIR *d;
	enum result r = io_open_dir(st, IO_TMP_DIR, &d, err);

	*removed = 0;
	if (r != RC_OK)
		return RC_IO;
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (io_remove_tree(dirfd(d), e->d_name))
			(*removed)++;
		else
			log_line(LOG_WARN, "store.remove",
			    "path=%s/" IO_TMP_DIR "/%s error=\"%m\"", st->path,
			    e->d_name);
	}
	(void)closedir(d);
	return blob_put_back(st, err);
}

struct look {
	const struct store *st;
	const char *dir;
	unsigned left; /* entries that are still looked at */
};

static bool
look_at_entry(void *arg, const char *name)
{
	struct look *l = arg;
	char path[IO_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", l->dir, name);
	(void)io_exists(l->st, path); /* logs links that it does not follow */
	return --l->left > 0;
}

void
storefs_log_links(const struct store *st)
{
	static const char *const dirs[] = {"repositories", LAYOUT_REPOSITORIES};
	struct err ignored;
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		struct look l = {st, dirs[i], LOOKED_AT};

		(void)listing_each(st, dirs[i], look_at_entry, &l, &ignored);
	}
}

enum result
storefs_sync_all(const struct store *st, struct err *err)
{
	return durable_all(st, err);
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

/* Does what a push does: makes a file that has no name yet, and looks at the places where it
 * would get one. */
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
	r = io_open_unnamed(st, &fd, err);
	if (r != RC_OK)
		return r;
	r = io_write_all(fd, str_make("", 1), IO_TMP_DIR, err);
	io_close(fd);
	return r;
}
