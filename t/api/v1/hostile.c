/* hostile.c: what no docker sends: names, bodies and search terms made to
 * break something. Each gets a clear answer, and none leaves its place in the
 * store. */
#include "lib/api_v1.h"

#include "image/imagelist.h"
#include "image/v1config.h"
#include "index/index.h"
#include "registry/reindex.h"

#define BAD_NAME    "~{\"error\": \"Invalid name: "
#define BAD_REQUEST "~{\"error\": \"Bad request: "
#define REPOS       "/v1/repositories/"
#define ID          "0123456789abcdef"

static const char *
repeat(const char *text, size_t n)
{
	struct buf b;

	buf_init(&b, arena, n * strlen(text));
	while (n-- > 0)
		buf_adds(&b, text);
	return b.p;
}

static void
expect(const char *name, const char *method, const char *target, const char *body,
    int status, const char *want)
{
	const struct row row = {name, method, target, NULL, body, status, want};

	check_row(&row);
}

/* ---- paths ---- */

static const struct row slashes[] = {
    {"doubled", "GET", "//v1///_ping", .status = 200, .want = "true"},
    {"at the end", "GET", "/v1/_ping//", .status = 200, .want = "true"},
    {"in a name", "PUT", REPOS "team//app/", .body = "[]", .status = 200,
	.want = "\"\"", .want_headers = "X-Docker-Token: ~\"team/app\""},
    {"encoded", "GET", REPOS "team%2Fapp/images", .status = 200, .want = "[]",
	.want_headers = "X-Docker-Token: ~\"team/app\""},
    {"in lower case", "GET", REPOS "team%2fapp/images", .status = 200,
	.want = "[]"},
    {"in a third part", "PUT", REPOS "team/app%2Fweb", .body = "[]", .status = 200,
	.want = "\"\"", .want_headers = "X-Docker-Token: ~\"team/app%2Fweb\""},
    {"as three parts", "GET", REPOS "team/app/web/images", .status = 200,
	.want = "[]"},
    {"encoded at the front", "GET", REPOS "%2Fetc/images", .status = 400,
	.want = BAD_NAME},
    {"encoded at the end", "GET", REPOS "team%2F/images", .status = 400,
	.want = BAD_NAME},
    {"encoded and doubled", "GET", REPOS "team%2F%2Fapp/images", .status = 400,
	.want = BAD_NAME},
    {"in a tag", "GET", REPOS "team/app/tags/a%2Fb", .status = 400,
	.want = BAD_NAME},
    {"in an image", "GET", "/v1/images/..%2F" ID "/json", .status = 404,
	.want = ERROR("Invalid image ID")},
    {"in the word of a path", "GET", "/v1%2F_ping", .status = 404,
	.want = ERROR("Not found")},
    {"a path with a query", "GET", "/v1/_ping?x=/../..", .status = 200,
	.want = "true"},
};

static const struct row dots[] = {
    {"above", "GET", REPOS "../../etc/passwd/tags", .status = 400,
	.want = BAD_REQUEST},
    {"encoded", "GET", REPOS "%2e%2e/x/tags", .status = 400, .want = BAD_REQUEST},
    {"by half", "GET", REPOS ".%2E/x/tags", .status = 400, .want = BAD_REQUEST},
    {"itself", "GET", REPOS "./x/tags", .status = 400, .want = BAD_REQUEST},
    {"in a part", "GET", REPOS "x%2F..%2Fy/tags", .status = 400, .want = BAD_NAME},
    {"with a slash", "GET", REPOS "..%2F..%2Fetc/tags", .status = 400,
	.want = BAD_NAME},
    {"a tag", "PUT", REPOS "team/app/tags/..", .body = "\"" ID "\"", .status = 400,
	.want = BAD_REQUEST},
    {"an image", "GET", "/v1/images/../json", .status = 400, .want = BAD_REQUEST},
    {"three are a name", "GET", REPOS "team/.../tags", .status = 404,
	.want = ERROR("Repository not found")},
    {"encoded twice is a name", "GET", REPOS "team/%252e%252e/tags", .status = 404,
	.want = ERROR("Repository not found")},
};

