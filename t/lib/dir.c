/* dir.c: see dir.h. */
#include "lib/dir.h"

#include <ftw.h>

#include "base/buf.h"

char dir[64];

static bool
make_dir_in(const char *where)
{
	(void)snprintf(dir, sizeof(dir), "%s/berth-test-XXXXXX", where);
	return mkdtemp(dir) != NULL;
}

void
make_test_dir(const char *where)
{
	if (!make_dir_in(where) && !make_dir_in(ON_DISK))
		bail_out(dir);
}

const char *
in_dir(const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

bool
is_there(const char *name)
{
	struct stat sb;

	return lstat(in_dir(name), &sb) == 0;
}

void
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

void
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

void
write_text(const char *name, const char *content)
{
	write_bytes(name, str_of(content));
}

const char *
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

int
visible(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static void
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

const char *
tree(const char *name)
{
	struct buf b;

	buf_init(&b, arena, TREE_MAX);
	add_tree(&b, name);
	return b.p;
}

static int
remove_one(const char *path, const struct stat *sb, int type, struct FTW *at)
{
	(void)sb, (void)type, (void)at;
	return remove(path);
}

void
remove_tree(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
make_older(const char *name, time_t seconds)
{
	struct timespec times[2];

	(void)clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= seconds;
	times[1] = times[0];
	if (utimensat(AT_FDCWD, in_dir(name), times, 0) == -1)
		bail_out(name);
}

struct stat
stat_of(const char *name)
{
	struct stat sb = {0};

	if (lstat(in_dir(name), &sb) == -1)
		bail_out(name);
	return sb;
}
