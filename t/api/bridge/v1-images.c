/* v1-images.c: images of API v1 through API v2: the vectors from end to end, which client gets
 * what, what cannot be shown, what is made again. */
#include "lib/api_both.h"
#include "lib/api_v2.h"
#include "lib/tar.h"
#include "lib/text_digest.h"
#include "lib/v1_push.h"
#include "lib/vectors.h"
#include "registry/counterpart.h"
#include "registry/v1image.h"
#include "store/guard.h"

#define SCHEMA1   "application/vnd.docker.distribution.manifest.v1+prettyjws"
#define DOCKER(v) "User-Agent: docker/" v " go/go1.4.2 os/linux arch/amd64"
#define ONLY_V1   "Accept: application/vnd.docker.distribution.manifest.v1+json"

static const struct json *three, *old; /* t/data/v1-*.json */

static const char *
text_of(const struct json *vector, const char *part, const char *key)
{
	return vector_text(json_get(vector, part), key);
}

static const char *
manifest_path(const char *name, const char *reference)
{
	return arena_printf(arena, "/v2/%s/manifests/%s", name, reference);
}

static const char *
blob_path(const char *name, const char *digest)
{
	return arena_printf(arena, "/v2/%s/blobs/%s", name, digest);
}

/* ---- what came ---- */

/* The bytes of the last reply, of a file with any bytes in it too. */
static struct str
bytes_of(const struct reply *rp)
{
	return rp->kind == REPLY_CONTENT ? reply_file() : reply_text(rp);
}

/* "200 sha256:...": what a GET of the path answers. */
static const char *
answer(const char *target, const char *headers)
{
	struct reply *rp = request("GET", target, headers, NULL);

	return rp->status == 200
		   ? arena_printf(arena, "200 %s", sum_of(bytes_of(rp)))
		   : arena_printf(arena, "%d", rp->status);
}

static void
is_blob(const char *name, const char *digest)
{
	const char *target = blob_path(name, digest);

	is_str(answer(target, NULL), arena_printf(arena, "200 %s", digest),
	    "%s: %.20s", name, digest);
	is_int(request("HEAD", target, NULL, NULL)->status, 200, "%s: HEAD of it",
	    name);
}

/* ---- the vectors ---- */

static void
test_blobs_of(const char *name, const struct json *vector)
{
	struct json *manifest = NULL, *layers;
	const char *why;
	size_t i;

	(void)json_parse(
	    arena, str_of(text_of(vector, "schema2", "manifest")), &manifest, &why);
	layers = json_get(manifest, "layers");
	is_blob(name, text_of(vector, "schema2", "config_digest"));
	for (i = 0; i < json_length(layers); i++)
		is_blob(name, vector_text(json_at(layers, i), "digest"));
}

static void
test_schema2_of(const char *name, const char *tag, const struct json *vector)
{
	const char *digest = text_of(vector, "schema2", "manifest_digest");
	const char *want = text_of(vector, "schema2", "manifest");
	const char *type = text_of(vector, "schema2", "manifest_type");
	const char *headers = arena_printf(arena,
	    "Docker-Content-Digest: %s\nETag: \"%s\"\nContent-Type: %s", digest,
	    digest, type);
	const struct row rows[] = {
	    {"by tag", "GET", manifest_path(name, tag), .status = 200, .want = want,
		.want_headers = arena_printf(
		    arena, "%s\nVary: Accept\nCache-Control: no-cache", headers)},
	    {"by digest", "GET", manifest_path(name, digest), .status = 200,
		.want = want,
		.want_headers = arena_printf(
		    arena, "%s\nVary:\nCache-Control: ~immutable", headers)},
	    {"still there", "GET", manifest_path(name, tag),
		.headers = arena_printf(arena, "If-None-Match: \"%s\"", digest),
		.status = 304},
	};

	check_rows(ROWS(rows));
	is_str(reply_text(
		   request("GET",
		       blob_path(name, text_of(vector, "schema2", "config_digest")),
		       NULL, NULL))
		   .p,
	    text_of(vector, "schema2", "config"), "%s: the config", name);
	test_blobs_of(name, vector);
}

