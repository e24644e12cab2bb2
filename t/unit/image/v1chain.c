/* v1chain.c: the images of API v1 that images of API v2 are for old dockers: whole ones, byte
 * for byte (t/data/schema2-to-v1.json), and what has no form in API v1. */
#include "image/v1chain.h"

#include "base/buf.h"
#include "base/json_sorted.h"
#include "lib/unit.h"
#include "lib/vectors.h"

static const struct v1chain_platform usual = {"linux", "amd64"};

/* ---- whole images ---- */

static void
is_image(const struct v1chain_image *got, const struct json *want, bool top)
{
	const char *json = vector_text(want, "json");

	is_str(got->id, vector_text(want, "id"), "an id");
	is_str(got->parent,
	    json_kind(json_get(want, "parent")) == JSON_STRING
		? vector_text(want, "parent")
		: NULL,
	    "its parent");
	is_str(digest_text(arena, &got->layer), vector_text(want, "layer"),
	    "its layer");
	is_str(arena_printf(arena, "%llu", (unsigned long long)got->layer_size),
	    str_dup(arena, json_print(arena, json_get(want, "layer_size"))),
	    "the size of it");
	is_int(
	    got->throwaway, json_is_true(json_get(want, "throwaway")), "throwaway");
	is_str(str_dup(arena, got->schema1), json, "its json in schema 1");
	if (!top)
		is_str(str_dup(arena, got->json), json, "and in API v1");
}

static void
is_vector(const struct json *v)
{
	const struct json *images = json_get(v, "v1_base_first");
	struct str config = json_text(json_get(v, "config"));
	const struct v1chain_source source = {
	    json_text(json_get(v, "manifest")), config};
	struct v1chain_platform platform = usual;
	const struct v1chain_image *top;
	struct v1chain chain;
	struct json *tree;
	const char *why;
	size_t i;

	if (!json_parse(arena, config, &tree, &why))
		bail_out(why);
	platform.os = vector_text(tree, "os");
	platform.architecture = vector_text(tree, "architecture");
	if (v1chain_make(arena, &source, &platform, &chain, &err) != RC_OK)
		bail_out(err.text);
	is_int(chain.n, json_length(images), "%s: images", vector_text(v, "tag"));
	is_str(chain.architecture, platform.architecture, "the architecture");
	for (i = 0; i < chain.n; i++) {
		is_image(&chain.images[i], json_at(images, i), i + 1 == chain.n);
		is_int(v1chain_find(&chain, chain.images[i].id), i, "is found");
	}
	is_int(v1chain_find(&chain, "0"), chain.n, "others are not");
	top = &chain.images[chain.n - 1];
	is_str(str_dup(arena, top->json),
	    vector_text(v, "json_of_the_top_for_api_v1"), "the top in API v1");
	is_str(str_dup(arena, v1chain_ancestry(arena, &chain, chain.n - 1)),
	    vector_text(v, "ancestry_of_the_top"), "its ancestry");
	is_str(str_dup(arena, v1chain_ancestry(arena, &chain, 0)),
	    arena_printf(arena, "[\"%s\"]", chain.images[0].id), "of the base");
}

static void
test_vectors(void)
{
	const struct json *vectors = vectors_read("schema2-to-v1.json");
	const struct json *cases = json_get(vectors, "cases");
	char hex[HASH_SHA256_HEX_SIZE];
	size_t i;

	is_int(json_length(cases), 5, "images");
	for (i = 0; i < json_length(cases); i++)
		is_vector(json_at(cases, i));
	hash_of(HASH_SHA256, v1chain_empty_layer, hex);
	is_str(hex, V1CHAIN_EMPTY_HEX, "the layer without files");
}

/* ---- made up images ---- */

#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_CONFIG   "application/vnd.docker.container.image.v1+json"
#define DOCKER_LAYER    "application/vnd.docker.image.rootfs.diff.tar.gzip"
#define OCI_CONFIG      "application/vnd.oci.image.config.v1+json"
#define OCI_LAYER       "application/vnd.oci.image.layer.v1.tar+gzip"
#define OCI_MANIFEST    "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX       "application/vnd.oci.image.index.v1+json"

#define X16    "0123456789abcdef"
#define X64    X16 X16 X16 X16
#define SHA256 "sha256:" X64
#define SHA512 "sha512:" X64 X64

#define D(type, digest) \
	"{\"mediaType\":\"" type "\",\"size\":7,\"digest\":\"" digest "\"}"
