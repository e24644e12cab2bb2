/* stage.c: bytes on their way into the store (stage.h), and what is swept
 * up of those that never arrived (sweep.h, store_v1push_sweep()). */
#include "lib/held.h"
#include "lib/store.h"
#include "lib/v1_image.h"

#include "store/guard.h"
#include "store/inbox.h"
#include "store/v1push.h"
#include "storefs/io.h"
#include "storefs/stage.h"
#include "storefs/storefs.h"

static const char *
sum_of(const char *json, const char *layer)
{
	char *hex = arena_alloc(arena, HASH_SHA256_HEX_SIZE);

	hash_of(
	    HASH_SHA256, str_of(arena_printf(arena, "%s\n%s", json, layer)), hex);
	return hex;
}

/* NULL: it could not be read. */
static const char *
staged_sum(struct stage *sg, const char *json)
{
	char *hex = arena_alloc(arena, HASH_SHA256_HEX_SIZE);

	return stage_payload_sum(sg, str_of(json), hex, &err) == RC_OK ? hex : NULL;
}

static enum result
adopt(const char *path, struct stage **sg)
{
	return stage_adopt(store, arena, path, sg, &err);
}

/* ---- adopting ---- */

static void
test_adopt(void)
{
	static const char *const paths[] = {"_berth/body/0000000001", "0000000001",
	    "/elsewhere/0000000001", "../../0000000001", "/etc//0000000001"};
	struct stage *sg;
	size_t i;

	write_text("_berth/body/0000000001", "layer");
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		is_int(adopt(paths[i], &sg), RC_OK, "%s", paths[i]);
		is_int(stage_size(sg), 5, "its bytes");
		is_str(staged_sum(sg, "{}"), sum_of("{}", "layer"), "their sum");
		is_str(staged_sum(sg, "[]"), sum_of("[]", "layer"),
		    "and that with another json");
	}
	is_int(stage_name(sg, "images", "layer", &err), RC_OK, "it gets a name");
	is_str(read_text("images/layer"), "layer", "in the store");
	write_text("_berth/body/0000000002", "other");
	is_int(adopt("0000000002", &sg), RC_OK, "another body");
	is_int(stage_name(sg, "images", "layer", &err), RC_OK, "for the same name");
	is_str(read_text("images/layer"), "other", "takes it");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	is_int(stage_name(sg, "images", "layer", &err), RC_OK, "once more");
	is_str(read_text("images/layer"), "other", "it stays");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	is_int(stage_name(sg, "images/none", "layer", &err), RC_NOT_FOUND,
	    "a directory that is not there");
	(void)unlink(in_dir("images/layer"));
}

static void
test_empty_body(void)
{
	struct stage *sg;

	is_int(adopt(NULL, &sg), RC_OK, "no body");
	is_int(stage_size(sg), 0, "is an empty one");
	is_int(adopt("", &sg), RC_OK, "nor is an empty name");
	is_str(staged_sum(sg, "{}"), sum_of("{}", ""), "its sum");
	is_int(stage_name(sg, "images", "empty", &err), RC_OK, "it gets a name");
	is_str(read_text("images/empty"), "", "and has no bytes");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	(void)unlink(in_dir("images/empty"));
}

static void
test_large_body(void)
{
	struct str bytes = str_make(
	    arena_alloc(arena, 40 << 20), 40 << 20); /* flushed twice on its way */
	struct stage *sg;
	char want[HASH_SHA256_HEX_SIZE];
	struct hash h;

	hash_begin(&h, HASH_SHA256);
	hash_add(&h, "{}\n", 3);
	hash_add(&h, bytes.p, bytes.n);
	hash_end(&h, want);
	is_int(adopt(make_body(bytes), &sg), RC_OK, "40 MiB");
	is_int(stage_size(sg), bytes.n, "their size");
	is_str(staged_sum(sg, "{}"), want, "their sum");
}

static void
test_refused_paths(void)
{
	struct stage *sg;

	write_text("secret", "secret");
	set_up(symlink("../../secret", in_dir("_berth/body/link")));
	make_dir("_berth/body/dir");
	is_int(adopt("_berth/body/link", &sg), RC_IO, "a symbolic link");
	is_int(adopt("_berth/body/dir", &sg), RC_IO, "a directory");
	is_int(adopt("_berth/body/..", &sg), RC_IO, "the one above");
	is_int(adopt(".", &sg), RC_IO, "the one itself");
	is_int(adopt("../../secret", &sg), RC_CLIENT_GONE, "a file elsewhere");
	is_int(
	    adopt("_berth/body/none", &sg), RC_CLIENT_GONE, "a file that is gone");
	ok(err.text[0] != '\0', "the error says why: %s", err.text);
	(void)unlink(in_dir("_berth/body/link"));
	(void)rmdir(in_dir("_berth/body/dir"));
	(void)unlink(in_dir("secret"));
}

/* S1: nginx gives the name to the next upload while this one is looked at. */
static void
test_reused_name(void)
{
	struct stage *gone, *kept;

	write_text("_berth/body/7", "first");
	(void)adopt("_berth/body/7", &gone);
	(void)unlink(in_dir("_berth/body/7"));
	write_text("_berth/body/7", "second");
	is_str(
	    staged_sum(gone, "{}"), sum_of("{}", "first"), "the first is hashed");
	is_int(stage_name(gone, "images", "a", &err), RC_CLIENT_GONE,
	    "its client left, it is not named");
	ok(!is_there("images/a"), "nor is the second in its place");

	(void)adopt("_berth/body/7", &kept);
	(void)rename(in_dir("_berth/body/7"), in_dir("_berth/body/8"));
	write_text("_berth/body/7", "third");
	is_int(stage_name(kept, "images", "a", &err), RC_OK,
	    "one that is still there");
	is_str(read_text("images/a"), "second", "is named, whatever its name was");
	(void)unlink(in_dir("images/a"));
}