static const struct row bytes[] = {
    {"NUL in a name", "GET", REPOS "team/a%00b/tags", .status = 400,
	.want = BAD_REQUEST},
    {"NUL in a tag", "GET", REPOS "team/app/tags/%00", .status = 400,
	.want = BAD_REQUEST},
    {"NUL in an image", "GET", "/v1/images/" ID "%00/json", .status = 400,
	.want = BAD_REQUEST},
    {"NUL in an account", "PUT", "/v1/users/a%00", .status = 400,
	.want = BAD_REQUEST},
    {"a broken %", "GET", REPOS "team/a%zz/tags", .status = 400,
	.want = BAD_REQUEST},
    {"a cut %", "GET", REPOS "team/a%4", .status = 400, .want = BAD_REQUEST},
    {"a newline", "PUT", REPOS "team/a%0Ab", .body = "[]", .status = 400,
	.want = BAD_NAME},
    {"a newline in a tag", "PUT", REPOS "team/app/tags/a%0D%0Ab",
	.body = "\"" ID "\"", .status = 400, .want = BAD_NAME},
    {"DEL", "GET", REPOS "team/a%7F/tags", .status = 400, .want = BAD_NAME},
    {"no UTF-8", "GET", REPOS "team/%ff/tags", .status = 400, .want = BAD_NAME},
    {"overlong UTF-8", "GET", REPOS "team/%c0%af/tags", .status = 400,
	.want = BAD_NAME},
    {"a surrogate", "GET", REPOS "team/%ed%a0%80/tags", .status = 400,
	.want = BAD_NAME},
    {"raw bytes", "GET", REPOS "team/\xff\xfe/tags", .status = 400,
	.want = BAD_NAME},
    {"no path", "GET", "v1/_ping", .status = 400, .want = BAD_REQUEST},
    {"nothing", "GET", "", .status = 400, .want = BAD_REQUEST},
    {"an asterisk", "OPTIONS", "*", .status = 400, .want = BAD_REQUEST},
    {"an address", "GET", "http://x/v1/_ping", .status = 400, .want = BAD_REQUEST},
};

static const char *
target(const char *before, const char *name, const char *after)
{
	return arena_printf(arena, "%s%s%s", before, name, after);
}

static void
test_lengths(void)
{
	const char *large = repeat("x", 10 << 10);

	expect("a name of 10 KiB", "PUT", target(REPOS, large, "/"), "[]", 400,
	    BAD_NAME);
	expect("10 KiB after a namespace", "GET",
	    target(REPOS "team/", large, "/tags"), NULL, 400, BAD_NAME);
	expect("a tag of 10 KiB", "PUT", target(REPOS "team/app/tags/", large, ""),
	    "\"" ID "\"", 400, BAD_NAME);
	expect("an id of 10 KiB", "GET", target("/v1/images/", large, "/json"),
	    NULL, 404, ERROR("Invalid image ID"));
	expect("an account of 10 KiB", "PUT", target("/v1/users/", large, ""), NULL,
	    204, NULL);
	expect("as many parts as may be", "GET",
	    target("/v1", repeat("/x", TARGET_PARTS - 1), ""), NULL, 404,
	    ERROR("Not found"));
	expect("one more", "GET", target("/v1", repeat("/x", TARGET_PARTS), ""),
	    NULL, 400, BAD_REQUEST);
	expect("10,000 slashes", "GET", target("/v1", repeat("/", 10000), "_ping"),
	    NULL, 200, "true");
}

