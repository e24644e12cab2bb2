/* store-test.h: what the tests of the store have in common: a directory of their
 * own, files in it by name, images to push, and processes that end. */
#ifndef STORE_TEST_H
#define STORE_TEST_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "image/hash.h"
#include "store/stage.h"
#include "store/store.h"
#include "store/v1push.h"
#include "storefs/storefs.h"
#include "tap.h"

#define TREE_MAX ((size_t)4 << 20)

static struct arena *arena;
static struct err err;
static char dir[64]; /* the store's */
static struct store *store;

static inline void
bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- files, named below the store's directory ---- */

static inline const char *
in_dir(const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

static inline bool
is_there(const char *name)
{
	struct stat sb;

	return lstat(in_dir(name), &sb) == 0;
}

static inline void
make_dir(const char *name)
{
	char *path = arena_printf(arena, "%s/%s", dir, name);
	char *slash = path + strlen(dir);

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		bail_out(path);
}

/* Makes the directories above it too. */
static inline void
write_bytes(const char *name, struct str content)
{
	const char *slash = strrchr(name, '/');
	FILE *f;

	if (slash != NULL)
		make_dir(arena_strndup(arena, name, (size_t)(slash - name)));
	f = fopen(in_dir(name), "w");
	if (f == NULL || fwrite(content.p, 1, content.n, f) != content.n ||
	    fclose(f) != 0)
		bail_out(name);
}

static inline void
write_text(const char *name, const char *content)
{
	write_bytes(name, str_of(content));
}

/* NULL: no such file. */
static inline const char *
read_text(const char *name)
{
	FILE *f = fopen(in_dir(name), "r");
	char chunk[4096];
	struct buf b;
	size_t n;

	if (f == NULL)
		return NULL;
	buf_init(&b, arena, TREE_MAX);
	buf_adds(&b, "");
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	(void)fclose(f);
	return b.n == 0 ? "" : b.p;
}

static inline int
visible(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static inline void
add_tree(struct buf *b, const char *name)
{
	struct dirent **e;
	int i, n = scandir(in_dir(name), &e, visible, alphasort);

	if (n == -1) {
		buf_printf(b, "%s\n", name);
		return;
	}
	if (n == 0)
		buf_printf(b, "%s/\n", name);
	for (i = 0; i < n; i++) {
		add_tree(b, arena_printf(arena, "%s/%s", name, e[i]->d_name));
		free(e[i]);
	}
	free(e);
}

/* The files below a directory, a line each, in byte order; directories only where
 * they are empty. */
static inline const char *
tree(const char *name)
{
	struct buf b;

	buf_init(&b, arena, TREE_MAX);
	add_tree(&b, name);
	return b.p;
}

static inline int
remove_one(const char *path, const struct stat *sb, int type, struct FTW *at)
{
	(void)sb, (void)type, (void)at;
	return remove(path);
}

static inline void
remove_tree(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The file was last written, or the directory last changed, so many seconds ago. */
static inline void
make_older(const char *name, time_t seconds)
{
	struct timespec times[2];

	(void)clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= seconds;
	times[1] = times[0];
	if (utimensat(AT_FDCWD, in_dir(name), times, 0) == -1)
		bail_out(name);
}

/* ---- the store ---- */

static inline void
open_store(void)
{
	if (storefs_open(dir, &store, &err) != RC_OK) {
		printf("Bail out! storefs_open: %s\n", err.text);
		exit(1);
	}
}

#define ON_DISK   "/tmp"
#define IN_MEMORY "/dev/shm" /* where thousands of fsync(2) cost nothing */

static inline bool
make_store_dir(const char *where)
{
	(void)snprintf(dir, sizeof(dir), "%s/berth-store-XXXXXX", where);
	return mkdtemp(dir) != NULL;
}

static inline void
remove_store(void)
{
	store_close(store);
	store = NULL;
	remove_tree(dir);
}

static inline void
setup_store(const char *where)
{
	arena = arena_new();
	if (!make_store_dir(where) && !make_store_dir(ON_DISK))
		bail_out(dir);
	open_store();
}

/* An empty store in place of the one that was. */
static inline void
fresh_store(void)
{
	remove_store();
	if (mkdir(dir, 0755) == -1)
		bail_out(dir);
	open_store();
}

static inline int
teardown_store(void)
{
	remove_store();
	arena_free(arena);
	return done_testing();
}

/* A body as nginx leaves one, under a name that was never used: the path that it
 * hands on. */
static inline const char *
make_body(struct str content)
{
	static unsigned count;
	const char *name = arena_printf(
	    arena, "_berth/body/%ld-%u", (long)getpid(), ++count);

	write_bytes(name, content);
	return in_dir(name);
}

/* ---- images ---- */

struct image {
	const char *id;
	const char *parent; /* NULL: a base */
	struct str json, layer;
	const char *ancestry;
	char sum[HASH_SHA256_HEX_SIZE];
};

/* What becomes of an image when another layer or json is sent for it. */
static inline struct image
image_with(struct image im, const char *json, const char *layer)
{
	im.json = str_of(json);
	im.layer = str_of(layer);
	hash_of(HASH_SHA256, str_of(arena_printf(arena, "%s\n%s", json, layer)),
	    im.sum);
	return im;
}

static inline struct image
make_image(char digit, const struct image *parent, const char *layer)
{
	struct image im;
	char *id = arena_alloc(arena, 65);

	memset(id, digit, 64);
	im.id = id;
	im.parent = parent == NULL ? NULL : parent->id;
	im.ancestry = parent == NULL ? arena_printf(arena, "[\"%s\"]", id)
				     : arena_printf(arena, "[\"%s\", %s", id,
					   parent->ancestry + 1);
	return image_with(im,
	    parent == NULL
		? arena_printf(arena, "{\"id\":\"%s\",\"comment\":\"base\"}\n", id)
		: arena_printf(arena, "{\"id\": \"%s\", \"parent\": \"%s\"}", id,
		      parent->id),
	    layer);
}

static inline const char *
image_file(const struct image *im, const char *file)
{
	return arena_printf(arena, "images/%s/%s", im->id, file);
}

static inline const char *
push_file(const struct image *im, const char *file)
{
	return arena_printf(arena, "_berth/push/%s/%s", im->id, file);
}

/* ---- processes ---- */

/* n bytes of zeros that all processes started from now on see alike. */
static inline void *
share(size_t n)
{
	void *p = mmap(
	    NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		bail_out("mmap");
	return p;
}

/* Runs fn(arg) in a process of its own; what it returned, or 128 and the signal. */
static inline int
wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static inline pid_t
start_process(int (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid == -1)
		bail_out("fork");
	if (pid == 0)
		_exit(fn(arg));
	return pid;
}

static inline int
run_in_process(int (*fn)(void *arg), void *arg)
{
	return wait_for(start_process(fn, arg));
}

#endif
