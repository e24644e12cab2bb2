/* push.c: images on their way in through API v1: what is refused and in which
 * order, checksums of every kind, pushes that begin again, and two at once. */
#include "lib/api_v1.h"
#include "store/v1push.h"

#define IMAGE(id, file) "/v1/images/00000000000000" id "/" file
#define JSON_OF(id)     "{\"id\": \"00000000000000" id "\"}"

#define PAYLOAD  "X-Docker-Checksum-Payload: sha256:"
#define CHECKSUM "X-Docker-Checksum: sha256:"
#define ZEROS    "0000000000000000000000000000000000000000000000000000000000000000"

/* SHA-256 of JSON_OF(id), a newline and "layer". */
#define A1_SUM "19f05e644a958f203506630fc31bf1785d73f7f9996dd2d210b2cd0d40d77cf8"
#define C1_SUM "3e5c50f9f7c45a89e7244feb280ce139c185849318a9e2117e1ffb29e8ccdefc"
#define D1_SUM "9f375f5be327d873dd2a87f8f5ad9dcd17a613012c3f4c03daefbe6afde29d54"
/* And of "": an empty layer. */
#define F1_SUM "d89ae1e20bd6218f0f9c03d49be41e6ecafcf0345b25781692291dbacd24dfff"

#define MISMATCH   ERROR("Checksum mismatch")
#define UNFINISHED ERROR("Image is being uploaded, retry later")
#define EXISTS     ERROR("Image already exists")
#define REFUSED    ERROR("Cannot set this image checksum")
#define NO_PARENT  ERROR("Image depends on a non existing parent")

#define ok_row(name, method, target, headers, body) \
	{ \
		name, method, target, headers, body, 200, "true" \
	}

/* All that can be wrong with a json: the error names the first of the list. */
static const struct row errors_of_json[] = {
    {"no JSON", "PUT", IMAGE("a1", "json"), "X-Docker-Checksum: abc",
	"{\"id\":", 400, ERROR("Invalid JSON")},
    {"nothing", "PUT", IMAGE("a1", "json"), .status = 400,
	.want = ERROR("Invalid JSON")},
    {"an empty object", "PUT", IMAGE("a1", "json"), "X-Docker-Checksum: abc", "{}",
	400, ERROR("Invalid JSON")},
    {"a list", "PUT", IMAGE("a1", "json"), NULL, "[1]", 400, ERROR("Invalid JSON")},
    {"null", "PUT", IMAGE("a1", "json"), NULL, "null", 400, ERROR("Invalid JSON")},
    {"no id", "PUT", IMAGE("a1", "json"), "X-Docker-Checksum: abc",
	"{\"parent\": \"00000000000000a2\"}", 400,
	ERROR("Missing key `id' in JSON")},
    {"a null id", "PUT", IMAGE("a1", "json"), NULL, "{\"id\": null}", 400,
	ERROR("Missing key `id' in JSON")},
    {"no checksum", "PUT", IMAGE("a1", "json"), "X-Docker-Checksum: abc",
	"{\"id\": \"x\", \"parent\": \"00000000000000a2\"}", 400,
	ERROR("Invalid checksum format")},
    {"another id", "PUT", IMAGE("a1", "json"), CHECKSUM ZEROS,
	"{\"id\": \"x\", \"parent\": \"00000000000000a2\"}", 400,
	ERROR("JSON data contains invalid id")},
    {"a number for an id", "PUT", IMAGE("a1", "json"), NULL, "{\"id\": 1}", 400,
	ERROR("JSON data contains invalid id")},
    {"an unknown parent", "PUT", IMAGE("a1", "json"), CHECKSUM ZEROS,
	"{\"id\": \"00000000000000a1\", \"parent\": \"00000000000000a2\"}", 400,
	NO_PARENT},
    {"itself for a parent", "PUT", IMAGE("a1", "json"), NULL,
	"{\"id\": \"00000000000000a1\", \"parent\": \"00000000000000a1\"}", 400,
	NO_PARENT},
    {"a number for a parent", "PUT", IMAGE("a1", "json"), NULL,
	"{\"id\": \"00000000000000a1\", \"parent\": 1}", 400, NO_PARENT},
    {"nothing of it stays", "GET", IMAGE("a1", "json"), .status = 404,
	.want = ERROR("Image not found")},
};

