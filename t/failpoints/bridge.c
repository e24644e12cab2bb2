/* bridge.c: content becomes a part of the other layout, and what is derived is stored; each
 * durable step of that fails once, meets a full disk once, and is once the last before the process
 * is killed. Whatever happened: where the content came from it is as it was; a blob, a record
 * and an image are whole or not there; what was acknowledged is there; an image that is left
 * unfinished is removed by the sweep of pushes; and the same again succeeds. */
#include "store/bridge.h"
#include "lib/failpoint.h"
#include "lib/held.h"
#include "lib/power_cut.h"
#include "lib/text_digest.h"
#include "lib/v1_image.h"

#define BYTES "the bytes of a layer"
#define APP   "team/app"
#define KEY   ((struct store_bridge_key){STORE_BRIDGE_LAYER, "0123456789abcdef"})

/* Set before each run, in the test's own arena. */
static struct image image;
static struct digest digest;

static void
begin_empty(void)
{
	fresh_store();
	image = image_of('a', NULL, BYTES);
	digest = sha256(BYTES);
}

static struct store_v1image
handle(void)
{
	return store_v1image_make(store, arena, image.id);
}

static struct store_repository
app(void)
{
	return (struct store_repository){store, arena, APP};
}

static bool
has_bytes(const struct content *content)
{
	const struct str want = str_of(BYTES);
	char got[sizeof(BYTES)];
	struct store_reader *reader;

	return store_content_size(content) == want.n &&
	       store_content_open(store, arena, content, &reader, &err) == RC_OK &&
	       store_reader_read_at(reader, got, want.n, 0) == (ssize_t)want.n &&
	       memcmp(got, want.p, want.n) == 0;
}

static const char *
blob_fault(bool must_be_there)
{
	struct store_blob blob;
	enum result r = store_blob_find_anywhere(
	    store, arena, &digest, &blob, &err);

	if (r == RC_BLOB_UNKNOWN && !must_be_there)
		return NULL;
	if (r != RC_OK)
		return arena_printf(arena, "the blob: %s", err.text);
	return has_bytes(blob.content) ? NULL : "the blob is not whole";
}

static const char *
layer_fault(void)
{
	const struct store_v1image im = handle();
	const struct content *layer;
	enum result r = store_v1image_layer(&im, &layer, &err);

	if (r != RC_OK)
		return arena_printf(arena, "the layer: %s", err.text);
	return has_bytes(layer) ? NULL : "the layer is not whole";
}

/* ---- a blob becomes the layer of an image that berth makes ---- */

static enum result
put_image(size_t i)
{
	const struct store_v1image im = handle();
	struct store_v1image_parts parts = {.json = image.json,
	    .ancestry = str_of(image.ancestry),
	    .checksum = str_of(arena_printf(arena, "sha256:%s", image.sum))};
	struct guard g = hold(GUARD_IMAGE, image.id);
	enum result r = stage_of_blob(store, arena, &digest, &parts.layer, &err);

	(void)i;
	if (r == RC_OK)
		r = store_v1image_put(&im, &g, &parts, &err);
	guard_release(&g);
	return r;
}

static void
prepare_blob(void)
{
	struct stage *sg;

	begin_empty();
	if (stage_adopt(store, arena, make_body(str_of(BYTES)), &sg, &err) !=
		RC_OK ||
	    store_blob_put(store, arena, sg, &digest, &err) != RC_OK)
		bail_out(err.text);
	remove_bodies();
}

/* As when its layer was lost. */
static void
prepare_damaged(void)
{
	prepare_blob();
	if (put_image(0) != RC_OK)
		bail_out(err.text);
	remove_tree(in_dir(image_file(&image, "layer")));
}

static enum store_v1image_state
state(void)
{
	const struct store_v1image im = handle();
	enum store_v1image_state out = STORE_V1IMAGE_ABSENT;

	if (store_v1image_state(&im, &out, &err) != RC_OK)
		bail_out(err.text);
	return out;
}

static const char *
whole_fault(void)
{
	const struct store_v1image im = handle();
	struct str json, ancestry, checksum;

	if (state() != STORE_V1IMAGE_COMPLETE)
		return "the image is not complete";
	if (store_v1image_json(&im, &json, &err) != RC_OK ||
	    store_v1image_ancestry(&im, &ancestry, &err) != RC_OK ||
	    store_v1image_checksum(&im, &checksum, &err) != RC_OK)
		return err.text;
	if (!str_eq(json, image.json) || !str_is(ancestry, image.ancestry) ||
	    !str_is(checksum, arena_printf(arena, "sha256:%s", image.sum)))
		return "the image has other documents";
	return layer_fault();
}

static bool was_damaged; /* the scenario begins with a damaged image */

