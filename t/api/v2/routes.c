/* routes.c: API v2's table of contents, row by row: every path and method.
 * Numbers are those of the specification's table, "Endpoints". */
#include "lib/api_v2.h"

#define REPO     "/v2/team/app"
#define BLOB     REPO "/blobs/`layer`"
#define UPLOADS  REPO "/blobs/uploads/"
#define NOBODY   "0f9ec0de-5eed-4bed-8bad-facade0ff1ce"
#define NOTHING  UPLOADS NOBODY
#define FOREVER  "Cache-Control: public, max-age=31536000, immutable\n"
#define IS(what) "Docker-Content-Digest: `" what "`\nETag: \"`" what "`\"\n"

static const struct document docs[] = {
    {"image",
	V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(D(OCI_LAYER, "layer")))},
    {"other", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
    {"signature",
	V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS("") ", " SUBJECT("image"))},
};

static const struct row service[] = {
    {"Endpoints, 1: the API is there", "GET", "/v2/", .status = 200, .want = "{}"},
    {"without the slash", "GET", "/v2", .status = 200, .want = "{}"},
    {"no repositories", "GET", "/v2/_catalog", .status = 200,
	.want = "{\"repositories\": []}", .want_headers = "Link:"},
    {"no such path", "GET", "/v2/team", .status = 404, .want = CODE("UNSUPPORTED"),
	.want_headers = "Allow:"},
    {"nor this", "GET", REPO "/tags", .status = 404, .want = CODE("UNSUPPORTED")},
    {"uploads are not listed", "GET", UPLOADS, .status = 405,
	.want = CODE("UNSUPPORTED"), .want_headers = "Allow: POST, OPTIONS"},
    {"the catalog is not a repository", "DELETE", "/v2/_catalog", .status = 405,
	.want = CODE("UNSUPPORTED"), .want_headers = "Allow: GET, HEAD, OPTIONS"},
};

