/* mirror.c: what a mirror keeps in _berth/mirror. */
#include "lib/store.h"
#include "store/guard.h"
#include "store/upstream.h"

#define ID    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define OTHER "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define IMAGE "_berth/mirror/image/"

static void
test_notes(void)
{
	struct str text;
	int64_t age = -1;

	fresh_store();
	is_int(store_upstream_answer(
		   store, arena, "repo", "a/b", "tags", &text, &age, &err),
	    RC_NOT_FOUND, "none yet");
	is_int(store_upstream_set_answer(
		   store, arena, "repo", "a/b", "tags", str_of("{}"), &err),
	    RC_OK, "one is kept");
	is_int(store_upstream_answer(
		   store, arena, "repo", "a/b", "tags", &text, &age, &err),
	    RC_OK, "and there");
	ok(str_is(text, "{}") && age >= 0 && age < 60, "as it was, and its age");
	ok(is_there("_berth/mirror/repo/a%2Fb/tags"), "the name is one part");
	is_int(store_upstream_set_answer(
		   store, arena, "repo", "../../x", "tags", str_of("{}"), &err),
	    RC_OK, "an odd name");
	ok(!is_there("x/tags") && !is_there("_berth/x/tags"), "leads nowhere else");
}

static void
append(int fd, const char *text)
{
	is_int(
	    store_upstream_append(fd, text, strlen(text), &err), RC_OK, "it grows");
}

static void
test_layers(void)
{
	struct stage *sg;
	char text[16] = "";
	int fd, again, reader;

	fresh_store();
	is_int(store_upstream_open(store, arena, ID, &reader, &err), RC_NOT_FOUND,
	    "no layer");
	is_int(store_upstream_create(store, arena, ID, &fd, &err), RC_OK,
	    "one begins");
	append(fd, "half ");
	is_int(
	    store_upstream_open(store, arena, ID, &reader, &err), RC_OK, "is read");
	append(fd, "whole");
	is_int(pread(reader, text, sizeof(text), 0), 10, "while it grows");
	is_str(text, "half whole", "as it comes");
	is_int(
	    store_upstream_create(store, arena, ID, &again, &err), RC_OK, "anew");
	is_int(pread(again, text, sizeof(text), 0), 0, "from nothing");
	is_int(pread(reader, text, sizeof(text), 0), 10,
	    "who reads the old one keeps it");
	append(again, "0123456789");
	is_int(store_upstream_stage(store, arena, ID, 10, &sg, &err), RC_OK,
	    "a stage");
	is_int(store_upstream_stage(store, arena, OTHER, 10, &sg, &err),
	    RC_NOT_FOUND, "of one that is there");
	is_int(store_upstream_drop(store, ID, &err), RC_OK, "it goes");
	is_int(store_upstream_drop(store, ID, &err), RC_OK, "twice");
	is_int(store_upstream_open(store, arena, ID, &reader, &err), RC_NOT_FOUND,
	    "client_gone");
	(void)close(fd);
	(void)close(again);
	(void)close(reader);
}

/* A layer and a note of each of two images, and a note of a repository. */
static void
fill(void)
{
	static const char *const ids[] = {ID, OTHER};
	size_t i;
	int fd;

	fresh_store();
	for (i = 0; i < 2; i++) {
		set_up(store_upstream_set_answer(store, arena, "image", ids[i],
			   "json", str_of("{}"), &err) == RC_OK
			   ? 0
			   : -1);
		set_up(
		    store_upstream_create(store, arena, ids[i], &fd, &err) == RC_OK
			? 0
			: -1);
		(void)close(fd);
	}
	set_up(store_upstream_set_answer(
		   store, arena, "repo", "a/b", "tags", str_of("{}"), &err) == RC_OK
		   ? 0
		   : -1);
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
	test_notes();
	test_layers();
	test_sweep();
	return teardown_store();
}
