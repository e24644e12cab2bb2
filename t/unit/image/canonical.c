/* canonical.c: Docker schema 2 made of images of API v1: whole images, byte for byte
 * (t/data/v1-*.json), and each rule for the config and the history. */
#include "image/canonical.h"

#include "base/buf.h"
#include "base/json_sorted.h"
#include "lib/unit.h"
#include "lib/vectors.h"

#define PLAIN_TYPE "application/vnd.docker.image.rootfs.diff.tar"

/* ---- whole images ---- */

static void
read_digest(struct digest *out, const char *text)
{
	if (digest_parse(str_of(text), out, &err) != RC_OK)
		bail_out(text);
}

static enum layer_form
form_of(struct str bytes)
{
	if (str_starts(bytes, "\x1f\x8b\x08"))
		return LAYER_GZIP;
	return str_starts(bytes, "\xfd"
				 "7zXZ")
		   ? LAYER_XZ
		   : LAYER_PLAIN;
}

/* Of an image of a file; `blobs` has the archives of the layers that are not served. */
static struct canonical_layer
vector_layer(const struct json *image, const struct json *blobs)
{
	struct str bytes = vector_bytes(image, "layer_base64");
	const char *diff_id = vector_text(image, "diff_id");
	struct canonical_layer layer = {.json = json_text(json_get(image, "json")),
	    .sums = {.form = form_of(bytes),
		.size = bytes.n,
		.zero = json_is_true(json_get(image, "empty"))}};

	digest_of(HASH_SHA256, bytes, &layer.sums.digest);
	read_digest(&layer.sums.diff_id, diff_id);
	layer.sums.unpacked = json_get(blobs, diff_id) == NULL
				  ? 0
				  : vector_bytes(blobs, diff_id).n;
	return layer;
}

static void
is_document(const struct json *want, const char *name, struct str got,
    const struct digest *digest)
{
	is_str(str_dup(arena, got), vector_text(want, name), "its %s", name);
	is_str(digest_text(arena, digest),
	    vector_text(want, arena_printf(arena, "%s_digest", name)),
	    "and its digest");
}

static void
is_vector(const char *file)
{
	const struct json *vector = vectors_read(file);
	const struct json *images = json_get(vector, "v1_images_base_first");
	const struct json *want = json_get(vector, "schema2");
	const struct json *blobs = json_get(want, "blobs_that_are_no_layer_file");
	struct canonical_layer layers[3];
	size_t n = json_length(images), i;
	struct canonical got;

	ok(n > 0 && n <= COUNT(layers), "%s: %zu images", file, n);
	for (i = 0; i < n; i++)
		layers[i] = vector_layer(json_at(images, i), blobs);
	if (canonical_make(arena, layers, n, &got, &err) != RC_OK)
		bail_out(err.text);
	is_document(want, "config", got.config, &got.config_digest);
	is_document(want, "manifest", got.manifest, &got.manifest_digest);
}

static void
test_vectors(void)
{
	is_vector("v1-three-layers.json");
	is_vector("v1-very-old.json");
}

/* ---- one image ---- */

static struct layer_sums
sums_of(const char *archive)
{
	struct layer_sums sums = {.form = LAYER_PLAIN,
	    .size = strlen(archive),
	    .unpacked = strlen(archive),
	    .zero = archive[0] == '\0'};

	digest_of(HASH_SHA256, str_of(archive), &sums.digest);
	sums.diff_id = sums.digest;
	return sums;
}

/* The config of an image of this json, or why there is none. */
static const char *
config_of(struct str json)
{
	struct canonical_layer layer = {exact_copy(json), sums_of("tar")};
	struct canonical out;
	enum result r = canonical_make(arena, &layer, 1, &out, &err);

	if (r == RC_OK)
		return printable(out.config);
	return arena_printf(arena, "%s: %s", err_name(r), err.text);
}

/* What stands between the parts that are always the same. */
static const char *
config_around(const char *before, const char *config, const char *after)
{
	struct digest d = sums_of("tar").diff_id;

	return arena_printf(arena,
	    "{\"architecture\":\"amd64\"%s,\"config\":{%s}%s,\"os\":\"linux\","
	    "\"rootfs\":{\"diff_ids\":[\"sha256:%s\"],\"type\":\"layers\"}}",
	    before, config, after, d.hex);
}