#define MANIFEST(config, layers) \
	"{\"schemaVersion\":2,\"config\":" config ",\"layers\":[" layers "]}"
#define IMAGE(layers) MANIFEST(D(OCI_CONFIG, SHA256), layers)
#define LAYER         D(OCI_LAYER, SHA256)
#define CONFIG(more, diff_ids) \
	"{\"os\":\"linux\",\"architecture\":\"amd64\"," more \
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" diff_ids "]}}"
#define HISTORY(entries) "\"history\":[" entries "],"
#define DIFF_ID          "\"" SHA256 "\""
#define EMPTY            "{\"empty_layer\":true}"

/* The json of each image, a line each, or why there is none. Ids are written as "<n>". */
static const char *
chain_of(const char *manifest, const char *config)
{
	const struct v1chain_source source = {
	    exact_copy(str_of(manifest)), exact_copy(str_of(config))};
	struct v1chain chain = {.n = 0};
	struct buf b;
	size_t i, j;
	char *at, *text;
	enum result r = v1chain_make(arena, &source, &usual, &chain, &err);

	if (r != RC_OK && chain.n > 0)
		return "a chain that was begun, and an error";
	if (r != RC_OK)
		return arena_printf(arena, "%s: %s", err_name(r), err.text);
	buf_init(&b, arena, SIZE_MAX);
	for (i = 0; i < chain.n; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : "\n",
		    str_dup(arena, chain.images[i].json));
	text = str_dup(arena, buf_str(&b));
	for (i = 0; i < chain.n; i++)
		while ((at = strstr(text, chain.images[i].id)) != NULL) {
			j = (size_t)sprintf(at, "<%zu>", i);
			memmove(at + j, at + 64, strlen(at + 64) + 1);
		}
	return text;
}

