/* push.c: blobs come in, as the specification's "Pushing blobs" has it. The
 * name of a row begins with the section that it is of. */
#include <ctype.h>

#include "lib/api_v2.h"
#include "lib/repository.h"

#include "store/upload.h"

#define REPO    "/v2/team/app"
#define UPLOADS REPO "/blobs/uploads/"

#define IS_AT(end) "Location: @\nRange: 0-" end "\nDocker-Upload-UUID: ~-"
#define CREATED(what) \
	"Location: " REPO "/blobs/`" what "`\nDocker-Content-Digest: `" what \
	"`\nDocker-Upload-UUID:\nRange:"

static const struct row monolithic[] = {
    {"POST then PUT: 202, and where", "POST", UPLOADS, "Content-Length: 0", NULL,
	202, .want_headers = "Location: ~" UPLOADS},
    {"POST then PUT: 201, and where to pull", "PUT", "@?digest=`one`",
	"Content-Type: application/octet-stream", "one", 201,
	.want_headers = CREATED("one")},
    {"POST then PUT: it is pullable there", "GET", REPO "/blobs/`one`",
	.status = 200, .want = "one"},
    {"Single POST: 201, and where to pull", "POST", UPLOADS "?digest=`two`",
	"Content-Type: application/octet-stream", "two", 201,
	.want_headers = CREATED("two")},
    {"Single POST: it is pullable there", "GET", REPO "/blobs/`two`", .status = 200,
	.want = "two"},
    {"Single POST: of SHA-512", "POST", UPLOADS "?digest=`512 two`", .body = "two",
	.status = 201, .want_headers = CREATED("512 two")},
    {"Pulling blobs: of SHA-512", "GET", REPO "/blobs/`512 two`", .status = 200,
	.want = "two",
	.want_headers = "Docker-Content-Digest: `512 two`\nETag: \"`512 two`\""},
    {"Single POST: the digest MUST match", "POST", UPLOADS "?digest=`two`",
	.body = "tw", .status = 400, .want = CODE("DIGEST_INVALID")},
    {"Single POST: the error names the digest of the content", "POST",
	UPLOADS "?digest=`two`", .body = "tw", .status = 400, .want = "~`tw`"},
    {"Single POST: nothing of it stays", "GET", REPO "/blobs/`tw`", .status = 404,
	.want = CODE("BLOB_UNKNOWN")},
    {"Single POST: the same again", "POST", UPLOADS "?digest=`two`", .body = "two",
	.status = 201, .want_headers = CREATED("two")},
    {"Single POST: an empty blob", "POST", UPLOADS "?digest=``", .status = 201,
	.want_headers = CREATED("")},
    {"Pulling blobs: an empty one", "GET", REPO "/blobs/``", .status = 200,
	.want_headers = "Docker-Content-Digest: ``"},
    {"POST then PUT: an upload", "POST", UPLOADS, .status = 202},
    {"POST then PUT: empty", "PUT", "@?digest=``", .status = 201,
	.want_headers = CREATED("")},
    {"POST then PUT: not of an empty one", "POST", UPLOADS "?digest=`two`",
	.status = 400, .want = CODE("DIGEST_INVALID")},
};

