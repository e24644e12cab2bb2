/* mirror.c: what a mirror keeps in _berth/mirror. */
#include "lib/held.h"
#include "lib/store.h"
#include "store/guard.h"
#include "store/partial.h"
#include "store/upstream.h"

#define ID    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define OTHER "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define IMAGE "_berth/mirror/image/"

static void
test_answers(void)
{
	struct store_upstream up;
	struct str text;
	int64_t age = -1;

	fresh_store();
	up = store_upstream_repository(store, arena, "a/b");
	is_int(store_upstream_answer(&up, "tags", &text, &age, &err), RC_NOT_FOUND,
	    "no answer yet");
	is_int(store_upstream_set_answer(&up, "tags", str_of("{}"), &err), RC_OK,
	    "one is kept");
	is_int(store_upstream_answer(&up, "tags", &text, &age, &err), RC_OK,
	    "and found");
	ok(str_is(text, "{}") && age >= 0 && age < 60, "as it was, with its age");
	ok(is_there("_berth/mirror/repo/a%2Fb/tags"), "the name is one part");
	up = store_upstream_repository(store, arena, "../../x");
	is_int(store_upstream_set_answer(&up, "tags", str_of("{}"), &err), RC_OK,
	    "an odd name");
	ok(!is_there("x/tags") && !is_there("_berth/x/tags"),
	    "does not lead to another place");
}

static void
append(struct store_partial *p, const char *text)
{
	is_int(
	    store_partial_append(p, text, strlen(text), &err), RC_OK, "it grows");
}

/* What is there of it, as text. */
static const char *
read_partial(const struct store_partial *p)
{
	char *text = arena_alloc(arena, 64);
	ssize_t n = store_partial_read_at(p, text, 63, 0);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void
test_layers(void)
{
	struct store_v1image im, other;
	struct store_partial *p, *again, *reader, *shared;
	struct guard g;
	struct stage *sg;
	char rest[8];

	fresh_store();
	im = store_v1image_make(store, arena, ID);
	other = store_v1image_make(store, arena, OTHER);
	g = hold(GUARD_MIRROR, ID);
	is_int(store_partial_open(&im, &reader, &err), RC_NOT_FOUND, "no layer");
	is_int(store_partial_create(&im, &g, 10, &p, &err), RC_OK, "one begins");
	append(p, "half ");
	is_int(store_partial_open(&im, &reader, &err), RC_OK, "is read");
	is_int(store_partial_length(reader), 10, "and how long it will be");
	append(p, "whole");
	is_str(read_partial(reader), "half whole", "while it grows");
	is_int(store_partial_read_at(reader, rest, sizeof(rest), 5), 5,
	    "from an offset on");
	is_int(
	    store_partial_read_at(reader, rest, sizeof(rest), 10), 0, "to its end");
	shared = store_partial_share(p);
	store_partial_close(p);
	is_str(read_partial(shared), "half whole",
	    "a shared one is open until the last reference is closed");
	store_partial_close(shared);
	is_int(store_partial_create(&im, &g, -1, &again, &err), RC_OK,
	    "it is begun again");
	is_str(read_partial(again), "", "from nothing");
	is_int(store_partial_length(again), -1, "with an unknown length");
	is_str(
	    read_partial(reader), "half whole", "a reader of the old one keeps it");
	store_partial_close(reader);
	is_int(store_partial_open(&im, &reader, &err), RC_NOT_FOUND,
	    "without a length nobody follows it");
	append(again, "0123456789");
	is_int(store_partial_stage(&im, 10, &sg, &err), RC_OK, "a stage");
	is_int(store_partial_stage(&im, 11, &sg, &err), RC_NOT_FOUND,
	    "of the bytes that are there");
	is_int(store_partial_stage(&other, 10, &sg, &err), RC_NOT_FOUND,
	    "of one that is there");
	is_int(store_upstream_drop(store, &g, ID, &err), RC_OK, "it goes");
	is_int(store_upstream_drop(store, &g, ID, &err), RC_OK, "twice");
	is_int(store_partial_open(&im, &reader, &err), RC_NOT_FOUND, "it is gone");
	store_partial_close(again);
	store_partial_close(NULL);
	guard_release(&g);
}

/* A layer and an answer of each of two images, and an answer of a repository. */
static void
fill(void)
{
	static const char *const ids[] = {ID, OTHER};
	struct store_upstream up;
	struct store_partial *p;
	size_t i;

	fresh_store();
	for (i = 0; i < 2; i++) {
		const struct store_v1image im = store_v1image_make(
		    store, arena, ids[i]);
		struct guard g = hold(GUARD_MIRROR, ids[i]);

		up = store_upstream_image(store, arena, ids[i]);
		if (store_upstream_set_answer(&up, "json", str_of("{}"), &err) !=
			RC_OK ||
		    store_partial_create(&im, &g, 10, &p, &err) != RC_OK)
			bail_out(err.text);
		store_partial_close(p);
		guard_release(&g);
	}
	up = store_upstream_repository(store, arena, "a/b");
	if (store_upstream_set_answer(&up, "tags", str_of("{}"), &err) != RC_OK)
		bail_out(err.text);
}

static void
test_sweep(void)
{
	struct guard lock = {0};
	unsigned n = 0;

	fill();
	set_up(guard_take(store, GUARD_MIRROR, ID, &lock, &err) == RC_OK ? 0 : -1);
	is_int(store_upstream_sweep(store, 1000, &n, &err), RC_OK, "a sweep");
	is_int(n, 1, "of the layer that nobody fetches");
	ok(!is_there(IMAGE OTHER "/layer"), "which is gone");
	ok(is_there(IMAGE OTHER "/json"), "not what else is known of its image");
	ok(is_there(IMAGE ID "/layer"), "nor one that is fetched");
	ok(is_there("_berth/mirror/repo/a%2Fb/tags"), "nor tags");
	is_int(store_upstream_sweep(store, 0, &n, &err), RC_OK, "all are old");
	is_int(n, 2, "and go");
	ok(!is_there(IMAGE OTHER "/json"), "an image");
	ok(!is_there("_berth/mirror/repo/a%2Fb/tags"), "tags");
	ok(is_there(IMAGE ID "/json"), "but for the one that is fetched");
	guard_release(&lock);
	is_int(store_upstream_sweep(store, 0, &n, &err), RC_OK, "then");
	ok(n == 1 && !is_there(IMAGE ID "/json"), "that one, too");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	test_answers();
	test_layers();
	test_sweep();
	return teardown_store();
}