/* As long as names may be, they are names. */
static void
test_longest(void)
{
	const char *ns = repeat("n", 255), *repo = repeat("r", 255);
	const char *tag = repeat("t", 240);
	const char *place = arena_printf(arena, "%s%s/%s", REPOS, ns, repo);

	expect("the longest name", "PUT", place, "[]", 200, "\"\"");
	expect("is kept", "GET", target(place, "/images", ""), NULL, 200, "[]");
	expect("with the longest tag", "PUT", target(place, "/tags/", tag),
	    "\"" ID "\"", 200, "true");
	expect("it is kept", "GET", target(place, "/tags/", tag), NULL, 200,
	    "\"" ID "\"");
	expect("its json", "GET",
	    arena_printf(arena, "%s/tags/%s/json", place, tag), NULL, 200,
	    "~last_update");
	expect("a byte more in the tag", "PUT",
	    arena_printf(arena, "%s/tags/%st", place, tag), "\"" ID "\"", 400,
	    BAD_NAME);
	expect("in the name", "PUT", target(place, "r", ""), "[]", 400, BAD_NAME);
	expect("in the namespace", "PUT",
	    arena_printf(arena, REPOS "n%s/%s", ns, repo), "[]", 400, BAD_NAME);
	expect("as long by its escapes", "PUT",
	    target(REPOS "team/", repeat("%C3%A4", 43), ""), "[]", 400, BAD_NAME);
	expect("a tag of 80 letters of three bytes", "PUT",
	    target(REPOS "team/app/tags/", repeat("%E2%82%AC", 80), ""),
	    "\"" ID "\"", 200, "true");
}

/* As long as nginx lets a header be, and of what grows most in JSON. */
static void
test_long_agent(void)
{
	const char *agent = arena_printf(
	    arena, "User-Agent: docker/%s", repeat("\x7f", 16 << 10));
	struct reply *rp = request(
	    "PUT", REPOS "team/app/tags/latest", agent, "\"" ID "\"");

	is_int(rp->status, 200, "a tag of a client with a long name");
	expect("what it says", "GET", REPOS "team/app/tags/latest/json", NULL, 200,
	    "~\\u007f\\u007f\"}");
	expect("the repository's", "GET", REPOS "team/app/json", NULL, 200,
	    "~\\u007f\\u007f\"}");
}

/* ---- bodies ---- */

#define BAD_LIST ERROR("Error Decoding JSON")

static const struct row json[] = {
    {"cut off", "PUT", REPOS "t/j", .body = "[{\"id\":", .status = 400,
	.want = BAD_LIST},
    {"with something after it", "PUT", REPOS "t/j", .body = "[] []", .status = 400,
	.want = BAD_LIST},
    {"with a mark in front", "PUT", REPOS "t/j", .body = "\xef\xbb\xbf[]",
	.status = 400, .want = BAD_LIST},
    {"with single quotes", "PUT", REPOS "t/j", .body = "['a']", .status = 400,
	.want = BAD_LIST},
    {"with a comma too many", "PUT", REPOS "t/j", .body = "[1,]", .status = 400,
	.want = BAD_LIST},
    {"NaN", "PUT", REPOS "t/j", .body = "NaN", .status = 400, .want = BAD_LIST},
    {"no UTF-8", "PUT", REPOS "t/j", .body = "[\"\xff\"]", .status = 400,
	.want = BAD_LIST},
    {"no UTF-8 in a tag", "PUT", REPOS "t/j/tags/x", .body = "\"\xc0\xaf\"",
	.status = 400, .want = ERROR("Invalid data")},
    {"no UTF-8 in an image", "PUT", "/v1/images/" ID "/json",
	.body = "{\"id\": \"" ID "\", \"x\": \"\xed\xa0\x80\"}", .status = 400,
	.want = ERROR("Invalid JSON")},
    {"a NUL in a tag", "PUT", REPOS "t/j/tags/x",
	.body = "\"0123456789abcde\\u0000\"", .status = 400,
	.want = ERROR("Invalid data")},
    {"a NUL after an id", "PUT", REPOS "t/j",
	.body = "[{\"id\": \"" ID "\\u0000\"}]", .status = 400,
	.want = ERROR("Invalid data")},
    {"a NUL in an image", "PUT", "/v1/images/" ID "/json",
	.body = "{\"id\": \"" ID "\\u0000\"}", .status = 400,
	.want = ERROR("JSON data contains invalid id")},
    {"a list of everything", "PUT", REPOS "t/j",
	.body = "[1, null, \"a\", {}, [], true]", .status = 400,
	.want = ERROR("Invalid data")},
    {"none of it stays", "GET", REPOS "t/j/tags", .status = 404,
	.want = ERROR("Repository not found")},
};

