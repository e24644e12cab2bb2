/* conformance_bridge.c: what every store does with what the bridge keeps: records, blobs, and
 * content that goes from one layout into the other. Only calls of store/ are made, and no file
 * is looked at. Each implementation has a row in implementations[]. */
#include <string.h>

#include "base/buf.h"
#include "lib/held.h"
#include "lib/store.h"
#include "lib/text_digest.h"
#include "lib/v1_image.h"
#include "store/bridge.h"

/* How an implementation makes an empty store (`store`). */
static const struct implementation {
	const char *name;
	void (*make)(void);
} implementations[] = {
    {"storefs", fresh_store},
};

#define ID "0123456789abcdef"

/* ---- what is there ---- */

static struct store_v1image
at(const struct image *im)
{
	return store_v1image_make(store, arena, im->id);
}

static const char *
record(enum store_bridge_kind kind, const char *key)
{
	struct str text;
	enum result r = store_bridge_record(
	    store, arena, (struct store_bridge_key){kind, key}, &text, &err);

	return r == RC_OK ? str_dup(arena, text) : err_name(r);
}

static enum result
set(enum store_bridge_kind kind, const char *key, const char *text)
{
	return store_bridge_set_record(
	    store, arena, (struct store_bridge_key){kind, key}, str_of(text), &err);
}

static const char *
bytes_of(const struct content *content)
{
	struct store_reader *reader;
	char *text;
	size_t n;

	if (store_content_open(store, arena, content, &reader, &err) != RC_OK)
		return err.text;
	n = (size_t)store_content_size(content);
	text = arena_alloc(arena, n + 1);
	return store_reader_read_at(reader, text, n, 0) == (ssize_t)n
		   ? text
		   : "unreadable";
}

static const char *
derived(const struct digest *d)
{
	struct store_blob blob;
	enum result r = store_bridge_blob_find(store, arena, d, &blob, &err);

	if (r == RC_OK && !digest_eq(&blob.digest, d))
		return "another digest";
	return r == RC_OK ? bytes_of(blob.content) : err_name(r);
}

static const char *
derived_read(const struct digest *d, size_t limit)
{
	struct str text;
	enum result r = store_bridge_blob_read(
	    store, arena, (struct store_bridge_document){d, limit}, &text, &err);

	return r == RC_OK ? str_dup(arena, text) : err_name(r);
}

static const char *
blob(const struct digest *d)
{
	struct store_blob found;
	enum result r = store_blob_find_anywhere(store, arena, d, &found, &err);

	return r == RC_OK ? bytes_of(found.content) : err_name(r);
}

static const char *
layer(const struct image *im)
{
	const struct store_v1image handle = at(im);
	const struct content *content;
	enum result r = store_v1image_layer(&handle, &content, &err);

	return r == RC_OK ? bytes_of(content) : err_name(r);
}

/* ---- records ---- */

static void
test_records(void)
{
	const struct digest d = sha256("a blob");
	const char *key = digest_text(arena, &d);
	char most[STORE_BRIDGE_RECORD_MAX + 2];

	is_str(record(STORE_BRIDGE_LAYER, ID), "not_found", "no record");
	is_int(set(STORE_BRIDGE_LAYER, ID, "one"), RC_OK, "one is set");
	is_str(record(STORE_BRIDGE_LAYER, ID), "one", "and there");
	is_str(record(STORE_BRIDGE_IMAGE, ID), "not_found",
	    "that of the image is another");
	is_int(set(STORE_BRIDGE_IMAGE, ID, "two\nlines\n"), RC_OK, "it is set");
	is_str(record(STORE_BRIDGE_IMAGE, ID), "two\nlines\n", "and there");
	is_int(set(STORE_BRIDGE_IMAGE, key, "three"), RC_OK, "by a digest");
	is_int(set(STORE_BRIDGE_BLOB, key, ""), RC_OK, "an empty one");
	is_str(record(STORE_BRIDGE_IMAGE, key), "three", "both");
	is_str(record(STORE_BRIDGE_BLOB, key), "", "are there");
	is_int(set(STORE_BRIDGE_LAYER, ID, "changed"), RC_OK, "it is replaced");
	is_str(record(STORE_BRIDGE_LAYER, ID), "changed", "and changed");
	memset(most, 'x', sizeof(most) - 1);
	most[sizeof(most) - 1] = '\0';
	is_int(set(STORE_BRIDGE_LAYER, ID, most), RC_TOO_LARGE, "too long");
	is_str(record(STORE_BRIDGE_LAYER, ID), "changed", "the old one stays");
	is_int(set(STORE_BRIDGE_LAYER, ID, most + 1), RC_OK, "the longest");
	is_str(record(STORE_BRIDGE_LAYER, ID), most + 1, "is kept whole");
}