static void
test_schema1_of(const char *name, const char *tag, const struct json *vector)
{
	const char *target = manifest_path(name, tag);
	const struct row rows[] = {
	    {"docker 1.9", "GET", target, .headers = DOCKER("1.9.1"), .status = 200,
		.want = "~\"signatures\"",
		.want_headers = arena_printf(arena,
		    "Docker-Content-Digest: %s\nVary: Accept\n"
		    "Content-Type: " SCHEMA1,
		    text_of(vector, "schema1", "digest"))},
	    {"by its digest there is nothing", "GET",
		manifest_path(name, text_of(vector, "schema1", "digest")),
		.status = 404, .want = CODE("MANIFEST_UNKNOWN")},
	};

	check_rows(ROWS(rows));
}

/* Layers of schema 1 are the files as they are stored. */
static void
test_stored_layers(const char *name, const struct json *vector)
{
	const struct json *images = json_get(vector, "v1_images_base_first");
	size_t i;

	for (i = 0; i < json_length(images); i++)
		is_blob(name, arena_printf(arena, "sha256:%s",
				  vector_text(json_at(images, i), "layer_sha256")));
}

static void
test_vector(const char *name, const char *tag, const struct json *vector)
{
	const char *before = tree("docker");

	test_schema2_of(name, tag, vector);
	test_schema1_of(name, tag, vector);
	test_stored_layers(name, vector);
	is_str(tree("docker"), before,
	    "%s: nothing was written in the layout of distribution", name);
}

static void
test_vectors(void)
{
	make_dir("docker/registry/v2/repositories");
	tag_v1("library/aimg", "latest", push_v1_vector(three));
	tag_v1("library/dimg", "quantal", push_v1_vector(old));
	test_vector("aimg", "latest", three);
	test_vector("dimg", "quantal", old);
}

/* ---- which client gets what ---- */

static void
test_clients(void)
{
	static const struct {
		const char *name, *headers;
		bool schema1;
	} clients[] = {
	    {"docker 1.6", DOCKER("1.6.2"), true},
	    {"docker 1.10 without Accept", DOCKER("1.10.3"), false},
	    {"schema 1 alone", ONLY_V1, true},
	    {"schema 1, and another line", ONLY_V1 "\nAccept: " DOCKER_IMAGE,
		false},
	    {"OCI alone", "Accept: " OCI_MANIFEST, false},
	    {"anything", "Accept: */*", false},
	    {"JSON", "Accept: application/json", false},
	    {"a script", NULL, false},
	};
	size_t i;

	for (i = 0; i < COUNT(clients); i++) {
		struct reply *rp = request(
		    "GET", "/v2/aimg/manifests/latest", clients[i].headers, NULL);

		is_str(reply_get(rp, "Content-Type"),
		    clients[i].schema1 ? SCHEMA1 : DOCKER_IMAGE, "%s",
		    clients[i].name);
	}
	is_int(request("GET", "/v2/aimg/manifests/latest", DOCKER("1.5.0"), NULL)
		   ->status,
	    404, "docker 1.5 does not find API v2");
	reg.no_schema1 = true;
	is_int(request("GET", "/v2/aimg/manifests/latest", DOCKER("1.9.1"), NULL)
		   ->status,
	    404, "nor does docker 1.9 where schema 1 is switched off");
	is_int(request("GET", "/v2/", DOCKER("1.10.3"), NULL)->status, 200,
	    "1.10 does");
	reg.no_schema1 = false;
}

/* ---- lists ---- */

static void
test_lists(void)
{
	static const struct row rows[] = {
	    {"tags", "GET", "/v2/aimg/tags/list", .status = 200,
		.want = "{\"name\": \"aimg\", \"tags\": [\"1.0\", \"latest\"]}"},
	    {"a page of them", "GET", "/v2/aimg/tags/list?n=1", .status = 200,
		.want = "{\"name\": \"aimg\", \"tags\": [\"1.0\"]}"},
	    {"its next one", "GET", "/v2/aimg/tags/list?n=1&last=1.0",
		.status = 200,
		.want = "{\"name\": \"aimg\", \"tags\": [\"latest\"]}"},
	    {"a tag that API v2 does not allow", "GET",
		"/v2/aimg/manifests/.hidden", .status = 404,
		.want = CODE("MANIFEST_UNKNOWN")},
	    {"no such repository", "GET", "/v2/none/tags/list", .status = 404,
		.want = CODE("NAME_UNKNOWN")},
	};

	tag_v1("library/aimg", "1.0", push_v1_vector(three));
	tag_v1("library/aimg", ".hidden",
	    "1111111111111111111111111111111111111111111111111111111111111111");
	check_rows(ROWS(rows));
	lose_index();
	check_rows(ROWS(rows));
	is_str(answer("/v2/aimg/manifests/latest", NULL),
	    arena_printf(
		arena, "200 %s", text_of(three, "schema2", "manifest_digest")),
	    "without an index: a manifest by tag");
	test_blobs_of("aimg", three);
	reindex_all();
	check_rows(ROWS(rows));
	is_str(answer("/v2/_catalog", NULL),
	    arena_printf(arena, "200 %s",
		sum_of(str_of("{\"repositories\": [\"aimg\", \"dimg\"]}"))),
	    "the catalog");
}

