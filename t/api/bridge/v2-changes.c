/* v2-changes.c: API v2 changes what was pushed through API v1: pushes of pulled images, mounts, tags
 * that move from one layout into the other, conditions, deletions. */
#include "lib/api_v2.h"
#include "lib/tar.h"
#include "lib/text_digest.h"
#include "lib/v1_push.h"
#include "lib/vectors.h"

#define V1_FILE(name, tag) "repositories/" name "/tag_" tag
#define V2_LINK(name, tag) \
	"docker/registry/v2/repositories/" name "/_manifests/tags/" tag \
	"/current/link"

static const struct json *three; /* t/data/v1-three-layers.json */
static const char *manifest, *manifest_digest, *config_digest, *top;

static const char *
schema2(const char *key)
{
	return vector_text(json_get(three, "schema2"), key);
}

static int
status_of(
    const char *method, const char *target, const char *headers, const char *body)
{
	return request(method, target, headers, body)->status;
}

static int get(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int
get(const char *format, ...)
{
	const char *target;
	va_list ap;

	va_start(ap, format);
	target = arena_vprintf(arena, format, ap);
	va_end(ap);
	return status_of("GET", target, NULL, NULL);
}

/* One byte in one file: another layer for each. */
static struct str
archive(char content)
{
	const struct tar_header header = {
	    .name = "file", .type = '0', .mode = 0644, .size = 1};
	struct buf b;

	buf_init(&b, arena, 4096);
	put_tar_header(&b, &header);
	put_tar_content(&b, 1);
	b.p[TAR_BLOCK] = content;
	return buf_str(&b);
}

static const char *
blob_file(const char *digest)
{
	return arena_printf(arena, "docker/registry/v2/blobs/sha256/%.2s/%s/data",
	    digest + 7, digest + 7);
}

/* The manifest of a tag, as API v2 answers it. */
static const char *
manifest_of_tag(const char *name, const char *tag)
{
	struct reply *rp = request("GET",
	    arena_printf(arena, "/v2/%s/manifests/%s", name, tag), NULL, NULL);

	return rp->status == 200 ? str_dup(arena, reply_text(rp)) : "";
}

static const char *
digest_of_tag(const char *name, const char *tag)
{
	return sum_of(str_of(manifest_of_tag(name, tag)));
}

static void
is_tags(const char *name, const char *want, const char *what)
{
	request("GET", arena_printf(arena, "/v2/%s/tags/list", name), NULL, NULL);
	is_str(reply_text(last_reply).p,
	    arena_printf(arena, "{\"name\": \"%s\", \"tags\": [%s]}", name, want),
	    "%s", what);
}

/* ---- a push of a pulled image ---- */

static void
test_push_back(void)
{
	const char *layer = arena_printf(arena, "images/%s/layer", top);
	const char *digest = arena_printf(arena, "sha256:%s",
	    vector_text(json_at(json_get(three, "v1_images_base_first"), 2),
		"layer_sha256"));
	const struct row rows[] = {
	    {"it is there already: its config", "HEAD",
		arena_printf(arena, "/v2/aimg/blobs/%s", config_digest),
		.status = 200, .want = schema2("config")},
	    {"the push", "PUT", "/v2/aimg/manifests/latest", .body = manifest,
		.status = 201,
		.want_headers = arena_printf(
		    arena, "Docker-Content-Digest: %s", manifest_digest)},
	    {"it is as before", "GET", "/v2/aimg/manifests/latest", .status = 200,
		.want = manifest, .want_headers = "Content-Type: " DOCKER_IMAGE},
	};

	check_rows(ROWS(rows));
	ok(is_there(V2_LINK("aimg", "latest")), "the tag is in the layout of v2");
	ok(!is_there(V1_FILE("library/aimg", "latest")), "and not in that of v1");
	ok(is_there(V1_FILE("library/aimg", "1.0")), "where the other one stays");
	is_int((long long)stat_of(layer).st_ino,
	    (long long)stat_of(blob_file(digest)).st_ino,
	    "the layer is one file with two names");
	is_tags("aimg", "\"1.0\", \"latest\"", "the list has both, once");
	tag_v1("library/aimg", "latest", top);
	ok(!is_there(V2_LINK("aimg", "latest")), "a push through v1 moves it back");
	is_str(manifest_of_tag("aimg", "latest"), manifest, "it reads the same");
}

/* An index whose child is an image of API v1. */
static void
test_index(void)
{
	const char *index = arena_printf(arena,
	    "{\"schemaVersion\": 2, \"mediaType\": \"" OCI_INDEX
	    "\", \"manifests\": [{\"mediaType\": \"" DOCKER_IMAGE
	    "\", \"size\": %zu, \"digest\": \"%s\"}]}",
	    strlen(manifest), manifest_digest);
	const char *file = arena_printf(arena,
	    "docker/registry/v2/repositories/aimg/_manifests/revisions/sha256/%s"
	    "/link",
	    manifest_digest + 7);

	remove_tree(in_dir("docker"));
	reindex_all();
	is_int(get("/v2/aimg/manifests/1.0"), 200, "the child is bridged");
	ok(!is_there(file), "and not stored");
	is_int(status_of("PUT", "/v2/aimg/manifests/list", NULL, index), 201,
	    "an index that refers to it");
	ok(is_there(file), "now it is stored");
	is_int(get("/v2/aimg/manifests/%s", manifest_digest), 200, "by digest");
	is_int(status_of("PUT", "/v2/other/manifests/list", NULL, index), 400,
	    "another repository does not have it");
}

/* ---- mounts ---- */

static int
mount_blob(const char *name, const char *digest, const char *from)
{
	return status_of("POST",
	    arena_printf(arena, "/v2/%s/blobs/uploads/?mount=%s%s%s", name, digest,
		from == NULL ? "" : "&from=", from == NULL ? "" : from),
	    NULL, NULL);
}

static void
test_mounts(void)
{
	struct str open = archive('m'), secret = archive('n');

	tag_v1("team/open", "x", push_v1_layer('3', NULL, open));
	tag_v1("team/secret", "x", push_v1_layer('4', NULL, secret));
	hide_v1("team/secret");
	is_int(get("/v2/team/open/manifests/x"), 200, "a public image");
	is_int(get("/v2/team/secret/manifests/x"), 200, "a private one");
	is_int(mount_blob("m/a", sum_of(open), "team/open"), 201, "from its name");
	is_int(get("/v2/m/a/blobs/%s", sum_of(open)), 200, "it is there");
	ok(is_there(blob_file(sum_of(open))), "as a blob of distribution's");
	is_int(mount_blob("m/b", sum_of(secret), NULL), 202,
	    "from anywhere, but only a private repository has it");
	is_int(mount_blob("m/b", sum_of(secret), "team/open"), 202,
	    "from one that does not have it");
	is_int(mount_blob("m/b", sum_of(secret), "team/secret"), 201,
	    "from the private one, by its name");
	request("GET", "/v2/_catalog", NULL, NULL);
	ok(strstr(reply_text(last_reply).p, "team/open") != NULL &&
		strstr(reply_text(last_reply).p, "secret") == NULL,
	    "the catalog does not show the private one");
	is_int(status_of("DELETE",
		   arena_printf(arena, "/v2/team/open/blobs/%s", sum_of(open)),
		   NULL, NULL),
	    405, "a layer of an image cannot be removed alone");
	is_int(
	    get("/v2/team/open/blobs/%s", sum_of(open)), 200, "it is still there");
	is_int(
	    status_of("DELETE",
		arena_printf(arena, "/v2/m/a/blobs/%s", sum_of(open)), NULL, NULL),
	    202, "one that was mounted can");
}

/* The layer that holds nothing is in every repository, and in none. */
static void
test_empty_layer(void)
{
#define EMPTY \
	"sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4"
	is_int(status_of("HEAD", "/v2/any/where/blobs/" EMPTY, NULL, NULL), 200,
	    "a repository that nobody has pushed");
	is_int(get("/v2/any/where/blobs/" EMPTY), 200, "and its bytes");
	ok(!is_there("docker/registry/v2/repositories/any"), "nothing is linked");
}

/* ---- conditions ---- */

static void
test_conditions(void)
{
	static const char path[] = "/v2/team/when/manifests/x";
	const char *is, *other;

	tag_v1("team/when", "x", push_v1_layer('5', NULL, archive('w')));
	is_int(status_of("PUT", path, "If-None-Match: *", manifest), 400,
	    "blobs that are missing come before conditions");
	is = manifest_of_tag("team/when", "x");
	other = arena_printf(arena, "If-Match: \"%s\"", manifest_digest);
	tag_v1("team/when", "y", push_v1_layer('6', NULL, archive('v')));
	is_int(status_of("PUT", path, "If-None-Match: *", is), 412,
	    "there is such a tag");
	is_int(
	    status_of("PUT", "/v2/team/when/manifests/y", "If-None-Match: *", is),
	    412, "and one that nobody has asked for");
	is_int(status_of("PUT", path, other, is), 412, "it is another manifest");
	is_int(status_of("DELETE", path, other, NULL), 412, "nor is it removed");
	is_int(status_of("PUT", path,
		   arena_printf(arena, "If-Match: \"%s\"", sum_of(str_of(is))), is),
	    201, "it is this one");
	is_int(
	    status_of("PUT", "/v2/team/when/manifests/z", "If-None-Match: *", is),
	    201, "there is no such tag");
}

/* ---- deletions ---- */

static void
test_remove_tag(void)
{
	const char *id = push_v1_layer('b', NULL, archive('r'));

	tag_v1("team/gone", "x", id);
	tag_v1("team/gone", "y", id);
	is_int(get("/v2/team/gone/manifests/x"), 200, "a tag");
	is_int(status_of("DELETE", "/v2/team/gone/manifests/x", NULL, NULL), 202,
	    "is removed");
	is_int(get("/v2/team/gone/manifests/x"), 404, "and gone");
	ok(!is_there(V1_FILE("team/gone", "x")), "in API v1 too");
	is_int(status_of("DELETE", "/v2/team/gone/manifests/x", NULL, NULL), 404,
	    "once");
	is_tags("team/gone", "\"y\"", "the other one is there");
	untag_v1("team/gone", "y");
	is_int(get("/v2/team/gone/manifests/y"), 404,
	    "what API v1 removes is gone as well");
}

static void
test_remove_digest(void)
{
	const char *id = push_v1_layer('c', NULL, archive('s')), *digest;

	tag_v1("team/both", "x", id);
	tag_v1("team/both", "y", id);
	tag_v1("team/both", "z", push_v1_layer('d', NULL, archive('t')));
	tag_v1("team/both", "other", push_v1_layer('2', NULL, archive('u')));
	digest = digest_of_tag("team/both", "x");
	is_int(status_of("PUT", "/v2/team/both/manifests/w", NULL,
		   manifest_of_tag("team/both", "x")),
	    201, "one image in both layouts");
	write_text(V1_FILE("team/both", "w"), id);
	is_int(status_of("DELETE",
		   arena_printf(arena, "/v2/team/both/manifests/%s", digest), NULL,
		   NULL),
	    202, "its manifest is removed");
	is_tags("team/both", "\"other\", \"z\"", "and each tag that meant it");
	ok(!is_there(V1_FILE("team/both", "x")) &&
		!is_there(V1_FILE("team/both", "y")) &&
		!is_there(V1_FILE("team/both", "w")),
	    "in both layouts");
	is_int(get("/v2/team/both/manifests/w"), 404, "none comes back");
	is_int(get("/v2/team/both/manifests/%s", digest), 404, "nor the manifest");
	is_int(status_of("DELETE",
		   arena_printf(arena, "/v2/team/both/manifests/%s", digest), NULL,
		   NULL),
	    404, "once");
	digest = digest_of_tag("team/both", "z");
	untag_v1("team/both", "z");
	is_int(get("/v2/team/both/manifests/%s", digest), 200,
	    "without a tag it stays, as any manifest");
	is_int(status_of("DELETE",
		   arena_printf(arena, "/v2/team/both/manifests/%s", digest), NULL,
		   NULL),
	    202, "until it is removed");
	is_int(get("/v2/team/both/manifests/%s", digest), 404, "then it is gone");
}

/* ---- a tag in both layouts ---- */

static void
test_both(void)
{
	const char *id = push_v1_layer('e', NULL, archive('b')), *old, *new;

	tag_v1("team/two", "x", id);
	old = digest_of_tag("team/two", "x");
	tag_v1("team/two", "y", push_v1_layer('f', NULL, archive('B')));
	new = manifest_of_tag("team/two", "y");
	is_int(status_of("PUT", "/v2/team/two/manifests/x", NULL, new), 201,
	    "a tag of v1 moves");
	write_text(V1_FILE("team/two", "x"), id);
	reindex_all();
	is_str(manifest_of_tag("team/two", "x"), new, "that of v2 counts");
	is_tags("team/two", "\"x\", \"y\"", "the list has it once");
	is_int(get("/v2/team/two/manifests/%s", old), 404,
	    "what the other one means has no name here");
	is_int(status_of("DELETE", "/v2/team/two/manifests/x", NULL, NULL), 202,
	    "both are removed");
	is_int(get("/v2/team/two/manifests/x"), 404, "none comes back");
}

int
main(void)
{
	setup_v2(NULL, 0);
	make_dir("docker/registry/v2/repositories");
	three = vectors_read("v1-three-layers.json");
	manifest = schema2("manifest");
	manifest_digest = schema2("manifest_digest");
	config_digest = schema2("config_digest");
	top = push_v1_vector(three);
	tag_v1("library/aimg", "latest", top);
	tag_v1("library/aimg", "1.0", top);
	is_str(manifest_of_tag("aimg", "latest"), manifest, "an image of API v1");
	test_push_back();
	test_index();
	test_mounts();
	test_empty_layer();
	test_conditions();
	test_remove_tag();
	test_remove_digest();
	test_both();
	return teardown_api();
}
