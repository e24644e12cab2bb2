/* manifests.c: manifests and tags come in, go out and are deleted, as the
 * specification has it. The name of a row begins with the section that it is of. */
#include "lib/api_v2.h"

#include "content/manifests.h"
#include "image/manifest.h"

#define REPO        "/v2/team/app"
#define AT          REPO "/manifests/"
#define THING       "application/vnd.example.thing+json"
#define OTHER_THING "text/vnd.example.thing"
#define FOREIGN     "application/vnd.oci.image.layer.nondistributable.v1.tar"

#define TYPE(type) "Content-Type: " type
#define CREATED(what) \
	"Location: " AT "`" what "`\nDocker-Content-Digest: `" what "`\n"
#define IS(what)      "Docker-Content-Digest: `" what "`\nETag: \"`" what "`\"\n"
#define OCI(what)     IS(what) TYPE(OCI_MANIFEST)
#define NO_SUCH_THING .status = 404, .want = CODE("MANIFEST_UNKNOWN")

static const struct document docs[] = {
    {"image",
	V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(D(OCI_LAYER, "layer")))},
    {"docker",
	V2(DOCKER_IMAGE, CONFIG("config") ", " LAYERS(D(OCI_LAYER, "layer")))},
    {"other", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
    {"spaced",
	"\n{ \"layers\" :[ ],\"x\":1.50,\"x\" : \"\\u00e9\",\"schemaVersion\":2"
	" ,\n\t" CONFIG("config") ",\"mediaType\":\"" OCI_MANIFEST "\"}\r\n "},
    {"bare", "{\"schemaVersion\": 2, " CONFIG("config") ", " LAYERS("") "}"},
    {"thing", "{\"schemaVersion\": 2, \"parts\": [\"`nothing`\"]}"},
    {"elsewhere", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(D(FOREIGN,
				       "nothing") ", " D(OCI_LAYER, "layer")))},
    {"torn", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(D(OCI_LAYER,
				  "nothing") ", " D(OCI_LAYER, "nowhere")))},
    {"index", V2(OCI_INDEX, CHILDREN(D(OCI_MANIFEST, "image") ", " D(
				DOCKER_IMAGE, "docker")))},
    {"torn-index", V2(OCI_INDEX, CHILDREN(D(OCI_MANIFEST, "torn")))},
    {"signature",
	V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS("") ", " SUBJECT("nobody"))},
    {"blake", V2(OCI_MANIFEST, CONFIG("config") ", \"subject\": {\"digest\":"
						" \"blake3:0a\", \"size\": 1}")},
    {"blake-layer", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(
					 "{\"digest\": \"blake3:0a\"}"))},

};

static const struct row before[] = {
    {"Pulling manifests: a repository that does not exist MUST be 404", "GET",
	AT "v1", NO_SUCH_THING},
    {"Pushing Manifests: what it refers to is not there", "PUT", AT "v1",
	.body = "$image", .status = 400, .want = CODE("MANIFEST_BLOB_UNKNOWN")},
    {"the answer names it", "PUT", AT "v1", .body = "$image", .status = 400,
	.want = "~\"detail\": \"`layer`\"}"},
    {"each of them", "PUT", AT "v1", .body = "$image", .status = 400,
	.want = "~\"detail\": \"`config`\"}"},
    {"nothing of it stays", "GET", AT "`image`", NO_SUCH_THING},
    {"not even the repository", "GET", REPO "/tags/list", .status = 404,
	.want = CODE("NAME_UNKNOWN")},
    {"Deleting Manifests: a repository that does not exist MUST be 404", "DELETE",
	AT "`image`", NO_SUCH_THING},
};