/* ---- blobs ---- */

static const char *
long_text(size_t n)
{
	char *text = arena_alloc(arena, n + 1);

	memset(text, 'l', n);
	return text;
}

static void
test_put_bytes(const char *text, const char *what)
{
	const struct digest d = sha256(text);
	struct digest longer = text_digest(HASH_SHA512, text);

	is_str(derived(&d), "blob_unknown", "%s: not there", what);
	is_str(derived_read(&d, 10), "blob_unknown", "nor to be read");
	is_int(store_bridge_blob_put_bytes(store, arena, str_of(text), &d, &err),
	    RC_OK, "%s: stored", what);
	is_int(store_bridge_blob_put_bytes(store, arena, str_of(text), &d, &err),
	    RC_OK, "%s: and again", what);
	is_str(derived(&d), text, "it is there");
	is_str(derived_read(&d, strlen(text)), text, "and is read");
	is_str(derived_read(&d, strlen(text) - 1), "too_large", "up to a limit");
	is_str(blob(&d), "blob_unknown", "API v2 does not have it");
	is_int(
	    store_bridge_blob_put_bytes(store, arena, str_of(text), &longer, &err),
	    RC_OK, "%s: by SHA-512", what);
	is_str(derived(&longer), text, "it is there");
}

struct making {
	const char *piece;
	unsigned times;
	enum result r;
	struct digest digest;
};

static enum result
make(void *arg, struct sink sink, struct digest *digest, struct err *why)
{
	struct making *m = arg;
	unsigned i;

	for (i = 0; i < m->times; i++)
		if (!sink.write(sink.arg, m->piece, strlen(m->piece)))
			return err_set(why, RC_FULL, "the sink is full");
	*digest = m->digest;
	return m->r == RC_OK ? RC_OK : err_set(why, m->r, "as it is made");
}

static void
test_put(void)
{
	const char *whole = long_text((size_t)10 * 30000);
	struct making m = {long_text(30000), 10, RC_BAD_LAYER, sha256(whole)};
	const struct store_bridge_maker maker = {make, &m};

	is_int(store_bridge_blob_put(store, arena, &maker, &err), RC_BAD_LAYER,
	    "what cannot be made");
	is_str(err.text, "as it is made", "for its reason");
	is_str(derived(&m.digest), "blob_unknown", "is not there");
	m.r = RC_OK;
	is_int(store_bridge_blob_put(store, arena, &maker, &err), RC_OK,
	    "what is made in pieces");
	is_str(derived(&m.digest), whole, "is there");
	is_int(store_bridge_blob_put(store, arena, &maker, &err), RC_OK,
	    "and may be made again");
	m = (struct making){"", 0, RC_OK, sha256("")};
	is_int(store_bridge_blob_put(store, arena, &maker, &err), RC_OK,
	    "no bytes at all");
	is_str(derived(&m.digest), "", "are there");
}

static void
test_blobs(void)
{
	unsigned n = 1;
	struct digest d = sha256("small");

	test_put_bytes("small", "a small one");
	test_put_bytes(long_text(100000), "a large one");
	test_put();
	is_int(store_bridge_sweep(store, 3600, &n, &err), RC_OK, "a sweep");
	is_int(n, 0, "leaves what is young");
	is_str(derived(&d), "small", "it is there");
	is_int(store_bridge_sweep(store, -1, &n, &err), RC_OK, "and removes");
	is_int(n, 6, "what is old");
	is_str(derived(&d), "blob_unknown", "it is gone");
}

