/* before-body.c: the pass that nginx makes before it reads a byte of an upload: a
 * client that may not send it gets the answer now, the same as to the real request. It takes no body
 * and changes nothing. */
#include "lib/api_v2.h"

#include "image/manifest.h"

#define REPO    "/v2/team/app"
#define UPLOADS REPO "/blobs/uploads/"
#define NOTHING UPLOADS "0f9ec0de-5eed-4bed-8bad-facade0ff1ce"
#define HERE    "Location: @\nRange: 0-3\nDocker-Upload-UUID: ~-\nX-Berth-Note:"
#define NOWHERE "Location:\nRange:\nDocker-Upload-UUID:\nX-Berth-Note:"

struct check {
	const char *name, *method, *target, *headers;
	int64_t length; /* -1: unknown, it comes in chunks */
	int status;
	const char *want, *want_headers;
};

/* "@" holds four bytes. */
static const struct check checks[] = {
    {"a part", "PATCH", "@", NULL, 10, 204, NULL, "X-Berth-Note: 4"},
    {"in chunks", "PATCH", "@", NULL, -1, 204},
    {"the next", "PATCH", "@", "Content-Range: 4-13", 10, 204},
    {"the next, in chunks", "PATCH", "@", "Content-Range: 4-13", -1, 204},
    {"a gap", "PATCH", "@", "Content-Range: 5-14", 10, 416,
	CODE("BLOB_UPLOAD_INVALID"), HERE},
    {"an overlap, in chunks", "PATCH", "@", "Content-Range: 3-12", -1, 416,
	CODE("BLOB_UPLOAD_INVALID"), HERE},
    {"no range", "PATCH", "@", "Content-Range: bytes", 10, 400,
	CODE("UNSUPPORTED")},
    {"another length than its range", "PATCH", "@", "Content-Range: 4-12", 10, 400,
	CODE("SIZE_INVALID")},
    {"of no upload", "PATCH", NOTHING, NULL, 10, 404, CODE("BLOB_UPLOAD_UNKNOWN"),
	NOWHERE},
    {"of no name", "PATCH", "/v2/A/blobs/uploads/x", NULL, 10, 400,
	CODE("NAME_INVALID"), NOWHERE},
    {"larger than the disk", "PATCH", "@", NULL, (int64_t)1 << 60, 507,
	CODE("UNAVAILABLE")},

    {"an end", "PUT", "@?digest=`x`", NULL, 10, 204, NULL, "X-Berth-Note: 4"},
    {"in its place", "PUT", "@?digest=`x`", "Content-Range: 4-13", 10, 204},
    {"out of it", "PUT", "@?digest=`x`", "Content-Range: 0-9", 10, 416,
	CODE("BLOB_UPLOAD_INVALID"), HERE},
    {"without a digest", "PUT", "@", NULL, 10, 400, CODE("DIGEST_INVALID")},
    {"with a digest that is not valid", "PUT", "@?digest=sha256:x", NULL, 10, 400,
	CODE("DIGEST_INVALID")},
    {"of no upload", "PUT", NOTHING "?digest=`x`", NULL, 10, 404,
	CODE("BLOB_UPLOAD_UNKNOWN"), NOWHERE},
    {"an end that was, whose answer was lost", "PUT", NOTHING "?digest=`there`",
	NULL, 5, 204, NULL, NOWHERE},
    {"the last part of what is whole", "PUT", "@?digest=`four`",
	"Content-Range: 0-3", 4, 204, NULL, "X-Berth-Note: 4"},
    {"larger than any disk", "PUT", "@?digest=`x`", NULL, INT64_MAX, 507,
	CODE("UNAVAILABLE")},

    {"all at once", "POST", UPLOADS "?digest=`x`", NULL, 10, 204},
    {"in chunks", "POST", UPLOADS "?digest=`x`", NULL, -1, 204},
    {"without a digest: the upload begins", "POST", UPLOADS, NULL, 10, 204},
    {"a mount", "POST", UPLOADS "?mount=`x`", NULL, 10, 204},
    {"a digest that is not valid", "POST", UPLOADS "?digest=x", NULL, 10, 400,
	CODE("DIGEST_INVALID")},
    {"a name that is not valid", "POST", "/v2/a_/blobs/uploads/?digest=`x`", NULL,
	10, 400, CODE("NAME_INVALID")},
    {"larger than the disk", "POST", UPLOADS "?digest=`x`", NULL, (int64_t)1 << 60,
	507, CODE("UNAVAILABLE")},

    {"another method", "PUT", UPLOADS "?digest=`x`", NULL, 10, 405,
	CODE("UNSUPPORTED"), "Allow: POST, OPTIONS"},
    {"another path", "PUT", "/v2/blobs/uploads", NULL, 10, 404,
	CODE("UNSUPPORTED")},
    {"a broken path", "PUT", "/v2/%/blobs/uploads/x", NULL, 10, 400,
	CODE("UNSUPPORTED")},
    {"a manifest", "PUT", REPO "/manifests/v1", NULL, MANIFEST_MAX, 400,
	CODE("UNSUPPORTED")},
    {"one that nginx takes for an upload", "PUT",
	REPO "/manifests/x%2fblobs%2fuploads%2fy", NULL, -1, 400,
	CODE("UNSUPPORTED")},
    {"a removal", "DELETE", REPO "/manifests/v1", NULL, 10, 400,
	CODE("UNSUPPORTED")},
};

