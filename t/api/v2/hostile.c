/* hostile.c: what no client sends: names, ids, manifests and headers made to
 * break something. Each gets a clear answer, and none leaves a trace in the store. */
#include "lib/api_v2.h"

#include "http/target.h"
#include "image/manifest.h"
#include "v2/routes.h"

#define REPO    "/v2/team/app"
#define UPLOADS REPO "/blobs/uploads/"
#define AT      REPO "/manifests/"

#define BAD_MANIFEST .status = 400, .want = CODE("MANIFEST_INVALID")
#define BAD_REQUEST  .status = 400, .want = CODE("UNSUPPORTED")
#define TYPE(type)   "Content-Type: " type

/* A manifest with these members after its version. */
#define M(rest)     "{\"schemaVersion\": 2, " rest "}"
#define IMAGE(rest) M(CONFIG("config") ", " LAYERS("") ", " rest)

static const struct document docs[] = {
    {"image", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
    {"deep",
	"{\"config\": {\"Labels\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["},
    {"of-deep", V2(OCI_MANIFEST, CONFIG("deep") ", " LAYERS(""))},
    {"odd-kind", V2(OCI_INDEX, CHILDREN("") ", " SUBJECT("image") ", " KIND(
				   "a/b\\r\\nX-Evil: 1>; rel=\\\"x\\\"&n=9"))},
    {"odd-kind-too",
	V2(OCI_INDEX,
	    CHILDREN("") ", " SUBJECT("image") ", " KIND(
		"a/b\\r\\nX-Evil: 1>; rel=\\\"x\\\"&n=9") ", " NOTES("a", "b"))},
    {"kept", V2("a/b", CHILDREN("null, 1, {}, [], {\"digest\": 1}, "
				"{\"mediaType\": \"a/b\", \"size\": -1}"))},
};

static const char *
repeat(const char *text, size_t n)
{
	struct buf b;

	buf_init(&b, arena, n * strlen(text) + 1);
	buf_adds(&b, "");
	while (n-- > 0)
		buf_adds(&b, text);
	return b.p;
}

/* ---- nothing stays ---- */

static const char *before; /* the store, when a part of the test began */

static void
begin(void)
{
	before = tree(".");
}

static void
check_trace(const char *what)
{
	is_str(tree("."), before, "%s leave no trace", what);
}

/* ---- paths ---- */

/* In place of a name, on each route, with a body. */
static void
test_names(void)
{
	const struct {
		const char *name, *code;
	} rows[] = {
	    {"..", CODE("UNSUPPORTED")},
	    {"../../etc", CODE("UNSUPPORTED")},
	    {"%2e%2e", CODE("UNSUPPORTED")},
	    {".%2E/a", CODE("UNSUPPORTED")},
	    {"a/./b", CODE("UNSUPPORTED")},
	    {"a%00", CODE("UNSUPPORTED")},
	    {"a%zz", CODE("UNSUPPORTED")},
	    {"..%2F..%2Fetc", CODE("NAME_INVALID")},
	    {"%2F%2F", CODE("NAME_INVALID")},
	    {"a%2F..%2Fb", CODE("NAME_INVALID")},
	    {"%252e%252e", CODE("NAME_INVALID")},
	    {"_uploads", CODE("NAME_INVALID")},
	    {"a/_manifests/b", CODE("NAME_INVALID")},
	    {"a\xff", CODE("NAME_INVALID")},
	    {repeat("a", 256), CODE("NAME_INVALID")},
	    {repeat("a/", 129), CODE("NAME_INVALID")},
	    {repeat("a/", 200), CODE("UNSUPPORTED")},
	    {repeat("a", 10 << 10), CODE("NAME_INVALID")},
	};
	size_t i, k;

	begin();
	for (i = 0; i < v2_api.n_routes; i++)
		for (k = 0; k < COUNT(rows); k++) {
			const struct route *route = &v2_api.routes[i];
			struct row row = {route->pattern, route->method,
			    example_path(route->pattern, rows[k].name),
			    .status = 400, .want = rows[k].code};

			if (strstr(route->pattern, "*name") == NULL)
				continue;
			if (route->body != BODY_NONE)
				row.body = document(str_of("image"));
			check_row(&row);
		}
	check_trace("names");
	check_v2_row(&(const struct row){"a name of 255 bytes in 128 parts", "GET",
	    arena_printf(arena, "/v2/%sa/tags/list", repeat("a/", 127)),
	    .status = 404, .want = CODE("NAME_UNKNOWN")});
}

/* In place of an upload's id: one that is there, and what is none. */
static void
test_ids(void)
{
	static const char *const methods[] = {"GET", "PATCH", "PUT", "DELETE"};
	const char *id, *ids[12];
	size_t i, k, n = 0;

	check_v2_row(
	    &(const struct row){"an upload", "POST", UPLOADS, .status = 202});
	check_v2_row(&(const struct row){
	    "a part", "PATCH", "@", .body = "x", .status = 202});
	id = strrchr(latest_upload, '/') + 1;
	ids[n++] = "..%2F..%2F..%2Fdocker";
	ids[n++] = "%2Fetc%2Fpasswd";
	ids[n++] = "%2F";
	ids[n++] = "...";
	ids[n++] = "00000000-0000-4000-8000-000000000000";
	ids[n++] = "%0A";
	ids[n++] = "\xff";
	ids[n++] = arena_printf(arena, "%s%%2Fstate", id);
	ids[n++] = arena_printf(arena, "%s%%2F..%%2F%s", id, id);
	ids[n++] = arena_printf(arena, "%s%%20", id);
	ids[n++] = arena_printf(arena, "%.*s", (int)strlen(id) - 1, id);
	ids[n++] = repeat("0", 10 << 10);
	begin();
	for (i = 0; i < n; i++)
		for (k = 0; k < COUNT(methods); k++)
			check_v2_row(&(const struct row){"no id", methods[k],
			    arena_printf(arena, UPLOADS "%s?digest=`x`", ids[i]),
			    .body = k == 0 ? NULL : "x", .status = 404,
			    .want = CODE("BLOB_UPLOAD_UNKNOWN")});
	check_trace("ids");
	check_v2_row(&(const struct row){"what is there is as it was", "GET", "@",
	    .status = 204, .want_headers = "Range: 0-0"});
	check_v2_row(&(const struct row){
	    "and goes on", "PUT", "@?digest=`xy`", .body = "y", .status = 201});
}

/* Words of the API are names, too. */
static void
test_words(void)
{
	static const char *const names[] = {"blobs/uploads", "manifests",
	    "tags/list", "v2", "referrers/blobs", "v1/images"};
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		push_blob(names[i], "config");
		push_document(names[i], "tags", "image");
		check_v2_row(&(const struct row){"a word of the API as a name",
		    "GET", arena_printf(arena, "/v2/%s/tags/list", names[i]),
		    .status = 200,
		    .want = arena_printf(arena,
			"{\"name\": \"%s\", \"tags\": [\"tags\"]}", names[i])});
	}
}

