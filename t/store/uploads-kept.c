/* uploads-kept.c: which caller may open an upload (upload.h), whatever its id and
 * its state look like, and which are swept. */
#include "lib/repository.h"
#include "lib/upload.h"
#include "store/guard.h"

#define EXPIRY 3600

/* ---- which caller may open it ---- */

static void
test_hostile_ids(void)
{
	static const char *const ids[] = {"", ".", "..", "/", "x",
	    "../upload/00000000-0000-4000-8000-000000000000",
	    "00000000-0000-4000-8000-000000000000/",
	    "00000000-0000-4000-8000-00000000000",
	    "00000000-0000-4000-8000-0000000000000",
	    "00000000-0000-4000-8000-00000000000g",
	    "00000000-0000-4000-8000-00000000000A",
	    "00000000-0000-1000-8000-000000000000",
	    "00000000-0000-4000-7000-000000000000",
	    "00000000-0000-4000-c000-000000000000",
	    "00000000000040008000000000000000----",
	    "0000000-00000-4000-8000-000000000000",
	    "00000000/0000/4000/8000/000000000000",
	    "../../../../../../../../../etc/passwd",
	    "%2e%2e/00000000-0000-4000-8000-000000"};
	static const char nul[] = "00000000-0000-4000-8000-00000000\0000";
	struct store_upload up = begin_upload(HASH_SHA256), got;
	const char *state = read_text(upload_file(up.id, "state"));
	size_t i;

	write_text("_berth/upload/state", state);
	write_text("_berth/state", state);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (strlen(ids[i]) >= 35 && strchr(ids[i], '/') == NULL)
			write_text(upload_file(ids[i], "state"), state);
		is_int(reopen_upload(ids[i], &got), RC_UPLOAD_UNKNOWN, "\"%s\"",
		    ids[i]);
	}
	write_text(upload_file("00000000-0000-4000-8000-00000000", "state"), state);
	is_int(store_upload_open(repository(APP), str_make(nul, 36), &got, &err),
	    RC_UPLOAD_UNKNOWN, "one with a NUL");
	is_int(reopen_upload("00000000-0000-4000-8000-000000000000", &got),
	    RC_UPLOAD_UNKNOWN, "one that was never given");
	write_text(
	    upload_file("00000000-0000-4000-8000-000000000000", "state"), state);
	is_int(reopen_upload("00000000-0000-4000-8000-000000000000", &got), RC_OK,
	    "until it is");
	fresh_store();
}

static void
test_damaged_states(void)
{
	struct store_upload up = begin_upload(HASH_SHA256), got;
	const char *hash = saved_hash(&up), *data = upload_file(up.id, "data");
	const struct {
		const char *what, *repository, *size, *hash;
	} rows[] = {
	    {"another's", "\"team/other\"", "5", hash},
	    {"nobody's", "null", "5", hash},
	    {"a text for a size", "\"" APP "\"", "\"5\"", hash},
	    {"a size below none", "\"" APP "\"", "-1", hash},
	    {"half a byte", "\"" APP "\"", "4.5", hash},
	    {"a size above all", "\"" APP "\"", "99999999999999999999", hash},
	    {"no size", "\"" APP "\"", "null", hash},
	    {"no hash", "\"" APP "\"", "5", ""},
	    {"half a hash", "\"" APP "\"", "5", "73686103"},
	    {"fewer bytes than it counts", "\"" APP "\"", "6", hash},
	    {"no JSON", "", "5", hash},
	};
	static const char form[] =
	    "{\"repository\": %s, \"size\": %s, \"hash\": \"%s\"}";
	const char *good = arena_printf(arena, form, "\"" APP "\"", "5", hash);
	size_t i;

	write_text(data, "12345");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_text(upload_file(up.id, "state"),
		    arena_printf(arena, form, rows[i].repository, rows[i].size,
			rows[i].hash));
		is_int(reopen_upload(up.id, &got), RC_UPLOAD_UNKNOWN,
		    "a state with %s", rows[i].what);
	}
	write_text(upload_file(up.id, "state"), "");
	is_int(reopen_upload(up.id, &got), RC_UPLOAD_UNKNOWN, "an empty one");
	write_text(
	    upload_file(up.id, "state"), arena_printf(arena, "%s%8192s", good, ""));
	is_int(reopen_upload(up.id, &got), RC_UPLOAD_UNKNOWN, "one without end");
	write_text(upload_file(up.id, "state"), good);
	is_int(reopen_upload(up.id, &got), RC_OK, "a sound one");
	(void)unlink(in_dir(data));
	is_int(reopen_upload(up.id, &got), RC_UPLOAD_UNKNOWN, "without its data");
	(void)unlink(in_dir(upload_file(up.id, "state")));
	is_int(reopen_upload(up.id, &got), RC_UPLOAD_UNKNOWN, "no state at all");
}