static void
test_depth(void)
{
	const char *deep = arena_printf(
	    arena, "%s%s", repeat("[", 100000), repeat("]", 100000));
	const char *objects = arena_printf(
	    arena, "%s1%s", repeat("{\"id\":", 1000), repeat("}", 1000));

	expect("a list of 100,000 levels", "PUT", REPOS "t/j", deep, 400, BAD_LIST);
	expect(
	    "half of it", "PUT", REPOS "t/j", repeat("[", 100000), 400, BAD_LIST);
	expect("an account", "POST", "/v1/users/", objects, 400, BAD_LIST);
	expect("an image", "PUT", "/v1/images/" ID "/json", objects, 400,
	    ERROR("Invalid JSON"));
}

/* Few bytes make a value. A list is refused that would cost much memory; the json of an
 * image costs none, whatever its shape: that this image is complete is all that is wrong. */
static void
test_width(void)
{
	const char *wide = repeat("{},", IMAGELIST_BODY_MAX / 3 - 1);

	expect("a list of a million", "PUT", REPOS "t/j",
	    arena_printf(arena, "[%s{}]", wide), 400, ERROR("Invalid data"));
	expect("an image", "PUT", "/v1/images/" ID "/json",
	    arena_printf(arena, "{\"id\": \"" ID "\", \"x\": [%s{}]}",
		repeat("{},", 100000)),
	    409, ERROR("Image already exists"));
}

static struct reply *
send_large(const char *method, const char *where, size_t n, bool chunked)
{
	char *body = arena_alloc(arena, n);
	struct sent_request call = {.method = method,
	    .target = where,
	    .body = str_make(body, n),
	    .has_body = true,
	    .chunked = chunked,
	    .pass = PASS_SERVE};

	memset(body, ' ', n);
	return send_call(&call);
}

/* Refused by its length before it is read; while it is read, when it has no length. */
static void
test_limits(void)
{
	static const struct {
		const char *method, *target;
		size_t limit;
		const char *blank;
	} rows[] = {
	    {"PUT", "/v1/images/" ID "/json", V1CONFIG_MAX, "Invalid JSON"},
	    {"PUT", REPOS "t/j", IMAGELIST_BODY_MAX, "Error Decoding JSON"},
	    {"PUT", REPOS "t/j/images", IMAGELIST_BODY_MAX, "Error Decoding JSON"},
	    {"PUT", REPOS "t/j/tags/x", 64 << 10, "Invalid data"},
	    {"POST", "/v1/users/", 64 << 10, "Error Decoding JSON"},
	};
	struct reply *rp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bodies_read = 0;
		rp = send_large(
		    rows[i].method, rows[i].target, rows[i].limit + 1, false);
		is_int(rp->status, 413, "%s %s: %zu bytes are too many",
		    rows[i].method, rows[i].target, rows[i].limit + 1);
		is_str(str_dup(arena, rp->bytes), ERROR("The request is too large"),
		    "and the error says so");
		is_int(bodies_read, 0, "and they are not read");
		rp = send_large(
		    rows[i].method, rows[i].target, rows[i].limit + 1, true);
		is_int(rp->status, 413, "nor in chunks");
		rp = send_large(
		    rows[i].method, rows[i].target, rows[i].limit, false);
		is_str(str_dup(arena, rp->bytes),
		    arena_printf(arena, "{\"error\": \"%s\"}", rows[i].blank),
		    "a byte less is looked at");
	}
}

/* ---- search ---- */

#define SEARCH   "/v1/search"
#define FOUND(n) "~\"num_results\": " #n ","

static const struct row repositories[] = {
    {"", "PUT", REPOS "library/centos", NULL, "[]", 200, "\"\""},
    {"", "PUT", REPOS "team/near%20miss", NULL, "[]", 200, "\"\""},
    {"", "PUT", REPOS "team/100%25", NULL, "[]", 200, "\"\""},
    {"", "PUT", REPOS "team/a_b", NULL, "[]", 200, "\"\""},
    {"", "PUT", REPOS "team/axb", NULL, "[]", 200, "\"\""},
    {"", "PUT", REPOS "team/q%22q", NULL, "[]", 200, "\"\""},
    {"", "PUT", REPOS "team/st%2Aar", NULL, "[]", 200, "\"\""},
    {"", "PUT", REPOS ".hid/.den", NULL, "[]", 200, "\"\""},
};

