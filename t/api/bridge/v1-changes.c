/* v1-changes.c: what is pushed, moved and removed through API v1 where a repository has tags of API
 * v2: the images that a tag of API v1 leads to are kept, ids that images of API v2 have are not
 * given to others, a tag means one thing in both APIs, and what is private stays so. */
#include <sched.h>
#include <sys/mount.h>

#include "auth/auth.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "lib/api_both.h"
#include "lib/tar.h"
#include "lib/v1_image.h"

#define APP  "/v1/repositories/team/app"
#define BLOB "docker/registry/v2/blobs/sha256/"

static const char *
image_path(const char *id, const char *what)
{
	return arena_printf(arena, "/v1/images/%s/%s", id, what);
}

static bool
says(const char *text)
{
	return strstr(str_dup(arena, reply_text(last_reply)), text) != NULL;
}

static int
status_of(const char *method, const char *target, const char *body)
{
	return request(method, target, NULL, body)->status;
}

static int
put_v1tag(const char *name, const char *tag, const char *id)
{
	return status_of("PUT",
	    arena_printf(arena, "/v1/repositories/%s/tags/%s", name, tag),
	    arena_printf(arena, "\"%s\"", id));
}

/* An image of API v1, as a docker pushes it. */
static void
push_v1image(const struct image *im)
{
	const char *sum = arena_printf(
	    arena, "X-Docker-Checksum-Payload: sha256:%s", im->sum);

	must_send("PUT", image_path(im->id, "json"), im->json, 200);
	must_send("PUT", image_path(im->id, "layer"), im->layer, 200);
	if (request("PUT", image_path(im->id, "checksum"), sum, "")->status != 200)
		bail_out(str_dup(arena, last_reply->bytes));
}

static const char *
push_v2image(const char *name, const char *tag, const char *what)
{
	return send_image(
	    &(const struct bridged){name, tag, config_of(what, 1), {what}});
}

/* The ids of the image and those below it, itself first. */
static const struct json *
ancestry_of(const char *id)
{
	struct json *list = NULL;
	const char *why;

	(void)request("GET", image_path(id, "ancestry"), NULL, NULL);
	if (last_reply->status != 200 ||
	    !json_parse(arena, last_reply->bytes, &list, &why))
		bail_out(id);
	return list;
}

static const char *
id_at(const struct json *ancestry, size_t i)
{
	return str_dup(arena, json_text(json_at(ancestry, i)));
}

static const char *
file_of(const char *id, const char *file)
{
	return arena_printf(arena, "images/%s/%s", id, file);
}

/* ---- what is kept ---- */

/* All files of an image, as docker-registry 0.9 has them, with the bytes that API v1 answered. */
static void
is_kept(const char *id, const char *json, const char *blob)
{
	char sum[HASH_SHA256_HEX_SIZE];
	struct stat layer = stat_of(file_of(id, "layer")), other = stat_of(blob);

	is_str(read_text(file_of(id, "json")), json, "%.12s: its json", id);
	ok(read_text(file_of(id, "ancestry")) != NULL, "%.12s: its ancestry", id);
	ok(!is_there(file_of(id, "_inprogress")), "%.12s: it is complete", id);
	ok(layer.st_ino == other.st_ino && layer.st_nlink > 1,
	    "%.12s: its layer is the blob", id);
	hash_of(HASH_SHA256,
	    str_of(arena_printf(arena, "%s\n%s", json, read_text(blob))), sum);
	is_str(read_text(file_of(id, "_checksum")),
	    arena_printf(arena, "sha256:%s", sum), "%.12s: its sum", id);
}

static const char *
answered_json(const char *id)
{
	(void)request("GET", image_path(id, "json"), NULL, NULL);
	return last_reply->status == 200 ? str_dup(arena, last_reply->bytes) : NULL;
}

static const char *
blob_file(const char *text)
{
	char hex[HASH_SHA256_HEX_SIZE];

	hash_of(HASH_SHA256, str_of(text), hex);
	return arena_printf(arena, BLOB "%.2s/%s/data", hex, hex);
}

