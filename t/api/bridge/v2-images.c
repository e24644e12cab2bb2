/* v2-images.c: images that were pushed through API v2, as dockers up to 1.5 pull them: ids, jsons,
 * ancestries and layers (t/data/schema2-to-v1.json); which child of an index they get; which
 * images have no form in API v1, and why. */
#include "base/base64url.h"
#include "base/buf.h"
#include "image/v1chain.h"
#include "lib/api_both.h"
#include "lib/api_v2.h"
#include "lib/vectors.h"

#define REPO  "vec/bimg"
#define REPO1 "/v1/repositories/" REPO

static const char *
image_path(const char *id, const char *what)
{
	return arena_printf(arena, "/v1/images/%s/%s", id, what);
}

static const char *
tag_path(const char *tag)
{
	return arena_printf(arena, REPO1 "/tags/%s", tag);
}

/* Is the text in the last reply? */
static bool
says(const char *text)
{
	return strstr(str_dup(arena, last_reply->bytes), text) != NULL;
}

/* ---- the vectors ---- */

static bool
send_layer(void *arg, const char *digest, const struct json *base64)
{
	struct str bytes;

	(void)arg;
	if (!base64url_decode(arena, json_text(base64), &bytes))
		bail_out(digest);
	is_str(send_blob(REPO, bytes), digest, "the layer is what the vector says");
	return true;
}

/* The layer of an image has these bytes. */
static void
check_layer(const struct json *layers, const struct json *image)
{
	const char *id = vector_text(image, "id");
	const char *digest = vector_text(image, "layer");
	struct str got, want;

	want = json_get(layers, digest) == NULL ? v1chain_empty_layer
						: vector_bytes(layers, digest);
	(void)request("GET", image_path(id, "layer"), NULL, NULL);
	if (last_reply->status != 200 || last_reply->kind != REPLY_CONTENT) {
		ok(false, "%.12s: its layer: %d", id, last_reply->status);
		return;
	}
	is_str(headers_fault(last_reply, "Cache-Control: public, max-age=31536000\n"
					 "Content-Type: application/octet-stream"),
	    NULL, "%.12s: the layer may be kept", id);
	got = reply_file();
	ok(str_eq(got, want), "%.12s: its layer", id);
	is_str(headers_fault(request("GET", image_path(id, "json"), NULL, NULL),
		   arena_printf(arena, "X-Docker-Size: %zu", want.n)),
	    NULL, "%.12s: its size", id);
}

/* Below the top another push may have other texts under the same id, so that json is not
 * kept. */
static void
check_json(const char *id, const char *json, bool top)
{
	const struct row row = {"json", "GET", image_path(id, "json"),
	    .status = 200, .want = json,
	    .want_headers = top ? "Cache-Control: public, max-age=31536000"
				: "Cache-Control: no-cache"};

	check_row(&row);
	is_int(request("GET", row.target,
		   "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT", NULL)
		   ->status,
	    top ? 304 : 200, "asked whether it has changed");
}

static void
check_case(const struct json *layers, const struct json *c)
{
	const struct json *images = json_get(c, "v1_base_first");
	size_t i, n = json_length(images);
	const char *tag = vector_text(c, "tag");
	const char *top = vector_text(json_at(images, n - 1), "id");

	is_str(v1_id(REPO, tag), top, "%s: the id of the tag", tag);
	for (i = 0; i < n; i++) {
		const struct json *image = json_at(images, i);

		check_json(vector_text(image, "id"),
		    i + 1 == n ? vector_text(c, "json_of_the_top_for_api_v1")
			       : vector_text(image, "json"),
		    i + 1 == n);
		check_layer(layers, image);
	}
	check_row(
	    &(const struct row){"ancestry", "GET", image_path(top, "ancestry"),
		.status = 200, .want = vector_text(c, "ancestry_of_the_top"),
		.want_headers = "Cache-Control: public, max-age=31536000"});
}

/* Two of them are for other platforms than old dockers usually have. */
static void
test_vectors(void)
{
	static const struct v1chain_platform arm = {"linux", "arm64"},
					     windows = {"windows", "amd64"};
	const struct json *vectors = vectors_read("schema2-to-v1.json");
	const struct json *cases = json_get(vectors, "cases");
	const struct json *layers = json_get(vectors, "layers");
	size_t i;

	for (i = 0; i < json_length(cases); i++) {
		const struct json *c = json_at(cases, i);
		const char *config = vector_text(c, "config");

		reg.platform = strstr(config, "arm64") != NULL     ? &arm
			       : strstr(config, "windows") != NULL ? &windows
								   : NULL;
		json_members(layers, send_layer, NULL);
		(void)send_blob(REPO, str_of(config));
		is_str(send_manifest(REPO, vector_text(c, "tag"), DOCKER_MANIFEST,
			   vector_text(c, "manifest")),
		    vector_text(c, "manifest_digest"), "pushed");
		check_case(layers, c);
		/* images at the base of several cases have one id, and other texts */
		must_send("DELETE", REPO1 "/", str_of(NULL), 200);
	}
	reg.platform = NULL;
}

