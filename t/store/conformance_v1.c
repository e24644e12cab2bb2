/* conformance_v1.c: what every store does with images and repositories of API v1, however it
 * keeps them: only calls of store/ are made, and no file is looked at. Each implementation
 * has a row in implementations[]. */
#include <string.h>

#include "base/buf.h"
#include "lib/held.h"
#include "lib/store.h"
#include "lib/v1_image.h"
#include "store/content.h"
#include "store/derived.h"
#include "store/partial.h"
#include "store/upstream.h"
#include "store/v1tag.h"

struct implementation {
	const char *name;
	void (*setup)(const char *where); /* opens an empty store: `store` */
	void (*empty)(void);              /* an empty one takes its place */
	int (*teardown)(void);            /* the status of the test */
};

static const struct implementation implementations[] = {
    {"storefs", setup_store, fresh_store, teardown_store},
};

/* ---- what is there ---- */

static struct store_v1image
at(const struct image *im)
{
	return store_v1image_make(store, arena, im->id);
}

static enum store_v1image_state
state_of(const struct image *im)
{
	const struct store_v1image handle = at(im);
	enum store_v1image_state state = STORE_V1IMAGE_ABSENT;

	if (store_v1image_state(&handle, &state, &err) != RC_OK)
		bail_out(err.text);
	return state;
}

static const char *
text_of(struct store_reader *reader)
{
	size_t size = (size_t)store_reader_size(reader);
	char *text = arena_alloc(arena, size + 1);
	ssize_t n = store_reader_read_at(reader, text, size, 0);

	return n == (ssize_t)size ? text : "unreadable";
}

static const char *
layer_of(const struct image *im)
{
	const struct store_v1image handle = at(im);
	const struct content *content;
	struct store_reader *reader;
	enum result r = store_v1image_layer(&handle, &content, &err);

	if (r == RC_OK)
		r = store_content_open(store, arena, content, &reader, &err);
	return r == RC_OK ? text_of(reader) : err_name(r);
}

static const char *
checksum_of(const struct image *im)
{
	const struct store_v1image handle = at(im);
	struct str sum;
	enum result r = store_v1image_checksum(&handle, &sum, &err);

	return r == RC_OK ? str_dup(arena, sum) : err_name(r);
}

/* ---- pushes ---- */

static void
begin(const struct image *im)
{
	const struct store_v1push_begin what = {
	    .json = im->json, .ancestry = str_of(im->ancestry)};

	is_int(held_push_begin(im->id, &what), RC_OK, "a push begins");
}

/* Sends the layer: it waits under its payload sum with each json. */
static struct store_v1pushes
send(const struct image *im)
{
	struct store_v1pushes begun = {.n = 0};
	struct stage *sg;
	size_t i;

	if (held_push_list(im->id, &begun) != RC_OK ||
	    stage_adopt(store, arena, make_body(im->layer), &sg, &err) != RC_OK)
		bail_out(err.text);
	for (i = 0; i < begun.n; i++)
		(void)stage_payload_sum(
		    sg, begun.of[i].json, begun.of[i].payload, &err);
	is_int(held_push_wait(im->id, sg, &begun), RC_OK, "its layer waits");
	return begun;
}