/* ---- from one layout into the other ---- */

static struct stage *
body(const char *text)
{
	struct stage *sg = NULL;

	if (stage_adopt(store, arena, make_body(str_of(text)), &sg, &err) != RC_OK)
		bail_out(err.text);
	return sg;
}

static enum store_v1image_state
state_of(const struct image *im)
{
	const struct store_v1image handle = at(im);
	enum store_v1image_state state = STORE_V1IMAGE_ABSENT;

	is_int(store_v1image_state(&handle, &state, &err), RC_OK, "looked at");
	return state;
}

static void
test_image(void)
{
	const struct image im = image_of('1', NULL, "its layer");
	const struct image other = image_with(im, im.json.p, "another layer");
	const struct store_v1image handle = at(&im);
	struct str text;

	is_int(held_image_put(&im, body("its layer")), RC_OK, "a whole image");
	is_int(state_of(&im), STORE_V1IMAGE_COMPLETE, "is complete");
	ok(!store_v1push_is_open(&handle), "without a push");
	is_str(layer(&im), "its layer", "it has its layer");
	is_int(store_v1image_json(&handle, &text, &err), RC_OK, "its json");
	ok(str_eq(text, im.json), "as it was given");
	is_int(store_v1image_ancestry(&handle, &text, &err), RC_OK, "its ancestry");
	ok(str_is(text, im.ancestry), "too");
	is_int(store_v1image_checksum(&handle, &text, &err), RC_OK, "its checksum");
	is_str(
	    str_dup(arena, text), arena_printf(arena, "sha256:%s", im.sum), "too");
	is_int(held_image_put(&other, body("another layer")), RC_OK, "put again");
	is_str(layer(&im), "its layer", "it stays as it is");
}

/* Half pushed by a client that went away. */
static void
test_unfinished(void)
{
	const struct image im = image_of('2', NULL, "its layer");
	const struct store_v1push_begin what = {
	    .json = str_of("{}"), .ancestry = str_of(im.ancestry)};
	const struct store_v1image handle = at(&im);
	struct str text;
	unsigned n;

	is_int(held_push_begin(im.id, &what), RC_OK, "a push begins");
	is_int(held_image_put(&im, body("its layer")), RC_OK,
	    "the image is put whole");
	is_int(state_of(&im), STORE_V1IMAGE_COMPLETE, "it is complete");
	is_int(store_v1image_json(&handle, &text, &err), RC_OK, "with the json");
	ok(str_eq(text, im.json), "that was put");
	ok(store_v1push_is_open(&handle), "the push is open");
	is_int(store_v1push_sweep(store, -1, &n, &err), RC_OK, "it is swept");
	is_int(state_of(&im), STORE_V1IMAGE_COMPLETE, "the image is not");
}

static const char *
version(const struct image *im)
{
	const struct store_v1image handle = at(im);
	struct str text;
	enum result r = store_v1image_version(&handle, &text, &err);

	return r == RC_OK ? str_dup(arena, text) : err_name(r);
}

static void
test_layer_to_blob(void)
{
	const struct image im = image_of('3', NULL, "a v1 layer");
	const struct digest d = sha256("a v1 layer");
	const struct store_v1image handle = at(&im);
	const struct content *content;
	struct store_blob found;
	struct stage *sg;
	const char *before;

	is_str(version(&im), "image_unknown", "an image that is not there");
	is_int(
	    stage_of_layer(&handle, &sg, &err), RC_IMAGE_UNKNOWN, "has no layer");
	is_int(held_image_put(&im, body("a v1 layer")), RC_OK, "an image");
	before = version(&im);
	is_int(stage_of_layer(&handle, &sg, &err), RC_OK, "its layer");
	is_int(stage_size(sg), strlen("a v1 layer"), "has its size");
	is_int(store_blob_put(store, arena, sg, &d, &err), RC_OK, "as a blob");
	is_str(blob(&d), "a v1 layer", "it has the bytes");
	is_str(layer(&im), "a v1 layer", "the image still has its layer");
	is_str(version(&im), before, "its version is the same");
	is_int(store_v1image_layer(&handle, &content, &err), RC_OK, "looked for");
	is_int(store_blob_find_anywhere(store, arena, &d, &found, &err), RC_OK,
	    "and found");
	ok(store_content_is_same(store, content, found.content), "it is one file");
	is_int(stage_of_layer(&handle, &sg, &err), RC_OK, "the layer again");
	is_int(store_blob_put(store, arena, sg, &d, &err), RC_OK, "as a blob");
	is_int(
	    store_blob_remove(store, arena, &d, 2 * STORE_BLOB_PIN_FRESH_S, &err),
	    RC_BUSY, "the blob is pinned");
}