static const struct row a_push[] = {
    ok_row("json", "PUT", IMAGE("a1", "json"), NULL, JSON_OF("a1")),
    {"an unfinished json", "GET", IMAGE("a1", "json"), .status = 400,
	.want = UNFINISHED},
    {"ancestry", "GET", IMAGE("a1", "ancestry"), .status = 400, .want = UNFINISHED},
    {"layer", "GET", IMAGE("a1", "layer"), .status = 400, .want = UNFINISHED},
    {"even if it is known", "GET", IMAGE("a1", "layer"), "If-Modified-Since: x",
	NULL, 400, UNFINISHED},
    ok_row("layer", "PUT", IMAGE("a1", "layer"), NULL, "layer"),
    {"still unfinished", "GET", IMAGE("a1", "layer"), .status = 400,
	.want = UNFINISHED},
    {"no tag of it", "PUT", "/v1/repositories/a/tags/x", NULL,
	"\"00000000000000a1\"", 400, UNFINISHED},
    ok_row("checksum", "PUT", IMAGE("a1", "checksum"), PAYLOAD A1_SUM, NULL),
    {"complete", "GET", IMAGE("a1", "layer"), .status = 200, .want = "layer",
	.want_headers = "Cache-Control: public, max-age=31536000"},
    {"its json again", "PUT", IMAGE("a1", "json"), NULL, JSON_OF("a1"), 409,
	EXISTS},
    {"an unknown parent first", "PUT", IMAGE("a1", "json"), NULL,
	"{\"id\": \"00000000000000a1\", \"parent\": \"00000000000000a2\"}", 400,
	NO_PARENT},
    {"its layer again", "PUT", IMAGE("a1", "layer"), NULL, "other", 409, EXISTS},
    {"its checksum again", "PUT", IMAGE("a1", "checksum"), PAYLOAD A1_SUM, NULL,
	409, REFUSED},
    {"no checksum", "PUT", IMAGE("a1", "checksum"), .status = 400,
	.want = ERROR("Missing Image's checksum")},
    {"the same as ever", "GET", IMAGE("a1", "layer"), .status = 200,
	.want = "layer", .want_headers = "Cache-Control: public, max-age=31536000"},
};

static const struct row parents[] = {
    ok_row("a base", "PUT", IMAGE("a3", "json"), NULL, JSON_OF("a3")),
    ok_row("on an unfinished one", "PUT", IMAGE("a4", "json"), NULL,
	"{\"id\": \"00000000000000a4\", \"parent\": \"00000000000000a3\"}"),
    {"on its own child", "PUT", IMAGE("a3", "json"), NULL,
	"{\"id\": \"00000000000000a3\", \"parent\": \"00000000000000a4\"}", 400,
	NO_PARENT},
    ok_row("no parent", "PUT", IMAGE("a5", "json"), NULL,
	"{\"id\": \"00000000000000a5\", \"parent\": null}"),
    ok_row("an empty parent", "PUT", IMAGE("a5", "json"), NULL,
	"{\"id\": \"00000000000000a5\", \"parent\": \"\"}"),
};

#define B1_AGAIN "{\"id\": \"00000000000000b1\", \"try\": 2}"
#define B1_SUM   "63629e4d86470fe22c5cbc941d2314167b477544cf85a91261ad46f37123332d"

/* The first was cut off after its layer; whether its client still sends is not known, so
 * for once its own layer and checksum are welcome even now. */
static const struct row a_retry[] = {
    ok_row("json", "PUT", IMAGE("b1", "json"), NULL, JSON_OF("b1")),
    ok_row("layer", "PUT", IMAGE("b1", "layer"), NULL, "layer"),
    ok_row("another json", "PUT", IMAGE("b1", "json"), NULL, B1_AGAIN),
    ok_row("another layer", "PUT", IMAGE("b1", "layer"), NULL, "layer 2"),
    ok_row("its checksum", "PUT", IMAGE("b1", "checksum"), PAYLOAD B1_SUM, NULL),
    {"the second's json", "GET", IMAGE("b1", "json"), .status = 200,
	.want = B1_AGAIN,
	.want_headers = "Cache-Control: public, max-age=31536000\n"
			"X-Docker-Size: 7\nX-Docker-Checksum: sha256:" B1_SUM},
    {"no third", "PUT", IMAGE("b1", "json"), NULL, B1_AGAIN, 409, EXISTS},
    ok_row("the first's layer", "PUT", IMAGE("b1", "layer"), NULL, "layer"),
    ok_row("a checksum", "PUT", IMAGE("b1", "checksum"), PAYLOAD B1_SUM, NULL),
    /* which of the two pushes this is cannot be known */
    ok_row("its layer again", "PUT", IMAGE("b1", "layer"), NULL, "layer"),
    ok_row(
	"its checksum again", "PUT", IMAGE("b1", "checksum"), PAYLOAD B1_SUM, NULL),
};