static void
test_kept(void)
{
	const char *digest = push_v2image("team/app", "1", "one");
	const char *id = v1_id("team/app", "1"), *base = id_at(ancestry_of(id), 1);
	const char *top_json = answered_json(id), *base_json = answered_json(base);
	struct stat empty;

	is_int(put_v1tag("team/app", "1", id), 200, "the tag that it has");
	is_str(v2_digest("team/app", "1"), digest, "stays that of API v2");
	ok(!is_there(file_of(id, "json")), "and nothing is kept");

	is_int(put_v1tag("team/app", "stable", id), 200, "a new tag");
	is_kept(base, base_json, blob_file("one"));
	is_str(read_text(file_of(id, "json")), top_json, "the json of the top");
	empty = stat_of(file_of(id, "layer"));
	is_int(empty.st_size, 32, "the layer of the top is empty");
	ok(empty.st_nlink > 1, "which is kept once");
	is_str(read_text("repositories/team/app/tag_stable"), id, "the tag");
	is_str(v1_id("team/app", "1"), id, "the tag of API v2 has the same image");
	is_str(v2_digest("team/app", "1"), digest, "and the same manifest");
	is_str(answered_json(id), top_json, "the json is answered as before");
	is_int(put_v1tag("team/app", "again", id), 200, "kept once more");
}

static void
test_child(void)
{
	struct image base, child;
	const char *id;

	(void)push_v2image("team/base", "1", "for a child");
	id = v1_id("team/base", "1");
	base = image_of('c', NULL, "unused");
	base.id = id;
	base.ancestry = arena_printf(arena, "[\"%s\"]", id);
	child = image_of('d', &base, "the child's layer");
	push_v1image(&child);
	ok(is_there(file_of(id, "layer")), "the parent is kept");
	ok(str_is(json_text(json_at(ancestry_of(child.id), 1)), id),
	    "and is that of the child");
	is_int((long long)json_length(ancestry_of(child.id)), 3,
	    "with what is below it");
	is_int(put_v1tag("team/child", "latest", child.id), 200, "a tag of it");
}

static bool may_mount; /* seen by nobody else */

/* Where images and blobs are on different disks, layers are copied. */
static void
test_other_disk(void)
{
	char *large = arena_alloc(arena, 100000);
	const char *id;

	if (!may_mount) {
		ok(true, "# SKIP only root may mount");
		return;
	}
	if (mount("none", in_dir("images"), "tmpfs", 0, NULL) == -1)
		bail_out("mount");
	memset(large, 'x', 99999);
	large[99999] = '\0';
	(void)send_image(&(const struct bridged){
	    "team/disk", "1", config_of("disk", 2), {"a small one", large}});
	id = v1_id("team/disk", "1");
	is_int(put_v1tag("team/disk", "2", id), 200, "a tag");
	ok(is_there(file_of(id, "layer")), "the image is kept on the other disk");
	is_str(v1_id("team/disk", "1"), id, "the tag of API v2 is still its");
	reindex_all();
	is_int(status_of("GET", "/v1/repositories/team/disk/tags", NULL), 200,
	    "the tags");
	ok(says("\"1\"") && says("\"2\""), "both are listed");
	if (umount2(in_dir("images"), MNT_DETACH) == -1)
		bail_out("umount2");
}

/* An image with a layer that is too long to be compared each time. */
static struct str
push_long(const char *name, const char *tag)
{
	const struct tar_header header = {
	    .name = "file", .type = '0', .mode = 0644, .size = 50000};
	const char *config = config_of("long", 1), *digest;
	struct buf b;

	buf_init(&b, arena, 1 << 20);
	put_tar_header(&b, &header);
	put_tar_content(&b, 50000);
	digest = send_blob(name, buf_str(&b));
	(void)send_manifest(name, tag, DOCKER_MANIFEST,
	    arena_printf(arena,
		"{\"schemaVersion\":2,\"mediaType\":\"" DOCKER_MANIFEST
		"\",\"config\":{\"mediaType\":"
		"\"application/vnd.docker.container.image.v1+json\",\"size\":%zu,"
		"\"digest\":\"%s\"},\"layers\":[{\"mediaType\":\"" DOCKER_LAYER
		"\",\"size\":%zu,\"digest\":\"%s\"}]}",
		strlen(config), send_blob(name, str_of(config)), b.n, digest));
	return buf_str(&b);
}

/* A copy of a store, in which files with two names have become two, and without what can be made
 * again. */