/* ---- sweeping ---- */

static unsigned
swept(void)
{
	unsigned n = 0;

	is_int(store_upload_sweep(store, EXPIRY, &n, &err), RC_OK,
	    "uploads are swept");
	return n;
}

static const char *
begin_aged(time_t age)
{
	struct store_upload up = begin_upload(HASH_SHA256);

	(void)append_text(&up, "bytes");
	make_older(upload_file(up.id, "state"), age);
	return up.id;
}

static bool
stays(const char *id)
{
	return is_there(upload_file(id, ""));
}

static void
test_sweep(void)
{
	const char *old, *young, *touched, *locked, *bare, *new_bare;
	struct store_upload up;
	struct guard lock = {0};

	fresh_store();
	is_int(swept(), 0, "none of none");
	old = begin_aged(EXPIRY + 10);
	young = begin_aged(EXPIRY - 60);
	touched = begin_aged(10 * EXPIRY);
	locked = begin_aged(10 * EXPIRY);
	bare = "00000000-0000-4000-8000-000000000000";
	new_bare = "00000000-0000-4000-8000-000000000001";
	write_text(upload_file(bare, "data"), "bytes");
	make_older(upload_file(bare, ""), EXPIRY + 10);
	make_dir(upload_file(new_bare, ""));
	write_text("_berth/upload/notes/data", "somebody's");
	make_older("_berth/upload/notes", 10 * EXPIRY);
	(void)reopen_upload(touched, &up);
	store_upload_touch(&up);
	(void)guard_take(store, GUARD_UPLOAD, locked, &lock, &err);

	is_int(swept(), 2, "two go");
	ok(!stays(old), "the one for which nothing came in time");
	ok(!stays(bare), "one that an old crash left without a state");
	ok(stays(young), "not one for which something came");
	ok(stays(touched), "nor one that was asked for");
	ok(stays(locked), "nor one that somebody holds");
	ok(stays(new_bare), "nor one that just begins");
	ok(is_there("_berth/upload/notes/data"), "nor what is not an upload");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	guard_release(&lock);
	is_int(swept(), 1, "then the one that was held");
	ok(!stays(locked), "that one");
}

/* A slow part may be on its way longer than an upload is kept. */
static void
test_sweep_while_bodies_come(void)
{
	const char *near_by, *older;

	fresh_store();
	older = begin_aged(EXPIRY + 70);
	near_by = begin_aged(EXPIRY + 50);
	write_text("_berth/body/0000000001", "a part on its way");
	is_int(swept(), 1, "while a body arrives, one goes");
	ok(!stays(older), "one that was over before the body began");
	ok(stays(near_by), "not one that it may be for");
	(void)unlink(in_dir("_berth/body/0000000001"));
	is_int(swept(), 1, "when the body is gone");
	ok(!stays(near_by), "that goes too");
}

static void
test_sweep_fails(void)
{
	const char *id = begin_aged(2 * EXPIRY);
	unsigned n = 1;

	(void)unlink(in_dir("_berth/lock"));
	is_int(store_upload_sweep(store, EXPIRY, &n, &err), RC_IO,
	    "nothing can be locked");
	ok(strstr(err.text, "_berth/lock") != NULL, "the error says why: %s",
	    err.text);
	is_int(n, 0, "nothing goes");
	ok(stays(id), "that one neither");
}

int
main(void)
{
	setup_store(ON_DISK);
	test_hostile_ids();
	test_damaged_states();
	test_sweep();
	test_sweep_while_bodies_come();
	test_sweep_fails();
	return teardown_store();
}