/* The member "config" of the json, and of the config. */
static void
test_config(void)
{
	static const struct {
		struct str json;
		const char *want;
	} rows[] = {
	    {LIT("{}"), ""},
	    {LIT("null"), ""},
	    {LIT("[1]"), ""},
	    {LIT("{\"WorkingDir\": \"/w\", \"User\": \"u\", \"StopSignal\": \"9\"}"),
		"\"StopSignal\":\"9\",\"User\":\"u\",\"WorkingDir\":\"/w\""},
	    {LIT("{\"Shell\": [\"s\"], \"OnBuild\": [\"o\"], \"Env\": [\"A=b\", "
		 "\"\"], \"Entrypoint\": [\"e\"], \"Cmd\": [\"c\", \"d\"]}"),
		"\"Cmd\":[\"c\",\"d\"],\"Entrypoint\":[\"e\"],"
		"\"Env\":[\"A=b\",\"\"],\"OnBuild\":[\"o\"],\"Shell\":[\"s\"]"},
	    /* one string is a list of one, of a command only */
	    {LIT("{\"Cmd\": \"c d\", \"Entrypoint\": \"e\", \"Env\": \"A=b\", "
		 "\"OnBuild\": \"o\", \"Shell\": \"s\"}"),
		"\"Cmd\":[\"c d\"],\"Entrypoint\":[\"e\"]"},
	    {LIT("{\"Cmd\": \"\", \"Entrypoint\": []}"), ""},
	    /* null, empty, of another type */
	    {LIT("{\"Cmd\": null, \"Env\": [], \"User\": \"\", \"Volumes\": null, "
		 "\"ExposedPorts\": {}, \"Labels\": {}, \"Shell\": {}}"),
		""},
	    {LIT("{\"Cmd\": 1, \"Env\": [\"A=b\", 1], \"User\": [\"u\"], "
		 "\"Volumes\": [\"/v\"], \"Entrypoint\": [[\"e\"]], \"Labels\": 1, "
		 "\"OnBuild\": [null], \"ArgsEscaped\": \"true\"}"),
		""},
	    /* what nobody reads today */
	    {LIT("{\"Hostname\": \"h\", \"Image\": \"i\", \"Memory\": 1, \"Dns\": "
		 "[\"d\"], \"user\": \"u\"}"),
		""},
	    /* sorted, the last of a name counts */
	    {LIT("{\"Volumes\": {\"/b\": {}, \"/a\": null, \"/\\u0062\": 1, "
		 "\"\": {}}, \"User\": \"u\", \"Us\\u0065r\": \"v\"}"),
		"\"User\":\"v\",\"Volumes\":{\"/a\":{},\"/b\":{}}"},
	    {LIT("{\"Labels\": {\"b\": \"\", \"a\": \"1\", \"c\": 1, \"d\": null, "
		 "\"a\": \"2\", \"\": \"x\"}}"),
		"\"Labels\":{\"a\":\"2\",\"b\":\"\"}"},
	    {LIT("{\"Labels\": {\"a\": 1}}"), ""},
	    {LIT("{\"ArgsEscaped\": true, \"Cmd\": [\"c\"]}"),
		"\"ArgsEscaped\":true,\"Cmd\":[\"c\"]"},
	    {LIT("{\"ArgsEscaped\": false}"), ""},
	    /* ports */
	    {LIT("{\"ExposedPorts\": {\"80/tcp\": {}, \"443/tcp\": {}}, "
		 "\"PortSpecs\": [\"22\"]}"),
		"\"ExposedPorts\":{\"443/tcp\":{},\"80/tcp\":{}}"},
	    {LIT("{\"ExposedPorts\": {}, \"PortSpecs\": [\"22\"]}"),
		"\"ExposedPorts\":{\"22/tcp\":{}}"},
	    {LIT("{\"ExposedPorts\": null, \"PortSpecs\": [\"80\", \"8080:443\", "
		 "\":53/udp\", \"80/tcp\", \"127.0.0.1:1:2/udp\", \"007\"]}"),
		"\"ExposedPorts\":{\"2/udp\":{},\"443/tcp\":{},\"53/udp\":{},"
		"\"7/tcp\":{},\"80/tcp\":{}}"},
	    {LIT("{\"PortSpecs\": [\"0\", \"65536\", \"\", \"80:\", \"x\", "
		 "\"80/sctp\", \"80/\", \"80/tcp/udp\", \"-1\", \"+1\"]}"),
		""},
	    {LIT("{\"PortSpecs\": [\"80\", 81]}"), ""},
	    {LIT("{\"PortSpecs\": \"80\"}"), ""},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(config_of(str_of(arena_printf(arena, "{\"config\": %s}",
			   str_dup(arena, rows[i].json)))),
		    config_around("", rows[i].want, ",\"history\":[{}]"), "%s",
		    printable(rows[i].json));
}

/* Members other than "config": what comes before and after it in the result. */
static void
test_members(void)
{
	static const struct {
		struct str json;
		const char *before, *after;
	} rows[] = {
	    {LIT("{}"), "", ",\"history\":[{}]"},
	    {LIT(" {}\n"), "", ",\"history\":[{}]"},
	    {LIT("{\"author\": \"a\", \"comment\": \"c\", \"docker_version\": \"1\", "
		 "\"created\": \"2014-02-03T15:54:08.50Z\", \"id\": \"x\", "
		 "\"architecture\": \"x86_64\", \"container_config\": "
		 "{\"Cmd\": [\"/bin/sh\", \"-c\", \"\", \"d\"]}, \"Size\": 1}"),
		",\"author\":\"a\"",
		",\"created\":\"2014-02-03T15:54:08.50Z\",\"docker_version\":\"1\","
		"\"history\":[{\"author\":\"a\",\"comment\":\"c\",\"created\":"
		"\"2014-02-03T15:54:08.50Z\",\"created_by\":\"/bin/sh -c  d\"}]"},
	    {LIT("{\"author\": \"\", \"comment\": 1, \"docker_version\": null, "
		 "\"created\": \"yesterday\", \"architecture\": \"\", \"os\": 7, "
		 "\"container_config\": {\"Cmd\": [\"a\", 1]}}"),
		"", ",\"history\":[{}]"},
	    {LIT("{\"container_config\": {\"Cmd\": \"a b\"}}"), "",
		",\"history\":[{\"created_by\":\"a b\"}]"},
	    {LIT("{\"container_config\": {\"Cmd\": [\"\", \"a\"]}}"), "",
		",\"history\":[{\"created_by\":\" a\"}]"},
	    {LIT("{\"container_config\": {\"Cmd\": [\"\"]}}"), "",
		",\"history\":[{}]"},
	    {LIT("{\"container_config\": \"Cmd\"}"), "", ",\"history\":[{}]"},
	    {LIT("{\"created\": \"2014-02-30T15:54:08Z\"}"), "",
		",\"history\":[{}]"},
	    {LIT("{\"author\": \"a\", \"author\": \"b\"}"), ",\"author\":\"b\"",
		",\"history\":[{\"author\":\"b\"}]"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(config_of(rows[i].json),
		    config_around(rows[i].before, "", rows[i].after), "%s",
		    printable(rows[i].json));
	is_str(config_of(TEXT("{\"os\": \"windows\", \"architecture\": \"arm\"}")),
	    arena_printf(arena,
		"{\"architecture\":\"arm\",\"config\":{},\"history\":[{}],"
		"\"os\":\"windows\",\"rootfs\":{\"diff_ids\":[\"sha256:%s\"],"
		"\"type\":\"layers\"}}",
		sums_of("tar").diff_id.hex),
	    "another platform");
}

static void
test_texts(void)
{
	static const struct {
		struct str json;
		const char *want;
	} rows[] = {
	    {LIT("\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f"),
		"\\x5c\"\\x5c\\x5c/\\x5cu0008\\x5cu000c\\x5cn\\x5cr\\x5ct"
		"\\x5cu0000\\x5cu001f\\x7f"},
	    {LIT("<&>\\u003c\\u2028\\u00e9"), "<&><\\xe2\\x80\\xa8\\xc3\\xa9"},
	    {LIT("\\ud83d\\ude00"), "\\xf0\\x9f\\x98\\x80"},
	    {LIT("\\ud83d x"), "\\xef\\xbf\\xbd x"},
	    {LIT("\\ude00\\ud83d"), "\\xef\\xbf\\xbd\\xef\\xbf\\xbd"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(config_of(str_of(
			   arena_printf(arena, "{\"config\": {\"User\": \"%s\"}}",
			       str_dup(arena, rows[i].json)))),
		    config_around("",
			arena_printf(arena, "\"User\":\"%s\"", rows[i].want),
			",\"history\":[{}]"),
		    "%s", printable(rows[i].json));
}

static void
test_refused(void)
{
#define OF_1 "bad_data: the json of image 1 of 1, counted from the base, must be "
	static const struct {
		struct str json;
		const char *want;
	} rows[] = {
	    {LIT(""), OF_1 "JSON: the text ends too early at byte 0"},
	    {LIT("{\"a\": NaN}"), OF_1 "JSON: unexpected character at byte 6"},
	    {LIT("{\"a\": \"\xff\"}"),
		OF_1 "JSON: a string is not UTF-8 at byte 7"},
	    {LIT("{} x"), OF_1 "JSON: something follows the value at byte 3"},
	    {LIT("[]"), OF_1 "an object"},
	    {LIT("null"), OF_1 "an object"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(config_of(rows[i].json), rows[i].want, "\"%s\"",
		    printable(rows[i].json));
}

/* ---- large and deep ones ---- */

/* text, n times, between the two others */
static struct str
many(const char *before, const char *text, size_t n, const char *after)
{
	struct buf b;

	buf_init(&b, arena, SIZE_MAX);
	buf_adds(&b, before);
	for (; n > 0; n--)
		buf_adds(&b, text);
	buf_adds(&b, after);
	return buf_str(&b);
}

static void
test_limits(void)
{
	static const char *const members[] = {"Volumes", "ExposedPorts", "Labels"};
	const char *nothing = config_around("", "", ",\"history\":[{}]");
	struct arena *result = arena_new();
	struct canonical_layer layer = {.sums = sums_of("tar")};
	struct canonical out;
	struct str deep;
	size_t i;

	deep = many("{\"x\": ", "[", JSON_DEPTH - 1, "");
	is_str(config_of(many(str_dup(arena, deep), "]", JSON_DEPTH - 1, "}")),
	    nothing, "%d levels", JSON_DEPTH);
	deep = many("{\"x\": ", "[", JSON_DEPTH, "");
	is_str(config_of(many(str_dup(arena, deep), "]", JSON_DEPTH, "}")),
	    OF_1 "JSON: lists and objects are nested too deeply at byte 69",
	    "a level more");

	for (i = 0; i < COUNT(members); i++)
		is_str(config_of(many(
			   arena_printf(arena, "{\"config\": {\"%s\": {\"a\": \"\"",
			       members[i]),
			   ",\"a\":\"\"", JSON_SORTED_MAX, "}}}")),
		    arena_printf(arena,
			"bad_data: config.%s has more than %d elements", members[i],
			JSON_SORTED_MAX),
		    "too many %s", members[i]);
	is_str(config_of(many("{\"config\": {\"PortSpecs\": [\"80\"", ",\"80\"",
		   JSON_SORTED_MAX, "]}}")),
	    arena_printf(arena,
		"bad_data: config.PortSpecs has more than %d elements",
		JSON_SORTED_MAX),
	    "too many ports");
	is_str(config_of(many("{\"author\": \"", "0123456789abcdef",
		   CANONICAL_MAX / 16, "\"}")),
	    "too_large: the config would be larger than 4194304 bytes, the limit of "
	    "clients",
	    "a config that clients would refuse");

	/* in a large json what is not used costs nothing */
	layer.json = many("{\"x\": [0", ",0", CANONICAL_MAX / 2, "]}");
	is_int(canonical_make(result, &layer, 1, &out, &err), RC_OK,
	    "a json of 4 MiB");
	ok(arena_held(result) < (size_t)64 << 10, "takes %zu bytes",
	    arena_held(result));
	arena_free(result);
}

/* ---- several images ---- */

/* "E" or "L" for each element of the history: without or with a layer; then the digests of
 * the layers as the bytes of their archives. */
static const char *
layout_of(const char *const *archives, size_t n)
{
	struct canonical_layer layers[4];
	struct canonical out;
	const char *text, *at;
	struct buf b;
	size_t i;

	for (i = 0; i < n; i++)
		layers[i] = (struct canonical_layer){
		    str_of("{}"), sums_of(archives[i])};
	if (canonical_make(arena, layers, n, &out, &err) != RC_OK)
		return err.text;
	buf_init(&b, arena, 1000);
	text = str_dup(arena, out.config);
	for (at = strstr(text, "\"history\":[") + 11; *at != ']'; at++)
		if (*at == '{')
			buf_addc(&b, at[1] == '}' ? 'L' : 'E');
	for (i = 0; i < n; i++)
		if (strstr(text, layers[i].sums.diff_id.hex) != NULL &&
		    strstr(str_dup(arena, out.manifest),
			layers[i].sums.digest.hex) != NULL)
			buf_printf(&b, " %s", archives[i]);
	return str_dup(arena, buf_str(&b));
}

static void
test_empty_layers(void)
{
	static const struct {
		const char *archives[4]; /* "" holds nothing */
		size_t n;
		const char *want;
	} rows[] = {
	    {{"a"}, 1, "L a"},
	    {{"a", "b", "c"}, 3, "LLL a b c"},
	    {{"a", "", "c"}, 3, "LEL a c"},
	    {{"", "", "c"}, 3, "EEL c"},
	    {{"a", "", ""}, 3, "LEE a"},
	    {{""}, 1, "L "},
	    {{"", "", ""}, 3, "LEE   "}, /* three of one digest */
	    {{"a", "b", "a"}, 3, "LLL a b a"},
	};
	struct canonical_layer layers[] = {
	    {str_of("{}"), sums_of("a")}, {str_of("{"), sums_of("b")}};
	struct canonical out;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(layout_of(rows[i].archives, rows[i].n), rows[i].want,
		    "row %zu", i);

	layers[0].json = str_of("[");
	is_int(canonical_make(arena, layers, 2, &out, &err), RC_BAD_DATA,
	    "the json of an image below the top");
	is_str(err.text,
	    "the json of image 2 of 2, counted from the base, must be JSON: the text "
	    "ends too early at byte 1",
	    "the first that is read");
}

/* ---- the sums of layers ---- */

static void
test_sums(void)
{
	struct layer_sums sums = sums_of("tar"), back;
	const char *text;
	uint64_t size;
	size_t form;

	sums.digest = sums_of("gz").digest;
	sums.size = 2;
	for (form = 0; form < LAYER_FORMS; form++) {
		bool served = form == LAYER_PLAIN || form == LAYER_GZIP;

		sums.form = (enum layer_form)form;
		sums.zero = form % 2 == 0;
		text = layer_sums_text(arena, &sums);
		ok(layer_sums_parse(str_of(text), &back), "%s", text);
		is_str(layer_sums_text(arena, &back), text, "and back");
		is_int(layer_sums_is_served(&sums), served, "served");
		ok(digest_eq(layer_sums_blob(&sums, &size),
		       served ? &sums.digest : &sums.diff_id),
		    "the digest");
		is_int(size, served ? 2 : 3, "the size");
		is_str(layer_sums_type(&sums),
		    form == LAYER_GZIP ? PLAIN_TYPE ".gzip" : PLAIN_TYPE,
		    "the media type");
	}
}

#define X64  "0123456789012345678901234567890123456789012345678901234567890123"
#define SUM  "sha256:" X64
#define GOOD "xz " SUM " 1 " SUM " 2 files"

static void
test_no_sums(void)
{
	static const char *const rows[] = {"", "xz",
	    "zstd " SUM " 1 " SUM " 2 files", "xz " X64 " 1 " SUM " 2 files",
	    "xz " SUM " -1 " SUM " 2 files", "xz " SUM " 1 " SUM " x files",
	    "xz " SUM " 1 " SUM " 2 file", "xz " SUM " 1 " SUM " 2",
	    "xz " SUM " 1 " SUM " 2 files\n", "xz " SUM " 1 " SUM " 2 files zero",
	    " " GOOD, "xz  " SUM " 1 " SUM,
	    "xz " SUM " 1 sha512:" X64 X64 " 2 files",
	    "xz " SUM " 99999999999999999999 " SUM " 2 files"};
	struct layer_sums sums;
	size_t i;

	ok(layer_sums_parse(str_of(GOOD), &sums), "%s", GOOD);
	for (i = 0; i < COUNT(rows); i++)
		ok(!layer_sums_parse(exact_copy(str_of(rows[i])), &sums), "\"%s\"",
		    printable(str_of(rows[i])));
}

int
main(void)
{
	static void (*const tests[])(void) = {test_vectors, test_config,
	    test_members, test_texts, test_refused, test_limits, test_empty_layers,
	    test_sums, test_no_sums};

	return run_tests(tests, COUNT(tests));
}