static const struct row chunked[] = {
    {"Pushing a blob in chunks: a session", "POST", UPLOADS, "Content-Length: 0",
	NULL, 202,
	.want_headers = "Location: ~" UPLOADS
			"\nRange: 0-0\nOCI-Chunk-Min-Length: 1"},
    {"the first MUST begin with 0", "PATCH", "@", "Content-Range: 1-3", "123", 416,
	CODE("BLOB_UPLOAD_INVALID"), IS_AT("0")},
    {"a chunk: 202, Location, Range", "PATCH", "@",
	"Content-Type: application/octet-stream\nContent-Range: 0-2", "012", 202,
	.want_headers = IS_AT("2")},
    {"416 for a gap", "PATCH", "@", "Content-Range: 4-5", "45", 416,
	CODE("BLOB_UPLOAD_INVALID"), IS_AT("2")},
    {"416 for an overlap", "PATCH", "@", "Content-Range: 2-3", "23", 416,
	CODE("BLOB_UPLOAD_INVALID"), IS_AT("2")},
    {"416 for the same again", "PATCH", "@", "Content-Range: 0-2", "012", 416,
	CODE("BLOB_UPLOAD_INVALID"), IS_AT("2")},
    {"416 in the closing PUT", "PUT", "@?digest=`0123`", "Content-Range: 4-4", "4",
	416, CODE("BLOB_UPLOAD_INVALID"), IS_AT("2")},
    {"the current offset and location", "GET", "@", .status = 204,
	.want_headers = IS_AT("2")},
    {"without Content-Range", "PATCH", "@", .body = "345", .status = 202,
	.want_headers = IS_AT("5")},
    {"as RFC 9110 writes it", "PATCH", "@", "Content-Range: bytes 6-6/10", "6", 202,
	.want_headers = IS_AT("6")},
    {"nothing changes nothing", "PATCH", "@", .status = 202,
	.want_headers = IS_AT("6")},
    {"^[0-9]+-[0-9]+$", "PATCH", "@", "Content-Range: 7", "7", 400,
	CODE("UNSUPPORTED")},
    {"not backwards", "PATCH", "@", "Content-Range: 8-7", "78", 400,
	CODE("UNSUPPORTED")},
    {"Content-Length contradicts", "PATCH", "@", "Content-Range: 7-9", "78", 400,
	CODE("SIZE_INVALID")},
    {"of nothing, too", "PATCH", "@", "Content-Range: 7-7", NULL, 400,
	CODE("SIZE_INVALID")},
    {"in the closing PUT", "PUT", "@?digest=`0123456789`", "Content-Range: 7-8",
	"789", 400, CODE("SIZE_INVALID")},
    {"closing PUT: the digest of the whole, not of the chunk", "PUT",
	"@?digest=`789`", "Content-Range: 7-9", "789", 400, CODE("DIGEST_INVALID")},
    {"it stands as it stood", "GET", "@", .status = 204,
	.want_headers = IS_AT("6")},
    {"the final chunk in the closing PUT", "PUT", "@?digest=`0123456789`",
	"Content-Range: 7-9", "789", 201, .want_headers = CREATED("0123456789")},
    {"it is pullable", "GET", REPO "/blobs/`0123456789`", .status = 200,
	.want = "0123456789"},
    {"not with an id that was never given", "PUT",
	UPLOADS "00000000-0000-0000-0000-000000000000?digest=`0123456789`",
	.status = 404, .want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"a client that did not get the answer may ask again", "PUT",
	"@?digest=`0123456789`", .status = 201,
	.want_headers = CREATED("0123456789")},
    {"but not for what is not there", "PUT", "@?digest=`nothing`", .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"another session", "POST", UPLOADS, .status = 202},
    {"a chunk", "PATCH", "@", .body = "ab", .status = 202,
	.want_headers = IS_AT("1")},
    {"the final chunk by PATCH", "PATCH", "@", .body = "c", .status = 202,
	.want_headers = IS_AT("2")},
    {"closed without a body", "PUT", "@?digest=`abc`", "Content-Length: 0", NULL,
	201, .want_headers = CREATED("abc")},
    {"it is pullable", "GET", REPO "/blobs/`abc`", .status = 200, .want = "abc"},
};

/* Hashed as it comes, where the client said so, else again at the end. */
static const struct row sha512[] = {
    {"SHA-512 announced", "POST", UPLOADS "?digest-algorithm=sha512",
	.status = 202},
    {"a chunk", "PATCH", "@", .body = "left", .status = 202},
    {"closed", "PUT", "@?digest=`512 left and right`", .body = " and right",
	.status = 201, .want_headers = CREATED("512 left and right")},
    {"SHA-512 not announced", "POST", UPLOADS, .status = 202},
    {"a chunk", "PATCH", "@", .body = "up", .status = 202},
    {"not these bytes", "PUT", "@?digest=`512 down`", .status = 400,
	.want = CODE("DIGEST_INVALID")},
    {"closed", "PUT", "@?digest=`512 up and down`", .body = " and down",
	.status = 201, .want_headers = CREATED("512 up and down")},
    {"announced, but SHA-256", "POST", UPLOADS "?digest-algorithm=sha512",
	.status = 202},
    {"a chunk", "PATCH", "@", .body = "in", .status = 202},
    {"closed", "PUT", "@?digest=`inside`", .body = "side", .status = 201,
	.want_headers = CREATED("inside")},
    {"Pulling blobs: of SHA-512", "GET", REPO "/blobs/`512 up and down`",
	.status = 200, .want = "up and down"},
    {"of one alone", "GET", REPO "/blobs/`512 inside`", .status = 404,
	.want = CODE("BLOB_UNKNOWN")},
};

