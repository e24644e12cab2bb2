/* store.c: see store.h. */
#include "lib/store.h"

#include "storefs/storefs.h"

struct store *store;

void
open_store(void)
{
	if (storefs_open(dir, &store, &err) != RC_OK) {
		printf("Bail out! storefs_open: %s\n", err.text);
		exit(1);
	}
}

void
remove_store(void)
{
	store_close(store);
	store = NULL;
	remove_tree(dir);
}

void
setup_store(const char *where)
{
	arena = arena_new();
	make_test_dir(where);
	open_store();
}

void
fresh_store(void)
{
	remove_store();
	if (mkdir(dir, 0755) == -1)
		bail_out(dir);
	open_store();
}

int
teardown_store(void)
{
	remove_store();
	arena_free(arena);
	return done_testing();
}

const char *
make_body(struct str content)
{
	static unsigned count;
	const char *name = arena_printf(
	    arena, "_berth/body/%ld-%u", (long)getpid(), ++count);

	write_bytes(name, content);
	return in_dir(name);
}

void
remove_bodies(void)
{
	remove_tree(in_dir("_berth/body"));
	make_dir("_berth/body");
}

const char *
tmp_fault(void)
{
	unsigned n;

	if (storefs_sweep_tmp(store, &n, &err) != RC_OK)
		return err.text;
	return strcmp(tree("_berth/tmp"), "_berth/tmp/\n") == 0
		   ? NULL
		   : "_berth/tmp: not all was swept";
}