static const struct row checksums[] = {
    {"none, of no image", "PUT", IMAGE("c1", "checksum"), .status = 400,
	.want = ERROR("Missing Image's checksum")},
    {"of no image", "PUT", IMAGE("c1", "checksum"), PAYLOAD C1_SUM, NULL, 404,
	ERROR("Image not found")},
    ok_row("json", "PUT", IMAGE("c1", "json"), NULL, JSON_OF("c1")),
    {"before the layer", "PUT", IMAGE("c1", "checksum"), PAYLOAD C1_SUM, NULL, 400,
	ERROR("Checksum not found")},
    ok_row("layer", "PUT", IMAGE("c1", "layer"), NULL, "layer"),
    {"empty", "PUT", IMAGE("c1", "checksum"), "X-Docker-Checksum-Payload: ", NULL,
	400, ERROR("Missing Image's checksum")},
    {"malformed", "PUT", IMAGE("c1", "checksum"), "X-Docker-Checksum: " C1_SUM,
	NULL, 400, ERROR("Invalid checksum format")},
    {"wrong", "PUT", IMAGE("c1", "checksum"), PAYLOAD ZEROS, NULL, 400, MISMATCH},
    {"too short", "PUT", IMAGE("c1", "checksum"), PAYLOAD "3e5c", NULL, 400,
	MISMATCH},
    {"of another kind", "PUT", IMAGE("c1", "checksum"),
	"X-Docker-Checksum: md5:" C1_SUM, NULL, 400, MISMATCH},
    {"two wrong ones", "PUT", IMAGE("c1", "checksum"),
	CHECKSUM ZEROS "\n" PAYLOAD ZEROS, NULL, 400, MISMATCH},
    {"a wrong payload and nothing to compare", "PUT", IMAGE("c1", "checksum"),
	"X-Docker-Checksum: odd\n" PAYLOAD ZEROS, NULL, 400, MISMATCH},
    {"it stays unfinished", "GET", IMAGE("c1", "json"), .status = 400,
	.want = UNFINISHED},
    ok_row("a right payload sum together with a wrong one", "PUT",
	IMAGE("c1", "checksum"), CHECKSUM ZEROS "\n" PAYLOAD C1_SUM, NULL),
    {"complete", "GET", IMAGE("c1", "json"), .status = 200, .want = JSON_OF("c1"),
	.want_headers = "Cache-Control: public, max-age=31536000"},
};

/* Of a docker of 0.6's day: the sum came with the json, the layer ends the push. */
static const struct row given_before[] = {
    {"malformed", "PUT", IMAGE("d1", "json"), "X-Docker-Checksum: " D1_SUM,
	JSON_OF("d1"), 400, ERROR("Invalid checksum format")},
    {"no image of it", "GET", IMAGE("d1", "json"), .status = 404,
	.want = ERROR("Image not found")},
    ok_row("wrong", "PUT", IMAGE("d1", "json"), CHECKSUM ZEROS, JSON_OF("d1")),
    {"its layer", "PUT", IMAGE("d1", "layer"), NULL, "layer", 400,
	ERROR("Checksum mismatch, ignoring the layer")},
    {"no layer waits", "PUT", IMAGE("d1", "checksum"), PAYLOAD D1_SUM, NULL, 400,
	ERROR("Checksum not found")},
    ok_row("of another kind", "PUT", IMAGE("d1", "json"),
	"X-Docker-Checksum: md5:" D1_SUM, JSON_OF("d1")),
    {"its layer", "PUT", IMAGE("d1", "layer"), NULL, "layer", 400,
	ERROR("Checksum mismatch, ignoring the layer")},
    ok_row("right", "PUT", IMAGE("d1", "json"), CHECKSUM D1_SUM, JSON_OF("d1")),
    {"another layer", "PUT", IMAGE("d1", "layer"), NULL, "other", 400,
	ERROR("Checksum mismatch, ignoring the layer")},
    ok_row("its layer", "PUT", IMAGE("d1", "layer"), NULL, "layer"),
    {"complete", "GET", IMAGE("d1", "layer"), .status = 200, .want = "layer",
	.want_headers = "Cache-Control: public, max-age=31536000"},
    {"a wrong sum again", "PUT", IMAGE("d1", "checksum"), CHECKSUM ZEROS, NULL, 400,
	MISMATCH},
    ok_row("the right sum again, as 0.9.1 wants it", "PUT", IMAGE("d1", "checksum"),
	CHECKSUM D1_SUM, NULL),
    ok_row("wrong", "PUT", IMAGE("d4", "json"), CHECKSUM ZEROS, JSON_OF("d4")),
    ok_row("again, none", "PUT", IMAGE("d4", "json"), NULL, JSON_OF("d4")),
    ok_row("any layer will do", "PUT", IMAGE("d4", "layer"), NULL, "layer"),
};