static void
test_shrunk_body(void)
{
	struct stage *sg;

	write_text("_berth/body/9", "a body that is cut");
	(void)adopt("_berth/body/9", &sg);
	set_up(truncate(in_dir("_berth/body/9"), 3));
	is_str(staged_sum(sg, "{}"), NULL, "a body that is cut has no sum");
}

/* ---- sweeping ---- */

struct shared {
	volatile int ready, done;
};
static struct shared *shared;

static int
use_body(void *arg)
{
	int i, fd = open(in_dir(arg), O_WRONLY);

	shared->ready = 1;
	for (i = 0; i < 10000 && !shared->done; i++)
		(void)usleep(1000);
	return fd == -1 ? 1 : 0;
}

static unsigned
swept_bodies(void)
{
	unsigned n = 0;

	is_int(store_inbox_sweep(store, &n, &err), RC_OK, "bodies are swept");
	return n;
}

static void
test_sweep_bodies(void)
{
	char used[] = "_berth/body/used";
	pid_t user;

	remove_tree(in_dir("_berth/body"));
	write_text("_berth/body/orphan", "");
	write_text("_berth/body/young", "");
	write_text(used, "");
	make_dir("_berth/body/dir");
	set_up(symlink("orphan", in_dir("_berth/body/link")));
	make_older("_berth/body/orphan", 61);
	make_older("_berth/body/young", 50);
	make_older(used, 7 * 24 * 3600);
	make_older("_berth/body/dir", 61);
	user = start_process(use_body, used);
	while (!shared->ready)
		(void)usleep(1000);
	is_int(swept_bodies(), 1, "one goes");
	is_str(tree("_berth/body"),
	    "_berth/body/dir/\n_berth/body/link\n_berth/body/used\n"
	    "_berth/body/young\n",
	    "not one in use, of any age, nor one younger than a minute");
	shared->done = 1;
	is_int(wait_for(user), 0, "its user ends");
	is_int(swept_bodies(), 1, "then it goes too");
	ok(!is_there(used), "that one");
	(void)unlink(in_dir("_berth/body/link"));
	(void)rmdir(in_dir("_berth/body/dir"));
}

static void
test_sweep_tmp(void)
{
	unsigned n = 0;

	write_text("_berth/tmp/1.0", "a file");
	write_text("_berth/tmp/.hidden", "another");
	write_text(
	    "_berth/tmp/1.1/tag_x", "a repository whose removal was cut off");
	write_text("_berth/tmp/1.1/json", "{}");
	make_dir("_berth/tmp/1.2");
	is_int(storefs_sweep_tmp(store, &n, &err), RC_OK, "_berth/tmp is swept");
	is_int(n, 4, "all of it goes");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "wholly");
	is_int(storefs_sweep_tmp(store, &n, &err), RC_OK, "again");
	is_int(n, 0, "there is nothing");
}

static void
begin(const struct image *im)
{
	struct store_v1push_begin what = {
	    .json = im->json, .ancestry = str_of(im->ancestry)};

	is_int(
	    held_push_begin(im->id, &what), RC_OK, "a push of %.1s begins", im->id);
}

static unsigned
swept_pushes(int64_t age)
{
	unsigned n = 0;

	is_int(store_v1push_sweep(store, age, &n, &err), RC_OK, "pushes are swept");
	return n;
}

static void
test_sweep_pushes(void)
{
	struct image old = image_of('a', NULL, "x"), young = old, whole = old;

	young = image_of('b', NULL, "x");
	whole = image_of('c', NULL, "x");
	begin(&old);
	begin(&young);
	begin(&whole);
	(void)unlink(in_dir(image_file(&whole, "_inprogress")));
	write_text("_berth/push/no-id/x", "");
	make_older(arena_printf(arena, "_berth/push/%s", old.id), 3601);
	make_older(arena_printf(arena, "_berth/push/%s", young.id), 3500);
	make_older(arena_printf(arena, "_berth/push/%s", whole.id), 3601);
	make_older("_berth/push/no-id", 3601);
	is_int(
	    swept_pushes(3600), 2, "two in which nothing happened for an hour go");
	ok(!is_there(arena_printf(arena, "images/%s", old.id)),
	    "with an unfinished image");
	ok(is_there(image_file(&whole, "json")), "not with a complete one");
	ok(!is_there(push_file(&whole, "open")), "whose push had not ended");
	ok(is_there(push_file(&young, "open")), "a younger one stays");
	ok(is_there("_berth/push/no-id/x"), "and what is not a push");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

/* Names that an earlier process with this number left in _berth/tmp. */
static void
test_used_names(void)
{
	struct image im = image_of('d', NULL, "x");
	const char *full;
	int i;

	begin(&im);
	for (i = 0; i < 300; i++) {
		full = arena_printf(arena, "_berth/tmp/%ld.%d", (long)getpid(), i);
		write_text(arena_printf(arena, "%s/%s", full, "json"), "{}");
	}
	is_int(io_remove_dir(store, "images", im.id, &err), RC_OK,
	    "an image is removed in spite of them");
	ok(!is_there(image_file(&im, "json")), "wholly");
}

int
main(void)
{
	setup_store(ON_DISK);
	shared = share(sizeof(*shared));
	test_adopt();
	test_empty_body();
	test_large_body();
	test_refused_paths();
	test_reused_name();
	test_shrunk_body();
	test_sweep_bodies();
	test_sweep_tmp();
	test_sweep_pushes();
	test_used_names();
	return teardown_store();
}