static void
test_copied(void)
{
	struct str layer = push_long("team/copied", "1");
	const char *id = v1_id("team/copied", "1"), *file;

	is_int(put_v1tag("team/copied", "2", id), 200, "an image is kept");
	file = file_of(id_at(ancestry_of(id), 1), "layer");
	remove_tree(in_dir(file));
	write_bytes(file, layer);
	remove_tree(in_dir("_berth/bridge"));
	is_str(v1_id("team/copied", "1"), id, "it is still the same image");
	layer.p = memset(str_dup(arena, layer), 'x', 1);
	remove_tree(in_dir(file));
	write_bytes(file, layer);
	is_int(status_of("GET", "/v1/repositories/team/copied/tags/1", NULL), 404,
	    "not with another layer");
}

/* ---- whose id it is ---- */

static void
test_taken_id(void)
{
	struct image im = image_of('e', NULL, "another layer");
	const char *id, *json;

	(void)push_v2image("team/taken", "1", "taken");
	id = v1_id("team/taken", "1");
	json = answered_json(id);
	im = image_with(im, arena_printf(arena, "{\"id\":\"%s\"}", id), "mine");
	check_row(&(const struct row){"a json for it", "PUT",
	    image_path(id, "json"), .body = im.json.p, .status = 409,
	    .want = ERROR("Image already exists")});
	is_str(answered_json(id), json, "the id means what it meant");
	ok(!is_there(file_of(id, "json")), "and nothing was begun");
}

/* The push began before there was such an image. */
static void
test_taken_meanwhile(void)
{
	struct image im = image_of('f', NULL, "");
	const char *id, *json;

	(void)push_v2image("team/late", "1", "late");
	id = v1_id("team/late", "1");
	json = answered_json(id);
	is_int(status_of("DELETE", "/v1/repositories/team/late/", NULL), 200,
	    "it is removed");
	is_int(status_of("GET", image_path(id, "json"), NULL), 404, "and gone");
	im = image_with(im, arena_printf(arena, "{\"id\":\"%s\"}", id), "mine");
	is_int(status_of("PUT", image_path(id, "json"), im.json.p), 200,
	    "a push of its id");
	(void)push_v2image("team/late", "1", "late");
	is_str(v1_id("team/late", "1"), id, "it is back");
	is_str(answered_json(id), json, "the unfinished push is not answered");
	is_int(status_of("PUT", image_path(id, "layer"), "mine"), 409,
	    "and cannot end");
	is_int(put_v1tag("team/late", "2", id), 200, "a tag of it");
	is_str(read_text(file_of(id, "json")), json, "the right one is kept");
}

/* An image that was pushed through API v1 keeps its id, whatever has it later. */
static void
test_pushed_id(void)
{
	struct image im = image_of('a', NULL, "");
	const char *id, *base;

	(void)push_v2image("team/own", "1", "own");
	id = v1_id("team/own", "1");
	base = id_at(ancestry_of(id), 1);
	is_int(status_of("DELETE", "/v1/repositories/team/own/", NULL), 200,
	    "it is removed");
	im.id = base;
	im = image_with(im, arena_printf(arena, "{\"id\":\"%s\"}", base), "mine");
	push_v1image(&im);
	(void)push_v2image("team/own", "1", "own");
	check_row(&(const struct row){"its tag", "GET",
	    "/v1/repositories/team/own/tags/1", .status = 404,
	    .want = "~that of another image, which was pushed through API v1"});
	check_row(&(const struct row){"it is not listed", "GET",
	    "/v1/repositories/team/own/tags", .status = 200, .want = "{}"});
	is_str(answered_json(base), im.json.p, "the id is that of the pushed one");
	is_int(status_of("GET", image_path(id, "json"), NULL), 404,
	    "the image above it is not there");
}