static const struct row terms[] = {
    {"none", "GET", SEARCH, .status = 200, .want = FOUND(8)},
    {"empty", "GET", SEARCH "?q=", .status = 200,
	.want = "~{\"query\": \"\", \"num_results\": 8, "},
    {"plain", "GET", SEARCH "?q=cent", .status = 200,
	.want = "{\"query\": \"cent\", \"num_results\": 1, \"page\": 1, "
		"\"num_pages\": 1, \"page_size\": 1, \"results\": [{\"name\": "
		"\"library/centos\", \"description\": \"\", \"star_count\": 0, "
		"\"is_official\": false, \"is_trusted\": false, "
		"\"is_automated\": false}]}"},
    {"capitals", "GET", SEARCH "?q=CENT", .status = 200,
	.want = "~\"library/centos\""},
    {"%", "GET", SEARCH "?q=%25", .status = 200, .want = FOUND(1)},
    {"the one with %", "GET", SEARCH "?q=%25", .status = 200,
	.want = "~\"team/100%\""},
    {"_", "GET", SEARCH "?q=_", .status = 200, .want = FOUND(1)},
    {"a_b is not a pattern", "GET", SEARCH "?q=a_b", .status = 200,
	.want = FOUND(1)},
    {"a quote", "GET", SEARCH "?q=%22", .status = 200, .want = "~\"team/q\\\"q\""},
    {"* is podman's pattern", "GET", SEARCH "?q=*", .status = 200,
	.want = FOUND(8)},
    {"x*", "GET", SEARCH "?q=axb*", .status = 200, .want = FOUND(1)},
    {"x*y", "GET", SEARCH "?q=m*a*b", .status = 200, .want = FOUND(2)},
    {"x*% is data", "GET", SEARCH "?q=1*%25", .status = 200, .want = FOUND(1)},
    {"x*? is data", "GET", SEARCH "?q=a*?b", .status = 200, .want = FOUND(0)},
    {"x*[ is data", "GET", SEARCH "?q=a*[x]b", .status = 200, .want = FOUND(0)},
    {"x*] is data", "GET", SEARCH "?q=a*]b", .status = 200, .want = FOUND(0)},
    {"x*NUL", "GET", SEARCH "?q=a*%00*b", .status = 200, .want = FOUND(0)},
    {"NEAR", "GET", SEARCH "?q=NEAR", .status = 200, .want = FOUND(1)},
    {"operators", "GET", SEARCH "?q=centos+OR+team", .status = 200,
	.want = FOUND(0)},
    {"a column", "GET", SEARCH "?q=name:centos", .status = 200, .want = FOUND(0)},
    {"SQL", "GET", SEARCH "?q=%27+OR+1%3D1+--", .status = 200, .want = FOUND(0)},
    {"a backslash", "GET", SEARCH "?q=%5C", .status = 200, .want = FOUND(0)},
    {"a blank", "GET", SEARCH "?q=near+miss", .status = 200, .want = FOUND(1)},
    {"NUL", "GET", SEARCH "?q=%00", .status = 200,
	.want = "~{\"query\": \"\\u0000\", \"num_results\": 0,"},
    {"NUL after a name", "GET", SEARCH "?q=centos%00", .status = 200,
	.want = FOUND(0)},
    {"no UTF-8", "GET", SEARCH "?q=%ff", .status = 400, .want = BAD_REQUEST},
    {"a broken %", "GET", SEARCH "?q=%zz", .status = 400, .want = BAD_REQUEST},
    {"twice", "GET", SEARCH "?q=cent&q=team", .status = 200, .want = FOUND(1)},
    {"other keys", "GET", SEARCH "?&&x&=&q=cent&y=%zz", .status = 200,
	.want = FOUND(1)},
    {"a page", "GET", SEARCH "?q=&n=2&page=2", .status = 200,
	.want = "~\"num_results\": 8, \"page\": 2, \"num_pages\": 4, "
		"\"page_size\": 2,"},
    {"after the last", "GET", SEARCH "?n=25&page=9", .status = 200,
	.want = "~\"results\": []}"},
    {"the last there can be", "GET", SEARCH "?n=1000&page=99999999999",
	.status = 200, .want = "~\"results\": []}"},
    {"n=0 is not a limit", "GET", SEARCH "?n=0", .status = 200, .want = FOUND(8)},
    {"fewer", "GET", SEARCH "?n=-1", .status = 200, .want = FOUND(8)},
    {"no number", "GET", SEARCH "?n=1;x", .status = 200, .want = FOUND(8)},
    {"no page is the first", "GET", SEARCH "?page=0&n=1", .status = 200,
	.want = "~\"page\": 1, \"num_pages\": 8, \"page_size\": 1,"},
    {"too many digits", "GET", SEARCH "?n=99999999999999999999", .status = 200,
	.want = "~\"page_size\": 1000,"},
};

