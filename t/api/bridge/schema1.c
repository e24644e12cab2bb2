/* schema1.c: images of API v2 as schema 1 for docker 1.6 to 1.9 (t/data/schema2-to-v1.json), and
 * stored schema 1 as schema 2 for clients that cannot read it. */
#include "lib/api_both.h"
#include "lib/api_v2.h"
#include "lib/vectors.h"

#include "base/base64url.h"
#include "image/reference.h"
#include "image/v1chain.h"

#define SIGNED       "application/vnd.docker.distribution.manifest.v1+prettyjws"
#define DOCKER_1_9   "User-Agent: docker/1.9.1 go/go1.4.2 os/linux arch/amd64"
#define ONLY_SCHEMA2 "Accept: " DOCKER_IMAGE
#define EMPTY_LAYER  "sha256:" V1CHAIN_EMPTY_HEX

static const char *
path(const char *name, const char *kind, const char *last)
{
	return arena_printf(arena, "/v2/%s/%s/%s", name, kind, last);
}

static int
get(const char *name, const char *kind, const char *last)
{
	return request("GET", path(name, kind, last), NULL, NULL)->status;
}

/* The layers of a file of vectors become blobs of the repository. */
static bool
send_layer(void *arg, const char *digest, const struct json *base64)
{
	struct str bytes;

	if (!base64url_decode(arena, json_text(base64), &bytes))
		bail_out(digest);
	(void)send_blob(arg, bytes);
	return true;
}

static void
send_layers(const char *name, const struct json *vectors)
{
	char own[REFERENCE_REPOSITORY_MAX + 1];

	(void)snprintf(own, sizeof(own), "%s", name);
	json_members(json_get(vectors, "layers"), send_layer, own);
}

/* ---- schema 1 of schema 2 ---- */

/* The signature is checked by v2_common_fault() and the tests of signatures; the payload is the
 * vector's if its digest is. */
static void
test_case(const struct json *c)
{
	const char *tag = vector_text(c, "tag");
	const char *target = path("vec/bimg", "manifests", tag);
	const struct row rows[] = {
	    {tag, "GET", target, .headers = DOCKER_1_9, .status = 200,
		.want = "~\"signatures\"",
		.want_headers = arena_printf(arena,
		    "Docker-Content-Digest: %s\nContent-Type: " SIGNED
		    "\nVary: Accept\nCache-Control: no-cache",
		    vector_text(c, "schema1_digest"))},
	    {"its digest is that of nothing", "GET",
		path("vec/bimg", "manifests", vector_text(c, "schema1_digest")),
		.status = 404, .want = CODE("MANIFEST_UNKNOWN")},
	    {"as it was pushed", "GET", target, .status = 200,
		.want = vector_text(c, "manifest"),
		.want_headers = "Content-Type: " DOCKER_IMAGE},
	};

	(void)send_blob("vec/bimg", str_of(vector_text(c, "config")));
	is_str(send_manifest(
		   "vec/bimg", tag, DOCKER_IMAGE, vector_text(c, "manifest")),
	    vector_text(c, "manifest_digest"), "%s: pushed", tag);
	check_rows(ROWS(rows));
}

static void
test_vectors(void)
{
	static const struct v1chain_platform arm = {"linux", "arm64"},
					     windows = {"windows", "amd64"};
	const struct json *vectors = vectors_read("schema2-to-v1.json");
	const struct json *cases = json_get(vectors, "cases");
	const char *before;
	size_t i;

	send_layers("vec/bimg", vectors);
	for (i = 0; i < json_length(cases); i++) {
		const char *config = vector_text(json_at(cases, i), "config");

		reg.platform = strstr(config, "arm64") != NULL     ? &arm
			       : strstr(config, "windows") != NULL ? &windows
								   : NULL;
		test_case(json_at(cases, i));
	}
	reg.platform = NULL;
	before = tree("docker");
	is_int(request("GET", path("vec/bimg", "manifests", "b"), DOCKER_1_9, NULL)
		   ->status,
	    200, "an answer");
	is_int(get("vec/bimg", "blobs", EMPTY_LAYER), 200,
	    "the layer that holds nothing");
	is_str(tree("docker"), before, "nothing was written for them");
}

/* docker shows the message. */
static void
test_no_form(void)
{
	const struct row row = {"an image for another system", "GET",
	    "/v2/vec/bimg/manifests/base-layer", .headers = DOCKER_1_9,
	    .status = 404, .want = CODE("MANIFEST_UNKNOWN")};

	check_row(&row);
	is_int(request("GET", row.target, NULL, NULL)->status, 200,
	    "others get it as it is");
}

/* Each "<" of the config has seven bytes in schema 1, "\\u003c". */
static void
test_too_long(void)
{
	const size_t n = 700000;
	char *comment = arena_alloc(arena, n + 1);
	const char *config;

	memset(comment, '<', n);
	config = arena_printf(arena,
	    "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":"
	    "\"layers\",\"diff_ids\":[]},\"history\":[{\"empty_layer\":true,"
	    "\"comment\":\"%s\"},{\"empty_layer\":true}]}",
	    comment);
	(void)send_image(
	    &(struct bridged){.name = "team/long", .tag = "x", .config = config});
	check_row(&(const struct row){"a schema 1 of more than 4 MiB", "GET",
	    "/v2/team/long/manifests/x", .headers = DOCKER_1_9, .status = 404,
	    .want = CODE("MANIFEST_UNKNOWN")});
}

