/* inbox.c: see inbox.h. */
#include "store/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "storefs/io.h"
#include "storefs/storefs.h"

#define UNTOUCHED_S 60 /* nginx writes on: younger files are not looked at */
#define NO_LEASE_AGE_S \
	(24 * 3600) /* after which a file in use would have timed out */

/* Nobody has it open: the kernel grants a write lease only then. */
static bool
is_orphan(struct store *st, const char *name, int64_t age)
{
	char path[IO_PATH_MAX];
	bool orphan;
	int fd;

	(void)snprintf(path, sizeof(path), IO_BODY_DIR "/%s", name);
	fd = io_open(st, path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return false;
	orphan = fcntl(fd, F_SETLEASE, F_WRLCK) == 0;
	if (!orphan && errno != EAGAIN)
		orphan = age > NO_LEASE_AGE_S;
	(void)close(fd);
	return orphan;
}

/* Logs what could not be removed; errno says why. */
static void
log_left(const struct store *st, const char *dir, const char *name)
{
	log_line(LOG_WARN, "store.remove", "path=%s/%s/%s error=\"%m\"",
	    storefs_path(st), dir, name);
}

enum result
store_inbox_sweep(struct store *st, unsigned *removed, struct err *err)
{
	struct dirent *e;
	DIR *d;
	struct stat sb;

	*removed = 0;
	if (io_open_dir(st, IO_BODY_DIR, &d, err) != RC_OK)
		return RC_IO;
	while ((e = readdir(d)) != NULL) {
		int64_t age;

		if (fstatat(dirfd(d), e->d_name, &sb, AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISREG(sb.st_mode))
			continue;
		age = clock_now() - (int64_t)sb.st_mtime;
		if (age < UNTOUCHED_S || !is_orphan(st, e->d_name, age))
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) == 0)
			(*removed)++;
		else if (errno != ENOENT)
			log_left(st, IO_BODY_DIR, e->d_name);
	}
	(void)closedir(d);
	return RC_OK;
}

enum result
storefs_sweep_tmp(struct store *st, unsigned *removed, struct err *err)
{
	struct dirent *e;
	DIR *d;

	*removed = 0;
	if (io_open_dir(st, IO_TMP_DIR, &d, err) != RC_OK)
		return RC_IO;
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (io_remove_tree(dirfd(d), e->d_name))
			(*removed)++;
		else
			log_left(st, IO_TMP_DIR, e->d_name);
	}
	(void)closedir(d);
	return RC_OK;
}