static const char *
state_fault(void)
{
	switch (state()) {
	case STORE_V1IMAGE_COMPLETE:
		return whole_fault();
	case STORE_V1IMAGE_DAMAGED:
		return was_damaged ? NULL : "the image is damaged";
	default:
		return report->done == 0 ? NULL : "it was acknowledged";
	}
}

/* What a killed process left, when nobody puts the image again. */
static const char *
sweep_fault(void)
{
	const bool complete = state() == STORE_V1IMAGE_COMPLETE;
	unsigned n;

	if (store_v1push_sweep(store, -1, &n, &err) != RC_OK)
		return err.text;
	if (complete)
		return whole_fault();
	if (state() == STORE_V1IMAGE_UNFINISHED ||
	    is_there(image_file(&image, "_inprogress")))
		return "the unfinished image is not swept";
	return NULL;
}

static const char *
image_fault(void)
{
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = blob_fault(true);
	if (fault == NULL)
		fault = state_fault();
	if (fault == NULL)
		fault = sweep_fault();
	if (fault == NULL && put_image(0) != RC_OK)
		fault = arena_printf(arena, "the same again: %s", err.text);
	if (fault == NULL)
		fault = whole_fault();
	if (fault == NULL && is_there(push_file(&image, "")))
		fault = "something is left of its push";
	return fault == NULL ? blob_fault(true) : fault;
}

/* ---- the layer of an image of API v1 becomes a blob ---- */

static void
prepare_image(void)
{
	prepare_blob();
	if (put_image(0) != RC_OK)
		bail_out(err.text);
	remove_tree(in_dir("docker"));
}

static enum result
keep_layer(size_t i)
{
	const struct store_repository in = app();
	const struct store_v1image im = handle();
	struct stage *sg;
	enum result r;

	if (i == 1)
		return store_blob_link(&in, &digest, &err);
	r = stage_of_layer(&im, &sg, &err);
	return r == RC_OK ? store_blob_put(store, arena, sg, &digest, &err) : r;
}

static const char *
keep_name(size_t i)
{
	return i == 0 ? "the blob" : "the link";
}

static bool
is_linked(void)
{
	const struct store_repository in = app();
	struct store_blob blob;

	return store_blob_find(&in, &digest, &blob, &err) == RC_OK;
}

static const char *
keep_fault(void)
{
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = whole_fault();
	if (fault == NULL)
		fault = blob_fault(report->done > 0);
	if (fault == NULL && report->done > 1 && !is_linked())
		fault = "the link was acknowledged";
	if (fault == NULL && (keep_layer(0) != RC_OK || keep_layer(1) != RC_OK))
		fault = arena_printf(arena, "the same again: %s", err.text);
	if (fault == NULL && !is_linked())
		fault = "the same again, but there is no blob";
	return fault == NULL ? blob_fault(true) : fault;
}

/* ---- what is derived ---- */

enum { RECORD, SMALL, LARGE, ASKED, DERIVED_STEPS };

static struct str
large(void)
{
	return str_of(
	    arena_printf(arena, "%0*d", (int)STORE_BLOB_SMALL_MAX + 1, 7));
}

static enum result
put_bytes(struct str bytes)
{
	struct digest d;

	digest_of(HASH_SHA256, bytes, &d);
	return store_bridge_blob_put_bytes(store, arena, bytes, &d, &err);
}

static enum result
make_large(void *arg, struct sink sink, struct digest *d, struct err *why)
{
	const struct str bytes = large();

	(void)arg;
	digest_of(HASH_SHA256, bytes, d);
	return sink.write(sink.arg, bytes.p, bytes.n)
		   ? RC_OK
		   : err_set(why, RC_IO, "the sink is full");
}

static enum result
put_derived(size_t i)
{
	const struct store_bridge_maker maker = {make_large, NULL};

	switch (i) {
	case RECORD:
		return store_bridge_set_record(
		    store, arena, KEY, str_of("new"), &err);
	case SMALL:
		return put_bytes(str_of(BYTES));
	case LARGE:
		return store_bridge_blob_put(store, arena, &maker, &err);
	default:
		return store_bridge_ask(store, APP, true, &err);
	}
}

static const char *
derived_name(size_t i)
{
	static const char *const names[DERIVED_STEPS] = {
	    "a record", "a small blob", "a large blob", "a repository asked for"};

	return names[i];
}

static void
prepare_derived(void)
{
	begin_empty();
	if (store_bridge_set_record(store, arena, KEY, str_of("old"), &err) !=
	    RC_OK)
		bail_out(err.text);
}