static void
test_push(void)
{
	const struct image im = image_of('1', NULL, "layer");
	const struct store_v1image handle = at(&im);
	struct store_v1pushes begun;
	struct str text;
	bool there;

	is_int(state_of(&im), STORE_V1IMAGE_ABSENT, "no image");
	is_int(store_v1image_json(&handle, &text, &err), RC_IMAGE_UNKNOWN,
	    "it has no json");
	is_str(layer_of(&im), "image_unknown", "nor a layer");
	is_int(held_push_list(im.id, &begun), RC_IMAGE_UNKNOWN, "nor a push");
	begin(&im);
	ok(store_v1push_is_open(&handle), "the push is open");
	is_int(state_of(&im), STORE_V1IMAGE_UNFINISHED, "the image is unfinished");
	is_int(store_v1image_exists(&handle, &there, &err), RC_OK, "looked for");
	ok(there, "it has a json");
	begun = send(&im);
	is_int(begun.n, 1, "it was begun with one json");
	is_str(begun.of[0].payload, im.sum, "the sum of json, newline and layer");
	ok(store_v1push_waits(&handle, im.sum), "the layer waits under it");
	is_str(layer_of(&im), "image_unknown", "and is not the image's yet");
	is_int(held_push_confirm(im.id, im.sum), RC_OK, "its sum is confirmed");
	is_int(state_of(&im), STORE_V1IMAGE_COMPLETE, "the image is complete");
	ok(!store_v1push_is_open(&handle), "the push is over");
	is_str(layer_of(&im), "layer", "its layer");
	is_int(store_v1image_json(&handle, &text, &err), RC_OK, "its json");
	ok(str_eq(text, im.json), "is the one that was sent");
	is_int(store_v1image_json_short(&handle, im.json.n - 1, &text, &err),
	    RC_TOO_LARGE, "longer than a limit");
	is_int(store_v1image_ancestry(&handle, &text, &err), RC_OK, "its ancestry");
	ok(str_is(text, im.ancestry), "too");
	is_str(checksum_of(&im), arena_printf(arena, "sha256:%s", im.sum),
	    "its checksum is that of the layer");
	is_int(store_v1push_sync(&handle, &err), RC_OK, "all of it is durable");
}

/* Two clients push one image at the same time, with layers that differ. */
static void
test_two_pushes(void)
{
	const struct image one = image_of('2', NULL, "first");
	const struct image two = image_with(one, one.json.p, "second");
	const struct store_v1image handle = at(&one);
	struct store_v1pushes begun;
	struct guard g;
	bool any;

	begin(&one);
	begin(&two);
	(void)send(&one);
	begun = send(&two);
	ok(store_v1push_waits(&handle, one.sum) &&
		store_v1push_waits(&handle, two.sum),
	    "both layers wait");
	is_int(held_push_confirm(one.id, two.sum), RC_OK, "one is confirmed");
	is_str(layer_of(&one), "second", "it is the image's");
	ok(store_v1push_is_open(&handle), "the other push is still open");
	ok(!store_v1push_waits(&handle, one.sum), "its layer does not wait longer");
	ok(store_v1push_had_late_layer(&handle, one.sum), "but it was there");
	g = hold(GUARD_IMAGE, one.id);
	is_int(store_v1push_record_late_layer(&handle, &g, &begun, &err), RC_OK,
	    "a layer that comes now is recorded");
	guard_release(&g);
	is_int(store_v1push_has_layer(&handle, &any, &err), RC_OK, "looked for");
	ok(any, "and known");
	is_str(layer_of(&one), "second", "the image keeps the layer that it has");
}

static void
test_given_up(void)
{
	const struct image im = image_of('3', NULL, "layer");
	unsigned n = 0;

	begin(&im);
	is_int(store_v1push_sweep(store, 3600, &n, &err), RC_OK, "a sweep");
	is_int(n, 0, "leaves a young push");
	is_int(store_v1push_sweep(store, -1, &n, &err), RC_OK, "and removes");
	is_int(n, 1, "an old one");
	is_int(state_of(&im), STORE_V1IMAGE_ABSENT, "with its unfinished image");
}

/* ---- repositories ---- */

static struct store_v1repo
repo(const char *ns, const char *name)
{
	const struct v1name full = {ns, name};
	struct store_v1repo found;

	if (store_v1repo_find(store, arena, &full, &found, &err) != RC_OK)
		bail_out(err.text);
	return found;
}

static bool
add_name(void *arg, const char *name)
{
	buf_printf(arg, "%s ", name);
	return true;
}

static const char *
names(void)
{
	struct buf b;

	buf_init(&b, arena, 4096);
	buf_adds(&b, "");
	if (store_v1repo_walk(store, add_name, &b, &err) != RC_OK)
		return err.text;
	return buf_str(&b).n == 0 ? "" : buf_str(&b).p;
}

