/* file-lists.c: what layers hold and what they change of each other, asked of the registry:
 * computed once, kept, and computed again where what was kept is damaged. */
#include "auth/auth.h"
#include "images/layerfiles.h"
#include "lib/push.h"
#include "lib/tar.h"
#include "store/derived.h"
#include "store/guard.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define D "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"

/* What each holds: A is the base of B, that of C. */
#define LIST(entries) "[[\"/\", \"d\", false, 0, 9, 420, 1, 2]" entries "]"
#define FILE_IS(name) ", [\"" name "\", \"f\", false, 0, 9, 420, 1, 2]"
#define GONE(name)    ", [\"" name "\", \"f\", true, 0, 9, 420, 1, 2]"
#define LIST_A        LIST(FILE_IS("/one") FILE_IS("/two"))
#define LIST_B        LIST(GONE("/one") FILE_IS("/four"))
#define LIST_C        LIST(FILE_IS("/one") FILE_IS("/two") GONE("/four") FILE_IS("/new"))
#define ROOT          "\"/\": [\"d\", false, 0, 9, 420, 1, 2]"
#define PLAIN(name)   "\"" name "\": [\"f\", false, 0, 9, 420, 1, 2]"
#define DELETED(name) "\"" name "\": [\"f\", true, 0, 9, 420, 1, 2]"
#define DIFF(deleted, changed, created) \
	"{\"deleted\": {" deleted "}, \"changed\": {" changed \
	"}, \"created\": {" created "}}"
#define DIFF_A DIFF("", "", ROOT ", " PLAIN("/one") ", " PLAIN("/two"))
#define DIFF_B DIFF(DELETED("/one"), ROOT, PLAIN("/four"))
#define DIFF_C \
	DIFF(DELETED("/four"), ROOT ", " PLAIN("/two"), \
	    PLAIN("/one") ", " PLAIN("/new"))

static const char *
file_of_image(const char *id, const char *file)
{
	return arena_printf(arena, "images/%s/%s", id, file);
}

static const char *
own_file(const char *id, const char *file)
{
	return arena_printf(arena, "_berth/derived/%s%s", id, file);
}

static void
put_image(const char *id, const char *ancestry, struct str layer)
{
	write_text(
	    file_of_image(id, "json"), arena_printf(arena, "{\"id\": \"%s\"}", id));
	write_text(file_of_image(id, "ancestry"), ancestry);
	write_bytes(file_of_image(id, "layer"), layer);
}

static struct str
layer_of(const char *const names[])
{
	struct tar_header h = {"./", '5', 0644, 1, 2, 0, 9};
	struct buf b;
	size_t i;

	buf_init(&b, arena, 64 << 10);
	put_tar_header(&b, &h);
	h.type = '0';
	for (i = 0; names[i] != NULL; i++) {
		h.name = names[i];
		put_tar_header(&b, &h);
	}
	return buf_str(&b);
}

static const char *const in_a[] = {"./one", "./two", NULL};
static const char *const in_b[] = {"./.wh.one", "./.wh..wh.aufs", "./four", NULL};
static const char *const in_c[] = {"./one", "./two", "./.wh.four", "./new", NULL};

static void
put_images(void)
{
	fresh_store();
	put_image(A, "[\"" A "\"]", layer_of(in_a));
	put_image(B, "[\"" B "\", \"" A "\"]", layer_of(in_b));
	put_image(C, "[\"" C "\", \"" B "\", \"" A "\"]", layer_of(in_c));
	reg = (struct registry){.store = store, .auth = &auth_open};
}

typedef enum result ask_fn(
    const struct task *t, const char *id, const struct content **out);

/* What is sent for it, or why nothing is. */
static const char *
answer(ask_fn *ask, const char *id)
{
	const struct content *file;
	enum result r = ask(TASK(arena), id, &file);
	const char *text = r == RC_OK ? read_text(store_content_uri(file))
				      : err_name(r);

	if (r == RC_OK && strlen(text) != store_content_size(file))
		return "of another size";
	return text;
}

/* ---- computed, once ---- */

static void
test_list(void)
{
	put_images();
	is_str(answer(layerfiles_list, A), LIST_A, "what a layer holds");
	is_str(read_text(own_file(A, "_files")), LIST_A, "is kept");
	ok(!is_there(own_file(A, "_diff")), "alone");
	is_str(answer(layerfiles_list, B), LIST_B, "with what it deletes");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	write_text(file_of_image(A, "layer"), "no archive");
	is_str(answer(layerfiles_list, A), LIST_A, "the layer is not walked again");
}