/* Another server, which works on the same directory, knows nothing of derived ids. */
static void
test_pushed_past_berth(void)
{
	const char *id, *json;

	(void)push_v2image("team/past", "1", "past");
	(void)push_v2image("team/past", "2", "past, too");
	id = v1_id("team/past", "1");
	json = arena_printf(arena, "{\"id\":\"%s\"}", id);
	write_text(file_of(id, "json"), json);
	write_text(file_of(id, "ancestry"), arena_printf(arena, "[\"%s\"]", id));
	write_text(file_of(id, "layer"), "mine");
	is_int(status_of("GET", "/v1/repositories/team/past/tags/1", NULL), 404,
	    "a tag does not mean what another server was sent");
	check_row(&(const struct row){"nor does a list of tags", "GET",
	    "/v1/repositories/team/past/tags", .status = 200,
	    .want = arena_printf(
		arena, "{\"2\": \"%s\"}", v1_id("team/past", "2"))});
	is_int(put_v1tag("team/past", "3", v1_id("team/past", "2")), 200,
	    "the other image is kept");
	(void)request("GET", "/v1/repositories/team/past/tags", NULL, NULL);
	ok(says("\"2\"") && says("\"3\"") && !says("\"1\""),
	    "and both its tags are listed");
}

/* ---- one tag ---- */

/* Tags and images of a repository for API v1, after the index was made again as well. */
static void
tags_are(const char *name, const char *want, const char *what)
{
	const char *target = arena_printf(arena, "/v1/repositories/%s/tags", name);

	(void)request("GET", target, NULL, NULL);
	is_str(str_dup(arena, last_reply->bytes), want, "%s", what);
	reindex_all();
	(void)request("GET", target, NULL, NULL);
	is_str(str_dup(arena, last_reply->bytes), want, "%s: reindexed", what);
}

static void
test_moves(void)
{
	const struct image im = image_of('1', NULL, "of API v1");
	const char *id;

	push_v1image(&im);
	(void)push_v2image("team/move", "a", "moved");
	id = v1_id("team/move", "a");
	is_int(put_v1tag("team/move", "a", im.id), 200, "pushed through API v1");
	is_str(v1_id("team/move", "a"), im.id, "it means that image");
	ok(!is_there("docker/registry/v2/repositories/team/move/_manifests/tags/a"),
	    "the tag of API v2 is gone");
	tags_are(
	    "team/move", arena_printf(arena, "{\"a\": \"%s\"}", im.id), "one tag");
	(void)push_v2image("team/move", "b", "moved");
	tags_are("team/move",
	    arena_printf(arena, "{\"a\": \"%s\", \"b\": \"%s\"}", im.id, id),
	    "a tag of each");
	is_int(status_of("DELETE", "/v1/repositories/team/move/tags/b", NULL), 200,
	    "the tag of API v2 is removed");
	is_str(v2_digest("team/move", "b"), NULL, "in both APIs");
	is_int(status_of("DELETE", "/v1/repositories/team/move/tags/b", NULL), 404,
	    "there is none any more");
	tags_are("team/move", arena_printf(arena, "{\"a\": \"%s\"}", im.id),
	    "one is left");
}

/* What API v2 removes. */
static void
test_removed_by_v2(void)
{
	const char *digest = push_v2image("team/less", "a", "less"), *id, *json;

	(void)push_v2image("team/less", "b", "more");
	id = v1_id("team/less", "a");
	json = image_path(id, "json");
	is_int(
	    status_of("DELETE", "/v2/team/less/manifests/b", NULL), 202, "a tag");
	is_str(v1_id("team/less", "b"), NULL, "is gone in API v1");
	is_int(status_of("GET", json, NULL), 200, "the other image is there");
	is_int(status_of("DELETE",
		   arena_printf(arena, "/v2/team/less/manifests/%s", digest), NULL),
	    202, "a manifest");
	is_str(v1_id("team/less", "a"), NULL, "its tag is gone in API v1");
	is_int(status_of("GET", json, NULL), 404, "and so is its image");
}

/* Between the two steps of a push the store has the tag in API v1, the index still in API v2. */
static void
test_index_is_late(void)
{
	static const char link[] =
	    "docker/registry/v2/repositories/team/step/_manifests/tags/b/current/link";
	const char *other;

	(void)push_v2image("team/step", "a", "late");
	(void)push_v2image("team/step", "b", "late");
	(void)push_v2image("team/step", "c", "late");
	other = v1_id("team/step", "a");
	write_text("repositories/team/step/tag_a+", "1111111111111111");
	write_text("repositories/team/step/tag_b", "1111111111111111");
	if (unlink(in_dir(link)) != 0)
		bail_out(link);
	(void)request("GET", "/v1/repositories/team/step/tags", NULL, NULL);
	is_str(str_dup(arena, last_reply->bytes),
	    arena_printf(arena,
		"{\"a+\": \"1111111111111111\", \"b\": \"1111111111111111\", "
		"\"a\": \"%s\", \"c\": \"%s\"}",
		other, other),
	    "each tag is listed once, as the store has it");
}