static void
test_repository(void)
{
	struct store_v1repo r = repo("team", "app");
	struct guard g = hold(GUARD_REPOSITORY, "team/app");
	struct str text;
	bool private;

	ok(!store_v1repo_exists(&r), "no repository");
	is_int(
	    store_v1repo_images(&r, &text, &err), RC_NOT_FOUND, "without images");
	is_int(
	    store_v1repo_remove(&r, &g, &err), RC_NOT_FOUND, "not to be removed");
	is_int(store_v1repo_set_images(&r, &g, str_of("[1]"), &err), RC_OK,
	    "a list of images");
	r = repo("team", "app");
	ok(store_v1repo_exists(&r), "makes one");
	is_int(store_v1repo_images(&r, &text, &err), RC_OK, "it is read");
	ok(str_is(text, "[1]"), "as it was written");
	is_int(store_v1repo_granted(&r, &text, &err), RC_NOT_FOUND, "no grants");
	is_int(
	    store_v1repo_set_granted(&r, &g, str_of("[2]"), &err), RC_OK, "some");
	is_int(store_v1repo_granted(&r, &text, &err), RC_OK, "are read");
	ok(str_is(text, "[2]"), "as they were written");
	is_int(store_v1repo_is_private(&r, &private, &err), RC_OK, "looked at");
	ok(!private, "it is public");
	is_int(store_v1repo_set_private(&r, &g, true, &err), RC_OK, "it becomes");
	is_int(store_v1repo_is_private(&r, &private, &err), RC_OK, "and is");
	ok(private, "private");
	is_int(store_v1repo_set_private(&r, &g, false, &err), RC_OK, "and again");
	is_int(store_v1repo_is_private(&r, &private, &err), RC_OK, "it is");
	ok(!private, "public");
	is_str(names(), "team/app ", "it is listed");
	is_int(store_v1repo_remove(&r, &g, &err), RC_OK, "it is removed");
	is_int(store_v1repo_remove(&r, &g, &err), RC_NOT_FOUND, "once");
	guard_release(&g);
	r = repo("team", "app");
	ok(!store_v1repo_exists(&r), "it is gone");
	is_str(names(), "", "and not listed");
}

static bool
add_tag(void *arg, const char *tag, const char *id)
{
	buf_printf(arg, "%s=%.1s ", tag, id);
	return true;
}

static const char *
tags_of(const struct store_v1repo *r)
{
	struct buf b;

	buf_init(&b, arena, 4096);
	buf_adds(&b, "");
	if (store_v1tag_each(r, add_tag, &b, &err) != RC_OK)
		return err.text;
	return buf_str(&b).n == 0 ? "" : buf_str(&b).p;
}

static void
test_tags(void)
{
	static const struct store_v1tag latest = {
	    "latest", "aaaaaaaaaaaaaaaa", {"{\"a\": 1}", 8}};
	static const struct store_v1tag first = {
	    "1.0", "bbbbbbbbbbbbbbbb", {"{}", 2}};
	struct store_v1repo r = repo("library", "busybox");
	struct guard g = hold(GUARD_REPOSITORY, "busybox"); /* the same key */
	struct str text;
	const char *id;
	struct str version;

	is_int(store_v1tag_get(&r, "latest", &id, &err), RC_NOT_FOUND, "no tag");
	is_int(
	    store_v1tag_remove(&r, &g, "latest", &err), RC_NOT_FOUND, "to remove");
	is_int(store_v1tag_put(&r, &g, &latest, &err), RC_OK, "one");
	version = store_v1repo_version(&r);
	is_int(store_v1tag_put(&r, &g, &first, &err), RC_OK, "another");
	ok(!str_eq(store_v1repo_version(&r), version), "changes the version");
	version = store_v1repo_version(&r);
	ok(str_eq(store_v1repo_version(&r), version), "which stays otherwise");
	is_int(store_v1tag_get(&r, "latest", &id, &err), RC_OK, "it is read");
	is_str(id, latest.id, "with its image");
	is_int(store_v1tag_meta(&r, "latest", &text, &err), RC_OK, "and with");
	ok(str_eq(text, latest.meta), "who pushed it");
	is_int(store_v1repo_meta(&r, &text, &err), RC_OK, "latest is");
	ok(str_eq(text, latest.meta), "the repository's, too");
	is_str(tags_of(&r), "1.0=b latest=a ", "tags are listed in byte order");
	is_int(store_v1tag_remove(&r, &g, "latest", &err), RC_OK, "one goes");
	is_int(store_v1repo_meta(&r, &text, &err), RC_NOT_FOUND, "with its text");
	is_str(tags_of(&r), "1.0=b ", "the other stays");
	is_int(store_v1tag_remove(&r, &g, "1.0", &err), RC_OK, "the last goes");
	guard_release(&g);
	r = repo("library", "busybox");
	ok(!store_v1repo_exists(&r), "and with it the repository");
}