/* No name of the tests above is found. */
static void
empty_store(void)
{
	close_registry();
	fresh_store();
	make_index();
	open_registry();
}

static void
test_long_terms(void)
{
	const char *large = repeat("centos", 10 << 10);

	expect("a term of 60 KiB", "GET", target(SEARCH "?q=", large, ""), NULL,
	    200, FOUND(0));
	expect("of quotes", "GET",
	    target(SEARCH "?q=", repeat("%22", 10 << 10), ""), NULL, 200, FOUND(0));
	expect("of stars", "GET", target(SEARCH "?q=", repeat("a*", 10 << 10), "b"),
	    NULL, 200, FOUND(0));
	expect("of one letter", "GET",
	    target(SEARCH "?q=", repeat("a", 10 << 10), "&n=25"), NULL, 200,
	    FOUND(0));
}

/* Each description as long as one may be, of what grows most in JSON. */
static void
test_largest_page(void)
{
	struct index_change change = {.repository = {.in_search = true}};
	struct reply *rp;
	int i;

	change.repository.description = str_of(repeat("\x01", 1000));
	for (i = 0; i < 1000; i++) {
		change.repository.name = str_of(arena_printf(arena, "large/%d", i));
		(void)index_put(reg.index, &change, &err);
	}
	rp = request("GET", SEARCH "?q=large&n=1000", NULL, NULL);
	is_int(rp->status, 200, "the largest page");
	ok(rp->bytes.n > (size_t)6 * 1000 * 1000, "is whole: %zu bytes",
	    rp->bytes.n);
	expect("a page without its size", "GET", SEARCH "?q=large&page=2", NULL,
	    200, "~\"page\": 2, \"num_pages\": 40, \"page_size\": 25,");
}

/* The walk of the store reads the same names as clients wrote. */
static void
test_rebuilt(void)
{
	const struct reindex how = {.afresh = true};
	const char *before = index_names_now();
	bool done = false;

	is_int(
	    reindex_run(TASK(arena), &how, &done), RC_OK, "the index is rebuilt");
	is_str(index_names_now(), before, "with the same names");
	expect(
	    "one with dots", "GET", SEARCH "?q=.den", NULL, 200, "~\".hid/.den\"");
}

int
main(void)
{
	setup_v1();
	write_text("images/" ID "/json", "{\"id\": \"" ID "\"}");
	write_text("images/" ID "/ancestry", "[\"" ID "\"]");
	write_text("images/" ID "/layer", "layer");
	check_rows(ROWS(slashes));
	check_rows(ROWS(dots));
	check_rows(ROWS(bytes));
	test_lengths();
	test_longest();
	test_long_agent();
	check_rows(ROWS(json));
	test_depth();
	test_width();
	test_limits();
	is_str(read_text("images/" ID "/json"), "{\"id\": \"" ID "\"}",
	    "what was there is as it was");
	empty_store();
	check_rows(ROWS(repositories));
	check_rows(ROWS(terms));
	test_long_terms();
	test_rebuilt();
	test_largest_page();
	return teardown_api();
}