static const char *
derived_blob_fault(struct str bytes, bool must_be_there)
{
	const struct str want = bytes;
	struct store_blob blob;
	struct digest d;
	struct str got;
	enum result r;

	digest_of(HASH_SHA256, want, &d);
	r = store_bridge_blob_find(store, arena, &d, &blob, &err);
	if (r == RC_BLOB_UNKNOWN && !must_be_there)
		return NULL;
	if (r == RC_OK)
		r = store_bridge_blob_read(store, arena,
		    (struct store_bridge_document){&d, want.n}, &got, &err);
	return r == RC_OK ? NULL : arena_printf(arena, "a blob: %s", err.text);
}

static bool
find_name(void *arg, const char *name)
{
	*(bool *)arg = strcmp(name, APP) == 0;
	return true;
}

static const char *
derived_fault(void)
{
	const char *fault = tmp_fault();
	struct str text;
	bool asked = false;
	size_t i;

	if (fault == NULL &&
	    store_bridge_record(store, arena, KEY, &text, &err) != RC_OK)
		fault = "the record is lost";
	if (fault == NULL && !str_is(text, "new") &&
	    (report->done > RECORD || !str_is(text, "old")))
		fault = "the record is another";
	if (fault == NULL)
		fault = derived_blob_fault(str_of(BYTES), report->done > SMALL);
	if (fault == NULL)
		fault = derived_blob_fault(large(), report->done > LARGE);
	for (i = 0; fault == NULL && i < DERIVED_STEPS; i++)
		if (put_derived(i) != RC_OK)
			fault = arena_printf(arena, "the same again: %s", err.text);
	if (fault == NULL &&
	    (store_bridge_asked_each(store, find_name, &asked, &err) != RC_OK ||
		!asked))
		fault = "what was asked for is lost";
	return fault == NULL ? derived_blob_fault(large(), true) : fault;
}

/* ---- the power fails afterwards ---- */

static void
is_well(const char *fault, const char *what)
{
	if (!ok(fault == NULL, "the power fails: %s", what))
		printf("# %s\n", fault);
}

static void
begin_with_cut(void)
{
	image = image_of('b', NULL, BYTES);
	digest = sha256(BYTES);
	fresh_store_with_cut();
}

/* What another server left may not be synced. */
static void
cut_after_blob(void)
{
	begin_with_cut();
	write_bytes(image_file(&image, "json"), image.json);
	write_text(image_file(&image, "ancestry"), image.ancestry);
	write_bytes(image_file(&image, "layer"), image.layer);
	is_int(keep_layer(0), RC_OK, "a layer becomes a blob");
	is_int(keep_layer(1), RC_OK, "of a repository");
	power_cut();
	is_well(blob_fault(true), "the blob is whole");
	ok(is_linked(), "it is the repository's");
}

static void
cut_after_image(void)
{
	struct digest d = sha256(BYTES);

	begin_with_cut();
	is_int(store_blob_put_bytes(store, arena, str_of(BYTES), &d, &err), RC_OK,
	    "a blob");
	is_int(put_image(0), RC_OK, "becomes a layer");
	power_cut();
	is_well(whole_fault(), "the image is whole");
}

static void
cut_after_derived(void)
{
	size_t i;

	begin_with_cut();
	for (i = 0; i < DERIVED_STEPS; i++)
		is_int(put_derived(i), RC_OK, "%s", derived_name(i));
	power_cut();
	is_well(derived_blob_fault(str_of(BYTES), false),
	    "a small blob is whole or gone");
	is_well(derived_blob_fault(large(), false), "a large one, too");
	report->done = 0;
	is_int(put_derived(RECORD), RC_OK, "the record is stored again");
	is_well(derived_fault(), "so is all");
}

/* ---- all ---- */

static const char *
image_name(size_t i)
{
	(void)i;
	return "the image";
}

int
main(void)
{
	static const struct scenario blob_to_image = {
	    .what = "a blob becomes a layer",
	    .end = 1,
	    .prepare = prepare_blob,
	    .step = put_image,
	    .name = image_name,
	    .fault = image_fault};
	static const struct scenario repaired = {
	    .what = "a damaged image is put again",
	    .end = 1,
	    .prepare = prepare_damaged,
	    .step = put_image,
	    .name = image_name,
	    .fault = image_fault};
	static const struct scenario layer_to_blob = {
	    .what = "a layer becomes a blob",
	    .end = 2,
	    .prepare = prepare_image,
	    .step = keep_layer,
	    .name = keep_name,
	    .fault = keep_fault};
	static const struct scenario derived = {.what = "what is derived",
	    .end = DERIVED_STEPS,
	    .prepare = prepare_derived,
	    .step = put_derived,
	    .name = derived_name,
	    .fault = derived_fault};

	setup_store(IN_MEMORY);
	fail_at_each_step(&blob_to_image);
	was_damaged = true;
	fail_at_each_step(&repaired);
	fail_at_each_step(&layer_to_blob);
	fail_at_each_step(&derived);
	cut_after_blob();
	cut_after_image();
	cut_after_derived();
	return teardown_store();
}