/* ---- what is derived, and what an upstream gave ---- */

static enum result
write_text_to(void *arg, struct sink sink, struct err *why)
{
	const char *text = arg;

	(void)why;
	return sink.write(sink.arg, text, strlen(text)) ? RC_OK : RC_IO;
}

static void
test_derived(void)
{
	static char list[] = "[]";
	const struct store_derived_maker maker = {write_text_to, list};
	const struct image im = image_of('4', NULL, "layer");
	const struct store_v1image handle = at(&im);
	struct store_reader *reader;
	struct guard g = {0};
	unsigned n = 0;

	is_int(store_derived_open(&handle, STORE_DERIVED_FILES, &reader, &err),
	    RC_NOT_FOUND, "no list of files");
	is_int(store_derived_guard(&handle, STORE_DERIVED_FILES, &g, &err), RC_OK,
	    "its guard");
	is_int(store_derived_put(&handle, &g, STORE_DERIVED_FILES, &maker, &err),
	    RC_OK, "one is kept");
	guard_release(&g);
	is_int(store_derived_open(&handle, STORE_DERIVED_FILES, &reader, &err),
	    RC_OK, "and opened");
	is_str(text_of(reader), list, "as it was written");
	is_int(store_derived_sweep(store, 3600, &n, &err), RC_OK, "a sweep");
	is_int(n, 0, "leaves what was used");
	g = hold(GUARD_IMAGE, im.id);
	is_int(store_derived_forget(&handle, &g, &err), RC_OK, "it is forgotten");
	guard_release(&g);
	is_int(store_derived_open(&handle, STORE_DERIVED_FILES, &reader, &err),
	    RC_NOT_FOUND, "and gone");
}

static void
test_upstream(void)
{
	const struct image im = image_of('5', NULL, "layer");
	const struct store_v1image handle = at(&im);
	const struct store_upstream up = store_upstream_image(store, arena, im.id);
	struct guard g = hold(GUARD_MIRROR, im.id);
	struct store_partial *p, *reader;
	struct stage *sg;
	struct str text;
	char bytes[8] = "";

	is_int(store_upstream_answer(&up, "json", &text, NULL, &err), RC_NOT_FOUND,
	    "no answer");
	is_int(store_upstream_set_answer(&up, "json", str_of("{}"), &err), RC_OK,
	    "one is kept");
	is_int(
	    store_upstream_answer(&up, "json", &text, NULL, &err), RC_OK, "read");
	ok(str_is(text, "{}"), "as it was");
	is_int(store_partial_create(&handle, &g, 5, &p, &err), RC_OK, "a layer");
	is_int(store_partial_append(p, "lay", 3, &err), RC_OK, "grows");
	is_int(store_partial_open(&handle, &reader, &err), RC_OK, "is followed");
	is_int(store_partial_append(p, "er", 2, &err), RC_OK, "to its end");
	is_int(store_partial_read_at(reader, bytes, 8, 1), 4, "by its readers");
	is_str(bytes, "ayer", "from an offset on");
	is_int(store_partial_length(reader), 5, "its length is known");
	store_partial_close(reader);
	store_partial_close(p);
	is_int(store_partial_stage(&handle, 5, &sg, &err), RC_OK, "it is a stage");
	is_int(stage_size(sg), 5, "of all its bytes");
	is_int(store_upstream_drop(store, &g, im.id, &err), RC_OK, "all goes");
	guard_release(&g);
	is_int(store_upstream_answer(&up, "json", &text, NULL, &err), RC_NOT_FOUND,
	    "the answer, too");
}

static void (*const tests[])(void) = {test_push, test_two_pushes, test_given_up,
    test_repository, test_tags, test_derived, test_upstream};

static int
test_implementation(const struct implementation *i)
{
	size_t k;

	printf("# %s\n", i->name);
	i->setup(IN_MEMORY);
	for (k = 0; k < sizeof(tests) / sizeof(tests[0]); k++) {
		i->empty();
		tests[k]();
	}
	return i->teardown();
}

int
main(void)
{
	int failed = 0;
	size_t k;

	for (k = 0; k < sizeof(implementations) / sizeof(implementations[0]); k++)
		failed |= test_implementation(&implementations[k]);
	return failed;
}