#define E1_ONE "54c346430df2ffff5cbeeb74cadc88425ebed8f6d10414831f091ddf973b96b7"
#define E1_TWO "fb160cbfdaf37744edcdd10174c673268e85a0baa4ca8b5ef649c33e46e342db"

static const struct row two_layers[] = {
    ok_row("one's json", "PUT", IMAGE("e1", "json"), NULL, JSON_OF("e1")),
    ok_row("two's json", "PUT", IMAGE("e1", "json"), NULL, JSON_OF("e1")),
    ok_row("one's layer", "PUT", IMAGE("e1", "layer"), NULL, "one"),
    ok_row("two's layer", "PUT", IMAGE("e1", "layer"), NULL, "two"),
    ok_row("two's sum", "PUT", IMAGE("e1", "checksum"), PAYLOAD E1_TWO, NULL),
    {"two's image", "GET", IMAGE("e1", "layer"), .status = 200, .want = "two",
	.want_headers = "Cache-Control: public, max-age=31536000"},
    {"a third's json", "PUT", IMAGE("e1", "json"), NULL, JSON_OF("e1"), 409,
	EXISTS},
    {"nobody's sum", "PUT", IMAGE("e1", "checksum"), PAYLOAD ZEROS, NULL, 400,
	MISMATCH},
    ok_row("one's sum", "PUT", IMAGE("e1", "checksum"), PAYLOAD E1_ONE, NULL),
    {"two's image stays", "GET", IMAGE("e1", "layer"), .status = 200, .want = "two",
	.want_headers = "Cache-Control: public, max-age=31536000"},
    ok_row("two's sum again", "PUT", IMAGE("e1", "checksum"), PAYLOAD E1_TWO, NULL),
    ok_row("one's layer again", "PUT", IMAGE("e1", "layer"), NULL, "one"),
    ok_row("one's sum again", "PUT", IMAGE("e1", "checksum"), PAYLOAD E1_ONE, NULL),
};

#define E2_OTHER "{\"id\": \"00000000000000e2\", \"v\": 2}"
#define E2_ONE   "ab76d42f603fa6e404c9764992352b13ab02a3b9376a855cb06b9fd51e3667be"
#define E2_TWO   "f08264d1d992d57890e5f895427673676b6f9690fb0a3c71dfe8a323c2325fd0"

static const struct row two_jsons[] = {
    ok_row("one's json", "PUT", IMAGE("e2", "json"), NULL, JSON_OF("e2")),
    ok_row("two's json", "PUT", IMAGE("e2", "json"), NULL, E2_OTHER),
    ok_row("one's layer", "PUT", IMAGE("e2", "layer"), NULL, "one"),
    ok_row("one's sum", "PUT", IMAGE("e2", "checksum"), PAYLOAD E2_ONE, NULL),
    {"two's sum, before its layer", "PUT", IMAGE("e2", "checksum"), PAYLOAD E2_TWO,
	NULL, 400, MISMATCH},
    ok_row("two's layer", "PUT", IMAGE("e2", "layer"), NULL, "two"),
    {"one's json stays", "GET", IMAGE("e2", "json"), .status = 200,
	.want = JSON_OF("e2"),
	.want_headers = "Cache-Control: public, max-age=31536000"},
    {"and its layer", "GET", IMAGE("e2", "layer"), .status = 200, .want = "one",
	.want_headers = "Cache-Control: public, max-age=31536000"},
    ok_row("two's sum", "PUT", IMAGE("e2", "checksum"), PAYLOAD E2_TWO, NULL),
    ok_row("its layer again", "PUT", IMAGE("e2", "layer"), NULL, "two"),
};