static const struct row push[] = {
    {"Pushing Manifests: 201, Location, Docker-Content-Digest", "PUT", AT "v1",
	TYPE(OCI_MANIFEST), "$image", 201,
	.want_headers = CREATED("image") "OCI-Subject:"},
    {"<location> is a pullable URL", "GET", AT "`image`", .status = 200,
	.want = "$image", .want_headers = OCI("image")},
    {"by tag", "GET", AT "v1", .status = 200, .want = "$image",
	.want_headers = OCI("image")},
    {"stored exactly as provided", "PUT", AT "spaced", TYPE(OCI_MANIFEST),
	"$spaced", 201, .want_headers = CREATED("spaced")},
    {"byte for byte", "GET", AT "spaced", .status = 200, .want = "$spaced",
	.want_headers = OCI("spaced")},
    {"by digest", "PUT", AT "`other`", TYPE(OCI_MANIFEST), "$other", 201,
	.want_headers = CREATED("other")},
    {"it MUST match the digest provided", "PUT", AT "`image`", TYPE(OCI_MANIFEST),
	"$other", 400, CODE("DIGEST_INVALID")},
    {"by SHA-512", "PUT", AT "`512 image`", TYPE(OCI_MANIFEST), "$image", 201,
	.want_headers = CREATED("512 image")},
    {"Pulling manifests: by SHA-512", "GET", AT "`512 image`", .status = 200,
	.want = "$image", .want_headers = OCI("512 image")},
    {"not by one that it was not pushed under", "GET", AT "`512 other`",
	NO_SUCH_THING},
    {"the list of blobs MAY be empty", "GET", AT "`other`", .status = 200,
	.want = "$other", .want_headers = OCI("other")},
    {"a layer may lie elsewhere", "PUT", AT "elsewhere", .body = "$elsewhere",
	.status = 201, .want_headers = CREATED("elsewhere")},
    {"MANIFEST_BLOB_UNKNOWN", "PUT", AT "torn", .body = "$torn", .status = 400,
	.want = "~\"detail\": \"`nowhere`\"}"},
    {"of Docker's type", "PUT", AT "docker", TYPE(DOCKER_IMAGE), "$docker", 201,
	.want_headers = CREATED("docker")},
    {"an index of what is there", "PUT", AT "multi", TYPE(OCI_INDEX), "$index", 201,
	.want_headers = CREATED("index")},
    {"Pulling manifests: an index", "GET", AT "multi", .status = 200,
	.want = "$index", .want_headers = IS("index") TYPE(OCI_INDEX)},
    {"an index of what is not", "PUT", AT "multi", TYPE(OCI_INDEX), "$torn-index",
	400, "~\"detail\": \"`torn`\"}"},
    {"the tag stays where it was", "GET", AT "multi", .status = 200,
	.want = "$index", .want_headers = TYPE(OCI_INDEX)},
    {"a tag moves", "PUT", AT "v1", .body = "$other", .status = 201,
	.want_headers = CREATED("other")},
    {"Pulling manifests: there", "GET", AT "v1", .status = 200, .want = "$other",
	.want_headers = OCI("other")},
    {"a subject that is not there MUST be accepted", "PUT", AT "`signature`",
	TYPE(OCI_MANIFEST), "$signature", 201,
	.want_headers = CREATED("signature") "OCI-Subject: `nobody`"},
    {"nor one of another algorithm", "PUT", AT "`blake`", .body = "$blake",
	.status = 201, .want_headers = CREATED("blake") "OCI-Subject: blake3:0a"},
    {"the manifest is its referrer", "GET", REPO "/referrers/blake3:0a",
	.status = 200, .want = "~\"digest\": \"`blake`\"",
	.want_headers = TYPE(OCI_INDEX)},
    {"a layer of another algorithm", "PUT", AT "x", .body = "$blake-layer",
	.status = 400, .want = "~\"detail\": \"blake3:0a\"}"},
    {"which is missing", "PUT", AT "x", .body = "$blake-layer", .status = 400,
	.want = CODE("MANIFEST_BLOB_UNKNOWN")},

};