/* ---- which images ---- */

static const char *
push_one(const char *tag, const char *config, const char *layer)
{
	return send_image(&(const struct bridged){REPO, tag, config, {layer}});
}

static const char *
list_element(const char *digest, const char *os, const char *architecture)
{
	return arena_printf(arena,
	    "{\"mediaType\":\"" DOCKER_MANIFEST "\",\"size\":1,\"digest\":\"%s\","
	    "\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}}",
	    digest, os, architecture);
}

static void
push_list(const char *tag, const char *first, const char *second)
{
	(void)send_manifest(REPO, tag, OCI_INDEX,
	    arena_printf(arena,
		"{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
		"\",\"manifests\":[%s,%s]}",
		first, second));
}

static void
test_lists(void)
{
	const char *amd64 = push_one("amd64", config_of("amd64", 1), "layer 1");
	const char *other = push_one("other", config_of("other", 1), "layer 2");
	const char *id = v1_id(REPO, "amd64");

	push_list("list", list_element(other, "unknown", "unknown"),
	    list_element(amd64, "linux", "amd64"));
	ok(id != NULL, "the child has an id");
	is_str(v1_id(REPO, "list"), id, "the list leads to the child");
	push_list("no-child", list_element(other, "linux", "s390x"),
	    list_element(amd64, "windows", "amd64"));
	check_row(&(const struct row){"none for the platform", "GET",
	    tag_path("no-child"), .status = 404, .want = "~{\"error\": \""});
	(void)request("GET", REPO1 "/tags", NULL, NULL);
	ok(says("\"list\""), "the list of tags has one");
	ok(!says("\"no-child\""), "and not the other");
}

/* Too many images: one below the limit can be pulled. */
static const char *
push_deep(const char *tag, size_t n)
{
	const struct bridged image = {REPO, tag, NULL, {"layer"}};
	struct bridged deep = image;
	struct buf b;
	size_t i;

	buf_init(&b, arena, 1 << 20);
	buf_adds(
	    &b, "{\"os\":\"linux\",\"architecture\":\"amd64\",\"history\":[{}");
	for (i = 1; i < n; i++)
		buf_printf(&b, ",{\"created_by\":\"%zu\",\"empty_layer\":true}", i);
	buf_printf(&b, "],\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}",
	    "sha256:2dcd0f4af290eebfff153a73ce02126c926a9ae74d805c373d6ae8086576a03"
	    "1");
	deep.config = buf_str(&b).p;
	return send_image(&deep);
}

static void
test_refused(void)
{
	static const struct {
		const char *tag, *type, *os, *why;
	} refused[] = {
	    {"zstd", OCI_ZSTD, "linux", "~zstd"},
	    {"foreign", DOCKER_FOREIGN, "linux", "~foreign"},
	    {"windows", NULL, "windows", "~windows"},
	};
	size_t i;

	for (i = 0; i < COUNT(refused); i++) {
		struct bridged image = {
		    REPO, refused[i].tag, NULL, {"layer"}, refused[i].type};

		image.config = arena_printf(arena,
		    "{\"os\":\"%s\",\"architecture\":\"amd64\",\"rootfs\":{"
		    "\"diff_ids\":[\"sha256:%064d\"]}}",
		    refused[i].os, 1);
		(void)send_image(&image);
		check_row(&(const struct row){refused[i].tag, "GET",
		    tag_path(refused[i].tag), .status = 404,
		    .want = refused[i].why});
	}
	(void)push_deep("deep", V1CHAIN_MAX);
	(void)push_deep("deeper", V1CHAIN_MAX + 1);
	check_row(&(const struct row){
	    "too deep", "GET", tag_path("deeper"), .status = 404, .want = "~124"});
	(void)request("GET", REPO1 "/tags", NULL, NULL);
	ok(says("\"deep\""), "124 images are listed");
	for (i = 0; i < COUNT(refused); i++)
		ok(!says(refused[i].tag), "%s is not listed", refused[i].tag);
	ok(!says("deeper"), "nor what is too deep");
}

/* A list of tags reads no config: they are gone, and it answers as before. */
static void
test_list_reads_no_config(void)
{
	const char *before, *config = NULL;
	int i;

	for (i = 0; i < 50; i++) {
		config = config_of(arena_printf(arena, "many %d", i), 1);
		(void)send_image(&(const struct bridged){
		    "team/many", arena_printf(arena, "t%d", i), config, {"many"}});
	}
	(void)request("GET", "/v1/repositories/team/many/tags", NULL, NULL);
	before = str_dup(arena, last_reply->bytes);
	ok(says("\"t0\"") && says("\"t49\""), "all tags are listed");
	remove_tree(in_dir("docker/registry/v2/blobs"));
	(void)request("GET", "/v1/repositories/team/many/tags", NULL, NULL);
	is_str(
	    str_dup(arena, last_reply->bytes), before, "without configs as well");
	check_row(&(const struct row){"but not the image", "GET",
	    "/v1/repositories/team/many/tags/t0", .status = 404,
	    .want = ERROR("Tag not found")});
}