static const struct row queries[] = {
    {"a tag above", "PUT", AT "`image`?tag=..%2F..%2Fx", .body = "$image",
	.status = 400, .want = CODE("TAG_INVALID")},
    {"a tag with a NUL", "PUT", AT "`image`?tag=a%00", .body = "$image",
	.status = 400, .want = CODE("TAG_INVALID")},
    {"an empty tag", "PUT", AT "`image`?tag", .body = "$image", .status = 400,
	.want = CODE("TAG_INVALID")},
    {"a tag with a broken %", "PUT", AT "`image`?tag=%", .body = "$image",
	BAD_REQUEST},
    {"a NUL in last", "GET", REPO "/tags/list?last=%00", BAD_REQUEST},
    {"a NUL in a type", "GET", REPO "/referrers/`image`?artifactType=a%00",
	BAD_REQUEST},
    {"a digest with a path", "POST", UPLOADS "?digest=sha256:..%2F..%2Fx",
	.body = "x", .status = 400, .want = CODE("DIGEST_INVALID")},
    {"an algorithm with a path", "POST", UPLOADS "?digest-algorithm=..%2Fx",
	.status = 400, .want = CODE("DIGEST_INVALID")},
};

static void
test_queries(void)
{
	const char *large = repeat("x", 10 << 10);

	begin();
	check_v2_rows(ROWS(queries));
	check_v2_row(&(const struct row){"a digest of 10 KiB", "POST",
	    arena_printf(arena, UPLOADS "?digest=sha256:%s", large), .body = "x",
	    .status = 400, .want = CODE("DIGEST_INVALID")});
	check_v2_row(&(const struct row){"a tag of 10 KiB", "PUT",
	    arena_printf(arena, AT "%s", large), .body = "$image", .status = 400,
	    .want = CODE("TAG_INVALID")});
	check_v2_row(&(const struct row){"one to read", "GET",
	    arena_printf(arena, AT "%s", large), .status = 404,
	    .want = CODE("MANIFEST_UNKNOWN")});
	check_trace("queries");
}

/* ---- manifests ---- */

