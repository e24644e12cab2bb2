/* schema1-write.c: manifests of schema 1 that berth writes, byte for byte, and the entries of
 * those that are stored. */
#include "image/schema1_write.h"

#include "base/buf.h"
#include "image/manifest.h"
#include "image/v1chain.h"
#include "lib/text_digest.h"
#include "lib/unit.h"
#include "lib/vectors.h"

#define ENTRIES_MAX 8

static void
is_payload(const struct schema1_image *image, const char *want, const char *digest)
{
	struct str payload = schema1_write(arena, image);
	struct digest d;

	is_str(str_dup(arena, payload), want, "%s:%s", image->name, image->tag);
	digest_of(HASH_SHA256, payload, &d);
	is_str(digest_text(arena, &d), digest, "its digest");
}

/* ---- of images of API v1 ---- */

static void
is_vector(const char *file, const char *tag)
{
	const struct json *v = vectors_read(file), *image;
	const struct json *images = json_get(v, "v1_images_base_first");
	const struct json *want = json_get(v, "schema1");
	struct schema1_entry entries[ENTRIES_MAX];
	size_t i;

	for (i = 0; i < json_length(images) && i < ENTRIES_MAX; i++) {
		image = json_at(images, i);
		entries[i].json = json_text(json_get(image, "json"));
		digest_of(HASH_SHA256, vector_bytes(image, "layer_base64"),
		    &entries[i].layer);
	}
	if (schema1_mend_ids(arena, entries, i, &err) != RC_OK)
		bail_out(err.text);
	is_payload(&(struct schema1_image){.name = vector_text(v, "repository"),
		       .tag = tag,
		       .architecture = "amd64",
		       .entries = entries,
		       .n = i},
	    vector_text(want, "payload"), vector_text(want, "digest"));
}

static void
test_v1_images(void)
{
	is_vector("v1-three-layers.json", "latest");
	is_vector("v1-very-old.json", "quantal");
}

/* ---- of images of API v2 ---- */

static void
is_chain(const struct json *v)
{
	const struct v1chain_source source = {
	    json_text(json_get(v, "manifest")), json_text(json_get(v, "config"))};
	struct v1chain_platform platform;
	struct schema1_entry entries[ENTRIES_MAX];
	struct v1chain chain;
	struct json *config;
	const char *why;
	size_t i;

	if (!json_parse(arena, source.config, &config, &why))
		bail_out(why);
	platform.os = vector_text(config, "os");
	platform.architecture = vector_text(config, "architecture");
	if (v1chain_make(arena, &source, &platform, &chain, &err) != RC_OK)
		bail_out(err.text);
	for (i = 0; i < chain.n && i < ENTRIES_MAX; i++)
		entries[i] = (struct schema1_entry){
		    chain.images[i].layer, chain.images[i].schema1};
	is_payload(&(struct schema1_image){.name = "vec/bimg",
		       .tag = vector_text(v, "tag"),
		       .architecture = chain.architecture,
		       .entries = entries,
		       .n = i},
	    vector_text(v, "schema1_payload"), vector_text(v, "schema1_digest"));
}

static void
test_v2_images(void)
{
	const struct json *vectors = vectors_read("schema2-to-v1.json");
	const struct json *cases = json_get(vectors, "cases");
	size_t i;

	is_int(json_length(cases), 5, "images");
	for (i = 0; i < json_length(cases); i++)
		is_chain(json_at(cases, i));
}

/* Go's escapes, also of bytes that are not UTF-8. */
static void
test_escapes(void)
{
	static const struct str json = LIT(
	    "\"\\/<>&\b\f\n\r\t\x7f\xff \xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xc3\xa9");
	const struct schema1_entry entry = {sha256("x"), json};
	const struct schema1_image image = {.name = "a<b",
	    .tag = "\xc3\xa9",
	    .architecture = "",
	    .entries = &entry,
	    .n = 1};

	is_str(str_dup(arena, schema1_write(arena, &image)),
	    arena_printf(arena,
		"{\n   \"schemaVersion\": 1,\n   \"name\": \"a\\u003cb\",\n"
		"   \"tag\": \"\xc3\xa9\",\n   \"architecture\": \"\",\n"
		"   \"fsLayers\": [\n      {\n         \"blobSum\": \"sha256:%s\"\n"
		"      }\n   ],\n   \"history\": [\n      {\n"
		"         \"v1Compatibility\": \"\\\"\\\\/\\u003c\\u003e\\u0026"
		"\\u0008\\u000c\\n\\r\\t\x7f\\ufffd \\u2028\\u2029\xe2\x80\xaa"
		"\xc3\xa9\"\n      }\n   ]\n}",
		entry.layer.hex),
	    "escapes");
}