#define E3_ONE "1a1e09ffb06c2822742e13f412a9932ec9fdb60ff3ca87b23d8bfde2412d1249"
#define E3_TWO "1df7ad8ba7233c85e16f47924b43ddcd9a075b73f83cffd8d8c5ac6c2db4904a"

/* One does not hear its answer and asks again: the other is still under way. */
static const struct row a_sum_twice[] = {
    ok_row("one's json", "PUT", IMAGE("e3", "json"), NULL, JSON_OF("e3")),
    ok_row("two's json", "PUT", IMAGE("e3", "json"), NULL, JSON_OF("e3")),
    ok_row("one's layer", "PUT", IMAGE("e3", "layer"), NULL, "one"),
    ok_row("one's sum", "PUT", IMAGE("e3", "checksum"), PAYLOAD E3_ONE, NULL),
    ok_row("one's sum again", "PUT", IMAGE("e3", "checksum"), PAYLOAD E3_ONE, NULL),
    ok_row("two's layer", "PUT", IMAGE("e3", "layer"), NULL, "two"),
    ok_row("two's sum", "PUT", IMAGE("e3", "checksum"), PAYLOAD E3_TWO, NULL),
    {"one's image", "GET", IMAGE("e3", "layer"), .status = 200, .want = "one",
	.want_headers = "Cache-Control: public, max-age=31536000"},
};

#define A3_SUM "296c9e1bfd966897d654c7b0a6822d74e528f2fd96e93eacac677c110da4a74a"
#define A4_SUM "6895730b85287ecfb4e98c4ee88d23d2c41c8ac9e79a7ab0e4fd7edcdcfadf25"

/* Of a4, whose parent a3 came to no end. */
static const struct row a_tag_too_early[] = {
    ok_row("layer", "PUT", IMAGE("a4", "layer"), NULL, "layer"),
    ok_row("checksum", "PUT", IMAGE("a4", "checksum"), PAYLOAD A4_SUM, NULL),
    {"complete", "GET", IMAGE("a4", "ancestry"), .status = 200,
	.want = "[\"00000000000000a4\", \"00000000000000a3\"]",
	.want_headers = "Cache-Control: public, max-age=31536000"},
    {"no tag of it", "PUT", "/v1/repositories/a/tags/x", NULL,
	"\"00000000000000a4\"", 400, UNFINISHED},
    ok_row("its parent's layer", "PUT", IMAGE("a3", "layer"), NULL, "layer"),
    ok_row("checksum", "PUT", IMAGE("a3", "checksum"), PAYLOAD A3_SUM, NULL),
    ok_row("now a tag", "PUT", "/v1/repositories/a/tags/x", NULL,
	"\"00000000000000a4\""),
};

static const struct row an_empty_layer[] = {
    ok_row("json", "PUT", IMAGE("f1", "json"), NULL, JSON_OF("f1")),
    ok_row("layer", "PUT", IMAGE("f1", "layer"), NULL, ""),
    ok_row("simple sum", "PUT", IMAGE("f1", "checksum"), CHECKSUM F1_SUM, NULL),
    {"layer", "GET", IMAGE("f1", "layer"), .status = 200,
	.want_headers = "Cache-Control: public, max-age=31536000"},
    {"json", "GET", IMAGE("f1", "json"), .status = 200, .want = JSON_OF("f1"),
	.want_headers = "Cache-Control: public, max-age=31536000\n"
			"X-Docker-Size: 0"},
};

/* An old server was replaced between a json and its layer. */
static const struct row taken_over[] = {
    {"another's layer", "PUT", IMAGE("d2", "layer"), NULL, "other", 400,
	ERROR("Checksum mismatch, ignoring the layer")},
    ok_row("the layer of its sum", "PUT", IMAGE("d2", "layer"), NULL, "layer"),
    {"complete", "GET", IMAGE("d2", "layer"), .status = 200, .want = "layer",
	.want_headers = "Cache-Control: public, max-age=31536000"},
    ok_row("one without a sum", "PUT", IMAGE("d3", "layer"), NULL, "layer"),
    {"waits for it", "GET", IMAGE("d3", "layer"), .status = 400,
	.want = UNFINISHED},
};

