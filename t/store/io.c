/* io.c: the calls by which storefs touches files, where no other test sees their edges:
 * paths that are too long, files that are shorter than expected, sweeps that fail. */
#include <fcntl.h>

#include "base/buf.h"
#include "lib/store.h"
#include "storefs/io.h"
#include "storefs/listing.h"

/* A path is never cut to one that names something else. */
static void
test_long_paths(void)
{
	char *name = arena_alloc(arena, IO_PATH_MAX + 1);
	char path[IO_PATH_MAX];

	memset(name, 'x', IO_PATH_MAX - 1);
	is_int(io_path(path, &err, "%s", name), RC_OK, "the longest path");
	is_str(path, name, "is whole");
	name[IO_PATH_MAX - 1] = 'x';
	is_int(io_path(path, &err, "%s", name), RC_BAD_NAME, "a byte more");
	is_int(io_put(store, "_berth/tmp", name, str_of("x"), &err), RC_BAD_NAME,
	    "no file is written");
	is_int(io_link(store, IO_LOCK, "_berth/tmp", name, &err), RC_BAD_NAME,
	    "nor linked");
	is_int(io_put_secret(store, "_berth/tmp", name, str_of("x"), &err),
	    RC_BAD_NAME, "nor a secret written");
	is_int(io_mkdirs(store, name, &err), RC_BAD_NAME, "no directory is made");
	is_int(io_remove_dir(store, "_berth/tmp", name, &err), RC_BAD_NAME,
	    "nor removed");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

static int
open_file(const char *path)
{
	struct io_file file;

	if (io_open_file(store, path, O_RDWR, &file, &err) != RC_OK)
		bail_out(err.text);
	return file.fd;
}

static void
test_bytes(void)
{
	char part[8] = "";
	int fd;

	write_text("_berth/tmp/f", "0123456789");
	fd = open_file("_berth/tmp/f");
	is_int(io_write_all_at(fd, str_of("ab"), 4, "f", &err), RC_OK, "written");
	is_str(read_text("_berth/tmp/f"), "0123ab6789", "at its offset");
	is_int(io_read_at(fd, part, 3, 3), 3, "read");
	is_str(part, "3ab", "from an offset on");
	is_int(io_read_at(fd, part, 3, 10), 0, "to the end");
	is_int(io_cut(fd, 11, "f", &err), RC_NOT_FOUND, "not long enough");
	is_str(err.text, "f has 10 bytes, 11 are expected", "with the reason");
	is_int(io_cut(fd, 10, "f", &err), RC_OK, "as long as it is");
	is_int(io_cut(fd, 4, "f", &err), RC_OK, "cut");
	is_str(read_text("_berth/tmp/f"), "0123", "to its first bytes");
	is_int(io_sync_fd(fd, "f", &err), RC_OK, "and synced");
	io_close(fd);
	io_close(-1);
}

static void
test_age(void)
{
	struct stat sb;

	write_text("_berth/tmp/young", "");
	if (io_stat(store, "_berth/tmp/young", &sb, &err) != RC_OK)
		bail_out(err.text);
	ok(io_age(&sb) >= 0 && io_age(&sb) < 60, "a file is never from the future");
	sb.st_mtim.tv_sec -= 100;
	ok(io_age(&sb) >= 100 && io_age(&sb) < 160, "and ages by the second");
}

static enum result
sweep_one(void *arg, const char *name, struct err *why)
{
	buf_printf(arg, "%s ", name);
	if (strcmp(name, "b") == 0 || strcmp(name, "d") == 0)
		return err_set(why, RC_IO, "%s cannot be removed", name);
	return strcmp(name, "c") == 0 ? RC_NOT_FOUND : RC_OK;
}

static void
test_sweep(void)
{
	static const char *const files[] = {"d", "b", "c", "a", "e"};
	struct buf b;
	size_t i;

	fresh_store();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		write_text(arena_printf(arena, "_berth/tmp/%s", files[i]), "");
	buf_init(&b, arena, 4096);
	is_int(listing_sweep(store, "_berth/tmp", sweep_one, &b, &err), RC_IO,
	    "a sweep that fails");
	is_str(buf_str(&b).p, "a b c d e ", "goes on to the end");
	is_str(err.text, "b cannot be removed", "and returns the first failure");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	test_long_paths();
	test_bytes();
	test_age();
	test_sweep();
	return teardown_store();
}