static const char *
all_files(void)
{
	return arena_printf(arena, "%s%s%s", tree("docker"), tree("_berth/upload"),
	    tree("_berth/tmp"));
}

static void
check_before(const struct check *c)
{
	struct sent_request call = {.method = c->method,
	    .target = expand(c->target),
	    .headers = c->headers,
	    .length = c->length,
	    .pass = PASS_CHECK};
	struct reply *rp = send_call(&call);
	const struct row row = {.status = c->status,
	    .want = c->want,
	    .want_headers = expand(c->want_headers)};
	const char *fault = reply_fault(rp, &row);

	if (!ok(fault == NULL, "%s: %s %s of %lld bytes: %d", c->name, c->method,
		c->target, (long long)c->length, c->status))
		printf("# %s\n", fault);
}

/* The real request, where nginx did not do its part: what the client did wrong
 * comes first. */
static void
test_no_file(void)
{
	static const struct check rows[] = {
	    {"nginx made no file", "PATCH", "@", NULL, 10, 500, CODE("UNKNOWN")},
	    {"nor of one that is refused", "PATCH", NOTHING, NULL, 10, 404,
		CODE("BLOB_UPLOAD_UNKNOWN")},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct sent_request call = {.method = rows[i].method,
		    .target = expand(rows[i].target),
		    .length = rows[i].length,
		    .pass = PASS_SERVE};
		const struct row row = {
		    .status = rows[i].status, .want = rows[i].want};
		const char *fault = reply_fault(send_call(&call), &row);

		ok(fault == NULL, "%s: %d%s%s", rows[i].name, rows[i].status,
		    fault == NULL ? "" : ": ", fault == NULL ? "" : fault);
	}
}

/* While its next part is on its way an upload is not given up. */
static void
test_touch(void)
{
	const char *state = arena_printf(
	    arena, "_berth/upload/%s/state", strrchr(latest_upload, '/') + 1);
	struct stat sb;

	make_older(state, 7200);
	check_before(&checks[0]);
	ok(lstat(in_dir(state), &sb) == 0 && sb.st_mtime > time(NULL) - 3600,
	    "an upload for which something comes is not old");
}

int
main(void)
{
	const char *before;
	size_t i;

	setup_v2(NULL, 0);
	check_v2_row(&(const struct row){"a blob", "POST",
	    UPLOADS "?digest=`there`", .body = "there", .status = 201});
	check_v2_row(
	    &(const struct row){"an upload", "POST", UPLOADS, .status = 202});
	check_v2_row(&(const struct row){
	    "four bytes of it", "PATCH", "@", .body = "four", .status = 202});
	before = all_files();
	for (i = 0; i < COUNT(checks); i++)
		check_before(&checks[i]);
	is_int(bodies_read, 0, "no body was read");
	test_no_file();
	is_str(tree("_berth/body"), "_berth/body/\n", "nor made into a file");
	is_str(all_files(), before, "and nothing has changed");
	check_v2_row(&(const struct row){"it stands where it stood", "GET", "@",
	    .status = 204, .want_headers = "Range: 0-3"});
	test_touch();
	return teardown_api();
}