static void
test_made_up(void)
{
#define TOP(created, more) \
	"{\"architecture\":\"amd64\",\"container_config\":{\"Cmd\":[\"\"]}," \
	"\"created\":\"" created "\",\"id\":" more "}"
	static const struct {
		const char *manifest, *config, *want;
	} rows[] = {
	    {IMAGE(LAYER), CONFIG(HISTORY("{}"), DIFF_ID),
		TOP("0001-01-01T00:00:00Z", "\"<0>\",\"os\":\"linux\"")},
	    {MANIFEST(D(DOCKER_CONFIG, SHA256), D(DOCKER_LAYER, SHA256)),
		CONFIG(HISTORY("{}"), DIFF_ID),
		TOP("0001-01-01T00:00:00Z", "\"<0>\",\"os\":\"linux\"")},
	    /* no history */
	    {IMAGE(""), CONFIG("\"history\":null,", ""),
		TOP("0001-01-01T00:00:00Z",
		    "\"<0>\",\"os\":\"linux\",\"throwaway\":true")},
	    {IMAGE(""), CONFIG("\"created\":\"2024-05-06T07:08:09.5+00:00\",", ""),
		TOP("2024-05-06T07:08:09.5+00:00",
		    "\"<0>\",\"os\":\"linux\",\"throwaway\":true")},
	    {IMAGE(LAYER "," LAYER),
		CONFIG("\"created\":\"2024-05-06T07:08:09.50+00:00\",",
		    DIFF_ID "," DIFF_ID),
		"{\"id\":\"<0>\",\"created\":\"2024-05-06T07:08:09.5Z\","
		"\"container_config\":{\"Cmd\":[\"\"]}}\n" TOP(
		    "2024-05-06T07:08:09.50+00:00",
		    "\"<1>\",\"os\":\"linux\",\"parent\":\"<0>\"")},
	    /* the time of an element, as Go writes it; more than nine digits */
	    {IMAGE(""),
		CONFIG(HISTORY("{\"empty_layer\":true,\"created\":"
			       "\"2024-05-06T07:08:09.1234567809-00:00\"},"
			       "{\"empty_layer\":true,\"created\":null,"
			       "\"author\":null,\"comment\":\"\"}"),
		    ""),
		"{\"id\":\"<0>\",\"created\":\"2024-05-06T07:08:09.12345678Z\","
		"\"container_config\":{\"Cmd\":[\"\"]},\"throwaway\":true}\n" TOP(
		    "0001-01-01T00:00:00Z",
		    "\"<1>\",\"os\":\"linux\",\"parent\":\"<0>\","
		    "\"throwaway\":true")},
	    /* what the config has of its own */
	    {IMAGE(LAYER),
		CONFIG("\"created\":null,\"id\":\"x\",\"parent\":\"y\","
		       "\"throwaway\":true,\"container_config\":{\"User\": \"u\", "
		       "\"Cmd\": null, \"Env\": [ \"<\" , 1.50 ]},",
		    DIFF_ID),
		"{\"architecture\":\"amd64\",\"container_config\":{\"Cmd\":[\"\"],"
		"\"Env\":[\"\\u003c\",1.50],\"User\":\"u\"},\"created\":"
		"\"0001-01-01T00:00:00Z\",\"id\":\"<0>\",\"os\":\"linux\"}"},
	    {IMAGE(LAYER),
		CONFIG("\"created\":\"today\",\"container_config\":{\"Cmd\": []},",
		    DIFF_ID),
		"bad_data: created of the config must be a time of RFC 3339"},
	    {IMAGE(LAYER),
		CONFIG("\"created\":\"today\",\"container_config\":{\"Cmd\": []},"
		       "\"a\\u003e\":\"\\ud83d\\u2028 \\\" \\/\",\"a>\":2," HISTORY(
			   "{\"created\":\"2024-05-06T07:08:09Z\"}"),
		    DIFF_ID),
		"{\"a\\u003e\":2,\"architecture\":\"amd64\",\"container_config\":"
		"{\"Cmd\":[]},\"created\":\"2024-05-06T07:08:09Z\",\"id\":\"<0>\","
		"\"os\":\"linux\"}"},
	    {IMAGE(LAYER),
		CONFIG(
		    "\"container_config\":null,\"x\":\"\\ud83d\\u2028 \\\" \\/\"," HISTORY(
			"{\"created_by\":\"\\ud83d \\u0000\\u007f\"}"),
		    DIFF_ID),
		"{\"architecture\":\"amd64\",\"container_config\":{\"Cmd\":["
		"\"\xef\xbf\xbd \\u0000\x7f\"]},\"created\":\"0001-01-01T00:00:00Z"
		"\",\"id\":\"<0>\",\"os\":\"linux\","
		"\"x\":\"\\ud83d\\u2028 \\\" \\/\"}"},
	    /* copied values, with escapes for HTML */
	    {IMAGE(""),
		"{\"x\": [ \"\xe2\x80\xa8 \\\" & \\\\\", \"\xe2\x80\xaa\\u003C\" ]}",
		"{\"container_config\":{\"Cmd\":[\"\"]},\"created\":"
		"\"0001-01-01T00:00:00Z\",\"id\":\"<0>\",\"throwaway\":true,"
		"\"x\":[\"\\u2028 \\\" \\u0026 \\\\\",\"\xe2\x80\xaa\\u003C\"]}"},
	    /* an image that is alone has no parent, whatever its base_layer */
	    {IMAGE(""), "{\"rootfs\":{\"base_layer\":\"b\",\"diff_ids\":[]}}",
		"{\"container_config\":{\"Cmd\":[\"\"]},\"created\":"
		"\"0001-01-01T00:00:00Z\",\"id\":\"<0>\",\"throwaway\":true}"},
	    /* what is missing is linux on amd64; old configs say x86_64 */
	    {IMAGE(""), "{}",
		"{\"container_config\":{\"Cmd\":[\"\"]},\"created\":"
		"\"0001-01-01T00:00:00Z\",\"id\":\"<0>\",\"throwaway\":true}"},
	    {IMAGE(""), "{\"architecture\":\"x86_64\",\"os\":\"\"}",
		"{\"architecture\":\"x86_64\",\"container_config\":{\"Cmd\":[\"\"]},"
		"\"created\":\"0001-01-01T00:00:00Z\",\"id\":\"<0>\",\"os\":\"\","
		"\"throwaway\":true}"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(chain_of(rows[i].manifest, rows[i].config), rows[i].want,
		    "%.300s", printable(str_of(rows[i].config)));
}

/* ---- what has no form ---- */

#define NO  "not_bridged: "
#define BAD "bad_data: "

static void
test_manifests(void)
{
#define TYPE(rest) "dockers before 1.10 read only plain tar and gzip" rest
	static const char config[] = CONFIG("", DIFF_ID);
	static const struct {
		const char *manifest, *want;
	} rows[] = {
	    {"", BAD "a manifest must be JSON: the text ends too early at byte 0"},
	    {"[]", BAD "a manifest must be a JSON object"},
	    {"{\"manifests\":[]}", NO
		"only manifests of images (Docker's schema 2, OCI) have a form in "
		"API v1, not those of type " OCI_INDEX},
	    {"{\"schemaVersion\":1,\"fsLayers\":[]}", NO
		"only manifests of images (Docker's schema 2, OCI) have a form in "
		"API v1, not those of type "
		"application/vnd.docker.distribution.manifest.v1+json"},
	    {"{\"mediaType\":\"application/vnd.oci.artifact.manifest.v1+json\"}", NO
		"only manifests of images (Docker's schema 2, OCI) have a form in "
		"API v1, not those of type "
		"application/vnd.oci.artifact.manifest.v1+json"},
	    {"{}", BAD "config must be a descriptor: an object with a digest"},
	    {MANIFEST(D(OCI_CONFIG, "x"), LAYER),
		BAD "config must have a digest: sha256: and 64 digits, or sha512: "
		    "and 128, in lower case"},
	    {MANIFEST(D("application/vnd.oci.empty.v1+json", SHA256), LAYER), NO
		"only images have a form in API v1, not artifacts whose config is "
		"of type \"application/vnd.oci.empty.v1+json\""},
	    {MANIFEST(D("", SHA256), LAYER), NO
		"only images have a form in API v1, not artifacts whose config is "
		"of type \"\""},
	    {MANIFEST(D(OCI_CONFIG, "blake3:ab"), LAYER),
		NO "the digest of the config must be of sha256 or sha512"},
	    {"{\"config\":" D(OCI_CONFIG, SHA256) ",\"layers\":{\"a\":1}}",
		BAD "layers must be a list"},
	    {IMAGE("1"),
		BAD "layers[0] must be a descriptor: an object with a digest"},
	    {IMAGE("{\"mediaType\":\"" OCI_LAYER "\",\"digest\":\"" SHA256 "\"}"),
		BAD "layers[0] must have a size"},
	    {IMAGE(LAYER "," D("application/vnd.docker.image.rootfs.foreign.diff."
			       "tar.gzip",
		 SHA256)),
		NO "layer 2 is fetched from elsewhere "
		   "(application/vnd.docker.image.rootfs.foreign.diff.tar.gzip), "
		   "which dockers before 1.10 cannot"},
	    {IMAGE(D("application/vnd.oci.image.layer.nondistributable.v1.tar",
		 SHA256)),
		NO "layer 1 is fetched from elsewhere "
		   "(application/vnd.oci.image.layer.nondistributable.v1.tar), "
		   "which dockers before 1.10 cannot"},
	    {IMAGE(D("application/vnd.oci.image.layer.v1.tar+zstd", SHA256)),
		NO "layer 1 is of type "
		   "\"application/vnd.oci.image.layer.v1.tar+zstd\"; " TYPE("")},
	    {IMAGE(D("application/vnd.docker.image.rootfs.diff.tar.zstd", SHA256)),
		NO "layer 1 is of type \"application/vnd.docker.image.rootfs.diff."
		   "tar.zstd\"; " TYPE("")},
	    {IMAGE(D("", SHA256)), NO "layer 1 is of type \"\"; " TYPE("")},
	    {IMAGE(D(OCI_LAYER, SHA512)), NO
		"the digest of layer 1 must be of sha256, as those of API v1 are"},
	    {IMAGE(D(OCI_LAYER, "blake3:ab")), NO
		"the digest of layer 1 must be of sha256, as those of API v1 are"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(chain_of(rows[i].manifest, config), rows[i].want, "%.300s",
		    printable(str_of(rows[i].manifest)));
}

static void
test_configs(void)
{
#define ENTRY(member) CONFIG(HISTORY("{}, {" member "}"), DIFF_ID)
#define OF_ENTRY \
	BAD "history[1] of the config: author, comment and created_by must be " \
	    "strings, and empty_layer true or false"
#define ELEMENTS(n) \
	NO "the history of the config has " #n \
	   " elements with a layer, and the manifest 1 layers: they must be as many"
	static const struct {
		const char *config, *want;
	} rows[] = {
	    {"", BAD "the config must be JSON: the text ends too early at byte 0"},
	    {"{\"os\":\"\xff\"}",
		BAD "the config must be JSON: a string is not UTF-8 at byte 7"},
	    {"[]", BAD "the config must be a JSON object"},
	    {"{\"os\":\"windows\",\"architecture\":\"amd64\"}",
		NO "the image is for windows/amd64; dockers before 1.10 get those "
		   "for linux/amd64"},
	    {"{\"os\":\"linux\",\"architecture\":\"arm64\"}",
		NO "the image is for linux/arm64; dockers before 1.10 get those "
		   "for linux/amd64"},
	    {"{\"os\":\"windows\"}",
		NO "the image is for windows/amd64; dockers before 1.10 get those "
		   "for linux/amd64"},
	    {"{\"os\":null,\"architecture\":\"arm\"}",
		NO "the image is for linux/arm; dockers before 1.10 get those "
		   "for linux/amd64"},
	    {"{\"os\":\"linux\",\"architecture\":\"amd64\"}", NO
		"the config has 0 diff_ids, and the manifest 1 layers: they must "
		"be as many"},
	    {CONFIG("", DIFF_ID "," DIFF_ID), NO
		"the config has 2 diff_ids, and the manifest 1 layers: they must "
		"be as many"},
	    {CONFIG(HISTORY("{},{}"), DIFF_ID), ELEMENTS(2)},
	    {CONFIG(HISTORY(EMPTY), DIFF_ID), ELEMENTS(0)},
	    {CONFIG(HISTORY("{}," EMPTY ",{}"), DIFF_ID), ELEMENTS(2)},
	    {CONFIG("\"history\":{},", DIFF_ID),
		BAD "history of the config must be a list"},
	    {CONFIG(HISTORY("1"), DIFF_ID),
		BAD "history[0] of the config must be an object"},
	    {ENTRY("\"author\":1"), OF_ENTRY},
	    {ENTRY("\"comment\":[]"), OF_ENTRY},
	    {ENTRY("\"created_by\":{}"), OF_ENTRY},
	    {ENTRY("\"empty_layer\":\"true\""), OF_ENTRY},
	    {ENTRY("\"created\":\"2015-10-31\""),
		BAD "history[1] of the config: created must be a time of RFC 3339"},
	    {ENTRY("\"created\":1"),
		BAD "history[1] of the config: created must be a time of RFC 3339"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(chain_of(IMAGE(LAYER), rows[i].config), rows[i].want,
		    "%.300s", printable(str_of(rows[i].config)));
}

/* text, n times with commas between, and what stands around it */
static const char *
many(const char *before, const char *text, size_t n, const char *after)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, SIZE_MAX);
	buf_adds(&b, before);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ",", text);
	buf_adds(&b, after);
	return str_dup(arena, buf_str(&b));
}

static void
test_limits(void)
{
	static const char too_many[] = BAD
	    "an object of the config has more than 32768 members";
	static const char too_long[] = NO
	    "the jsons of its images would have more than 8388608 bytes, the limit";
	const char *chain, *entry;
	size_t n;

	for (n = V1CHAIN_MAX; n <= V1CHAIN_MAX + 1; n++) {
		chain = chain_of(IMAGE(""), many("{\"history\":[", EMPTY, n, "]}"));
		if (n == V1CHAIN_MAX)
			ok(chain[0] == '{', "%zu images", n);
		else
			is_str(chain,
			    NO
			    "the image has 125 elements of history, each an image "
			    "in API v1; dockers before 1.10 run at most 124",
			    "one more");
	}
	is_str(chain_of(many("{\"config\":" D(OCI_CONFIG, SHA256) ",\"layers\":[",
			    LAYER, V1CHAIN_MAX + 1, "]}"),
		   "{}"),
	    NO "the image has 125 layers; dockers before 1.10 run at most 124",
	    "one more layer");
	is_str(chain_of(IMAGE(""), many("{", "\"a\":1", JSON_SORTED_MAX + 1, "}")),
	    too_many, "a large config");
	is_str(chain_of(IMAGE(""), many("{\"container_config\":{", "\"a\":1",
				       JSON_SORTED_MAX + 1, "}}")),
	    too_many, "a large container_config");

	is_str(chain_of(IMAGE(""), many("{\"a\":[", "\"<<<<<<<<<<<<<<<<<<<<<<<<\"",
				       (size_t)40 << 10, "]}")),
	    too_long, "jsons that are longer than the config");
	entry = arena_printf(arena, "{\"empty_layer\":true,\"comment\":\"%s\"}",
	    repeated('&', 15000).p);
	is_str(chain_of(IMAGE(""), many("{\"history\":[", entry, 100, "]}")),
	    too_long, "the jsons of all images");
}

/* ---- indexes ---- */

#define CHILD(type, n, platform) \
	"{\"mediaType\":\"" type "\",\"size\":7,\"digest\":\"sha256:" n n \
	"\",\"platform\":" platform "}"
#define FOR(os, architecture) \
	"{\"os\":\"" os "\",\"architecture\":\"" architecture "\"}"
#define A32           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B32           "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LIST(entries) "{\"schemaVersion\":2,\"manifests\":[" entries "]}"
#define WANTED_A      CHILD(OCI_MANIFEST, A32, FOR("linux", "amd64"))

/* The first digit of the child's digest, or why there is none. */
static const char *
child_of(const char *index)
{
	struct digest d;
	enum result r = v1chain_pick_child(
	    arena, exact_copy(str_of(index)), &usual, &d, &err);

	if (r != RC_OK)
		return arena_printf(arena, "%s: %s", err_name(r), err.text);
	return arena_printf(arena, "%c", d.hex[0]);
}

static void
test_children(void)
{
#define NONE NO "the index has no image for linux/amd64"
	static const struct {
		const char *index, *want;
	} rows[] = {
	    {LIST(WANTED_A), "a"},
	    {LIST(CHILD(DOCKER_MANIFEST, A32, FOR("linux", "amd64"))), "a"},
	    {LIST(CHILD(OCI_MANIFEST, B32, FOR("linux", "arm64")) "," WANTED_A),
		"a"},
	    {LIST(CHILD(OCI_MANIFEST, B32, FOR("windows", "amd64")) "," WANTED_A),
		"a"},
	    {LIST(WANTED_A "," CHILD(OCI_MANIFEST, B32, FOR("linux", "amd64"))),
		"a"},
	    /* variants are not looked at */
	    {LIST(CHILD(OCI_MANIFEST, B32,
		 "{\"os\":\"linux\",\"architecture\":\"amd64\","
		 "\"variant\":\"v3\"}") "," WANTED_A),
		"b"},
	    /* what says where an image comes from */
	    {LIST(CHILD(OCI_MANIFEST, B32, FOR("unknown", "unknown"))), NONE},
	    /* without a platform, or with half of one */
	    {LIST(D(OCI_MANIFEST, SHA256)), NONE},
	    {LIST(CHILD(OCI_MANIFEST, B32, "null")), NONE},
	    {LIST(CHILD(OCI_MANIFEST, B32, "{\"os\":\"linux\"}")), NONE},
	    {LIST(CHILD(OCI_MANIFEST, B32, "{\"architecture\":\"amd64\"}")), NONE},
	    /* not an image */
	    {LIST(CHILD(OCI_INDEX, B32, FOR("linux", "amd64"))), NONE},
	    {LIST(CHILD("", B32, FOR("linux", "amd64"))), NONE},
	    {LIST("{\"mediaType\":\"" OCI_MANIFEST "\",\"size\":7,\"digest\":"
		  "\"blake3:ab\",\"platform\":" FOR("linux", "amd64") "}"),
		NONE},
	    {LIST(""), NONE},
	    {"{}", NONE},
	    {"{\"manifests\":null}", NONE},
	    {LIST("1"),
		BAD "manifests[0] must be a descriptor: an object with a digest"},
	    {"", BAD "a manifest must be JSON: the text ends too early at byte 0"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(
		    child_of(rows[i].index), rows[i].want, "%.300s", rows[i].index);
	ok(v1chain_is_list(str_of(OCI_INDEX)), "an index");
	ok(!v1chain_is_list(str_of(OCI_MANIFEST)), "an image");
	ok(!v1chain_is_list(str_of("")), "nothing");
}

static void
test_config_digest(void)
{
	struct digest d = {0};

	is_int(v1chain_config(str_of(IMAGE(LAYER)), &d, &err), RC_OK, "an image");
	is_str(digest_text(arena, &d), SHA256, "the digest of its config");
	is_int(v1chain_config(str_of(LIST(WANTED_A)), &d, &err), RC_NOT_BRIDGED,
	    "an index has none");
	is_int(v1chain_config(str_of("x"), &d, &err), RC_BAD_DATA, "not JSON");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_vectors, test_made_up,
	    test_manifests, test_configs, test_limits, test_children,
	    test_config_digest};

	return run_tests(tests, COUNT(tests));
}