static const struct row nothing_yet[] = {
    {"2: no blob", "GET", BLOB, .status = 404, .want = CODE("BLOB_UNKNOWN")},
    {"3: no manifest", "GET", REPO "/manifests/v1", .status = 404,
	.want = CODE("MANIFEST_UNKNOWN")},
    {"which was that?", "GET", REPO "/manifests/v1", .status = 404,
	.want = "~\"detail\": {\"name\": \"team/app\", \"reference\": \"v1\"}"},
    {"by its digest", "GET", REPO "/manifests/`image`", .status = 404,
	.want = CODE("MANIFEST_UNKNOWN")},
    {"5: no upload", "PATCH", NOTHING, .body = "x", .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN"), .want_headers = "Location:\nRange:"},
    {"6: nor one to close", "PUT", NOTHING "?digest=`layer`", .body = "layer",
	.status = 404, .want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"8: no tags", "GET", REPO "/tags/list", .status = 404,
	.want = "~\"detail\": {\"name\": \"team/app\"}"},
    {"no name, that is", "GET", REPO "/tags/list", .status = 404,
	.want = CODE("NAME_UNKNOWN")},
    {"9: no manifest to delete", "DELETE", REPO "/manifests/`image`", .status = 404,
	.want = CODE("MANIFEST_UNKNOWN")},
    {"no tag to delete", "DELETE", REPO "/manifests/v1", .status = 404,
	.want = CODE("MANIFEST_UNKNOWN")},
    {"10: no blob to delete", "DELETE", BLOB, .status = 404,
	.want = CODE("BLOB_UNKNOWN")},
    {"12: no referrers are a list", "GET", REPO "/referrers/`image`", .status = 200,
	.want = "{\"schemaVersion\": 2, \"mediaType\": \"" OCI_INDEX
		"\", \"manifests\": []}",
	.want_headers = "Content-Type: " OCI_INDEX "\nLink:"},
    {"13: no upload to look at", "GET", NOTHING, .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"14: nor to cancel", "DELETE", NOTHING, .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
};

static const struct row push[] = {
    {"4: an upload begins", "POST", UPLOADS, .status = 202,
	.want_headers = "Location: ~" UPLOADS
			"\nRange: 0-0\nOCI-Chunk-Min-Length: 1"},
    {"13: it stands at nothing", "GET", "@", .status = 204,
	.want_headers = "Location: @\nRange: 0-0"},
    {"5: a part", "PATCH", "@", .body = "lay", .status = 202,
	.want_headers = "Location: @\nRange: 0-2"},
    {"13: it stands after it", "GET", "@", .status = 204,
	.want_headers = "Location: @\nRange: 0-2"},
    {"6: the rest", "PUT", "@?digest=`layer`", .body = "er", .status = 201,
	.want_headers = "Location: " BLOB "\nDocker-Content-Digest: `layer`"},
    {"it is not an upload any more", "GET", "@", .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"4: all in one", "POST", UPLOADS "?digest=`config`", .body = "config",
	.status = 201,
	.want_headers = "Location: " REPO "/blobs/`config`\n"
			"Docker-Content-Digest: `config`"},
    {"11: a mount", "POST",
	"/v2/other/blobs/uploads/?mount=`layer`&from=team%2Fapp", .status = 201,
	.want_headers = "Location: /v2/other/blobs/`layer`"},
    {"without the slash", "POST", REPO "/blobs/uploads", .status = 202,
	.want_headers = "Location: ~" UPLOADS},
    {"14: it is cancelled", "DELETE", "@", .status = 204},
    {"it is gone", "PATCH", "@", .body = "x", .status = 404,
	.want = CODE("BLOB_UPLOAD_UNKNOWN")},
    {"7: a manifest", "PUT", REPO "/manifests/v1", "Content-Type: " OCI_MANIFEST,
	"$image", 201,
	.want_headers = "Location: " REPO "/manifests/`image`\n"
			"Docker-Content-Digest: `image`\nOCI-Subject:\nOCI-Tag:"},
    {"by its digest", "PUT", REPO "/manifests/`signature`", NULL, "$signature", 201,
	.want_headers = "OCI-Subject: `image`"},
};

static const struct row pull[] = {
    {"2: the blob", "GET", BLOB, .status = 200, .want = "layer",
	.want_headers = IS("layer") FOREVER},
    {"for a mirror", "GET", BLOB "?ns=docker.io", .status = 200, .want = "layer"},
    {"a blob that is known", "GET", BLOB, "If-None-Match: \"`layer`\"", NULL, 304,
	.want_headers = IS("layer") FOREVER "Content-Type:"},
    {"one that is not", "GET", BLOB, "If-None-Match: \"`other`\"", NULL, 200,
	"layer"},
    {"3: the manifest", "GET", REPO "/manifests/v1", .status = 200,
	.want = "$image",
	.want_headers = IS("image") "Content-Type: " OCI_MANIFEST
				    "\nCache-Control: no-cache"},
    {"by its digest", "GET", REPO "/manifests/`image`", .status = 200,
	.want = "$image",
	.want_headers = IS("image") FOREVER "Content-Type: " OCI_MANIFEST},
    {"whatever is accepted", "GET", REPO "/manifests/v1",
	"Accept: application/json\nAccept: " DOCKER_IMAGE, NULL, 200, "$image",
	"Content-Type: " OCI_MANIFEST},
    {"one that is known", "GET", REPO "/manifests/v1",
	"If-None-Match: W/\"x\", \"`image`\"", NULL, 304,
	.want_headers = IS("image") "Cache-Control: no-cache\nContent-Type:"},
    {"by its digest", "GET", REPO "/manifests/`image`",
	"If-None-Match: \"`image`\"", NULL, 304,
	.want_headers = IS("image") FOREVER},
    {"8: the tags", "GET", REPO "/tags/list", .status = 200,
	.want = "{\"name\": \"team/app\", \"tags\": [\"v1\"]}"},
    {"12: the referrers", "GET", REPO "/referrers/`image`", .status = 200,
	.want = "~\"digest\": \"`signature`\"",
	.want_headers = "Content-Type: " OCI_INDEX "\nCache-Control: no-cache"},
    {"the catalog", "GET", "/v2/_catalog", .status = 200,
	.want = "{\"repositories\": [\"team/app\"]}"},
};

static const struct row removals[] = {
    {"9: a tag", "DELETE", REPO "/manifests/v1", .status = 202},
    {"its manifest stays", "GET", REPO "/manifests/`image`", .status = 200,
	.want = "$image", .want_headers = "Content-Type: " OCI_MANIFEST},
    {"a manifest", "DELETE", REPO "/manifests/`image`", .status = 202},
    {"it is gone", "GET", REPO "/manifests/`image`", .status = 404,
	.want = CODE("MANIFEST_UNKNOWN")},
    {"10: a blob", "DELETE", BLOB, .status = 202},
    {"it is gone", "GET", BLOB, .status = 404, .want = CODE("BLOB_UNKNOWN")},
    {"but not in the other repository", "GET", "/v2/other/blobs/`layer`",
	.status = 200, .want = "layer"},
};

/* ---- which API answers? ---- */

static void
test_choice(void)
{
	static const struct {
		const char *target;
		bool v2;
	} rows[] = {
	    {"/v2", true},
	    {"/v2/", true},
	    {"//v2//", true},
	    {"/v2?x", true},
	    {"/%762/", true},
	    {"/v2/v1/_ping", true},
	    {"/v2/%zz", true},
	    {"/v2/..", true},
	    {"/", false},
	    {"/v1/_ping", false},
	    {"/v1/v2/", false},
	    {"/v3/", false},
	    {"/v22", false},
	    {"/V2/", false},
	    {"/v1/%zz", false},
	    {"/%zz", false},
	    {"*", false},
	    {"", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct reply *rp = request("GET", rows[i].target, NULL, NULL);
		bool v2 = reply_get(rp, "Docker-Distribution-Api-Version") != NULL;
		bool v1 = reply_get(rp, "X-Docker-Registry-Version") != NULL;

		ok(v2 == rows[i].v2 && v1 == !v2, "\"%s\" is v%d's", rows[i].target,
		    rows[i].v2 ? 2 : 1);
	}
}

/* Docker 1.3 to 1.5 must not find the API; all others do. */
static void
test_old_dockers(void)
{
	static const struct {
		const char *agent;
		bool found;
	} rows[] = {
	    {"Go 1.1 package http", false},
	    {"docker/1.5.0 go/go1.3.3 git-commit/a8a31ef kernel/3.13.0 os/linux "
	     "arch/amd64",
		false},
	    {"docker/1.3.3 go/go1.3.3", false},
	    {"docker/1.4", false},
	    {"docker/1.5", false},
	    {"Go-http-client/1.1", true},
	    {"Go-http-client/2.0", true},
	    {"Go 1.1 package http 2", true},
	    {"docker/1.6.2 go/go1.4.2", true},
	    {"docker/1.15.0", true},
	    {"docker/1.50.0", true},
	    {"docker/15.0 (docker/1.5.0)", true},
	    {"docker/1.13.1 go/go1.7.5 UpstreamClient(docker/1.5.0)", true},
	    {"docker/20.10.24 go/go1.19.8 UpstreamClient(Go 1.1 package http)",
		true},
	    {"mydocker/1.5.0", true},
	    {"", true},
	};
	static const char *const paths[] = {
	    "/v2/", "/v2", REPO "/tags/list", BLOB, "/v2/%zz"};
	size_t i, k;

	for (i = 0; i < COUNT(rows); i++)
		for (k = 0; k < COUNT(paths); k++) {
			struct reply *rp = request("GET", paths[k],
			    arena_printf(arena, "User-Agent: %s", rows[i].agent),
			    NULL);
			bool v2 = reply_get(rp,
				      "Docker-Distribution-Api-Version") != NULL;
			int none = k == 4 ? 400 : 404; /* a malformed path */

			ok(rows[i].found ? v2 : !v2 && rp->status == none,
			    "%s for \"%.40s\": %s", paths[k], rows[i].agent,
			    rows[i].found ? "of API v2" : "not found");
		}
}

/* Docker 1.6 and 1.7 use Location as it is. */
static void
test_whole_locations(void)
{
	struct reply *rp;

	rp = request("POST", UPLOADS, "Host: r.example:5000", NULL);
	ok(header_fault(rp, "Location", "~http://r.example:5000/v2/team/app/") ==
		NULL,
	    "an upload");
	rp = request("POST", UPLOADS, "Host: a b", NULL);
	ok(header_fault(rp, "Location", "~/v2/team/app/blobs/uploads/") == NULL &&
		reply_get(rp, "Location")[0] == '/',
	    "a path where Host is none");
}

int
main(void)
{
	setup_v2(docs, COUNT(docs));
	check_v2_rows(ROWS(service));
	check_v2_rows(ROWS(nothing_yet));
	check_v2_rows(ROWS(push));
	check_v2_rows(ROWS(pull));
	check_v2_rows(ROWS(removals));
	test_choice();
	test_old_dockers();
	test_whole_locations();
	check_methods("TRACE", CODE("UNSUPPORTED"));
	return teardown_api();
}