/* A directory that two old servers have used. */
static void
test_both_layouts(void)
{
	const char *id;

	(void)push_v2image("team/both", "x", "both");
	id = v1_id("team/both", "x");
	write_text("repositories/team/both/tag_x", "1111111111111111");
	write_text("repositories/team/both/tag_y", "1111111111111111");
	reindex_all();
	is_str(v1_id("team/both", "x"), id, "the tag of API v2 counts");
	tags_are("team/both",
	    arena_printf(arena, "{\"y\": \"1111111111111111\", \"x\": \"%s\"}", id),
	    "it is listed once");
	is_int(status_of("DELETE", "/v1/repositories/team/both/tags/x", NULL), 200,
	    "it is removed");
	is_str(v1_id("team/both", "x"), NULL, "from both layouts");
	ok(!is_there("repositories/team/both/tag_x"), "also from that of API v1");
}

/* A tag of API v2 that API v1 cannot have hides one of the same name as well. */
static void
test_hidden_by_refused(void)
{
	const char *id = v1_id("team/app", "1");

	(void)send_image(&(const struct bridged){
	    "team/hide", "x", config_of("hide", 1), {"zstd"}, OCI_ZSTD});
	write_text("repositories/team/hide/tag_x", "1111111111111111");
	reindex_all();
	check_row(&(const struct row){"a tag without a form in API v1", "GET",
	    "/v1/repositories/team/hide/tags/x", .status = 404, .want = "~zstd"});
	tags_are("team/hide", "{}", "is not listed");
	is_int(put_v1tag("team/hide", "x", id), 200, "a push through API v1");
	tags_are("team/hide", arena_printf(arena, "{\"x\": \"%s\"}", id),
	    "takes its place");
}

/* ---- the whole repository ---- */

static void
test_removed(void)
{
	const struct image im = image_of('2', NULL, "of API v1");
	const char *digest;
	int i;

	push_v1image(&im);
	is_int(put_v1tag("team/gone", "v1", im.id), 200, "a tag of API v1");
	for (i = 0; i < 300; i++)
		digest = push_v2image(
		    "team/gone", arena_printf(arena, "t%d", i), "gone");
	is_int(status_of("DELETE", "/v1/repositories/team/gone/", NULL), 200,
	    "all of it is removed");
	is_int(status_of("GET", "/v1/repositories/team/gone/tags", NULL), 404,
	    "there are no tags");
	is_int(status_of("GET", "/v1/repositories/team/gone/images", NULL), 404,
	    "nor images");
	is_str(v2_digest("team/gone", "t7"), NULL, "nor tags of API v2");
	is_str(v2_digest("team/gone", digest), NULL, "nor the manifest");
	(void)request("GET", "/v2/_catalog", NULL, NULL);
	ok(!says("team/gone"), "the catalog does not have it");
	(void)request("GET", "/v1/search?q=gone", NULL, NULL);
	ok(says("\"num_results\": 0"), "nor the search");
	is_int(
	    status_of("DELETE", "/v1/repositories/team/gone/", NULL), 404, "once");
}

/* "library/foo" of API v1 is "foo" of API v2. */
static void
test_library(void)
{
	(void)push_v2image("foo", "1", "foo");
	(void)push_v2image("library/foo", "2", "longer");
	ok(v1_id("foo", "1") != NULL, "foo");
	ok(v1_id("library/foo", "1") != NULL, "library/foo is the same");
	is_str(v1_id("library/foo", "2"), NULL, "library/foo of API v2 is not");
	is_int(status_of("DELETE", "/v1/repositories/library/foo/", NULL), 200,
	    "it is removed");
	is_str(v2_digest("foo", "1"), NULL, "foo is gone");
	ok(v2_digest("library/foo", "2") != NULL, "the other one is there");
	ok(v1_id("library/foo", "2") != NULL, "and API v1 can have it now");
}

/* ---- what is private ---- */

static struct auth own = {.mode = AUTH_OWN};

