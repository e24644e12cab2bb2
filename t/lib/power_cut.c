/* power_cut.c: see power_cut.h. */
#include "lib/power_cut.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>

#define CUT_NAME 64 /* bytes of an inode's name */

static char cut_dir[sizeof(dir) + 8]; /* empty: nothing is noted */
static int cut_lock = -1;
int cut_slow_ms;

/* libc's function of this name. */
static void *
real(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (p == NULL)
		bail_out(name);
	return p;
}

/* Names do not change while a directory is noted. The lock goes with its process. */
static void
lock_names(short type)
{
	struct flock fl = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};

	if (cut_lock != -1)
		while (fcntl(cut_lock, F_SETLKW, &fl) == -1 && errno == EINTR)
			;
}

/* Runs a call that returns an int, and keeps its errno. */
#define WITH_NAMES_LOCKED(call) \
	int result, kept; \
\
	lock_names(F_WRLCK); \
	result = (call); \
	kept = errno; \
	lock_names(F_UNLCK); \
	errno = kept; \
	return result

/* An inode's number may be given again, its birth not. */
static void
inode_name(int at, const char *path, int flags, char out[CUT_NAME], char *type)
{
	struct statx sx;

	if (statx(at, path, flags | AT_SYMLINK_NOFOLLOW,
		STATX_BASIC_STATS | STATX_BTIME, &sx) == -1)
		bail_out(path);
	(void)snprintf(out, CUT_NAME, "%llx-%llx.%x",
	    (unsigned long long)sx.stx_ino, (unsigned long long)sx.stx_btime.tv_sec,
	    (unsigned)sx.stx_btime.tv_nsec);
	*type = S_ISDIR(sx.stx_mode) ? 'd' : 'f';
}

static void
add_names(FILE *out, const char *path)
{
	char name[CUT_NAME], type;
	struct dirent *e;
	DIR *d = opendir(path);

	if (d == NULL)
		bail_out(path);
	while ((e = readdir(d)) != NULL) {
		if (!visible(e))
			continue;
		inode_name(dirfd(d), e->d_name, 0, name, &type);
		(void)fprintf(out, "%c %s %s\n", type, name, e->d_name);
	}
	(void)closedir(d);
}

static void
add_file(FILE *out, const char *path)
{
	FILE *in = fopen(path, "r");
	char chunk[4096];
	size_t n;

	if (in == NULL)
		bail_out(path);
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		(void)fwrite(chunk, 1, n, out);
	(void)fclose(in);
}

/* Whole or not at all: this process may be killed, too. */
static void
note_sync(int fd)
{
	char self[64], name[CUT_NAME], type, whole[256], part[272];
	FILE *out;

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	inode_name(fd, "", AT_EMPTY_PATH, name, &type);
	(void)snprintf(whole, sizeof(whole), "%s/%s.%s", cut_dir, name,
	    type == 'd' ? "dir" : "file");
	(void)snprintf(part, sizeof(part), "%s.%ld", whole, (long)getpid());
	out = fopen(part, "w");
	if (out == NULL)
		bail_out(part);
	if (type == 'd')
		add_names(out, self);
	else
		add_file(out, self);
	if (fclose(out) != 0 || rename(part, whole) == -1)
		bail_out(whole);
}

/* ---- in front of libc's ---- */

int
fsync(int fd)
{
	int (*next)(int) = (int (*)(int))real("fsync");
	int result;

	if (cut_dir[0] == '\0')
		return next(fd);
	if (cut_slow_ms > 0 && rand() % 10 == 0)
		(void)usleep((useconds_t)cut_slow_ms * 1000);
	lock_names(F_WRLCK);
	note_sync(fd); /* what comes later is not promised */
	lock_names(F_UNLCK);
	result = next(fd);
	return result;
}

int
openat(int at, const char *path, int flags, ...)
{
	int (*next)(int, const char *, int,
	    ...) = (int (*)(int, const char *, int, ...))real("openat");
	mode_t mode = 0;
	va_list ap;

	if ((flags & (O_CREAT | O_TMPFILE)) == 0)
		return next(at, path, flags);
	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	WITH_NAMES_LOCKED(next(at, path, flags, mode));
}

int
mkdirat(int at, const char *path, mode_t mode)
{
	int (*next)(int, const char *,
	    mode_t) = (int (*)(int, const char *, mode_t))real("mkdirat");

	WITH_NAMES_LOCKED(next(at, path, mode));
}

int
renameat(int from, const char *old, int to, const char *new)
{
	int (*next)(int, const char *, int, const char *) = (int (*)(
	    int, const char *, int, const char *))real("renameat");

	WITH_NAMES_LOCKED(next(from, old, to, new));
}

int
linkat(int from, const char *old, int to, const char *new, int flags)
{
	int (*next)(int, const char *, int, const char *, int) = (int (*)(
	    int, const char *, int, const char *, int))real("linkat");

	WITH_NAMES_LOCKED(next(from, old, to, new, flags));
}

int
unlinkat(int at, const char *path, int flags)
{
	int (*next)(int, const char *, int) = (int (*)(int, const char *, int))real(
	    "unlinkat");

	WITH_NAMES_LOCKED(next(at, path, flags));
}

/* ---- for tests ---- */

void
fresh_store_with_cut(void)
{
	char path[sizeof(cut_dir) + 8];

	if (cut_lock != -1)
		(void)close(cut_lock);
	(void)snprintf(cut_dir, sizeof(cut_dir), "%s.cut", dir);
	remove_tree(cut_dir);
	(void)snprintf(path, sizeof(path), "%s/lock", cut_dir);
	if (mkdir(cut_dir, 0755) == -1 ||
	    (cut_lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) == -1)
		bail_out(cut_dir);
	fresh_store();
}

static void restore_dir(const char *inode, const char *path);

static void
restore_file(const char *inode, const char *path)
{
	const char *synced = arena_printf(arena, "%s/%s.file", cut_dir, inode);
	FILE *out = fopen(path, "w");

	if (out == NULL)
		bail_out(path);
	if (access(synced, F_OK) == 0)
		add_file(out, synced);
	(void)fclose(out);
}

static void
restore_line(const char *line, const char *path)
{
	char inode[CUT_NAME], name[NAME_MAX + 1], type;
	const char *to;

	if (sscanf(line, "%c %63s %255[^\n]", &type, inode, name) != 3)
		bail_out(line);
	to = arena_printf(arena, "%s/%s", path, name);
	if (type == 'd')
		restore_dir(inode, to);
	else
		restore_file(inode, to);
}

static void
restore_dir(const char *inode, const char *path)
{
	FILE *names = fopen(arena_printf(arena, "%s/%s.dir", cut_dir, inode), "r");
	char line[NAME_MAX + CUT_NAME + 8];

	if (mkdir(path, 0755) == -1)
		bail_out(path);
	if (names == NULL)
		return; /* never synced */
	while (fgets(line, sizeof(line), names) != NULL)
		restore_line(line, path);
	(void)fclose(names);
}

void
power_cut(void)
{
	char inode[CUT_NAME], type;

	inode_name(AT_FDCWD, dir, 0, inode, &type);
	remove_store();
	restore_dir(inode, dir);
	remove_tree(cut_dir);
	cut_dir[0] = '\0';
	(void)close(cut_lock);
	cut_lock = -1;
	open_store();
}
