/* durable.c: when a name that is found is synced again, and when it is known to be durable
 * (storefs/durable.h). The test has its own fsync(2), which hides that of libc: it counts the
 * calls, and fails where the test wants it to. */
#include <dlfcn.h>

#include "lib/repository.h"
#include "lib/v2_store.h"
#include "store/blob.h"
#include "store/v1push.h"
#include "storefs/storefs.h"

static int *syncs;     /* calls so far, of all processes */
static int failing_at; /* this call fails, counted from 1; 0: none */

int
fsync(int fd)
{
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

	if (syncs != NULL && ++*syncs == failing_at) {
		errno = EIO;
		return -1;
	}
	return next(fd);
}

static struct digest d;

/* How many syncs it costs to find the blob, -1 where that fails. */
static int
find(void)
{
	struct store_blob found;

	*syncs = 0;
	return store_blob_find(repository(APP), &d, &found, &err) == RC_OK ? *syncs
									   : -1;
}

static int
find_in_process(void *ignored)
{
	(void)ignored;
	return find();
}

static void
push(void)
{
	struct stage *sg;

	if (stage_adopt(store, arena, make_body(str_of("bytes")), &sg, &err) !=
		RC_OK ||
	    store_blob_put(store, arena, sg, &d, &err) != RC_OK ||
	    store_blob_link(repository(APP), &d, &err) != RC_OK)
		bail_out(err.text);
}

static int
push_in_process(void *ignored)
{
	(void)ignored;
	push();
	return 0;
}

static void
reopen_store(void)
{
	store_close(store);
	open_store();
}

static void
test_known(void)
{
	fresh_store();
	push();
	is_int(find(), 0, "what this process made and synced is known");
	is_int(run_in_process(find_in_process, NULL), 0, "to every other one");
	*syncs = 0;
	push();
	is_int(*syncs, 0, "pushed again, it costs nothing");
	fresh_store();
	(void)run_in_process(push_in_process, NULL);
	is_int(find(), 0, "what another process made and synced is known");
}

static void
test_unknown(void)
{
	fresh_store();
	push();
	reopen_store();
	is_int(find(), 2, "another start: the link and the bytes are synced");
	is_int(find(), 0, "once");
	write_text(
	    in_repo(APP, arena_printf(arena, "_layers/sha256/%s/link", d.hex)), "");
	remove_tree(
	    in_dir(in_repo(APP, arena_printf(arena, "_layers/sha256/%s", d.hex))));
	(void)store_blob_link(repository(APP), &d, &err);
	remove_tree(
	    in_dir(arena_printf(arena, BLOBS "/sha256/%.2s/%s", d.hex, d.hex)));
	write_text(blob_data(&d), "bytes");
	is_int(find(), 1, "another file of the same name is another");
}

static void
test_old_store(void)
{
	fresh_store();
	push();
	(void)nanosleep(&(struct timespec){0, 20000000}, NULL); /* some ticks */
	reopen_store();
	is_int(storefs_sync_all(store, &err), RC_OK, "the file system is synced");
	is_int(find(), 0, "what was there before is known");
	(void)nanosleep(&(struct timespec){0, 20000000}, NULL);
	remove_tree(
	    in_dir(arena_printf(arena, BLOBS "/sha256/%.2s/%s", d.hex, d.hex)));
	write_text(blob_data(&d), "bytes");
	is_int(find(), 1, "what came later is not");
}

static void
test_error(void)
{
	fresh_store();
	push();
	reopen_store();
	failing_at = 1;
	is_int(find(), -1, "what cannot be synced is refused");
	failing_at = 0;
	is_int(find(), 2, "and not known: it is synced by the next");
	is_int(find(), 0, "once");
}

static int
find_image(const char *id)
{
	const struct store_v1image im = store_v1image_make(store, arena, id);

	*syncs = 0;
	return store_v1push_sync(&im, &err) == RC_OK ? *syncs : -1;
}

/* A damaged image is pushed again: its directory is finished for a second time. */
static void
test_finished_again(void)
{
	static const char id[] = "0123456789abcdef";

	fresh_store();
	write_text("images/0123456789abcdef/layer", "");
	is_int(find_image(id), 1, "an image that was just finished is synced");
	is_int(find_image(id), 0, "once");
	(void)nanosleep(&(struct timespec){0, 20000000}, NULL); /* some ticks */
	write_text("images/0123456789abcdef/_inprogress", "");
	(void)unlink(in_dir("images/0123456789abcdef/_inprogress"));
	is_int(find_image(id), 1, "finished again, it is synced again");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	syncs = share(sizeof(*syncs));
	d = sha256("bytes");
	test_known();
	test_unknown();
	test_old_store();
	test_error();
	test_finished_again();
	return teardown_store();
}