static const struct row types[] = {
    {"Pushing Manifests: parameters SHOULD be ignored", "PUT", AT "t1",
	TYPE(OCI_MANIFEST "; charset=utf-8"), "$image", 201,
	.want_headers = CREATED("image")},
    {"Pulling manifests: no parameters", "GET", AT "t1", .status = 200,
	.want = "$image", .want_headers = OCI("image")},
    {"Content-Type contradicts mediaType", "PUT", AT "t2", TYPE(DOCKER_IMAGE),
	"$image", 400, CODE("MANIFEST_INVALID")},
    {"of no media type", "PUT", AT "t2", TYPE("x"), "$bare", 400,
	CODE("MANIFEST_INVALID")},
    {"without mediaType, as it is called", "PUT", AT "bare", TYPE(DOCKER_IMAGE),
	"$bare", 201, .want_headers = CREATED("bare")},
    {"Pulling manifests: the Content-Type it was pushed with", "GET", AT "bare",
	.status = 200, .want = "$bare", .want_headers = TYPE(DOCKER_IMAGE)},
    {"pushed again, as its shape says", "PUT", AT "bare", TYPE(OCI_MANIFEST),
	"$bare", 201, .want_headers = CREATED("bare")},
    {"the latest push tells", "GET", AT "bare", .status = 200, .want = "$bare",
	.want_headers = OCI("bare")},
    {"a blob elsewhere", "POST", "/v2/shape/blobs/uploads/?digest=`config`",
	.body = "config", .status = 201},
    {"without both, by its shape", "PUT", "/v2/shape/manifests/bare",
	.body = "$bare", .status = 201},
    {"an OCI manifest", "GET", "/v2/shape/manifests/bare", .status = 200,
	.want = "$bare", .want_headers = OCI("bare")},
    {"of a type that nobody knows", "PUT", AT "thing", TYPE(THING), "$thing", 201,
	.want_headers = CREATED("thing")},
    {"it is served as such", "GET", AT "thing", .status = 200, .want = "$thing",
	.want_headers = TYPE(THING)},
    {"as something else", "PUT", AT "`thing`", TYPE(OTHER_THING), "$thing", 201,
	.want_headers = CREATED("thing")},
    {"it is served as that", "GET", AT "thing", .status = 200, .want = "$thing",
	.want_headers = TYPE(OTHER_THING)},
    {"of no type, it would be of another form", "PUT", AT "thing", .body = "$thing",
	.status = 400, .want = CODE("MANIFEST_INVALID")},
    {"and is still what it was", "GET", AT "thing", .status = 200, .want = "$thing",
	.want_headers = TYPE(OTHER_THING)},
};

static const struct row refused[] = {
    {"Pushing Manifests: nothing", "PUT", AT "x", .status = 400,
	.want = CODE("MANIFEST_INVALID")},
    {"no JSON", "PUT", AT "x", .body = "{\"schemaVersion\": 2", .status = 400,
	.want = CODE("MANIFEST_INVALID")},
    {"no object", "PUT", AT "x", .body = "[]", .status = 400,
	.want = CODE("MANIFEST_INVALID")},
    {"a digest that is not valid", "PUT", AT "x", TYPE(OCI_MANIFEST),
	"{\"schemaVersion\": 2, \"config\": {\"digest\": \"sha256:x\"}, "
	"\"layers\": []}",
	400, CODE("MANIFEST_INVALID")},
    {"no tag of these is there", "GET", AT "x", NO_SUCH_THING},
};

static const struct row several_tags[] = {
    {"several tags (main): by digest", "PUT", AT "`image`?tag=a&tag=b&tag=a",
	TYPE(OCI_MANIFEST), "$image", 201, .want_headers = CREATED("image")},
    {"the first", "GET", AT "a", .status = 200, .want = "$image",
	.want_headers = OCI("image")},
    {"the second", "GET", AT "b", .status = 200, .want = "$image",
	.want_headers = OCI("image")},
    {"next to a tag", "PUT", AT "c?tag=d", .body = "$image", .status = 201,
	.want_headers = "OCI-Tag: d"},
    {"the tag", "GET", AT "c", .status = 200, .want = "$image",
	.want_headers = OCI("image")},
    {"that next to it", "GET", AT "d", .status = 200, .want = "$image",
	.want_headers = OCI("image")},
    {"one is not a tag", "PUT", AT "`image`?tag=e&tag=-f", .body = "$image",
	.status = 400, .want = CODE("TAG_INVALID")},
    {"then none is made", "GET", AT "e", NO_SUCH_THING},
};

