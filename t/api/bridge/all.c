/* all.c: bridge_all() makes what is missing, and forgets nothing: what a push asks for while it
 * runs, what was left by a run that was stopped or killed. bridge_report() says what each tag has
 * in the other API. */
#include "bridge/all.h"

#include "base/buf.h"
#include "bridge/make.h"
#include "bridge/report.h"
#include "bridge/tag_entry.h"
#include "index/index.h"
#include "lib/api_both.h"
#include "lib/registry.h"
#include "lib/tar.h"
#include "lib/v1_push.h"
#include "lib/v2_store.h"
#include "registry/counterpart.h"

#define ASKED "_berth/bridge/asked/team%2Fapp"

static struct str
a_layer(const char *name)
{
	const struct tar_header header = {
	    .name = name, .type = '0', .mode = 0644, .size = 5};
	struct buf b;

	buf_init(&b, arena, 8192);
	put_tar_header(&b, &header);
	put_tar_content(&b, 5);
	return gzipped(arena, buf_str(&b), 6);
}

static bool
is_made(const char *key)
{
	struct counterpart_image image;

	return counterpart_image(TASK(arena), key, &image) == RC_OK &&
	       image.refused.n == 0;
}

/* ---- runs ---- */

static volatile sig_atomic_t stop;
static unsigned long looked_at, made;
static void (*during)(void); /* called once, after the first tag */

static void
note_progress(void *arg, unsigned long done, unsigned long n, const char *name)
{
	void (*now)(void) = during;

	(void)arg;
	(void)name;
	looked_at = done;
	made = n;
	during = NULL;
	if (now != NULL)
		now();
}

/* Did it come to the end? */
static bool
run(bool asked)
{
	const struct bridge_all how = {
	    .asked = asked, .stop = &stop, .progress = note_progress};
	bool done;

	looked_at = made = 0;
	stop = 0;
	if (bridge_all(TASK(arena), &how, &done) != RC_OK)
		bail_out(err.text);
	return done;
}

static void
stop_it(void)
{
	stop = 1;
}

/* ---- what a push asked for ---- */

static void
push_another(void)
{
	tag_v1("team/app", "2", push_v1_layer('b', NULL, a_layer("b")));
}

static void
test_asked(void)
{
	const char *a = push_v1_layer('a', NULL, a_layer("a"));
	const char *b;

	tag_v1("team/app", "1", a);
	ok(is_there(ASKED), "a push asks for its repository");
	ok(!is_made(a), "and makes nothing");
	during = push_another;
	ok(run(true), "a run, while another push comes");
	b = push_v1_layer('b', NULL, a_layer("b"));
	ok(is_made(a) && is_made(b), "makes both");
	ok(!is_there(ASKED), "and removes the mark");
	ok(run(true), "another run");
	is_int(looked_at, 0, "has nothing to do");
}

static void
test_stopped(void)
{
	const char *c = push_v1_layer('c', NULL, a_layer("c"));
	const char *base = push_v1_layer('d', NULL, a_layer("d"));
	const char *e = push_v1_layer('e', base, a_layer("e"));

	tag_v1("team/app", "3", c);
	tag_v1("team/app", "4", e);
	during = stop_it;
	ok(!run(true), "a run that is stopped");
	ok(!is_made(e), "does not make all");
	ok(is_there(ASKED), "the mark stays");
	ok(run(true), "the next one");
	ok(is_made(c) && is_made(e), "makes it");
	ok(!is_there(ASKED), "and removes the mark");
}

/* A repository is not looked at for ever because one of its tags means nothing. */
static void
test_gone(void)
{
	tag_v1("team/app", "5", push_v1_layer('f', NULL, a_layer("f")));
	write_text("repositories/team/app/tag_6", arena_printf(arena, "%064d", 6));
	ok(run(true), "a tag without an image");
	is_int(made, 1, "the others are made");
	ok(!is_there(ASKED), "the mark is removed");
}

/* ---- the index ---- */

static bool
note_found(void *arg, struct str repository, struct str origin)
{
	(void)repository;
	(void)origin;
	*(bool *)arg = true;
	return false;
}

static bool
is_known(const char *name, const char *digest)
{
	bool found = false;
	const struct index_counterpart_visitor visitor = {note_found, &found};

	if (index_counterpart_find(
		reg.index, str_of(name), str_of(digest), &visitor, &err) != RC_OK)
		bail_out(err.text);
	return found;
}

/* As if a process was killed after it had made the form. */
static void
test_not_entered(void)
{
	const char *id = push_v1_layer('1', NULL, a_layer("1"));
	struct counterpart_image image;
	const char *digest;

	tag_v1("library/cut", "x", id);
	is_int(make_image(TASK(arena), id, &image), RC_OK, "an image is made");
	digest = digest_text(arena, &image.manifest);
	ok(!is_known("cut", digest), "the index does not know it");
	ok(run(false), "a run");
	is_int(made, 0, "has nothing to make");
	ok(is_known("cut", digest), "and enters it in the index");
}