/* ---- schema 1 ---- */

/* What docker 1.6 to 1.9 push: its schema 2 form is made when it is first asked for. */
static void
test_schema1(void)
{
	const struct json *vectors = vectors_read("schema1-push.json");
	const struct json *good = json_at(json_get(vectors, "cases"), 0);
	const char *id, *below;
	struct json *ancestry = NULL;
	const char *why;

	json_members(json_get(vectors, "layers"), send_layer, NULL);
	must_send("PUT", "/v2/" REPO "/manifests/old",
	    str_of(vector_text(good, "body")), 201);
	id = v1_id(REPO, "old");
	ok(id != NULL, "a tag of schema 1 has an image");
	(void)request("GET", image_path(id, "ancestry"), NULL, NULL);
	ok(last_reply->status == 200 &&
		json_parse(arena, last_reply->bytes, &ancestry, &why),
	    "which has an ancestry");
	below = str_dup(
	    arena, json_text(json_at(ancestry, json_length(ancestry) - 1)));
	is_int(request("GET", image_path(below, "json"), NULL, NULL)->status, 200,
	    "the json of its base");
	is_int(request("GET", image_path(below, "layer"), NULL, NULL)->status, 200,
	    "the layer of its base");
	(void)request("GET", REPO1 "/tags", NULL, NULL);
	ok(says("\"old\""), "the tag is listed");
	reindex_all();
	(void)request("GET", REPO1 "/tags", NULL, NULL);
	ok(says("\"old\""), "also of an index that was made again");
	remove_tree(in_dir("_berth/bridge"));
	is_int(request("GET", image_path(id, "json"), NULL, NULL)->status, 200,
	    "what was made is made again");
}

/* ---- a docker 0.11 ---- */

static void
test_pull(void)
{
	static const struct row rows[] = {
	    {"the images", "GET", "/v1/repositories/cent/os/images",
		"Host: registry.example\n", NULL, 200, "~[{\"id\": \"",
		"X-Docker-Endpoints: registry.example\n"
		"X-Docker-Token: ~repository=\"cent/os\",access=read"},
	    {"without a namespace", "GET", "/v1/repositories/centos/images",
		.status = 200, .want = "~[{\"id\": \""},
	    {"by its long name", "GET", "/v1/repositories/library/centos/tags",
		.status = 200, .want = "~{\"7\": \""},
	    {"found", "GET", "/v1/search?q=centos", .status = 200,
		.want = "~\"num_results\": 1,"},
	    {"its json", "GET", "/v1/repositories/centos/json", .status = 200,
		.want = "~\"last_update\": null"},
	    {"that of a tag", "GET", "/v1/repositories/centos/tags/7/json",
		.status = 200, .want = "~\"last_update\": null"},
	    {"three parts", "GET", "/v1/repositories/cent/os/seven/tags",
		.status = 200, .want = "~{\"7\": \""},
	    {"with a quoted slash", "GET", "/v1/repositories/cent/os%2Fseven/tags",
		.status = 200, .want = "~{\"7\": \""},
	    {"no such tag", "GET", "/v1/repositories/centos/tags/8", .status = 404,
		.want = ERROR("Tag not found")},
	    {"no such repository", "GET", "/v1/repositories/cent/or/tags",
		.status = 404, .want = ERROR("Repository not found")},
	};
	const char *id;

	(void)send_image(
	    &(const struct bridged){"centos", "7", config_of("7", 1), {"seven"}});
	(void)send_image(
	    &(const struct bridged){"cent/os", "7", config_of("7", 1), {"seven"}});
	(void)send_image(&(const struct bridged){
	    "cent/os/seven", "7", config_of("7", 1), {"seven"}});
	check_rows(ROWS(rows));
	id = v1_id("centos", "7");
	is_str(v1_id("cent/os", "7"), id, "one image in two repositories");
	check_row(&(const struct row){"its files are not listed", "GET",
	    image_path(id, "files"), .status = 404,
	    .want = "~pushed through API v2"});
	check_row(&(const struct row){"nor what it changes", "GET",
	    image_path(id, "diff"), .status = 404,
	    .want = "~pushed through API v2"});
}

/* What the index has lost, or does not have yet. */
static void
test_without_index(void)
{
	const char *id = v1_id("centos", "7");

	lose_index();
	check_row(
	    &(const struct row){"the tags", "GET", "/v1/repositories/centos/tags",
		.status = 503, .want = "~being rebuilt"});
	check_row(&(const struct row){"an image", "GET", image_path(id, "json"),
	    .status = 503, .want = "~being rebuilt"});
	reindex_all();
	is_str(v1_id("centos", "7"), id, "the tag is the same");
	is_int(request("GET", image_path(id, "json"), NULL, NULL)->status, 200,
	    "the image is found");
}

int
main(void)
{
	setup_both();
	test_vectors();
	test_lists();
	test_refused();
	test_schema1();
	test_pull();
	test_without_index();
	test_list_reads_no_config();
	return teardown_api();
}