static const struct row removals[] = {
    {"Deleting tags: 202", "DELETE", AT "b", .status = 202},
    {"it is gone", "GET", AT "b", NO_SUCH_THING},
    {"for DELETE, too", "DELETE", AT "b", NO_SUCH_THING},
    {"another of the same manifest stays", "GET", AT "a", .status = 200,
	.want = "$image", .want_headers = OCI("image")},
    {"Deleting Manifests: 202", "DELETE", AT "`image`", .status = 202},
    {"a GET of the digest is 404", "GET", AT "`image`", NO_SUCH_THING},
    {"of any tag that meant it", "GET", AT "a", NO_SUCH_THING},
    {"of another", "GET", AT "d", NO_SUCH_THING},
    {"for DELETE, too", "DELETE", AT "`image`", NO_SUCH_THING},
    {"pushed by SHA-512, it is another", "GET", AT "`512 image`", .status = 200,
	.want = "$image", .want_headers = OCI("512 image")},
    {"a tag of another manifest stays", "GET", AT "v1", .status = 200,
	.want = "$other", .want_headers = OCI("other")},
    {"its blobs stay", "GET", REPO "/blobs/`layer`", .status = 200,
	.want = "layer"},
    {"it may come again", "PUT", AT "a", .body = "$image", .status = 201,
	.want_headers = CREATED("image")},
    {"Deleting Blobs: 202", "DELETE", REPO "/blobs/`layer`", .status = 202},
    {"it is gone", "GET", REPO "/blobs/`layer`", .status = 404,
	.want = CODE("BLOB_UNKNOWN")},
    {"a blob that is not found MUST be 404", "DELETE", REPO "/blobs/`layer`",
	.status = 404, .want = CODE("BLOB_UNKNOWN")},
    {"a manifest that needs it", "PUT", AT "v1", .body = "$image", .status = 400,
	.want = "~\"detail\": \"`layer`\"}"},
};

/* RFC 9110, section 13: two clients that change one tag do not overwrite each other. */
#define FAILS .status = 412, .want = CODE("DENIED")

static const struct row conditions[] = {
    {"If-None-Match: * makes a tag that is not there", "PUT", AT "once",
	"If-None-Match: *", "$other", 201},
    {"and no second time", "PUT", AT "once", "If-None-Match: *", "$spaced", FAILS},
    {"nor by digest", "PUT", AT "`other`", "If-None-Match: *", "$other", FAILS},
    {"If-Match: another one is there", "PUT", AT "once", "If-Match: \"`spaced`\"",
	"$spaced", FAILS},
    {"nothing changed", "GET", AT "once", .status = 200, .want = "$other",
	.want_headers = OCI("other")},
    {"If-Match: this one", "PUT", AT "once", "If-Match: \"`other`\"", "$spaced",
	201},
    {"the bare digest", "PUT", AT "once", "If-Match: `spaced`", "$other", 201},
    {"If-Match: * of what is not there", "PUT", AT "never", "If-Match: *", "$other",
	FAILS},
    {"it is not there", "GET", AT "never", NO_SUCH_THING},
    {"GET, If-Match: this one", "GET", AT "once", "If-Match: \"`other`\"",
	.status = 200, .want = "$other", .want_headers = OCI("other")},
    {"another one", "GET", AT "once", "If-Match: \"`spaced`\"", FAILS},
    {"a blob", "GET", REPO "/blobs/`config`", "If-Match: \"`other`\"", FAILS},
    {"a comma in a tag does not end it", "GET", AT "once",
	"If-None-Match: \"a,*,b\"", .status = 200, .want = "$other",
	.want_headers = OCI("other")},
    {"DELETE, If-Match: another one", "DELETE", AT "once", "If-Match: \"`spaced`\"",
	FAILS},
    {"DELETE of nothing, If-Match: *", "DELETE", AT "never", "If-Match: *", FAILS},
    {"DELETE, If-Match: this one", "DELETE", AT "once", "If-Match: \"`other`\"",
	.status = 202},
    {"it is gone", "GET", AT "once", NO_SUCH_THING},
};