/* ---- what was made is made again ---- */

static void
test_thrown_away(void)
{
	remove_tree(in_dir("_berth/bridge"));
	test_schema2_of("aimg", "latest", three);
	remove_tree(in_dir("_berth/bridge"));
	is_blob("dimg", text_of(old, "schema2", "config_digest"));
	test_schema2_of("dimg", "quantal", old);
	remove_tree(in_dir("_berth/bridge/content"));
	test_schema2_of("dimg", "quantal", old);
	remove_tree(in_dir("_berth/bridge"));
	reindex_all();
	is_str(answer(manifest_path(
			  "dimg", text_of(old, "schema2", "manifest_digest")),
		   NULL),
	    arena_printf(
		arena, "200 %s", text_of(old, "schema2", "manifest_digest")),
	    "by digest, when neither the index nor the store knows of it");
}

static struct str
archive(char content)
{
	const struct tar_header header = {
	    .name = "file", .type = '0', .mode = 0644, .size = 1};
	struct buf b;

	buf_init(&b, arena, 4096);
	put_tar_header(&b, &header);
	put_tar_content(&b, 1);
	b.p[512] = content;
	return buf_str(&b);
}

/* A digest that nobody has must not make all images of a repository in one request. */
static void
test_unknown_digest(void)
{
	const char *target = arena_printf(
	    arena, "/v2/crowd/manifests/sha256:%064d", 7);
	unsigned i;

	for (i = 0; i < 16; i++) {
		const char *id = arena_printf(arena, "%062x%02x", 12, i);

		push_v1_image(id,
		    str_of(arena_printf(arena, "{\"id\": \"%s\"}", id)),
		    archive('e'));
		tag_v1("library/crowd", arena_printf(arena, "t%u", i), id);
	}
	is_int(request("GET", target, NULL, NULL)->status, 404,
	    "an unknown digest: some of 16 images are made");
	is_int(request("GET", target, NULL, NULL)->status, 404, "then the others");
	is_int(request("GET", target, NULL, NULL)->status, 404, "and no more");
}

/* ---- what cannot be shown ---- */

static void
test_refused(void)
{
	struct str whole = gzipped(arena, archive('a'), 6);
	const char *base = push_v1_layer('7', NULL, archive('b')), *top;
	const struct row row = {"a layer that is cut off", "GET",
	    "/v2/bad/manifests/x", .status = 404, .want = "~cut off"};

	top = push_v1_layer('8', base, str_make(whole.p, whole.n - 9));
	tag_v1("library/bad", "x", top);
	tag_v1("library/bad", "y", base);
	is_str(answer("/v2/bad/tags/list", NULL),
	    arena_printf(arena, "200 %s",
		sum_of(str_of("{\"name\": \"bad\", \"tags\": [\"x\", \"y\"]}"))),
	    "nobody knows yet that it is damaged");
	is_int(request("GET", row.target, NULL, NULL)->status, 404, "%s", row.name);
	ok(strstr(reply_text(last_reply).p, "image 8888") != NULL,
	    "and the reason names the image");
	is_int(request("GET", row.target, DOCKER("1.9.1"), NULL)->status, 404,
	    "nor as schema 1");
	is_str(answer("/v2/bad/tags/list", NULL),
	    arena_printf(arena, "200 %s",
		sum_of(str_of("{\"name\": \"bad\", \"tags\": [\"y\"]}"))),
	    "then the list does not show it");
	is_int(request("GET", "/v2/bad/manifests/y", NULL, NULL)->status, 200,
	    "the image below it is there");
}