static const struct row cancelled[] = {
    {"Cancel a blob upload: one", "POST", UPLOADS, .status = 202},
    {"with a chunk", "PATCH", "@", .body = "x", .status = 202},
    {"Cancel a blob upload: 204", "DELETE", "@", "Content-Length: 0", NULL, 204},
    {"it is gone", "GET", "@", .status = 404, .want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"for PATCH", "PATCH", "@", .body = "x", .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"for PUT", "PUT", "@?digest=`x`", .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"for DELETE", "DELETE", "@", .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
};

#define MOUNT(query)  "/v2/mounted/blobs/uploads/?" query
#define MOUNTED(what) "Location: /v2/mounted/blobs/`" what "`\n"

static const struct row mounts[] = {
    {"Mounting a blob: 201, and where", "POST",
	MOUNT("mount=`one`&from=team%2Fapp"), .status = 201,
	.want_headers = MOUNTED("one") "Docker-Content-Digest: `one`"},
    {"it is pullable there", "GET", "/v2/mounted/blobs/`one`", .status = 200,
	.want = "one"},
    {"as containerd writes it", "POST", MOUNT("mount=`two`&from=team/app"),
	.status = 201, .want_headers = MOUNTED("two")},
    {"the other way round", "POST", MOUNT("from=team%2Fapp&mount=`two`"),
	.status = 201, .want_headers = MOUNTED("two")},
    {"from MAY be left out", "POST", MOUNT("mount=`abc`"), .status = 201,
	.want_headers = MOUNTED("abc")},
    {"of SHA-512", "POST", MOUNT("mount=`512 two`&from=team%2Fapp"), .status = 201,
	.want_headers = MOUNTED("512 two")},
    {"onto itself", "POST", MOUNT("mount=`one`&from=mounted"), .status = 201,
	.want_headers = MOUNTED("one")},
    {"202 for a blob that nobody has", "POST",
	MOUNT("mount=`nothing`&from=team%2Fapp"), .status = 202,
	.want_headers = "Location: ~/v2/mounted/blobs/uploads/\nRange: 0-0\n"
			"OCI-Chunk-Min-Length: 1"},
    {"which goes on", "PUT", "@?digest=`nothing`", .body = "nothing", .status = 201,
	.want_headers = MOUNTED("nothing")},
    {"202 from where it is not", "POST", MOUNT("mount=`0123456789`&from=no/where"),
	.status = 202, .want_headers = "Location: ~/v2/mounted/blobs/uploads/"},
    {"202 from a repository that has it not", "POST",
	"/v2/team/app/blobs/uploads/?mount=`nothing`&from=team/app", .status = 202},
    {"202 from what is not a name", "POST",
	MOUNT("mount=`0123456789`&from=..%2F..%2Fetc"), .status = 202},
    {"202 from nowhere", "POST", MOUNT("mount=`0123456789`&from="), .status = 202},
    {"202 from anywhere, of what nobody has", "POST", MOUNT("mount=`no one`"),
	.status = 202},
    {"it was not mounted", "GET", "/v2/mounted/blobs/`0123456789`", .status = 404,
	.want = CODE("BLOB_UNKNOWN")},
};

/* A UUID, never the same. */
static void
test_sessions(void)
{
	static const char form[] = "xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx";
	const char *ids[2];
	size_t i, k, odd = 0;

	for (i = 0; i < COUNT(ids); i++) {
		struct reply *rp = request("POST", UPLOADS, NULL, NULL);

		ids[i] = reply_get(rp, "Docker-Upload-UUID");
		for (k = 0; k < sizeof(form); k++)
			odd += form[k] == 'x' ? !isxdigit((unsigned char)ids[i][k])
					      : ids[i][k] != form[k];
	}
	is_int(odd, 0, "POST then PUT: Location MUST contain a UUID");
	ok(strcmp(ids[0], ids[1]) != 0, "that identifies a unique session");
}

/* By what the bytes are hashed as they come, as the upload's state tells. */
static void
test_algorithm(void)
{
	static const struct {
		const char *target;
		enum hash_kind kind;
	} rows[] = {
	    {UPLOADS, HASH_SHA256},
	    {UPLOADS "?digest-algorithm=sha256", HASH_SHA256},
	    {UPLOADS "?digest-algorithm=sha512", HASH_SHA512},
	};
	struct store_upload up;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct reply *rp = request("POST", rows[i].target, NULL, NULL);
		const char *id = reply_get(rp, "Docker-Upload-UUID");

		ok(store_upload_open(
		       repository("team/app"), str_of(id), &up, &err) == RC_OK &&
			up.hash.kind == rows[i].kind,
		    "%s", rows[i].target);
	}
}