static void
leave_unfinished(const char *id, const char *sum)
{
	const char *place = arena_printf(arena, "images/00000000000000%s", id);
	const char *json = arena_printf(
	    arena, "{\"id\": \"00000000000000%s\"}", id);

	write_text(arena_printf(arena, "%s/_inprogress", place), "true");
	write_text(arena_printf(arena, "%s/json", place), json);
	write_text(arena_printf(arena, "%s/ancestry", place),
	    arena_printf(arena, "[\"00000000000000%s\"]", id));
	if (sum != NULL)
		write_text(arena_printf(arena, "%s/_checksum", place), sum);
}

static void
test_taken_over(void)
{
	char sum[HASH_SHA256_HEX_SIZE];

	hash_of(HASH_SHA256, str_of(JSON_OF("d2") "\nlayer"), sum);
	leave_unfinished("d2", arena_printf(arena, "sha256:%s", sum));
	write_text("images/00000000000000d2/_files", "[]");
	leave_unfinished("d3", NULL);
	check_rows(ROWS(taken_over));
	ok(!is_there("images/00000000000000d2/_files"),
	    "the other's list is not its own");
}

/* What an old server computed of a layer that was never confirmed is not the next one's. */
static void
test_derived_of_another(void)
{
	static const struct row json = ok_row(
	    "another push", "PUT", IMAGE("d4", "json"), NULL, JSON_OF("d4"));

	leave_unfinished("d4", NULL);
	write_text("images/00000000000000d4/_files", "[]");
	write_text("images/00000000000000d4/_diff", "{}");
	check_row(&json);
	ok(!is_there("images/00000000000000d4/_files"), "its files are forgotten");
	ok(!is_there("images/00000000000000d4/_diff"), "its diff too");
}

/* More json for one image than are kept at once: the last one's push succeeds. */
static void
test_many_jsons(void)
{
	const char *body = NULL, *sum;
	char hex[HASH_SHA256_HEX_SIZE];
	int i, taken = 0;

	for (i = 0; i < 3 * STORE_V1PUSH_JSONS; i++) {
		body = arena_printf(
		    arena, "{\"id\": \"00000000000000f2\", \"n\": %d}", i);
		taken += request("PUT", IMAGE("f2", "json"), NULL, body)->status ==
			 200;
	}
	is_int(taken, 3 * STORE_V1PUSH_JSONS, "%d different json are taken", taken);
	is_int(request("PUT", IMAGE("f2", "layer"), NULL, "layer")->status, 200,
	    "a layer");
	hash_of(HASH_SHA256, str_of(arena_printf(arena, "%s\nlayer", body)), hex);
	sum = arena_printf(arena, PAYLOAD "%s", hex);
	is_int(request("PUT", IMAGE("f2", "checksum"), sum, NULL)->status, 200,
	    "its sum");
	is_str(
	    read_text("images/00000000000000f2/json"), body, "with the last json");
}

/* Two at once, one with its sum up front. J, L: its json, its layer; j, l, s: the
 * other's json, layer and sum. */
static bool
meet(const char *id, char step)
{
	const char *target = arena_printf(arena, "/v1/images/%s/", id);
	const char *json = arena_printf(arena, "{\"id\": \"%s\"}", id);
	const char *sums[2], *headers = NULL, *body = NULL, *file = "layer";
	char hex[HASH_SHA256_HEX_SIZE];
	int i;

	for (i = 0; i < 2; i++) {
		hash_of(HASH_SHA256,
		    str_of(arena_printf(
			arena, "%s\n%s", json, i == 0 ? "one" : "two")),
		    hex);
		sums[i] = arena_printf(
		    arena, "%s%s", i == 0 ? CHECKSUM : PAYLOAD, hex);
	}
	if (step == 'J' || step == 'j') {
		file = "json";
		body = json;
		headers = step == 'J' ? sums[0] : NULL;
	} else if (step == 's') {
		file = "checksum";
		headers = sums[1];
	} else {
		body = step == 'L' ? "one" : "two";
	}
	target = arena_printf(arena, "%s%s", target, file);
	return request("PUT", target, headers, body)->status == 200;
}