/* docker 1.9 pushes what it has pulled: it looks for each layer, and sends none. */
static void
test_push_back(void)
{
	struct reply *rp = request(
	    "GET", path("vec/bimg", "manifests", "b"), DOCKER_1_9, NULL);
	const char *body = str_dup(arena, rp->bytes);
	const char *digest = reply_get(rp, "Docker-Content-Digest");
	const struct row push = {"the push", "PUT",
	    path("vec/bimg", "manifests", "again"), .headers = DOCKER_1_9,
	    .body = body, .status = 201,
	    .want_headers = arena_printf(
		arena, "Docker-Content-Digest: %s", digest)};

	is_int(request("HEAD", path("vec/bimg", "blobs", EMPTY_LAYER), NULL, NULL)
		   ->status,
	    200, "the empty layer is there");
	check_row(&push);
	ok(is_there(
	       "docker/registry/v2/repositories/vec/bimg/_layers/sha256/" V1CHAIN_EMPTY_HEX
	       "/link"),
	    "the push has linked it, so that distribution can serve the manifest");
}

/* ---- schema 2 of schema 1 ---- */

static const char *
good_push(const char *name)
{
	const struct json *vectors = vectors_read("schema1-push.json");
	const struct json *cases = json_get(vectors, "cases");
	size_t i;

	send_layers(name, vectors);
	for (i = 0; i < json_length(cases); i++)
		if (strcmp(vector_text(json_at(cases, i), "case"), "good") == 0)
			return vector_text(json_at(cases, i), "body");
	bail_out("no such case");
}

static const char *
type_for(const char *headers)
{
	return reply_get(request("GET", "/v2/team/old/manifests/x", headers, NULL),
	    "Content-Type");
}

static void
test_clients(void)
{
	is_int(request("PUT", "/v2/team/old/manifests/x", DOCKER_1_9,
		   good_push("team/old"))
		   ->status,
	    201, "docker 1.9 pushes schema 1");
	is_str(type_for(NULL), SIGNED, "a script gets it as it was pushed");
	is_str(type_for("Accept: */*"), SIGNED, "curl too");
	is_str(type_for(DOCKER_1_9), SIGNED, "docker 1.9 too");
	is_str(type_for(ONLY_SCHEMA2 "\nAccept: " SIGNED), SIGNED, "skopeo too");
	is_str(type_for(ONLY_SCHEMA2), DOCKER_IMAGE, "docker 28 gets schema 2");
}

static void
test_form(void)
{
	struct json *form = NULL;
	const char *why, *digest, *config, *bytes;

	(void)request("GET", "/v2/team/old/manifests/x", ONLY_SCHEMA2, NULL);
	digest = reply_get(last_reply, "Docker-Content-Digest");
	bytes = str_dup(arena, reply_text(last_reply));
	(void)json_parse(arena, str_of(bytes), &form, &why);
	config = vector_text(json_get(form, "config"), "digest");
	is_int(get("team/old", "blobs", config), 200, "its config");
	is_int(get("team/old", "manifests", digest), 200, "by digest");
	remove_tree(in_dir("_berth/bridge"));
	is_int(get("team/old", "blobs", config), 200,
	    "the config, when all that was made is thrown away");
	remove_tree(in_dir("_berth/bridge"));
	reindex_all();
	(void)request("GET", "/v2/team/old/manifests/x", ONLY_SCHEMA2, NULL);
	is_str(str_dup(arena, reply_text(last_reply)), bytes,
	    "the same bytes each time");
	is_int(get("team/old", "manifests", digest), 200, "with a new index");
	is_int(
	    request("PUT", path("team/old", "manifests", "y"), NULL, bytes)->status,
	    201, "docker 28 pushes it back");
	is_int(request("DELETE", path("team/old", "manifests", digest), NULL, NULL)
		   ->status,
	    202, "removed by the digest that docker 28 saw");
	is_int(get("team/old", "manifests", "x"), 404, "the tag is gone");
	is_int(get("team/old", "manifests", "y"), 404, "and the other one");
	is_int(get("team/old", "manifests", digest), 404, "and this form of it");
}

/* Its mark for the background process would have a file name that is too long. */
static void
test_long_name(void)
{
	const char *name = arena_printf(arena, "a/%0252d", 0);
	const char *target = path(name, "manifests", "x");

	is_int(request("PUT", target, DOCKER_1_9, good_push(name))->status, 201,
	    "a push to a repository with a long name");
	is_int(request("GET", target, ONLY_SCHEMA2, NULL)->status, 200,
	    "the first request makes the other form");
}

int
main(void)
{
	setup_v2(NULL, 0);
	make_dir("docker/registry/v2/repositories");
	test_vectors();
	test_no_form();
	test_too_long();
	test_push_back();
	test_clients();
	test_form();
	test_long_name();
	return teardown_api();
}
