/* manifest-shapes.c: manifests of up to 4 MiB of any shape, pushed and found in an old store:
 * they are served, listed and described like any other, in bounded memory, and nobody
 * waits for a lock while their references are looked for. */
#include "lib/api_v2.h"
#include "lib/repository.h"

#include <unistd.h>

#include "base/json_slice.h"
#include "image/manifest.h"
#include "store/blob.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/tag.h"

#define APP    "team/app"
#define REPO   "/v2/" APP
#define AT     REPO "/manifests/"
#define V2_IN  "{\"schemaVersion\": 2, "
#define SAYS   "\"org.opencontainers.image.description\": \"A cat\""
#define DIGITS "000000000000000000000000000000000000000000000000000000000%"

static const struct document docs[] = {
    {"image", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
    {"bare", V2_IN CONFIG("config") "}"},
    {"null", V2_IN CONFIG("config") ", \"layers\": null}"},
    {"null-index", V2(OCI_INDEX, "\"manifests\": null")},
    {"no-index", "{\"schemaVersion\": 2, \"mediaType\": \"" OCI_INDEX "\"}"},
};

/* ---- documents ---- */

/* `piece` with a number of seven digits for its %. */
static void
add_piece(struct buf *b, const char *piece, size_t number)
{
	struct str rest = str_of(piece), before;

	for (;;) {
		before = str_cut(&rest, '%');
		buf_add(b, before.p, before.n);
		if (rest.p == NULL)
			return;
		buf_printf(b, "%07zu", number);
	}
}

/* first, then `piece` n times, then last. */
static const char *
shape(const char *first, const char *piece, size_t n, const char *last)
{
	const char *spelled = expand(piece);
	struct buf b;
	size_t i;

	buf_init(&b, arena, MANIFEST_MAX);
	buf_adds(&b, expand(first));
	for (i = 0; i < n; i++) {
		buf_adds(&b, i == 0 ? "" : ",");
		add_piece(&b, spelled, i);
	}
	buf_adds(&b, expand(last));
	if (b.full)
		bail_out("a manifest that is too long");
	return b.p;
}

static struct digest
digest_of_text(const char *text)
{
	struct digest d;

	digest_of(HASH_SHA256, str_of(text), &d);
	return d;
}

/* ---- pushed ---- */

static const struct {
	const char *name, *first, *piece, *last, *type;
	size_t n;
} pushed[] = {
    {"12,000 layers", V2_IN CONFIG("config") ", \"layers\": [",
	"{\"mediaType\": \"" OCI_LAYER "\", \"digest\": \"`config`\","
	" \"size\": 6, \"annotations\": {\"title\": \"%\"}}",
	"]}", OCI_MANIFEST, 12000},
    {"9,000 children with platforms, without mediaType", V2_IN "\"manifests\": [",
	"{\"mediaType\": \"" OCI_MANIFEST "\", \"digest\": \"`image`\","
	" \"size\": 7, \"platform\": {\"architecture\": \"amd64\","
	" \"os\": \"linux\", \"os.version\": \"10.0.%\"}}",
	"]}", OCI_INDEX, 9000},
    {"100,000 annotations",
	V2_IN CONFIG("config") ", " LAYERS("") ", \"annotations\": {" SAYS ",",
	"\"%\": \"\"", "}}", OCI_MANIFEST, 100000},
    {"a million values", V2_IN CONFIG("config") ", " LAYERS("") ", \"x\": [", "{}",
	"]}", OCI_MANIFEST, 1000000},
};

static void
test_pushed(void)
{
	size_t i, held;

	for (i = 0; i < COUNT(pushed); i++) {
		const char *text = shape(
		    pushed[i].first, pushed[i].piece, pushed[i].n, pushed[i].last);
		const char *type = arena_printf(
		    arena, "Content-Type: %s", pushed[i].type);
		int round;

		for (round = 0; round < 2; round++) {
			held = arena_held(arena);
			is_int(request("PUT", AT "latest", NULL, text)->status, 201,
			    "%s", pushed[i].name);
			held = arena_held(arena) - held;
			ok(held < MANIFEST_MAX / 4, "in little memory: %zu bytes",
			    held);
		}
		check_v2_row(
		    &(const struct row){"they come back", "GET", AT "latest",
			.status = 200, .want = text, .want_headers = type});
	}
}

static const struct row empty_lists[] = {
    {"layers that are not there", "PUT", AT "x", .body = "$bare", .status = 201},
    {"layers: null", "PUT", AT "x", .body = "$null", .status = 201},
    {"manifests: null", "PUT", AT "x", .body = "$null-index", .status = 201},
    {"an index without manifests", "PUT", AT "x", .body = "$no-index",
	.status = 400, .want = "~an index must have the member manifests"},
    {"not JSON", "PUT", AT "x", .body = "{\"schemaVersion\": 2,]", .status = 400,
	.want = "~a manifest must be JSON: a member's name must be a string at "
		"byte 20"},
};

/* A push that cannot succeed ends although somebody else has the repository. With the
 * lock it would wait for ever: the alarm ends the test. */
static void
test_without_lock(void)
{
	const char *text = shape(V2_IN CONFIG("config") ", \"layers\": [",
	    "{\"digest\": \"sha256:" DIGITS "\"}", 40000, "]}");
	struct guard lock = {0};
	struct reply *rp;
	size_t held = arena_held(arena);

	if (guard_take(store, GUARD_REPOSITORY, APP, &lock, &err) != RC_OK)
		bail_out(err.text);
	(void)alarm(60);
	rp = request("PUT", AT "missing", NULL, text);
	(void)alarm(0);
	guard_release(&lock);
	is_int(
	    rp->status, 400, "40,000 layers are missing: the lock is not needed");
	ok(strstr(str_dup(arena, rp->bytes), "MANIFEST_BLOB_UNKNOWN") != NULL,
	    "and that is said");
	held = arena_held(arena) - held;
	ok(held < MANIFEST_MAX / 2, "in little memory: %zu bytes", held);
}

/* ---- in an old store ---- */

static struct digest
adopt(const char *tag, const char *text)
{
	const struct store_manifest m = {digest_of_text(text), str_of(text)};

	if (held_manifest_put(APP, &m, str_of("")) != RC_OK ||
	    held_tag_put(APP, tag, &m.digest) != RC_OK)
		bail_out(err.text);
	return m.digest;
}

static void
adopt_blob(const char *text)
{
	const struct digest d = digest_of_text(text);

	if (store_blob_put_bytes(store, arena, str_of(text), &d, &err) != RC_OK ||
	    store_blob_link(repository(APP), &d, &err) != RC_OK)
		bail_out(err.text);
}

/* "mediaType digest" of each. */
static const char *
referrers_of(const char *what)
{
	const char *target = expand(
	    arena_printf(arena, REPO "/referrers/`%s`", what));
	struct str body = request("GET", target, NULL, NULL)->bytes, root, list;
	struct json_fault fault;
	struct json_walk walk;
	struct buf b;

	buf_init(&b, arena, TEXT_MAX);
	buf_adds(&b, "");
	if (!json_slice_check(body, &root, &fault))
		bail_out("a list that is not JSON");
	list = json_slice_get(root, "manifests");
	walk = json_slice_walk(list);
	while (json_slice_next(&walk))
		buf_printf(&b, "%.*s %.*s\n",
		    STR_ARG(json_slice_text(
			arena, json_slice_get(walk.value, "mediaType"))),
		    STR_ARG(json_slice_text(
			arena, json_slice_get(walk.value, "digest"))));
	return b.p;
}

static const char *
line_of(const char *type, const struct digest *d)
{
	return arena_printf(arena, "%s %s\n", type, digest_text(arena, d));
}

static void
test_adopted_index(void)
{
	const char *text = shape(V2_IN SUBJECT("adopted") ", \"manifests\": [",
	    "{\"mediaType\": \"" OCI_MANIFEST "\", \"digest\": \"sha256:" DIGITS
	    "\", \"size\": 7, \"platform\": {\"architecture\": \"amd64\"}}",
	    9000, "]}");
	struct digest d = adopt("adopted", text);

	reindex_all();
	check_v2_row(
	    &(const struct row){"an index of 9,000 children without mediaType",
		"GET", AT "adopted", .status = 200, .want = text,
		.want_headers = "Content-Type: " OCI_INDEX});
	is_str(referrers_of("adopted"), line_of(OCI_INDEX, &d),
	    "it is listed as a referrer");
}

static void
test_adopted_notes(void)
{
	const char *text = shape(
	    V2_IN CONFIG("config") ", " SUBJECT("noted") ", \"annotations\": {",
	    "\"%\": \"x\"", 40000, "}}");
	struct digest d = adopt("noted", text);

	reindex_all();
	is_str(referrers_of("noted"), line_of(OCI_MANIFEST, &d),
	    "a referrer with 40,000 annotations is listed");
}

/* A client's own list of referrers (distribution-spec, "Referrers tag schema") is an index
 * like any other: what it names is a referrer only if its own manifest says so. */
static void
test_adopted_list(void)
{
	char *tag = arena_strdup(arena, digest_of_name(str_of("listed")));
	const char *text = shape(V2_IN
	    "\"mediaType\": \"" OCI_INDEX
	    "\", \"manifests\": [" D(OCI_MANIFEST, "image") ",",
	    "{\"mediaType\": \"" OCI_MANIFEST "\", \"digest\": \"sha256:" DIGITS
	    "\", \"size\": 7}",
	    9000, "]}");

	*strchr(tag, ':') = '-';
	(void)adopt(tag, text);
	reindex_all();
	is_str(
	    referrers_of("listed"), "", "nothing of a client's list is believed");
	check_v2_row(&(const struct row){"the list itself is served", "GET",
	    arena_printf(arena, AT "%s", tag), .status = 200, .want = text,
	    .want_headers = "Content-Type: " OCI_INDEX});
}

static void
test_adopted_config(void)
{
	const char *config = shape("{\"config\": {\"Labels\": {" SAYS
				   "}}, \"history\": [",
	    "{\"a\": \"%\"}", 40000, "]}");
	struct digest d = digest_of_text(config);
	struct reply *rp;

	adopt_blob(config);
	(void)adopt(
	    "latest", arena_printf(arena,
			  V2_IN "\"config\": {\"digest\": \"%s\"}, \"layers\": []}",
			  digest_text(arena, &d)));
	reindex_all();
	rp = request("GET", "/v1/search?q=app", NULL, NULL);
	ok(rp->status == 200 &&
		strstr(str_dup(arena, reply_text(rp)), "\"A cat\"") != NULL,
	    "a config of 40,000 steps describes its image");
}

int
main(void)
{
	setup_v2(docs, COUNT(docs));
	push_blob(APP, "config");
	push_document(APP, "v1", "image");
	test_pushed();
	check_v2_rows(ROWS(empty_lists));
	test_without_lock();
	test_adopted_index();
	test_adopted_notes();
	test_adopted_list();
	test_adopted_config();
	return teardown_api();
}
