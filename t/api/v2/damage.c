/* damage.c: files of API v2 that are damaged on disk: empty, cut off, changed, longer,
 * missing. Each kind of file, with each kind of damage, is asked for in each way in which a
 * answer could be "it is here"; then it is pushed again, and is whole. */
#include "lib/api_v2.h"

#include "base/log.h"
#include "lib/damage.h"
#include "store/blob.h"

#define APP     "team/app"
#define ROOT    "docker/registry/v2"
#define BLOB    "/v2/" APP "/blobs/`%s`"
#define LARGE_N ((size_t)STORE_BLOB_SMALL_MAX + 5000)

static char large[LARGE_N + 1];

static const struct document docs[] = {
    {"config", "{\"architecture\":\"amd64\"}"},
    {"layer", large},
    {"image",
	V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(D(OCI_LAYER, "layer")))},
    {"other", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(
				   D(OCI_LAYER, "layer")) ", " NOTES("a", "b"))},
    {"index", V2(OCI_INDEX, CHILDREN(D(OCI_MANIFEST, "image")))},
};

/* ---- where things are ---- */

static struct digest
digest_named(const char *name)
{
	struct digest d;

	if (digest_parse(str_of(digest_of_name(str_of(name))), &d, &err) != RC_OK)
		bail_out(name);
	return d;
}

static const char *
data_of(const char *name)
{
	struct digest d = digest_named(name);

	return arena_printf(arena, ROOT "/blobs/sha256/%.2s/%s/data", d.hex, d.hex);
}

static const char *
layer_link(const char *name)
{
	return arena_printf(arena,
	    ROOT "/repositories/" APP "/_layers/sha256/%s/link",
	    digest_named(name).hex);
}

static const char *
revision_link(const char *name)
{
	return arena_printf(arena,
	    ROOT "/repositories/" APP "/_manifests/revisions/sha256/%s/link",
	    digest_named(name).hex);
}

static const char *
tag_link(const char *tag)
{
	return arena_printf(arena,
	    ROOT "/repositories/" APP "/_manifests/tags/%s/current/link", tag);
}

/* ---- what is asked ---- */

static const char *title; /* of the file and its damage */

static void
ask(const char *what, const char *method, const char *target, const char *body,
    int status, const char *want)
{
	const struct row row = {arena_printf(arena, "%s: %s", title, what), method,
	    target, .body = body, .status = status, .want = want};

	check_v2_row(&row);
}

static void
push_again_at_once(const char *name)
{
	ask("pushed again at once", "POST",
	    arena_printf(arena, "/v2/" APP "/blobs/uploads/?digest=`%s`", name),
	    arena_printf(arena, "$%s", name), 201, NULL);
}

static void
push_again_in_parts(const char *name)
{
	const char *text = document(str_of(name));

	ask("an upload", "POST", "/v2/" APP "/blobs/uploads/", NULL, 202, NULL);
	ask("its first part", "PATCH", "@", arena_printf(arena, "%.7s", text), 202,
	    NULL);
	ask("pushed again in parts", "PUT",
	    arena_printf(arena, "@?digest=`%s`", name), text + 7, 201, NULL);
}

static void
blob_is_whole(const char *name)
{
	ask("it is whole", "GET", arena_printf(arena, BLOB, name), NULL, 200,
	    arena_printf(arena, "$%s", name));
	ask("and can be mounted", "POST",
	    arena_printf(
		arena, "/v2/mounted/blobs/uploads/?mount=`%s`&from=" APP, name),
	    NULL, 201, NULL);
	ask("and be referred to", "PUT", "/v2/" APP "/manifests/v1", "$image", 201,
	    NULL);
}

static void
blob_is_gone(const char *name)
{
	ask("it is not there", "GET", arena_printf(arena, BLOB, name), NULL, 404,
	    CODE("BLOB_UNKNOWN"));
	ask("not for a mount", "POST",
	    arena_printf(
		arena, "/v2/mounted/blobs/uploads/?mount=`%s`&from=" APP, name),
	    NULL, 202, NULL);
	ask("not for a manifest", "PUT", "/v2/" APP "/manifests/v1", "$image", 400,
	    CODE("MANIFEST_BLOB_UNKNOWN"));
	ask("not for an upload that is over", "PUT",
	    arena_printf(arena,
		"/v2/" APP "/blobs/uploads/00000000-0000-4000-8000-000000000000"
		"?digest=`%s`",
		name),
	    NULL, 404, CODE("BLOB_UPLOAD_UNKNOWN"));
}

/* ---- blobs ---- */

static void
set_title(const char *kind, enum damage how)
{
	title = arena_printf(arena, "%s, %s", kind, damage_names[how]);
}

/* Its bytes are looked at when it is found, but for a large one, whose length alone is
 * looked at where it is 0. */
static void
test_blob(const char *kind, const char *name, const char *path)
{
	bool is_large = strcmp(path, data_of("layer")) == 0;
	unsigned how;

	for (how = EMPTY; how < DAMAGES; how++) {
		set_title(kind, how);
		damage_file(path, how);
		if (!is_large || how == EMPTY || how == MISSING)
			blob_is_gone(name);
		push_again_at_once(name);
		blob_is_whole(name);

		damage_file(path, how);
		push_again_in_parts(name);
		blob_is_whole(name);
	}
}

static void
test_blobs(void)
{
	test_blob("a small blob", "config", data_of("config"));
	test_blob("a large blob", "layer", data_of("layer"));
	test_blob("the link of a blob", "config", layer_link("config"));
}