static void
test_one_sum_up_front(void)
{
	/* in which each begins before the other ends */
	static const char *const orders[] = {
	    "JjLls", "JjlLs", "JjlsL", "jJLls", "jJlLs", "jJlsL", "jlJLs"};
	size_t i, done;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		const char *id = arena_printf(arena, "00000000000001%02zu", i);
		const char *layer = arena_printf(arena, "images/%s/layer", id);

		for (done = 0; orders[i][done] != '\0'; done++)
			if (!meet(id, orders[i][done]))
				break;
		is_str(orders[i] + done, "", "%s: both succeed at each step",
		    orders[i]);
		is_str(read_text(layer),
		    strchr(orders[i], 'L') < strchr(orders[i], 's') ? "one" : "two",
		    "the first to end is the image");
	}
}

/* More layers for one image than may wait: the oldest gives way. */
static void
test_many_layers(void)
{
	const char *json = JSON_OF("f3"), *sum, *layer;
	char hex[STORE_V1PUSH_WAITING + 1][HASH_SHA256_HEX_SIZE];
	int i, taken = 0;

	(void)request("PUT", IMAGE("f3", "json"), NULL, json);
	for (i = 0; i <= STORE_V1PUSH_WAITING; i++) {
		layer = arena_printf(arena, "layer %d", i);
		taken += request("PUT", IMAGE("f3", "layer"), NULL, layer)
			     ->status == 200;
		hash_of(HASH_SHA256,
		    str_of(arena_printf(arena, "%s\n%s", json, layer)), hex[i]);
		make_older(
		    arena_printf(arena,
			"_berth/push/00000000000000f3/wait-%s.layer", hex[i]),
		    1000 * (i == 3 ? 40 : 30 - i));
	}
	is_int(taken, STORE_V1PUSH_WAITING + 1, "%d layers are taken", taken);
	sum = arena_printf(arena, PAYLOAD "%s", hex[3]);
	is_int(request("PUT", IMAGE("f3", "checksum"), sum, NULL)->status, 400,
	    "the oldest is not there any more");
	for (i = 0, taken = 0; i <= STORE_V1PUSH_WAITING; i++)
		taken += is_there(arena_printf(
		    arena, "_berth/push/00000000000000f3/wait-%s.layer", hex[i]));
	is_int(taken, STORE_V1PUSH_WAITING, "all others are");
	sum = arena_printf(arena, PAYLOAD "%s", hex[0]);
	is_int(request("PUT", IMAGE("f3", "checksum"), sum, NULL)->status, 200,
	    "one of them becomes the image");
}

/* Each layer waits under a sum for each json: all of them are bounded. */
static void
test_many_jsons_and_layers(void)
{
	const char *names;
	int i, waiting = 0;

	for (i = 0; i < STORE_V1PUSH_JSONS; i++)
		(void)request("PUT", IMAGE("f4", "json"), NULL,
		    arena_printf(arena,
			"{\"id\": \"00000000000000f4\", \"comment\": \"%d\"}", i));
	for (i = 0; i < 20; i++)
		(void)request("PUT", IMAGE("f4", "layer"), NULL,
		    arena_printf(arena, "layer %d", i));
	names = tree("_berth/push/00000000000000f4");
	while ((names = strstr(names, "wait-")) != NULL)
		waiting += strncmp((names += 5) + 64, ".layer", 6) == 0;
	ok(waiting > 0 && waiting <= STORE_V1PUSH_WAITING, "%d sums wait", waiting);
}

int
main(void)
{
	setup_v1();
	check_rows(ROWS(errors_of_json));
	check_rows(ROWS(a_push));
	check_rows(ROWS(parents));
	is_str(read_text("images/00000000000000a4/ancestry"),
	    "[\"00000000000000a4\", \"00000000000000a3\"]", "ancestry");
	check_rows(ROWS(a_tag_too_early));
	check_rows(ROWS(a_retry));
	check_rows(ROWS(checksums));
	check_rows(ROWS(given_before));
	check_rows(ROWS(two_layers));
	check_rows(ROWS(two_jsons));
	check_rows(ROWS(a_sum_twice));
	test_one_sum_up_front();
	check_rows(ROWS(an_empty_layer));
	test_taken_over();
	test_derived_of_another();
	test_many_jsons_and_layers();
	test_many_jsons();
	test_many_layers();
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	return teardown_api();
}