static void
test_limit(void)
{
	size_t n;

	for (n = MANIFEST_MAX - 300; n <= MANIFEST_MAX; n += 300) {
		const struct schema1_entry entry = {sha256("x"), repeated('a', n)};
		const struct schema1_image image = {.name = "a",
		    .tag = "b",
		    .architecture = "c",
		    .entries = &entry,
		    .n = 1};

		is_int(schema1_write(arena, &image).n > 0, n < MANIFEST_MAX,
		    "a json of %zu bytes", n);
	}
}

/* ---- short ids ---- */

#define SHORT "27cf784147099545"
#define LONG  "b750b750b750b750b750b750b750b750b750b750b750b750b750b750b750b750"
#define SHORT_HASH \
	"96b3b109eb1b86713ee4071380bc8ebdd6a6e306fa5d0d24573f5fdf2dc0d193"

static void
test_mending(void)
{
	static const struct {
		struct str json;
		const char *want;
	} rows[] = {
	    {LIT("{\"id\": \"" LONG "\", \"a\": 1}\n"),
		"{\"id\": \"" LONG "\", \"a\": 1}\\x0a"},
	    {LIT("{\"id\": \"" SHORT "\", \"a\": [ \"<\" ]}\n"),
		"{\"a\":[\"\\x5cu003c\"],\"id\":\"" SHORT_HASH "\"}"},
	    {LIT("{\"parent\": \"" SHORT "\", \"id\": \"" LONG "\"}"),
		"{\"id\":\"" LONG "\",\"parent\":\"" SHORT_HASH "\"}"},
	    {LIT("{\"parent\": \"" SHORT "\", \"id\": \"" SHORT "\", \"z\": 1}"),
		"{\"id\":\"" SHORT_HASH "\",\"parent\":\"" SHORT_HASH
		"\",\"z\":1}"},
	    {LIT("{\"id\": \"" SHORT "\", \"parent\": null}"),
		"{\"id\":\"" SHORT_HASH "\",\"parent\":null}"},
	    {LIT("{\"id\": \"" SHORT "\", \"parent\": \"\"}"),
		"{\"id\":\"" SHORT_HASH "\",\"parent\":\"\"}"},
	    {LIT("{\"id\": \"27CF784147099545\"}"),
		"{\"id\": \"27CF784147099545\"}"},
	    {LIT("{}"), "{}"},
	    {LIT("[]"),
		"bad_data: the json of image 1, counted from the base, must be an "
		"object"},
	    {LIT("{"),
		"bad_data: the json of image 1, counted from the base, must be "
		"JSON: the text ends too early at byte 1"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct schema1_entry entry = {.json = exact_copy(rows[i].json)};
		enum result r = schema1_mend_ids(arena, &entry, 1, &err);

		is_str(r == RC_OK
			   ? printable(entry.json)
			   : arena_printf(arena, "%s: %s", err_name(r), err.text),
		    rows[i].want, "%s", printable(rows[i].json));
	}
}

/* ---- the entries of a stored manifest ---- */

#define X16       "0123456789abcdef"
#define SUM(c)    "{\"blobSum\":\"sha256:" c X16 X16 X16 "123456789abcdef\"}"
#define V1(image) "{\"v1Compatibility\":\"" image "\"}"
#define PAYLOAD(layers, history) \
	"{\"name\":\"x\",\"fsLayers\":[" layers "],\"history\":[" history \
	"],\"schemaVersion\":1}"
#define IMAGE_A V1("{\\\"id\\\":\\\"a\\\"}\\n")
#define IMAGE_B V1("{\\\"id\\\":\\\"b\\\",\\\"parent\\\":\\\"a\\\"}")

/* The first digit of each layer and its json, the base first, or why there are none. */
static const char *
entries_of(struct str payload)
{
	const struct schema1_entry *entries;
	struct buf b;
	size_t n, i;
	enum result r = schema1_entries(
	    arena, exact_copy(payload), &entries, &n, &err);

	if (r != RC_OK)
		return arena_printf(arena, "%s: %s", err_name(r), err.text);
	buf_init(&b, arena, SIZE_MAX);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s%c %s", i == 0 ? "" : ", ",
		    entries[i].layer.hex[0], printable(entries[i].json));
	return str_dup(arena, buf_str(&b));
}