/* An id is not a key to uploads of other repositories. */
static void
test_other_repository(void)
{
	static const char *const methods[] = {"GET", "PATCH", "PUT", "DELETE"};
	const char *target;
	size_t i;

	check_v2_row(
	    &(const struct row){"a session", "POST", UPLOADS, .status = 202});
	target = arena_printf(arena, "/v2/team/apps/blobs/uploads/%s?digest=``",
	    strrchr(latest_upload, '/') + 1);
	for (i = 0; i < COUNT(methods); i++)
		check_v2_row(&(const struct row){"it is unknown elsewhere",
		    methods[i], target, .status = 404,
		    .want = CODE("BLOB_UPLOAD_UNKNOWN")});
	check_v2_row(&(const struct row){"and goes on here", "PATCH", "@",
	    .body = "x", .status = 202, .want_headers = IS_AT("0")});
}

/* Its length is not known beforehand. */
static void
test_streamed(void)
{
	static const struct {
		const char *method, *target, *headers, *body, *want_headers;
		int status;
	} rows[] = {
	    {"PATCH", "@", NULL, "stre", IS_AT("3"), 202},
	    {"PATCH", "@", "Content-Range: 4-6", "ame", IS_AT("6"), 202},
	    {"PATCH", "@", "Content-Range: 7-7", "d, ", IS_AT("6"), 400},
	    {"PATCH", "@", "Content-Range: 8-8", "d", IS_AT("6"), 416},
	    {"PUT", "@?digest=`streamed`", NULL, "d", CREATED("streamed"), 201},
	    {"POST", UPLOADS "?digest=`flood`", NULL, "flood", CREATED("flood"),
		201},
	};
	size_t i;

	check_v2_row(&(const struct row){
	    "a session for a stream", "POST", UPLOADS, .status = 202});
	for (i = 0; i < COUNT(rows); i++) {
		struct sent_request call = {.method = rows[i].method,
		    .target = expand(rows[i].target),
		    .headers = rows[i].headers,
		    .body = str_of(rows[i].body),
		    .has_body = true,
		    .chunked = true,
		    .pass = PASS_SERVE};
		const char *fault = headers_fault(send_call(&call),
		    rows[i].status == 400 ? "Location:"
					  : expand(rows[i].want_headers));

		ok(fault == NULL && last_reply->status == rows[i].status,
		    "in chunks of HTTP: %s %s: %d%s%s", rows[i].method,
		    rows[i].body, last_reply->status, fault == NULL ? "" : ": ",
		    fault == NULL ? "" : fault);
	}
}

/* Nothing comes for it any more. */
static void
test_timeout(void)
{
	unsigned removed = 0;
	const char *id;

	check_v2_row(
	    &(const struct row){"Cancel a blob upload: one that is given up",
		"POST", UPLOADS, .status = 202});
	id = strrchr(latest_upload, '/') + 1;
	make_older(arena_printf(arena, "_berth/upload/%s", id), 7200);
	make_older(arena_printf(arena, "_berth/upload/%s/state", id), 7200);
	is_int(
	    store_upload_sweep(store, 3600, &removed, &err), RC_OK, "it is swept");
	is_int(removed, 1, "alone");
	check_v2_row(&(const struct row){"the server SHOULD eventually time out",
	    "GET", "@", .status = 404, .want = CODE("BLOB_UPLOAD_UNKNOWN")});
}

static void
test_rest(void)
{
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	is_str(tree("_berth/body"), "_berth/body/\n", "nor where bodies come in");
}

int
main(void)
{
	setup_v2(NULL, 0);
	check_v2_rows(ROWS(monolithic));
	check_v2_rows(ROWS(chunked));
	check_v2_rows(ROWS(sha512));
	check_v2_rows(ROWS(cancelled));
	check_v2_rows(ROWS(mounts));
	test_sessions();
	test_algorithm();
	test_other_repository();
	test_streamed();
	test_timeout();
	test_rest();
	return teardown_api();
}