/* ---- what does not fit into a row ---- */

/* Of n bytes: blanks at its end count, too. */
static const char *
padded(size_t n)
{
	const char *text = document(str_of("other"));
	char *out = arena_alloc(arena, n + 1);

	memset(out, ' ', n);
	out[n] = '\0';
	memcpy(out, text, strlen(text));
	return out;
}

static void
test_sizes(void)
{
	const char *most = padded(MANIFEST_MAX);
	struct reply *rp;

	rp = request("PUT", AT "large", NULL, most);
	is_int(rp->status, 201, "at least 4 MiB SHOULD be supported");
	rp = request("GET", AT "large", NULL, NULL);
	ok(rp->status == 200 && str_is(reply_text(rp), most), "all of it is there");
	is_int(rp->kind, REPLY_CONTENT, "sent from its file, not from memory");
	is_str(reply_get(rp, "Content-Type"), OCI_MANIFEST, "as what it is");
	rp = request("PUT", AT "larger", NULL, padded(MANIFEST_MAX + 1));
	is_int(rp->status, 413, "above the maximum size SHOULD be 413");
	ok(strstr(str_dup(arena, rp->bytes), "\"SIZE_INVALID\"") != NULL,
	    "and says so");
}

static const char *
tags_query(size_t n)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, 4096);
	buf_printf(&b, AT "%s", digest_of_name(str_of("other")));
	for (i = 0; i < n; i++)
		buf_printf(&b, "%ctag=n%zu", i == 0 ? '?' : '&', i);
	return b.p;
}

static void
test_many_tags(void)
{
	check_v2_row(&(const struct row){"as many tags as may be", "PUT",
	    tags_query(MANIFESTS_TAGS_MAX), .body = "$other", .status = 201});
	check_v2_row(&(const struct row){"the last of them", "GET", AT "n31",
	    .status = 200, .want = "$other", .want_headers = TYPE(OCI_MANIFEST)});
	check_v2_row(&(const struct row){"one more", "PUT",
	    tags_query(MANIFESTS_TAGS_MAX + 1), .body = "$other", .status = 414,
	    .want = CODE("UNSUPPORTED")});
	(void)request("PUT", tags_query(2), NULL, document(str_of("other")));
	is_str(all_headers("OCI-Tag"), "<n0><n1>", "a line of OCI-Tag each");
}

/* The answer stays short whatever is missing. */
static void
test_much_missing(void)
{
	struct json *root = NULL;
	struct reply *rp;
	const char *why;
	struct buf b;
	size_t i;

	buf_init(&b, arena, (size_t)1 << 20);
	buf_adds(&b, "{\"schemaVersion\": 2, " CONFIG("config") ", \"layers\": [");
	for (i = 0; i < 150; i++)
		buf_printf(&b, "%s{\"digest\": \"`missing %zu`\", \"size\": 1}",
		    i == 0 ? "" : ", ", i);
	buf_adds(&b, "]}");
	rp = request("PUT", AT "much", NULL, expand(b.p));
	is_int(rp->status, 400, "150 layers are missing");
	ok(json_parse(arena, rp->bytes, &root, &why), "the error says so in JSON");
	is_int(json_length(json_get(root, "errors")), 100, "a hundred are named");
}

int
main(void)
{
	setup_v2(docs, COUNT(docs));
	check_v2_rows(ROWS(before));
	push_blob("team/app", "config");
	push_blob("team/app", "layer");
	check_v2_rows(ROWS(push));
	check_v2_rows(ROWS(types));
	check_v2_rows(ROWS(refused));
	check_v2_rows(ROWS(conditions));
	check_v2_rows(ROWS(several_tags));
	check_v2_rows(ROWS(removals));
	test_sizes();
	test_many_tags();
	test_much_missing();
	return teardown_api();
}