static void
test_diff(void)
{
	put_images();
	is_str(answer(layerfiles_diff, C), DIFF_C, "what a layer changes");
	is_str(read_text(own_file(C, "_diff")), DIFF_C, "is kept");
	is_str(read_text(own_file(C, "_files")), LIST_C, "as is what it holds");
	is_str(read_text(own_file(B, "_files")), LIST_B, "and its parent");
	is_str(read_text(own_file(A, "_files")), LIST_A, "and theirs");
	ok(!is_there(own_file(B, "_diff")), "no other difference");
	is_str(answer(layerfiles_diff, B), DIFF_B, "one that deletes");
	is_str(answer(layerfiles_diff, A), DIFF_A, "all of a base is new");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	(void)unlink(in_dir(own_file(A, "_files")));
	write_text(file_of_image(A, "layer"), "no archive");
	is_str(answer(layerfiles_diff, C), DIFF_C, "no list is read again");
}

/* No ancestor is walked that decides nothing. */
static void
test_nearest(void)
{
	static const char *const in_d[] = {"./four", "./.wh.two", NULL};

	put_images();
	put_image(D, "[\"" D "\", \"" B "\", \"" A "\"]", layer_of(in_d));
	is_str(answer(layerfiles_diff, D),
	    DIFF(DELETED("/two"), ROOT ", " PLAIN("/four"), ""),
	    "all is decided by the parent");
	ok(is_there(own_file(B, "_files")), "whose list is made");
	ok(!is_there(own_file(A, "_files")), "its parent's is not wanted");
}

/* ---- kept by an old server ---- */

static void
test_kept(void)
{
	static const char *const old = "[[\"/old\",\"f\",false,0,9.5,420,1,2]]";
	static const char
	    *const diff = "{\"created\":{},\"deleted\":{},\"changed\":{}}";

	put_images();
	write_text(file_of_image(A, "_files"), old);
	is_str(answer(layerfiles_list, A), old, "a list is as it was");
	is_str(answer(layerfiles_diff, A),
	    DIFF("", "", "\"/old\": [\"f\", false, 0, 9.5, 420, 1, 2]"),
	    "a difference is made of it");
	(void)unlink(in_dir(own_file(A, "_diff")));
	write_text(file_of_image(A, "_diff"), diff);
	is_str(answer(layerfiles_diff, A), diff, "a difference is as it was");
	write_text(file_of_image(B, "_files"), "[]");
	is_str(answer(layerfiles_list, B), "[]", "a list of nothing");
	is_str(answer(layerfiles_diff, B), DIFF("", "", ""), "changes nothing");
}

static void
test_damaged(void)
{
	static const struct str rows[] = {
	    {"", 0},
	    {"[", 1},
	    {"null", 4},
	    {"{}", 2},
	    {"[[\"/one\", \"f\", false, 0, 9, 420, 1, 2], [\"/tw", 45},
	    {"[[\"/one\", \"f\", false, 0, 9, 420, 1, 2]", 39},
	    {"[[\"/one\", \"f\", false, 0, 9, 4\0\0\0\0\0\0\0\0\0", 39},
	    {"\0\0\0\0", 4},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_images();
		write_bytes(file_of_image(A, "_files"), rows[i]);
		write_bytes(file_of_image(A, "_diff"), rows[i]);
		is_str(answer(layerfiles_list, A), LIST_A,
		    "damage %zu: the list again", i);
		is_str(answer(layerfiles_diff, A), DIFF_A, "and the difference");
	}
}

/* Damage between a good beginning and a good end: reported when it is read. */
static void
test_damaged_within(void)
{
	static const char *const bad =
	    "[[\"/new\", \"f\", false, 0, 9, 420, 1, 2], [\"/tw\", f\", 1, 2]]";

	put_images();
	write_text(file_of_image(C, "_files"), bad);
	write_text(file_of_image(A, "_files"), bad);
	is_str(answer(layerfiles_diff, C), DIFF_C, "a difference of damaged lists");
	is_str(
	    read_text(own_file(C, "_files")), LIST_C, "its own is computed again");
	is_str(read_text(own_file(A, "_files")), LIST_A, "an ancestor's too");
}

/* ---- what cannot be answered ---- */