static void
test_blob_to_layer(void)
{
	const struct image im = image_of('4', NULL, "a v2 layer");
	const struct image same = image_of('5', &im, "a v2 layer");
	const struct digest d = sha256("a v2 layer"), none = sha256("none");
	struct stage *sg;

	is_int(stage_of_blob(store, arena, &none, &sg, &err), RC_BLOB_UNKNOWN,
	    "no blob");
	is_int(stage_of_bridge_blob(store, arena, &none, &sg, &err),
	    RC_BLOB_UNKNOWN, "no derived one");
	is_int(store_blob_put(store, arena, body("a v2 layer"), &d, &err), RC_OK,
	    "a blob");
	is_int(stage_of_blob(store, arena, &d, &sg, &err), RC_OK, "taken");
	is_int(held_image_put(&im, sg), RC_OK, "as the layer of an image");
	is_int(held_image_put(&same, sg), RC_OK, "and of another one");
	is_str(layer(&im), "a v2 layer", "it is there");
	is_str(layer(&same), "a v2 layer", "in both");
	is_str(blob(&d), "a v2 layer", "and the blob, too");
	ok(strcmp(version(&im), version(&same)) != 0, "they have own versions");
}

static void
test_derived_to_blob(void)
{
	const struct digest d = sha256("a config");
	struct stage *sg;

	is_int(
	    store_bridge_blob_put_bytes(store, arena, str_of("a config"), &d, &err),
	    RC_OK, "a derived blob");
	is_int(stage_of_bridge_blob(store, arena, &d, &sg, &err), RC_OK, "taken");
	is_int(store_blob_put(store, arena, sg, &d, &err), RC_OK, "as a blob");
	is_str(blob(&d), "a config", "it is there");
	is_str(derived(&d), "a config", "the derived one still is");
}

/* ---- what was asked for ---- */

static bool
add_name(void *arg, const char *name)
{
	buf_printf(arg, "%s ", name);
	return true;
}

static const char *
asked(void)
{
	struct buf b;

	buf_init(&b, arena, 4096);
	buf_adds(&b, "");
	if (store_bridge_asked_each(store, add_name, &b, &err) != RC_OK)
		return err.text;
	return buf_str(&b).n == 0 ? "" : buf_str(&b).p;
}

static void
test_asked(void)
{
	is_str(asked(), "", "nothing is asked for");
	is_int(store_bridge_asked_remove(store, "team/app", &err), RC_OK,
	    "nothing is removed");
	is_int(
	    store_bridge_ask(store, "team/app", true, &err), RC_OK, "a repository");
	is_int(store_bridge_ask(store, "team/app", false, &err), RC_OK, "again");
	is_str(asked(), "team/app ", "is asked for once");
	is_int(store_bridge_asked_remove(store, "team/app", &err), RC_OK, "done");
	is_str(asked(), "", "not any longer");
	is_int(store_bridge_ask(store, long_text(300), true, &err), RC_TOO_LARGE,
	    "a name that is too long");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_records, test_blobs, test_image,
	    test_unfinished, test_layer_to_blob, test_blob_to_layer,
	    test_derived_to_blob, test_asked};
	size_t i, k;

	setup_store(IN_MEMORY);
	for (i = 0; i < sizeof(implementations) / sizeof(implementations[0]); i++)
		for (k = 0; k < sizeof(tests) / sizeof(tests[0]); k++) {
			implementations[i].make();
			tests[k]();
		}
	return teardown_store();
}