static void
test_entries(void)
{
#define LISTS \
	"bad_data: fsLayers and history must be lists of the same length, one " \
	"entry or more"
#define A_AND_B "a {\"id\":\"a\"}\\x0a, b {\"id\":\"b\",\"parent\":\"a\"}"
	static const struct {
		const char *payload, *want;
	} rows[] = {
	    {PAYLOAD(SUM("a"), IMAGE_A), "a {\"id\":\"a\"}\\x0a"},
	    {PAYLOAD(SUM("b") "," SUM("a"), IMAGE_B "," IMAGE_A), A_AND_B},
	    /* the top twice: the lower counts */
	    {PAYLOAD(SUM("c") "," SUM("b") "," SUM("a"),
		 V1("{\\\"id\\\":\\\"b\\\"}") "," IMAGE_B "," IMAGE_A),
		A_AND_B},
	    {PAYLOAD(SUM("c") "," SUM("b") "," SUM("a"),
		 IMAGE_B "," IMAGE_B "," IMAGE_B),
		"a {\"id\":\"b\",\"parent\":\"a\"}"},
	    /* ids that are empty are ids, too */
	    {PAYLOAD(SUM("b") "," SUM("a"),
		 V1("{\\\"id\\\":\\\"\\\"}") "," V1("{\\\"id\\\":\\\"\\\"}")),
		"a {\"id\":\"\"}"},
	    {PAYLOAD("", ""), LISTS},
	    {PAYLOAD(SUM("a"), ""), LISTS},
	    {PAYLOAD(SUM("a"), IMAGE_A "," IMAGE_B), LISTS},
	    {"{\"fsLayers\":{},\"history\":{}}", LISTS},
	    {"[]", LISTS},
	    {"{}", LISTS},
	    {"x", "bad_data: a manifest must be JSON: unexpected character at byte "
		  "0"},
	    {PAYLOAD("{}", IMAGE_A),
		"bad_data: fsLayers: blobSum: a digest must be sha256: and 64, or "
		"sha512: and 128 hexadecimal digits in lower case"},
	    {PAYLOAD("{\"blobSum\":\"tarsum.v1+sha256:ab\"}", IMAGE_A),
		"bad_data: fsLayers: blobSum: the algorithm of a digest must be "
		"sha256 or sha512, not tarsum.v1+sha256"},
	    {PAYLOAD(SUM("a"), V1("{}")),
		"bad_data: history: v1Compatibility: the image's json must be an "
		"object, and not an empty one"},
	    {PAYLOAD(SUM("a"), V1("{\\\"a\\\":1}")),
		"bad_data: history: v1Compatibility: the image's json must have an "
		"id"},
	    {PAYLOAD(SUM("a"), "1"),
		"bad_data: history: v1Compatibility: the image's json must be JSON: "
		"the text ends too early at byte 0"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(entries_of(str_of(rows[i].payload)), rows[i].want, "%.200s",
		    rows[i].payload);
}

/* What was written is read again. */
static void
test_back(void)
{
	const struct json *v = vectors_read("v1-three-layers.json");
	const struct json *images = json_get(v, "v1_images_base_first");
	const struct schema1_entry *entries = NULL;
	size_t n = 0, i;

	if (schema1_entries(arena,
		json_text(json_get(json_get(v, "schema1"), "payload")), &entries,
		&n, &err) != RC_OK)
		bail_out(err.text);
	is_int(n, 3, "entries");
	for (i = 0; i < n; i++) {
		is_str(str_dup(arena, entries[i].json),
		    vector_text(json_at(images, i), "json"), "the json");
		is_str(entries[i].layer.hex,
		    vector_text(json_at(images, i), "layer_sha256"), "the layer");
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_v1_images, test_v2_images,
	    test_limit, test_escapes, test_mending, test_entries, test_back};

	return run_tests(tests, COUNT(tests));
}
