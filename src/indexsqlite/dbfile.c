/* dbfile.c: see dbfile.h. */
#include "indexsqlite/dbfile.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

static enum result
call_failed(const char *call, const char *path, const char *suffix, struct err *err)
{
	enum result r = errno == ENOENT ? RC_REBUILDING : RC_IO;

	return err_set(err, r, "index: %s %s%s: %m", call, path, suffix);
}

/* False: errno says why. */
static bool
name_of(const char *path, const char *suffix, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s%s", path, suffix);

	errno = ENAMETOOLONG;
	return n > 0 && n < PATH_MAX;
}

static bool
stat_file(const char *path, const char *suffix, struct stat *st)
{
	char name[PATH_MAX];

	return name_of(path, suffix, name) && stat(name, st) == 0;
}

enum result
dbfile_look(const char *path, struct dbfile *out, struct err *err)
{
	struct stat st;

	if (!stat_file(path, "", &st))
		return call_failed("stat", path, "", err);
	if (!S_ISREG(st.st_mode))
		return err_set(err, RC_REBUILDING, "index: %s is not a file", path);
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	if (!stat_file(path, "-wal", &st))
		return call_failed("stat", path, "-wal", err);
	out->wal = st.st_ino;
	return RC_OK;
}

bool
dbfile_eq(const struct dbfile *a, const struct dbfile *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->wal == b->wal;
}

bool
dbfile_same(const char *path, const struct dbfile *file)
{
	struct dbfile now;
	struct err ignored;

	return dbfile_look(path, &now, &ignored) == RC_OK && dbfile_eq(&now, file);
}

enum result
dbfile_remove(const char *path, struct err *err)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
	char name[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (name_of(path, suffixes[i], name) && remove(name) == 0)
			continue;
		if (errno == ENOTEMPTY || errno == EEXIST)
			return err_set(err, RC_IO,
			    "index: %s%s is a directory that is not empty: move it "
			    "away, the index is a file",
			    path, suffixes[i]);
		if (errno != ENOENT)
			return call_failed("remove", path, suffixes[i], err);
	}
	return RC_OK;
}
