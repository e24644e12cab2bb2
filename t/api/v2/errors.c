/* errors.c: what becomes of a name, a tag or a digest that is not valid, on every
 * path of API v2; and every error in its form. */
#include "lib/api_v2.h"

#include "image/reference.h"
#include "v2/errors.h"
#include "v2/routes.h"

#define REPO    "/v2/team/app"
#define UPLOADS REPO "/blobs/uploads/"
#define NOBODY  "0f9ec0de-5eed-4bed-8bad-facade0ff1ce"
#define NOTHING UPLOADS NOBODY

static const struct document docs[] = {
    {"image", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
};

/* ---- names, references, digests ---- */

/* The route's path for this repository. */
static const char *
path_in(const struct route *route, const char *name)
{
	const char *rest = route->pattern + strlen("/v2/*name");
	struct buf b;

	buf_init(&b, arena, 1024);
	buf_printf(&b, "/v2/%s%.*s", name, (int)strcspn(rest, ":"), rest);
	if (strstr(rest, ":digest") != NULL)
		buf_adds(&b, "`layer`");
	else if (strchr(rest, ':') != NULL)
		buf_adds(&b, NOBODY);
	return expand(b.p);
}

/* No route takes it, and none makes a path of the store of it. */
static void
test_names(void)
{
	static const char *const names[] = {"A", "team/App", "_a", "a_", "-a", "a-",
	    "a..b", "a___b", "a._b", ".a", "team/.a", "a%2F", "%2Fa", "a%2F%2Fb",
	    "a%20b", "a%0Ab", "a:b", "a%2F..%2Fb", "%c3%a9", "%ff", "_catalog/x"};
	const char *longest = arena_printf(
	    arena, "a%0*d", REFERENCE_REPOSITORY_MAX - 1, 0);
	size_t i, k;

	for (i = 0; i < v2_api.n_routes; i++) {
		const struct route *route = &v2_api.routes[i];
		struct row row = {route->pattern, route->method, .status = 400,
		    .want = CODE("NAME_INVALID")};

		if (strstr(route->pattern, "*name") == NULL)
			continue;
		for (k = 0; k < COUNT(names); k++) {
			row.target = path_in(route, names[k]);
			check_row(&row);
		}
		row.name = "a name of 256 bytes";
		row.target = path_in(route, arena_printf(arena, "%s0", longest));
		check_row(&row);
	}
	check_v2_row(&(const struct row){"a name of 255 bytes", "POST",
	    arena_printf(arena, "/v2/%s/blobs/uploads/", longest), .status = 202});
}

/* To read or delete, they name nothing; a push says what is wrong. */
static void
test_references(void)
{
	static const char *const impossible[] = {"-v1", ".v1", "a%20b", "a%2Fb",
	    "a+b", "%c3%a9", "sha256:", "sha256:abc", "sha256-:x", "a%0D%0Ab"};
	const char *longest = arena_printf(
	    arena, REPO "/manifests/v%0*d", REFERENCE_TAG_MAX - 1, 0);
	size_t i;

	for (i = 0; i <= COUNT(impossible); i++) {
		const char *target = i == COUNT(impossible)
					 ? arena_printf(arena, "%s0", longest)
					 : arena_printf(arena, REPO "/manifests/%s",
					       impossible[i]);
		const struct row rows[] = {
		    {"neither tag nor digest", "GET", target, .status = 404,
			.want = CODE("MANIFEST_UNKNOWN")},
		    {"to delete", "DELETE", target, .status = 404,
			.want = CODE("MANIFEST_UNKNOWN")},
		    {"to push", "PUT", target, .body = "$image", .status = 400,
			.want = CODE("TAG_INVALID")},
		};

		check_v2_rows(ROWS(rows));
	}
	check_v2_row(&(const struct row){
	    "a tag of 128 bytes", "PUT", longest, .body = "$image", .status = 201});
}

static void
test_digests(void)
{
	static const char *const none[] = {"sha256", "sha256:", "sha256:abc",
	    "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
	    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
	    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
	    "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "sha256%3A..%2F..%2Fe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49",
	    "e3b0c44298fc1c149afb", "%20"};
	static const struct {
		const char *method, *before;
	} places[] = {
	    {"GET", REPO "/blobs/"},
	    {"DELETE", REPO "/blobs/"},
	    {"GET", REPO "/referrers/"},
	    {"POST", UPLOADS "?digest="},
	    {"POST", UPLOADS "?from=team%2Fapp&mount="},
	    {"PUT", NOTHING "?digest="},
	};
	size_t i, k;

	for (i = 0; i < COUNT(places); i++)
		for (k = 0; k < COUNT(none); k++) {
			const struct row row = {"a digest that is not valid",
			    places[i].method,
			    arena_printf(arena, "%s%s", places[i].before, none[k]),
			    .status = 400, .want = CODE("DIGEST_INVALID")};

			check_row(&row);
		}
}

/* Others may name content by an algorithm that is not computed here; none is here. */
#define B3 "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"

static const struct row other_digests[] = {
    {"a blob by blake3", "GET", REPO "/blobs/" B3, .status = 404,
	.want = CODE("BLOB_UNKNOWN")},
    {"to delete", "DELETE", REPO "/blobs/" B3, .status = 404,
	.want = CODE("BLOB_UNKNOWN")},
    {"a manifest", "GET", REPO "/manifests/" B3, .status = 404,
	.want = CODE("MANIFEST_UNKNOWN")},
    {"to push", "PUT", REPO "/manifests/" B3, .body = "$image", .status = 400,
	.want = CODE("DIGEST_INVALID")},
    {"what refers to it", "GET", REPO "/referrers/" B3, .status = 200,
	.want = "~\"manifests\": []", .want_headers = "Content-Type: " OCI_INDEX},
    {"a mount is to be uploaded", "POST", UPLOADS "?from=team%2Fapp&mount=" B3,
	.status = 202},
    {"an upload under it", "POST", UPLOADS "?digest=" B3, .body = "x",
	.status = 400, .want = CODE("DIGEST_INVALID")},
    {"or its end", "PUT", "@?digest=" B3, .body = "x", .status = 400,
	.want = CODE("DIGEST_INVALID")},
};

static const struct row odd_requests[] = {
    {"PUT without a digest", "PUT", NOTHING, .body = "x", .status = 400,
	.want = CODE("DIGEST_INVALID")},
    {"an algorithm that is not known", "POST", UPLOADS "?digest-algorithm=md5",
	.status = 400, .want = CODE("DIGEST_INVALID")},
    {"a query with a broken %", "GET", "/v2/_catalog?n=%", .status = 400,
	.want = CODE("UNSUPPORTED")},
    {"a NUL in a query", "POST", UPLOADS "?mount=`layer`&from=team%2Fapp%00x",
	.status = 400, .want = CODE("UNSUPPORTED")},
    {"a NUL in a path", "GET", REPO "%00/tags/list", .status = 400,
	.want = CODE("UNSUPPORTED")},
    {"dots", "GET", "/v2/../v1/_ping", .status = 400, .want = CODE("UNSUPPORTED")},
    {"dots in a name", "GET", "/v2/team/%2e%2e/tags/list", .status = 400,
	.want = CODE("UNSUPPORTED")},
    {"an upload that is not an id", "GET", UPLOADS "..%2F..%2F" NOBODY,
	.status = 404, .want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"one of slashes", "GET", UPLOADS "%2F%2F%2F", .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
};

/* ---- errors ---- */

static struct reply *
fail(enum result r, const char *reason, const char *detail)
{
	const struct request rq = {.arena = arena};
	struct reply *rp = arena_alloc(arena, sizeof(*rp));
	struct call c;

	call_init(&c, &rq, rp, &reg, &api_options);
	c.detail = str_of(detail);
	(void)err_set(&c.err, r, "%s", reason);
	v2_headers(&c);
	v2_fail(&c, r);
	reply_header(rp, "X-Request-Id", "0123");
	return rp;
}

/* Every result has a status and a form, those of other rooms and of v1, too. */
static void
test_results(void)
{
	int r;

	for (r = RC_OK + 1; r < RC_MAX; r++) {
		struct reply *rp = fail((enum result)r, "why", NULL);
		const char *fault = v2_common_fault(
		    rp, str_dup(arena, rp->bytes), "");

		ok(fault == NULL && rp->status >= 400 &&
			strcmp(reply_reason(rp->status), "Unknown") != 0,
		    "%s: %d%s%s", err_name((enum result)r), rp->status,
		    fault == NULL ? "" : ": ", fault == NULL ? "" : fault);
	}
}

static void
test_details(void)
{
#define ERRORS(list) "{\"errors\": [" list "]}"
#define ERROR_OF(code, text, rest) \
	"{\"code\": \"" code "\", \"message\": \"" text "\"" rest "}"
#define UNKNOWN_BLOB(detail) \
	ERROR_OF("MANIFEST_BLOB_UNKNOWN", \
	    "manifest references a manifest or blob unknown to the repository", \
	    ", \"detail\": " detail)
	static const struct {
		enum result r;
		const char *reason, *detail, *want;
		int status;
	} rows[] = {
	    {RC_BAD_NAME, "a \"b\"", NULL,
		ERRORS(ERROR_OF("NAME_INVALID", "invalid repository name",
		    ", \"detail\": \"a \\\"b\\\"\"")),
		400},
	    {RC_BLOB_UNKNOWN, "", NULL,
		ERRORS(ERROR_OF("BLOB_UNKNOWN", "blob unknown to registry", "")),
		404},
	    {RC_REPOSITORY_UNKNOWN, "why", "{\"name\": \"x\"}",
		ERRORS(ERROR_OF("NAME_UNKNOWN",
		    "repository name not known to registry",
		    ", \"detail\": {\"name\": \"x\"}")),
		404},
	    {RC_UNRESOLVED_REF, "why", "[\"a\", {\"b\": 1}]",
		ERRORS(UNKNOWN_BLOB("\"a\"") ", " UNKNOWN_BLOB("{\"b\":1}")), 400},
	    {RC_NOT_BRIDGED, "its layer 1 is cut off", NULL,
		ERRORS(ERROR_OF("MANIFEST_UNKNOWN", "its layer 1 is cut off",
		    ", \"detail\": \"its layer 1 is cut off\"")),
		404},
	    {RC_NOT_BRIDGED, "", NULL,
		ERRORS(ERROR_OF(
		    "MANIFEST_UNKNOWN", "the image has no form in this API", "")),
		404},
	    {RC_FULL, "/a/path", NULL,
		ERRORS(ERROR_OF(
		    "UNAVAILABLE", "no space left on the registry's disk", "")),
		507},
	    {RC_REBUILDING, "/a/path", NULL,
		ERRORS(ERROR_OF(
		    "UNAVAILABLE", "the index is being rebuilt, retry later", "")),
		503},
	    {RC_BUSY, "no memory", NULL,
		ERRORS(ERROR_OF("UNAVAILABLE",
		    "too many requests of this kind at once, retry later", "")),
		503},
	    {RC_UPSTREAM, "GET http://127.0.0.1/", NULL,
		ERRORS(ERROR_OF("UNAVAILABLE",
		    "another server that was asked does not answer, retry later",
		    "")),
		503},
	    {RC_UNAUTHORIZED, "no token", NULL,
		ERRORS(ERROR_OF("UNAUTHORIZED", "authentication required",
		    ", \"detail\": \"no token\"")),
		401},
	    {RC_CLIENT_GONE, "/a/path", NULL,
		ERRORS(
		    ERROR_OF("BLOB_UPLOAD_INVALID", "the request broke off", "")),
		400},
	    {RC_IO, "/a/path", NULL,
		ERRORS(ERROR_OF("UNKNOWN",
		    "internal error; the registry's log has it under this "
		    "X-Request-Id",
		    "")),
		500},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct reply *rp = fail(rows[i].r, rows[i].reason, rows[i].detail);

		is_str(str_dup(arena, rp->bytes), rows[i].want,
		    "the form of an error: %s", err_name(rows[i].r));
		is_int(rp->status, rows[i].status, "its status");
		ok((reply_get(rp, "Retry-After") != NULL) ==
			(rows[i].status == 503),
		    "whether to come again");
	}
}

int
main(void)
{
	setup_v2(docs, COUNT(docs));
	push_blob("team/app", "config");
	test_names();
	test_references();
	test_digests();
	check_v2_rows(ROWS(other_digests));
	check_v2_rows(ROWS(odd_requests));
	test_results();
	test_details();
	return teardown_api();
}