static void
test_errors(void)
{
	static const char bad[] = "no archive at all";

	put_images();
	is_str(answer(layerfiles_list, D), "image_unknown", "no image");
	is_str(answer(layerfiles_diff, D), "image_unknown", "no difference");
	write_text(file_of_image(A, "_inprogress"), "true");
	is_str(answer(layerfiles_list, A), "image_unfinished", "not over");
	is_str(
	    answer(layerfiles_diff, A), "image_unfinished", "nor its difference");
	is_str(
	    answer(layerfiles_diff, B), "bad_layer", "a parent that is not over");
	(void)unlink(in_dir(file_of_image(A, "_inprogress")));
	write_text(file_of_image(A, "layer"), bad);
	is_str(answer(layerfiles_list, A), "bad_layer", "no archive");
	ok(!is_there(own_file(A, "_files")), "nothing is kept");
	is_str(answer(layerfiles_diff, A), "bad_layer", "no difference of it");
	is_str(answer(layerfiles_diff, C), "bad_layer", "nor of what is above");
	ok(!is_there(own_file(C, "_diff")), "nothing is kept");
	(void)unlink(in_dir(file_of_image(A, "json")));
	is_str(answer(layerfiles_diff, C), "bad_layer",
	    "an ancestor that is not here");
	(void)unlink(in_dir(file_of_image(C, "layer")));
	is_str(answer(layerfiles_list, C), "image_unknown", "no layer");
	is_str(answer(layerfiles_diff, C), "image_unknown", "no difference");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

static void
test_ancestries(void)
{
	static const char *const rows[] = {
	    "",
	    "[",
	    "[\"" B "\", 1]",
	    "[\"" B "\", \"../" B "\"]",
	};
	size_t i;

	put_images();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_text(file_of_image(B, "ancestry"), rows[i]);
		is_str(answer(layerfiles_diff, B), "image_unknown", "ancestry %s",
		    rows[i]);
	}
	(void)unlink(in_dir(file_of_image(B, "ancestry")));
	is_str(answer(layerfiles_diff, B), "image_unknown", "no ancestry");
	write_text(file_of_image(B, "ancestry"), "[\"" B "\", \"" D "\"]");
	is_str(answer(layerfiles_diff, B), "bad_layer",
	    "an ancestor that is not here");
	write_text(
	    file_of_image(A, "ancestry"), "[\"" A "\", \"" B "\", \"" A "\"]");
	write_text(
	    file_of_image(B, "ancestry"), "[\"" B "\", \"" A "\", \"" B "\"]");
	is_str(answer(layerfiles_diff, A),
	    DIFF("", ROOT ", " PLAIN("/two"), PLAIN("/one")),
	    "a circle ends: down");
	is_str(answer(layerfiles_diff, B),
	    DIFF(DELETED("/one"), ROOT ", " PLAIN("/four"), ""), "and up");
}

/* ---- several at once ---- */

#define SAME "[[\"/same\", \"f\", false, 0, 9, 420, 1, 2]]"

static volatile int *taken; /* is the guard; and for test_places(), the answer */

static void
pause_ms(long ms)
{
	const struct timespec t = {0, ms * 1000000};

	(void)nanosleep(&t, NULL);
}

static int
ask_list(void *arg)
{
	int i;

	for (i = 0; i < 5000 && !*taken; i++)
		pause_ms(1);
	return strcmp(answer(layerfiles_list, arg), SAME) == 0 ? 0 : 1;
}

static enum result
make_same(void *arg, struct sink sink, struct err *why)
{
	(void)arg, (void)why;
	return sink.write(sink.arg, SAME, strlen(SAME)) ? RC_OK : RC_IO;
}

/* One process computes the list; others that ask meanwhile get that one. The process is there
 * before the guard, which it would hold too. */
static void
test_waits(void)
{
	static char id[] = B;
	static const struct store_derived_maker same = {make_same, NULL};
	struct store_v1image im;
	struct guard lock = {0};
	pid_t asks;

	put_images();
	taken = share(2 * sizeof(*taken));
	asks = start_process(ask_list, id);
	im = store_v1image_make(store, arena, B);
	is_int(store_derived_guard(&im, STORE_DERIVED_FILES, &lock, &err), RC_OK,
	    "a list is being computed");
	*taken = 1;
	pause_ms(50);
	ok(!is_there(own_file(B, "_files")), "nobody else computes it");
	is_int(store_derived_put(&im, &lock, STORE_DERIVED_FILES, &same, &err),
	    RC_OK, "it is there");
	guard_release(&lock);
	is_int(wait_for(asks), 0, "a process that waited takes it");
}

static int
ask_a(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 5000 && !taken[0]; i++)
		pause_ms(1);
	taken[1] = strcmp(answer(layerfiles_list, A), LIST_A) == 0;
	return taken[1] ? 0 : 1;
}