static const char *
token_of(const char *repo, enum token_access access)
{
	const struct v1name name = {"team", repo};

	return arena_printf(arena, "Authorization: %s",
	    token_new(arena, own.secret, &name, access, clock_now()));
}

static int
status_with(const char *target, const char *headers)
{
	return request("GET", target, headers, NULL)->status;
}

static void
test_private(void)
{
	const char *id, *json;

	(void)push_v2image("team/plan", "1", "secret");
	(void)push_v2image("team/open", "1", "public");
	id = v1_id("team/plan", "1");
	json = image_path(id, "json");
	is_int(status_of("PUT", "/v1/repositories/team/plan/properties",
		   "{\"access\": \"private\"}"),
	    200, "team/plan is private");
	is_int(status_with(json, NULL), 200, "no token: as any image of API v1");
	is_int(status_with(json, token_of("open", TOKEN_READ)), 404,
	    "the token of another repository");
	is_int(status_with(image_path(id, "layer"), token_of("open", TOKEN_READ)),
	    404, "nor its layer");
	is_int(
	    status_with(image_path(id, "ancestry"), token_of("open", TOKEN_READ)),
	    404, "nor its ancestry");
	is_int(status_with(json, token_of("plan", TOKEN_READ)), 404,
	    "its own token: by the other path");
	is_int(status_with(arena_printf(arena, "/v1/private_images/%s/json", id),
		   token_of("plan", TOKEN_READ)),
	    200, "and there it is");
	is_int(status_of("PUT", json, arena_printf(arena, "{\"id\":\"%s\"}", id)),
	    409, "its id is taken all the same");

	/* in a repository that everybody may see as well */
	(void)push_v2image("team/open", "2", "secret");
	is_int(status_with(json, token_of("open", TOKEN_READ)), 200,
	    "of a public repository too");
	is_int(status_of("DELETE", "/v2/team/open/manifests/2", NULL), 202,
	    "not of it any more");
	reindex_all();
}

/* With own tokens an image must belong to the repository of the token. */
static void
test_tokens(void)
{
	const char *id, *plan;

	id = v1_id("team/open", "1");
	plan = v1_id("team/plan", "1");
	reg.auth = &own;
	is_int(status_with(image_path(id, "json"), NULL), 401, "no token");
	is_int(status_with(image_path(id, "json"), token_of("open", TOKEN_READ)),
	    200, "the tag of API v2 makes it belong to the repository");
	is_int(status_with(image_path(id, "json"), token_of("app", TOKEN_READ)),
	    404, "to no other one");
	is_int(status_with(arena_printf(arena, "/v1/private_images/%s/layer", plan),
		   token_of("plan", TOKEN_READ)),
	    200, "a private one");
	is_int(request("PUT", "/v1/repositories/team/open/tags/3",
		   token_of("open", TOKEN_WRITE), arena_printf(arena, "\"%s\"", id))
		   ->status,
	    200, "a tag of it");
	is_int(request("PUT", "/v1/repositories/team/app/tags/3",
		   token_of("app", TOKEN_WRITE), arena_printf(arena, "\"%s\"", id))
		   ->status,
	    404, "not one of another repository");
	/* what is announced belongs to the repository: so nothing private is */
	is_int(request("PUT", "/v1/repositories/team/app/images",
		   token_of("app", TOKEN_WRITE),
		   arena_printf(
		       arena, "[{\"id\": \"%s\"}, {\"id\": \"%s\"}]", id, plan))
		   ->status,
	    204, "images are announced");
	is_int(status_with(image_path(id, "json"), token_of("app", TOKEN_READ)),
	    200, "one that a public repository has");
	ok(strstr(read_text("repositories/team/app/_index_images"), plan) == NULL,
	    "not one that only a private one has");
	reg.auth = &auth_open;
}

int
main(void)
{
	may_mount = unshare(CLONE_NEWNS) == 0 &&
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	own.secret = str_of("a secret of 20 bytes");
	setup_both();
	test_kept();
	test_child();
	test_taken_id();
	test_taken_meanwhile();
	test_pushed_id();
	test_pushed_past_berth();
	test_moves();
	test_removed_by_v2();
	test_index_is_late();
	test_both_layouts();
	test_hidden_by_refused();
	test_removed();
	test_library();
	test_private();
	test_tokens();
	test_other_disk();
	test_copied();
	return teardown_api();
}