/* It comes when its parent does. */
static void
test_without_parent(void)
{
	const char *base = push_v1_layer('b', NULL, archive('f'));
	const char *top = push_v1_layer('c', base, archive('g'));

	tag_v1("library/orphan", "x", top);
	remove_tree(in_dir(arena_printf(arena, "images/%s", base)));
	is_int(request("GET", "/v2/orphan/manifests/x", NULL, NULL)->status, 404,
	    "an image without its parent");
	ok(strstr(reply_text(last_reply).p, "bbbb") != NULL &&
		strstr(reply_text(last_reply).p, "images/") == NULL,
	    "the reason names the parent");
	(void)push_v1_layer('b', NULL, archive('f'));
	is_int(request("GET", "/v2/orphan/manifests/x", NULL, NULL)->status, 200,
	    "when the parent is pushed");
}

/* A damaged image is pushed again, with another layer. */
static void
test_pushed_again(void)
{
	const char *id = push_v1_layer('9', NULL, archive('c')), *first, *second;
	const char *file = arena_printf(arena, "images/%s/layer", id);

	tag_v1("library/again", "x", id);
	first = answer("/v2/again/manifests/x", NULL);
	write_text(file, "");
	is_int(request("GET", blob_path("again", sum_of(archive('c'))), NULL, NULL)
		   ->status,
	    404, "a layer that is lost");
	id = push_v1_layer('9', NULL, archive('d'));
	second = answer("/v2/again/manifests/x", NULL);
	ok(strncmp(second, "200", 3) == 0 && strcmp(first, second) != 0,
	    "another layer, another manifest");
	is_blob("again", sum_of(archive('d')));
	write_bytes(file, str_make(archive('d').p, 700));
	is_int(request("GET", blob_path("again", sum_of(archive('d'))), NULL, NULL)
		   ->status,
	    404, "a layer that is cut off is not sent");
}

/* ---- many at once ---- */

static struct guard reading; /* as that of a process that reads the layer */

/* A process that was started has a copy of the descriptor, which would keep the lock. */
static int
ask(void *arg)
{
	const char *target = arg;

	guard_release(&reading);
	close_registry();
	open_store();
	open_registry();
	return request("GET", target, NULL, NULL)->status == 200 ? 0 : 1;
}

/* Requests that wait for the one that reads a layer do not read it: what it has recorded counts,
 * which here is not true, so that the test sees a difference. */
static void
test_at_once(void)
{
	static char target[] = "/v2/many/manifests/x";
	const char *id = push_v1_layer('a', NULL, gzipped(arena, archive('e'), 9));
	const struct store_v1image im = v1image_of(TASK(arena), id);
	struct layer_sums sums = {.form = LAYER_GZIP, .size = 7, .unpacked = 4096};
	struct str version;
	pid_t pids[6];
	size_t i, failed = 0;

	tag_v1("library/many", "x", id);
	digest_of(HASH_SHA256, str_of("a layer"), &sums.digest);
	digest_of(HASH_SHA256, str_of("its tar"), &sums.diff_id);
	if (guard_take(store, GUARD_DERIVED, arena_printf(arena, "%s/bridge", id),
		&reading, &err) != RC_OK ||
	    store_v1image_version(&im, &version, &err) != RC_OK)
		bail_out(err.text);
	for (i = 0; i < COUNT(pids); i++)
		pids[i] = start_process(ask, target);
	if (counterpart_set_layer(TASK(arena), id, version, &sums) != RC_OK)
		bail_out(err.text);
	guard_release(&reading);
	for (i = 0; i < COUNT(pids); i++)
		failed += wait_for(pids[i]) != 0;
	is_int(failed, 0, "six processes ask");
	(void)request("GET", target, NULL, NULL);
	ok(strstr(str_dup(arena, reply_text(last_reply)), sums.digest.hex) != NULL,
	    "none of them has read the layer");
}

int
main(void)
{
	setup_v2(NULL, 0);
	three = vectors_read("v1-three-layers.json");
	old = vectors_read("v1-very-old.json");
	test_vectors();
	test_clients();
	test_lists();
	test_unknown_digest();
	test_thrown_away();
	test_refused();
	test_without_parent();
	test_pushed_again();
	test_at_once();
	return teardown_api();
}
