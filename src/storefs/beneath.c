/* beneath.c: see beneath.h. */
#include "storefs/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

#include "base/str.h"

#define LINKS_MAX 40 /* in one path, as in the kernel */

/* ---- a path without links ---- */

static bool
is_link(int dir, const char *name)
{
	struct stat sb;

	return fstatat(dir, name, &sb, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0 &&
	       S_ISLNK(sb.st_mode);
}

/* For a link, openat(2) fails with ENOTDIR if O_DIRECTORY is given, and opens the link
 * itself if O_PATH is given. Here both fail with ELOOP, as openat2(2) does with
 * RESOLVE_NO_SYMLINKS; only O_PATH with O_NOFOLLOW opens the link. */
static int
open_part(int dir, const char *part, int flags, mode_t mode)
{
	int fd = openat(dir, part, flags | O_NOFOLLOW, mode);

	if (fd == -1 && errno == ENOTDIR && is_link(dir, part))
		errno = ELOOP;
	if (fd != -1 && (flags & O_PATH) != 0 && (flags & O_NOFOLLOW) == 0 &&
	    is_link(fd, "")) {
		(void)close(fd);
		fd = -1;
		errno = ELOOP;
	}
	return fd;
}

static int
open_by_part(int root, const char *path, int flags, mode_t mode)
{
	struct str rest = str_of(path), part;
	char name[NAME_MAX + 1];
	int fd = root, dir;

	do {
		part = str_cut(&rest, '/');
		dir = fd;
		fd = -1;
		errno = ENAMETOOLONG;
		if (part.n < sizeof(name)) {
			(void)snprintf(name, sizeof(name), "%.*s", STR_ARG(part));
			if (strcmp(name, "..") == 0)
				errno = EXDEV;
			else if (rest.p != NULL)
				fd = open_part(
				    dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
			else
				fd = open_part(dir, name, flags, mode);
		}
		if (dir != root)
			(void)close(dir);
	} while (fd != -1 && rest.p != NULL);
	return fd;
}

static int
open_by_kernel(int root, const char *path, int flags, mode_t mode)
{
#ifdef SYS_openat2
	const struct open_how how = {.flags = (unsigned)flags,
	    .mode = mode,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
#else
	(void)root, (void)path, (void)flags, (void)mode;
	errno = ENOSYS;
	return -1;
#endif
}

/* ELOOP: there is a link on the way. */
static int
open_straight(const struct beneath *b, const char *path, int flags, mode_t mode)
{
	if (b->by_part)
		return open_by_part(b->fd, path, flags | O_CLOEXEC, mode);
	return open_by_kernel(b->fd, path, flags | O_CLOEXEC, mode);
}

/* ---- a path with links ---- */

/* Parts are taken from `rest` and appended to way->path. Above the root only the
 * directories of the root's own path are known: a link may lead through them and back. */
struct walk {
	const struct beneath *b;
	struct beneath_way *way;
	struct str rest;
	size_t above; /* how many directories above the root */
	int links;
	char text[BENEATH_MAX]; /* of rest */
};

/* The n-th part of the root's path, counted from its end: of "/a/b/c" the first is
 * "c". */
static struct str
part_of_root(const struct beneath *b, size_t n)
{
	const char *end = b->real + strlen(b->real), *p = end;

	for (; n > 0; n--) {
		end = p;
		while (p > b->real && p[-1] != '/')
			p--;
		if (n > 1)
			p--;
	}
	return str_make(p, (size_t)(end - p));
}

static size_t
depth_of_root(const struct beneath *b)
{
	size_t n = 0;
	const char *p;

	for (p = b->real; *p != '\0'; p++)
		n += *p == '/' && p[1] != '\0';
	return n;
}

static void
go_up(struct walk *w)
{
	char *slash = strrchr(w->way->path, '/');

	if (slash != NULL)
		*slash = '\0';
	else if (w->way->path[0] != '\0')
		w->way->path[0] = '\0';
	else if (w->above < depth_of_root(w->b))
		w->above++;
}

/* 0, or -1 and errno. */
static int
go_back(struct walk *w, struct str part)
{
	if (!str_eq(part_of_root(w->b, w->above), part)) {
		errno = ENOLINK;
		return -1;
	}
	w->above--;
	return 0;
}

/* Returns what follows the root's path in an absolute target, or the target if it is
 * elsewhere. */
static const char *
take_root(struct walk *w, const char *target)
{
	size_t n = strlen(w->b->spelt);

	w->way->path[0] = '\0';
	w->above = 0;
	if (strncmp(target, w->b->spelt, n) == 0 &&
	    (target[n] == '/' || target[n] == '\0'))
		return target + n;
	w->above = depth_of_root(w->b);
	return target;
}

static int
follow_link(struct walk *w)
{
	const char *target = w->way->target;
	char text[BENEATH_MAX];
	int n;

	(void)strcpy(w->way->link, w->way->path);
	if (++w->links > LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (*target == '/')
		target = take_root(w, target);
	else
		go_up(w);
	n = snprintf(text, sizeof(text), "%s/%.*s", target, (int)w->rest.n,
	    w->rest.n > 0 ? w->rest.p : "");
	if (n < 0 || (size_t)n >= sizeof(text)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strcpy(w->text, text);
	w->rest = str_of(w->text);
	return 0;
}

/* Reads the link at way->path into way->target. 1; 0: it is not a link, or not there;
 * -1 and errno. */
static int
read_target(struct walk *w)
{
	int fd = open_straight(w->b, w->way->path, O_PATH | O_NOFOLLOW, 0);
	ssize_t n = -1;

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (is_link(fd, "")) {
		n = readlinkat(fd, "", w->way->target, BENEATH_MAX);
		if (n == BENEATH_MAX) {
			errno = ENAMETOOLONG;
			n = -1;
		}
		if (n > 0)
			w->way->target[n] = '\0';
	} else {
		n = 0;
	}
	(void)close(fd);
	return n > 0 ? 1 : (int)n;
}

static int
go_down(struct walk *w, struct str part, bool may_be_link)
{
	char *path = w->way->path;
	size_t n = strlen(path);
	int found;

	if (n + 1 + part.n >= BENEATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)snprintf(path + n, BENEATH_MAX - n, "%s%.*s", n > 0 ? "/" : "",
	    (int)part.n, part.p);
	found = may_be_link ? read_target(w) : 0;
	return found == 1 ? follow_link(w) : found;
}

/* Writes way->path. 0, or -1 and errno. */
static int
resolve(struct walk *w, bool last_too)
{
	int failed = 0;

	while (!failed && w->rest.n > 0) {
		struct str part = str_cut(&w->rest, '/');

		if (part.n == 0 || str_is(part, "."))
			continue;
		if (str_is(part, ".."))
			go_up(w);
		else if (w->above > 0)
			failed = go_back(w, part);
		else
			failed = go_down(w, part, last_too || w->rest.n > 0);
	}
	if (!failed && w->above > 0) {
		errno = ENOLINK;
		failed = -1;
	}
	if (!failed && w->way->path[0] == '\0')
		(void)strcpy(w->way->path, ".");
	return failed;
}

int
beneath_open(const struct beneath *b, const char *path, int flags, mode_t mode,
    struct beneath_way *way)
{
	struct walk w = {.b = b, .way = way, .rest = str_of(path)};
	int fd = open_straight(b, path, flags, mode);

	way->path[0] = '\0';
	if (fd != -1 || errno != ELOOP)
		return fd;
	way->link[0] = way->target[0] = '\0';
	if (resolve(&w, (flags & O_NOFOLLOW) == 0) == -1)
		return -1;
	way->link[0] =
	    '\0'; /* if this fails, it is because the last part must not be a link */
	return open_straight(b, way->path, flags, mode);
}

/* ---- the root ---- */

/* The root "/" is "" here, so that a path below any root is the root, "/" and the
 * rest. */
static void
cut_slashes(char *path)
{
	size_t n = strlen(path);

	while (n > 0 && path[n - 1] == '/')
		path[--n] = '\0';
}

bool
beneath_init(struct beneath *b, int fd, const char *path)
{
	int probe;

	*b = (struct beneath){
	    .fd = fd, .spelt = strdup(path), .real = realpath(path, NULL)};
	if (b->spelt == NULL || b->real == NULL) {
		beneath_free(b);
		return false;
	}
	cut_slashes(b->spelt);
	cut_slashes(b->real);
	probe = open_by_kernel(fd, ".", O_PATH | O_CLOEXEC, 0);
	b->by_part = probe == -1;
	if (probe != -1)
		(void)close(probe);
	return true;
}

void
beneath_free(struct beneath *b)
{
	free(b->spelt);
	free(b->real);
	*b = (struct beneath){.fd = -1};
}