/* What was made of a tag that has moved meanwhile, or is gone, is not entered for it. */
static void
test_moved(void)
{
	struct tag_entry entry = {"cut", "x",
	    {.in = PAIR_V1, .image = push_v1_layer('1', NULL, a_layer("1"))}};
	struct counterpart_image image;
	const char *digest;

	tag_v1("library/cut", "x", push_v1_layer('2', NULL, a_layer("2")));
	is_int(make_image(TASK(arena), entry.is.image, &image), RC_OK, "made");
	digest = digest_text(arena, &image.manifest);
	is_int(tag_entry_put(TASK(arena), &entry), RC_OK, "the tag has moved");
	ok(!is_known("cut", digest), "nothing is entered");
	entry.tag = "gone";
	is_int(tag_entry_put(TASK(arena), &entry), RC_OK, "the tag is gone");
	ok(!is_known("cut", digest), "nothing is entered then");
	tag_v1("library/cut", "gone", entry.is.image);
	is_int(tag_entry_put(TASK(arena), &entry), RC_OK, "the tag is there");
	ok(is_known("cut", digest), "it is entered");
}

/* ---- schema 1 ---- */

static void
test_schema1(void)
{
	const char *layer = send_blob("team/old", a_layer("old"));
	const char *manifest = arena_printf(arena,
	    "{\"schemaVersion\": 1, \"name\": \"team/old\", \"tag\": \"1\", "
	    "\"architecture\": \"amd64\", \"fsLayers\": [{\"blobSum\": \"%s\"}], "
	    "\"history\": [{\"v1Compatibility\": \"{\\\"id\\\":\\\"%064d\\\"}\"}]}",
	    layer, 7);
	const struct digest d = write_manifest("team/old", manifest);

	write_tag("team/old", "1", &d);
	ok(!is_made(digest_text(arena, &d)), "nothing is made yet");
	ok(run(false), "a run");
	is_int(made, 1, "makes its form");
	ok(is_made(digest_text(arena, &d)), "which is kept");
	ok(v1_id("team/old", "1") != NULL, "API v1 has it");
	ok(run(false), "another run");
	is_int(made, 0, "makes nothing");
}

/* ---- the report ---- */

static struct buf lines;

static bool
print_line(void *arg, const struct bridge_line *line)
{
	static const char *const states[] = {
	    "there", "not made", "refused", "covered"};

	(void)arg;
	buf_printf(&lines, "%s %s:%s %s\n", line->v1 ? "v1" : "v2",
	    line->repository, line->tag, states[line->state]);
	if (line->state >= BRIDGE_REFUSED && line->reason[0] == '\0')
		buf_adds(&lines, "no reason\n");
	return true;
}

static const char *
report(void)
{
	buf_init(&lines, arena, 65536);
	buf_adds(&lines, "");
	if (bridge_report(TASK(arena), print_line, NULL) != RC_OK)
		bail_out(err.text);
	return str_dup(arena, buf_str(&lines));
}

static bool
print_one(void *arg, const struct bridge_line *line)
{
	(*(int *)arg)++;
	(void)line;
	return false;
}

static void
send_zstd(void)
{
	const struct bridged image = {.name = "team/today",
	    .tag = "zstd",
	    .config = config_of("zstd", 1),
	    .layers = {"(\xb5/\xfd"},
	    .type = OCI_ZSTD};

	(void)send_image(&image);
}

static void
test_report(void)
{
	const char *id = push_v1_layer('a', NULL, a_layer("a"));
	const struct bridged today = {.name = "team/today",
	    .tag = "1",
	    .config = config_of("today", 1),
	    .layers = {"layer"}};
	const struct digest d = write_manifest("library/foo", "{}");
	int n = 0;

	tag_v1("library/foo", "1", id);
	tag_v1("library/foo", "no tag", id);
	write_text(
	    "repositories/library/foo/tag_gone", arena_printf(arena, "%064d", 6));
	tag_v1("Team/app", "1", id);
	(void)send_image(&today);
	send_zstd();
	write_text("repositories/team/today/tag_1", id);
	write_tag("library/foo", "2", &d);
	is_str(report(),
	    "v1 Team/app:1 refused\n"
	    "v1 library/foo:1 not made\n"
	    "v1 library/foo:gone refused\n"
	    "v1 library/foo:no tag refused\n"
	    "v1 team/today:1 covered\n"
	    "v2 library/foo:2 refused\n"
	    "v2 team/today:1 there\n"
	    "v2 team/today:zstd refused\n",
	    "each tag, with what it has in the other API");
	ok(run(false), "a run");
	ok(strstr(report(), "v1 library/foo:1 there\n") != NULL,
	    "what was made is there");
	is_int(bridge_report(TASK(arena), print_one, &n), RC_OK, "a report ends");
	is_int(n, 1, "when its caller wants no more");
}

static void
begin_again(void)
{
	fresh_registry();
	reindex_all();
}

int
main(void)
{
	static void (*const tests[])(void) = {test_asked, test_stopped, test_gone,
	    test_not_entered, test_moved, test_schema1, test_report};
	size_t i;

	setup_both();
	for (i = 0; i < COUNT(tests); i++) {
		begin_again();
		tests[i]();
	}
	return teardown_api();
}