/* Others walk layers, as many as may. */
static void
test_places(void)
{
	struct guard places[GUARD_WALKS] = {0};
	pid_t asks;
	size_t i;

	put_images();
	taken[0] = taken[1] = 0;
	asks = start_process(ask_a, NULL);
	for (i = 0; i < GUARD_WALKS; i++)
		(void)guard_take_walk(store, &places[i], &err);
	taken[0] = 1;
	pause_ms(50);
	ok(!taken[1], "a list waits for a place");
	ok(!is_there(own_file(A, "_files")), "nothing is there meanwhile");
	guard_release(&places[1]);
	is_int(wait_for(asks), 0, "and takes it");
	for (i = 0; i < GUARD_WALKS; i++)
		guard_release(&places[i]);
}

static void
test_seats(void)
{
	struct arena *first = arena_new();
	const struct content *file;

	arena_clear(arena); /* what was asked before sits no longer */
	put_images();
	reg.slow_requests_max = 1;
	is_int(layerfiles_list(TASK(first), A, &file), RC_OK, "one is computed");
	is_int(layerfiles_list(TASK(arena), B, &file), RC_BUSY,
	    "a second at once is refused");
	is_int(layerfiles_list(TASK(arena), A, &file), RC_OK,
	    "what is kept needs none");
	arena_free(first);
	is_int(layerfiles_diff(TASK(arena), C, &file), RC_OK,
	    "it is free again, and one is enough for a difference");
	reg.slow_requests_max = 0;
}

/* Memory is shared by all processes: all of it is taken, and none is waited for. */
static void
test_memory(void)
{
	struct guard all = {0};
	const struct content *file;

	arena_clear(arena);
	put_images();
	reg.slow_requests_max = 8;
	is_int(layerfiles_list(TASK(arena), A, &file), RC_OK, "a list");
	is_int(layerfiles_diff(TASK(arena), A, &file), RC_OK, "and a difference");
	arena_clear(arena); /* which gives their memory back */
	(void)guard_take_memory(store, SIZE_MAX / 2, 0, &all, &err);
	ok(guard_is_held(&all), "others take all memory there is");
	is_int(
	    layerfiles_list(TASK(arena), B, &file), RC_BUSY, "a list finds none");
	is_int(layerfiles_diff(TASK(arena), B, &file), RC_BUSY,
	    "nor does a difference");
	is_int(layerfiles_list(TASK(arena), A, &file), RC_OK,
	    "a list that is kept needs none");
	is_int(layerfiles_diff(TASK(arena), A, &file), RC_OK,
	    "nor does such a difference");
	ok(!is_there(own_file(B, "_files")), "nothing else was computed");
	guard_release(&all);
	is_int(layerfiles_list(TASK(arena), B, &file), RC_OK,
	    "when it is given back, there is some for a list");
	reg.slow_requests_max = 0;
}

/* A thousand names that pack well: the list is larger than such a layer's may be. */
static void
test_bomb(void)
{
	struct tar_header h = {NULL, '0', 0644, 0, 0, 0, 0};
	struct buf b;
	int i;

	arena_clear(arena);
	put_images();
	h.name = arena_printf(arena, "%090d", 0);
	buf_init(&b, arena, (size_t)32 << 20);
	for (i = 0; i < 20000; i++)
		put_tar_header(&b, &h);
	put_image(D, "[\"" D "\"]", gzipped(arena, buf_str(&b), 9));
	is_str(answer(layerfiles_list, D), "bad_layer",
	    "a list of many times its layer");
	is_str(answer(layerfiles_diff, D), "bad_layer", "nor a difference");
	ok(!is_there(own_file(D, "_files")), "nothing is kept");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nor left on the way");
	put_image(D, "[\"" D "\"]", buf_str(&b));
	ok(strlen(answer(layerfiles_list, D)) > (size_t)1 << 20,
	    "the same names in a layer of that size are listed");
}

static int
ask_all(void *arg)
{
	(void)arg;
	return strcmp(answer(layerfiles_diff, C), DIFF_C) == 0 &&
		       strcmp(answer(layerfiles_diff, B), DIFF_B) == 0 &&
		       strcmp(answer(layerfiles_list, A), LIST_A) == 0
		   ? 0
		   : 1;
}

static void
test_crowd(void)
{
	pid_t pids[8];
	size_t i, n = sizeof(pids) / sizeof(pids[0]);
	int failed = 0;

	put_images();
	for (i = 0; i < n; i++)
		pids[i] = start_process(ask_all, NULL);
	for (i = 0; i < n; i++)
		failed += wait_for(pids[i]) != 0;
	is_int(failed, 0, "all of %zu at once get the same answer", n);
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	test_list();
	test_diff();
	test_nearest();
	test_kept();
	test_damaged();
	test_damaged_within();
	test_errors();
	test_ancestries();
	test_waits();
	test_places();
	test_seats();
	test_memory();
	test_bomb();
	test_crowd();
	return teardown_store();
}