/* Of SHA-512, and an empty one, which is whole. */
static void
test_empty_blob(void)
{
	title = "a blob of 0 bytes";
	ask("is pushed", "POST", "/v2/" APP "/blobs/uploads/?digest=``", NULL, 201,
	    NULL);
	ask("is there", "GET", "/v2/" APP "/blobs/``", NULL, 200, NULL);
	ask("of SHA-512, too", "POST", "/v2/" APP "/blobs/uploads/?digest=`512 `",
	    NULL, 201, NULL);
	ask("is there", "GET", "/v2/" APP "/blobs/`512 `", NULL, 200, NULL);
}

/* ---- manifests ---- */

static void
manifest_is(const char *reference, int status, const char *want)
{
	const struct row row = {arena_printf(arena, "%s: by %s", title, reference),
	    "GET", arena_printf(arena, "/v2/" APP "/manifests/%s", reference),
	    .status = status, .want = want,
	    .want_headers = status == 200 ? "Content-Type: " OCI_MANIFEST : NULL};

	check_v2_row(&row);
}

static void
manifest_is_gone(bool for_its_digest)
{
	manifest_is("v1", 404, CODE("MANIFEST_UNKNOWN"));
	if (!for_its_digest)
		return;
	manifest_is("`image`", 404, CODE("MANIFEST_UNKNOWN"));
	ask("not for an index", "PUT", "/v2/" APP "/manifests/all", "$index", 400,
	    CODE("MANIFEST_BLOB_UNKNOWN"));
}

static void
test_manifest(const char *kind, const char *path)
{
	bool is_tag = strcmp(path, tag_link("v1")) == 0;
	unsigned how;

	for (how = EMPTY; how < DAMAGES; how++) {
		set_title(kind, how);
		damage_file(path, how);
		manifest_is_gone(!is_tag);
		ask("pushed again", "PUT", "/v2/" APP "/manifests/v1", "$image",
		    201, NULL);
		manifest_is("v1", 200, "$image");
		manifest_is("`image`", 200, "$image");
		ask("an index of it", "PUT", "/v2/" APP "/manifests/all", "$index",
		    201, NULL);
	}
}

/* A damaged one can be deleted, with its tags; others stay. */
static void
test_deletions(void)
{
	unsigned how;

	for (how = EMPTY; how < DAMAGES; how++) {
		set_title("a manifest", how);
		push_document(APP, "v1", "image");
		push_document(APP, "v2", "other");
		damage_file(data_of("image"), how);
		damage_file(tag_link("v1"), how);
		ask("another is deleted", "DELETE", "/v2/" APP "/manifests/`other`",
		    NULL, 202, NULL);
		ask("it is deleted", "DELETE", "/v2/" APP "/manifests/`image`",
		    NULL, 202, NULL);
		ask("its broken tag is deleted", "DELETE",
		    "/v2/" APP "/manifests/v1", NULL, 202, NULL);
		ask("no other is left", "GET", "/v2/" APP "/tags/list", NULL, 200,
		    "~\"tags\": [\"all\"]");
	}
	push_document(APP, "v1", "image");
}

/* The media type of one that does not say it itself. */
static void
test_type(void)
{
	static const char *const target = "/v2/" APP "/manifests/plain";
	static const char
	    *const type = "Content-Type: application/vnd.example.plain+json";
	const char *note = arena_printf(
	    arena, "_berth/type/" APP "/%s", digest_of_name(str_of("{}")));
	unsigned how;

	for (how = EMPTY; how < DAMAGES; how++) {
		const char *want = how == EMPTY || how == MISSING
				       ? "Content-Type: " OCI_MANIFEST
				       : "Content-Type: ~application/vnd.";

		set_title("a note of a type", how);
		check_v2_row(
		    &(const struct row){title, "PUT", target, type, "{}", 201});
		damage_file(note, how);
		check_v2_row(&(const struct row){title, "GET", target,
		    .status = 200, .want = "{}", .want_headers = want});
		check_v2_row(
		    &(const struct row){title, "PUT", target, type, "{}", 201});
		check_v2_row(&(const struct row){title, "GET", target,
		    .status = 200, .want = "{}", .want_headers = type});
	}
	ask("it goes", "DELETE", target, NULL, 202, NULL);
}

/* ---- the log ---- */

static void
test_log(void)
{
	const char *log, *line;

	(void)log_open(in_dir("log"), LOG_WARN);
	push_document(APP, "logged", "other");
	damage_file(data_of("other"), CUT);
	(void)request("GET", "/v2/" APP "/manifests/logged", NULL, NULL);
	(void)request("GET", "/v2/" APP "/manifests/logged", NULL, NULL);
	(void)request("HEAD", "/v2/" APP "/manifests/logged", NULL, NULL);
	log = read_text("log");
	line = arena_printf(arena, "store.damaged file=%s ", data_of("other"));
	is_int(count_words(log, line), 1, "a damaged file is logged, and once");
	ok(strstr(log, "cure=\"push the image again\"") != NULL,
	    "with what mends it");
	(void)log_open("/dev/null", LOG_DEBUG);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < LARGE_N; i++)
		large[i] = "0123456789abcdef"[i * i % 13];
	setup_v2(docs, COUNT(docs));
	push_blob(APP, docs[0].text);
	push_blob(APP, large);
	push_document(APP, "v1", "image");
	test_blobs();
	test_empty_blob();
	test_manifest("a manifest", data_of("image"));
	test_manifest("the link of a manifest", revision_link("image"));
	test_manifest("the link of a tag", tag_link("v1"));
	test_deletions();
	test_type();
	test_log();
	return teardown_api();
}