static const struct row manifests[] = {
    {"cut off", "PUT", AT "x", .body = "{\"schemaVersion\": 2,", BAD_MANIFEST},
    {"with something after it", "PUT", AT "x", .body = "$image{}", BAD_MANIFEST},
    {"with a mark in front", "PUT", AT "x", .body = "\xef\xbb\xbf$image",
	BAD_MANIFEST},
    {"no UTF-8", "PUT", AT "x", .body = IMAGE("\"x\": \"\xff\""), BAD_MANIFEST},
    {"overlong UTF-8", "PUT", AT "x", .body = IMAGE("\"x\": \"\xc0\xaf\""),
	BAD_MANIFEST},
    {"a newline in a text", "PUT", AT "x", .body = IMAGE("\"x\": \"\n\""),
	BAD_MANIFEST},
    {"a version too large", "PUT", AT "x",
	.body = "{\"schemaVersion\": 18446744073709551618, " CONFIG(
	    "config") ", " LAYERS("") "}",
	BAD_MANIFEST},
    {"a version with an exponent", "PUT", AT "x",
	.body = "{\"schemaVersion\": 2e999, " CONFIG("config") ", " LAYERS("") "}",
	BAD_MANIFEST},
    {"two versions", "PUT", AT "x", .body = IMAGE("\"schemaVersion\": 3"),
	BAD_MANIFEST},
    {"a size below nothing", "PUT", AT "x",
	.body = M(CONFIG("config") ", " LAYERS(
	    "{\"digest\": \"`config`\", \"size\": -1}")),
	BAD_MANIFEST},
    {"a size beyond all numbers", "PUT", AT "x",
	.body = M(CONFIG("config") ", " LAYERS(
	    "{\"digest\": \"`config`\", \"size\": 1e400}")),
	BAD_MANIFEST},
    {"a digest that is a path", "PUT", AT "x",
	.body = M(CONFIG("config") ", " LAYERS("{\"digest\": \"../../x\"}")),
	BAD_MANIFEST},
    {"a digest with a NUL", "PUT", AT "x",
	.body = M(
	    CONFIG("config") ", " LAYERS("{\"digest\": \"`config`\\u0000\"}")),
	BAD_MANIFEST},
    {"a subject that is a path", "PUT", AT "x",
	.body = IMAGE("\"subject\": {\"digest\": \"sha256:../x\"}"), BAD_MANIFEST},
    {"a type with a line of its own", "PUT", AT "x",
	.body = IMAGE("\"mediaType\": \"a/b\\r\\nX-Evil: 1\""), BAD_MANIFEST},
    {"a type with a NUL", "PUT", AT "x",
	.body = IMAGE("\"mediaType\": \"" OCI_MANIFEST "\\u0000\""), BAD_MANIFEST},
    {"a Content-Type that is not valid", "PUT", AT "x", TYPE("\"><script>"),
	"$image", 400, CODE("MANIFEST_INVALID")},
    {"of blanks and semicolons", "PUT", AT "x", TYPE(";;;a/b"), "$image", 201},
};

static void
put(const char *name, const char *body, int status, const char *want)
{
	check_v2_row(&(const struct row){
	    name, "PUT", AT "x", .body = body, .status = status, .want = want});
}

/* A byte makes a level: they are bounded, whatever the type. Values are not. */
static void
test_depth_and_width(void)
{
	static const char invalid[] = CODE("MANIFEST_INVALID");
	const char *open = repeat("[", 100000), *close = repeat("]", 100000);

	put("100,000 levels", arena_printf(arena, "%s%s", open, close), 400,
	    invalid);
	put("half of them", open, 400, invalid);
	put("in a member that nobody reads",
	    arena_printf(
		arena, "{\"mediaType\": \"a/b\", \"x\": %s%s}", open, close),
	    400, invalid);
	put("100,000 layers",
	    arena_printf(arena, "{\"schemaVersion\": 2, \"layers\": [%s{}]}",
		repeat("{},", 100000)),
	    400, invalid);
	put("100,000 members",
	    arena_printf(
		arena, "{\"mediaType\": 1%s}", repeat(", \"x\": 1", 100000)),
	    400, invalid);
	put("4 MiB of a text", arena_printf(arena, "\"%s\"", repeat("x", 4194300)),
	    400, invalid);
	put("a number of 100,000 digits",
	    arena_printf(arena, "{\"schemaVersion\": %s}", repeat("9", 100000)),
	    400, invalid);
}

static void
test_manifests(void)
{
	begin();
	check_v2_rows(ROWS(manifests));
	check_v2_row(
	    &(const struct row){"that one", "DELETE", AT "x", .status = 202});
	test_depth_and_width();
	check_trace("manifests");
}

/* Content is content, whatever is sought in it. */
static void
test_config(void)
{
	push_blob("deep/app", document(str_of("deep")));
	push_document("deep/app", "latest", "of-deep");
	check_v2_row(&(const struct row){"a config that is not JSON", "GET",
	    "/v2/deep/app/manifests/latest", .status = 200, .want = "$of-deep",
	    .want_headers = TYPE(OCI_MANIFEST)});
}

/* ---- headers ---- */

static const struct row headers[] = {
    {"a tag without its end", "GET", AT "latest", "If-None-Match: \"`image`", NULL,
	200, "$image", TYPE(OCI_MANIFEST)},
    {"of commas", "GET", AT "latest", "If-None-Match: ,,,,\",\",", NULL, 200,
	"$image", TYPE(OCI_MANIFEST)},
    {"of bytes", "GET", AT "latest", "If-None-Match: \x01\xff\"", NULL, 200,
	"$image", TYPE(OCI_MANIFEST)},
    {"an odd Accept", "GET", AT "latest", "Accept: ;q=x,,*/*/*", NULL, 200,
	"$image", TYPE(OCI_MANIFEST)},
    {"odd credentials", "GET", AT "latest", "Authorization: Basic =\xff", NULL, 200,
	"$image", TYPE(OCI_MANIFEST)},
    {"a range of an upload", "GET", "@", "Range: bytes=0-", NULL, 204,
	.want_headers = "Range: 0-0"},
    {"no part", "PATCH", "@", "Content-Range: \xff", "x", BAD_REQUEST},
    {"below nothing", "PATCH", "@", "Content-Range: -1-0", "x", BAD_REQUEST},
    {"two parts", "PATCH", "@", "Content-Range: 0-0, 2-2", "x", BAD_REQUEST},
    {"of other units", "PATCH", "@", "Content-Range: lines 0-0", "x", BAD_REQUEST},
    {"hexadecimal", "PATCH", "@", "Content-Range: 0x0-0x0", "x", BAD_REQUEST},
    {"beyond 64 bits", "PATCH", "@", "Content-Range: 0-18446744073709551616", "x",
	BAD_REQUEST},
    {"beyond 63", "PATCH", "@", "Content-Range: 0-18446744073709551615", "x",
	BAD_REQUEST},
    {"nearly", "PATCH", "@", "Content-Range: 0-9223372036854775807", "x",
	.status = 400, .want = CODE("SIZE_INVALID")},
    {"far behind", "PATCH", "@",
	"Content-Range: 9223372036854775807-9223372036854775807", "x",
	.status = 416, .want = CODE("BLOB_UPLOAD_INVALID"),
	.want_headers = "Range: 0-0"},
};

static void
test_headers(void)
{
	const char *large = repeat("\"x\", ", 10 << 10);

	check_v2_row(
	    &(const struct row){"an upload", "POST", UPLOADS, .status = 202});
	begin();
	check_v2_rows(ROWS(headers));
	check_v2_row(&(const struct row){"tags of 50 KiB", "GET", AT "latest",
	    arena_printf(arena, "If-None-Match: %s\"`image`\"", large),
	    .status = 304, .want_headers = "Content-Type:"});
	check_v2_row(&(const struct row){"a type of 50 KiB", "PUT", AT "x",
	    arena_printf(arena, "Content-Type: a/%s", repeat("x", 50 << 10)),
	    "$image", BAD_MANIFEST});
	check_trace("headers");
	check_v2_row(&(const struct row){"a range of 50 KiB, all noughts", "PATCH",
	    "@", arena_printf(arena, "Content-Range: 0-%s", repeat("0", 50 << 10)),
	    "x", .status = 202});
}

/* ---- what clients say comes back in lists ---- */

#define EVIL "a%2Fb%0D%0AX-Evil%3A%201%3E%3B%20rel%3D%22x%22%26n%3D9"

static void
test_lists(void)
{
	char *tag = arena_strdup(arena, digest_of_name(str_of("image")));

	push_document("team/app", "`odd-kind`", "odd-kind");
	push_document("team/app", "`odd-kind-too`", "odd-kind-too");
	check_v2_row(&(const struct row){"a type stays in its place", "GET",
	    REPO "/referrers/`image`?n=1&artifactType=" EVIL, .status = 200,
	    .want =
		"~\"artifactType\": \"a/b\\u000d\\nX-Evil: 1>; rel=\\\"x\\\"&n=9\"",
	    .want_headers = TYPE(OCI_INDEX) "\nLink: ~&n=1&artifactType=" EVIL
					    ">; rel=\"next\"\nX-Evil:"});
	*strchr(tag, ':') = '-';
	push_document("team/app", tag, "kept");
	check_v2_row(&(const struct row){"entries that are none are passed over",
	    "GET", REPO "/referrers/`image`?artifactType=a", .status = 200,
	    .want = "~\"manifests\": []}", .want_headers = TYPE(OCI_INDEX)});
}

int
main(void)
{
	setup_v2(docs, COUNT(docs));
	push_blob("team/app", "config");
	push_document("team/app", "latest", "image");
	test_names();
	test_ids();
	test_words();
	test_queries();
	test_manifests();
	test_config();
	test_headers();
	test_lists();
	return teardown_api();
}
