/* referrers.c: what refers to a manifest, as the specification's "Listing
 * Referrers" has it. The name of a row begins with the section that it is of. */
#include "lib/api_v2.h"

#define SBOM       "application/vnd.example.sbom.v1+json"
#define COSIGN     "application/vnd.example.signature.config.v1+json"
#define PAGE_BYTES ((size_t)4 << 20)
#define TO(what)   "/v2/team/app/referrers/`" what "`"

#define TYPED(what, type) TO(what) "?artifactType=" type
#define SBOM_ENCODED      "application%2Fvnd.example.sbom.v1%2Bjson"
#define COSIGN_ENCODED    "application/vnd.example.signature.config.v1%2bjson"
#define FILTERED          "OCI-Filters-Applied: artifactType\nLink:"

static const struct document docs[] = {
    {"image", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
    {"other",
	V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS("") ", " NOTES("a", "b"))},
    {"sbom", V2(OCI_MANIFEST,
		 CONFIG("config") ", " LAYERS("") ", " SUBJECT("image") ", " KIND(
		     SBOM) ", " NOTES("org.example.format", "json\\n"))},
    {"signature", V2(OCI_MANIFEST, "\"config\": " D(COSIGN, "config") ", " LAYERS(
				       "") ", " SUBJECT("image"))},
    {"platforms",
	V2(OCI_INDEX, CHILDREN("") ", " SUBJECT("image") ", " NOTES("n", "1"))},
    {"bundle", V2(OCI_INDEX, CHILDREN("") ", " SUBJECT("image") ", " KIND(SBOM))},
    {"stray",
	V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS("") ", " SUBJECT("other"))},
    {"kept",
	V2(OCI_INDEX,
	    CHILDREN(
		"{\"mediaType\": \"" OCI_MANIFEST
		"\", \"digest\": \"`other`\", \"size\": 7, " KIND(
		    COSIGN) ", " NOTES("by",
		    "a client") "}, "
				"{\"mediaType\": \"" OCI_MANIFEST
				"\", \"digest\": \"`sbom`\", \"size\": 7, " KIND(
				    COSIGN) "}, " D(OCI_MANIFEST, "image")))},
};

/* How they are listed. */
static const struct entry {
	const char *which, *type;
	const char *rest;
} entries[] = {
    {"sbom", OCI_MANIFEST,
	", " KIND(SBOM) ", \"annotations\": {\"org.example.format\":\"json\\n\"}"},
    {"bundle", OCI_INDEX, ", " KIND(SBOM)},
    {"signature", OCI_MANIFEST, ", " KIND(COSIGN)},
    {"platforms", OCI_INDEX, ", \"annotations\": {\"n\":\"1\"}"},
    {"stray", OCI_MANIFEST, ", " KIND(OCI_CONFIG)},
};

static void
add_entry(struct buf *b, const char *which)
{
	const struct entry *e = entries;
	struct str name = str_of(which);

	while (strcmp(e->which, which) != 0)
		e++;
	buf_printf(b,
	    "{\"mediaType\": \"%s\", \"digest\": \"%s\", \"size\": %zu%s}", e->type,
	    digest_of_name(name), strlen(document(name)), e->rest);
}

static int
by_digest(const void *a, const void *b)
{
	return strcmp(digest_of_name(str_of(*(const char *const *)a)),
	    digest_of_name(str_of(*(const char *const *)b)));
}

/* The whole answer with these, in the order of their digests; NULL ends them. */
static const char *
list_of(const char *const *which)
{
	const char *sorted[COUNT(entries)];
	size_t i, n = 0;
	struct buf b;

	for (; which[n] != NULL; n++)
		sorted[n] = which[n];
	qsort(sorted, n, sizeof(sorted[0]), by_digest);
	buf_init(&b, arena, TEXT_MAX);
	buf_adds(&b, "{\"schemaVersion\": 2, \"mediaType\": \"" OCI_INDEX
		     "\", \"manifests\": [");
	for (i = 0; i < n; i++) {
		buf_adds(&b, i == 0 ? "" : ", ");
		add_entry(&b, sorted[i]);
	}
	buf_adds(&b, "]}");
	return b.p;
}

#define LIST(...) list_of((const char *const[]){__VA_ARGS__, NULL})

static void
check_list(
    const char *name, const char *target, const char *want, const char *headers)
{
	check_v2_row(
	    &(const struct row){name, "GET", target, .status = 200, .want = want,
		.want_headers = arena_printf(
		    arena, "Content-Type: " OCI_INDEX "\n%s", headers)});
}

static void
test_referrers(void)
{
	const char *all = LIST("sbom", "bundle", "signature", "platforms");

	check_list("Listing Referrers: those of one subject, with artifactType and "
		   "annotations as the specification has them",
	    TO("image"), all, "Link:\nOCI-Filters-Applied:");
	check_list("of another", TO("other"), LIST("stray"), "");
	check_list("of none, an empty list", TO("sbom"), LIST(NULL), "Link:");
	check_list("by SHA-512, none", TO("512 image"), LIST(NULL), "");
	check_list("of another repository, none", "/v2/untagged/referrers/`image`",
	    LIST(NULL), "");
	check_list("Filtering by artifactType", TYPED("image", SBOM_ENCODED),
	    LIST("sbom", "bundle"), FILTERED);
	check_list("by the type of a config", TYPED("image", COSIGN_ENCODED),
	    LIST("signature"), FILTERED);
	check_list("a + that is not encoded is one", TYPED("image", COSIGN),
	    LIST("signature"), FILTERED);
	check_list("by one that is empty: no filter", TYPED("image", ""), all,
	    "OCI-Filters-Applied:");
}

/* Where Link leads; NULL at the end. */
static const char *
next_page(void)
{
	const char *link = reply_get(last_reply, "Link"), *end;

	if (link == NULL)
		return NULL;
	end = strstr(link, ">; rel=\"next\"");
	return link[0] == '<' && end != NULL
		   ? arena_strndup(arena, link + 1, (size_t)(end - link - 1))
		   : "/no/link";
}

static size_t pages; /* that walk() saw */

/* The digests of a list, page by page, each an index of its own: the same whatever
 * the size of a page. */
static const char *
walk(const char *target)
{
	struct json *root, *list;
	const char *why;
	struct buf b;
	size_t i;

	buf_init(&b, arena, 4096);
	buf_adds(&b, "");
	for (pages = 0; target != NULL && pages < 9;
	     target = next_page(), pages++) {
		struct reply *rp = request("GET", target, NULL, NULL);

		if (rp->status != 200 || rp->bytes.n > PAGE_BYTES ||
		    !json_parse(arena, rp->bytes, &root, &why) ||
		    !str_is(json_text(json_get(root, "mediaType")), OCI_INDEX))
			return "a page that is not valid";
		list = json_get(root, "manifests");
		for (i = 0; i < json_length(list); i++)
			buf_printf(&b, "%.*s ",
			    STR_ARG(
				json_text(json_get(json_at(list, i), "digest"))));
	}
	return b.p;
}

static void
test_pages(void)
{
	const char *typed = expand(TYPED("image", SBOM_ENCODED)), *few;
	const char *all = walk(expand(TO("image")));
	size_t n;

	is_int(pages, 1, "Pagination: all on one page");
	for (n = 1; n <= 4; n++) {
		const char *target = arena_printf(arena, TO("image") "?n=%zu", n);

		is_str(walk(expand(target)), all, "a page of %zu", n);
		is_int(pages, (4 + n - 1) / n, "they are so many");
	}
	few = walk(typed);
	is_str(walk(arena_printf(arena, "%s&n=1", typed)), few,
	    "the filter is kept from page to page");
	is_int(pages, 2, "a page each");
	check_list("n=0", TO("image") "?n=0", LIST(NULL), "Link:");
	check_v2_row(
	    &(const struct row){"n is not a number", "GET", TO("image") "?n=x",
		.status = 400, .want = CODE("PAGINATION_NUMBER_INVALID")});
}

/* What clients listed while no registry did is listed if it says so itself: "kept" counts
 * among the referrers of "image" one of another artifactType than its own, one without a
 * subject, and "image" itself. */
static void
test_tag_schema(void)
{
	const char *all = LIST("sbom", "bundle", "signature", "platforms");
	char *tag = arena_strdup(arena, digest_of_name(str_of("image")));

	*strchr(tag, ':') = '-';
	push_document("team/app", tag, "kept");
	check_list(
	    "Enabling the Referrers API: the tag schema adds nothing that has "
	    "no such subject",
	    TO("image"), all, "Link:");
	check_list("nor an artifactType that is a client's",
	    TYPED("image", COSIGN_ENCODED), LIST("signature"), FILTERED);
	lose_index();
	reindex_all();
	check_list("what an old server took, with its subject, is listed",
	    TO("image"), all, "Link:");
	check_v2_row(&(const struct row){"the list of the clients is deleted",
	    "DELETE", arena_printf(arena, "/v2/team/app/manifests/%s", tag),
	    .status = 202});
	check_list("what it listed is there as before", TO("image"), all, "Link:");
}

static void
test_removals(void)
{
	check_v2_row(&(const struct row){"a referrer is deleted", "DELETE",
	    "/v2/team/app/manifests/`sbom`", .status = 202});
	check_list("Listing Referrers: no more", TO("image"),
	    LIST("bundle", "signature", "platforms"), "");
	check_v2_row(&(const struct row){"the subject is deleted", "DELETE",
	    "/v2/team/app/manifests/`image`", .status = 202});
	check_list("what refers to it stays", TO("image"),
	    LIST("bundle", "signature", "platforms"), "");
}

/* A manifest of that many bytes with a subject of its own, nearly all of them in
 * one annotation. Its digest. */
static const char *
push_large(const char *subject, char c, size_t n)
{
	const char *head = expand(arena_printf(arena,
	    "{\"artifactType\":\"a/b\",\"subject\":{\"mediaType\":\"a/b\",\"digest\":"
	    "\"`%s`\",\"size\":1},\"annotations\":{\"a\":\"",
	    subject));
	size_t at = strlen(head);
	char *text = arena_alloc(arena, n + 1);
	struct digest d;

	memcpy(text, head, at);
	memset(text + at, c, n - at);
	memcpy(text + n - 3, "\"}}", 4);
	digest_of(HASH_SHA256, str_make(text, n), &d);
	check_v2_row(&(const struct row){"a large one", "PUT",
	    arena_printf(
		arena, "/v2/team/app/manifests/%s", digest_text(arena, &d)),
	    "Content-Type: application/vnd.oci.artifact.manifest.v1+json", text,
	    201});
	return digest_text(arena, &d);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
test_large_pages(void)
{
	const char *large[3];
	size_t i;

	for (i = 0; i < COUNT(large); i++)
		large[i] = push_large("three", (char)('a' + i), PAGE_BYTES / 2);
	qsort(large, COUNT(large), sizeof(large[0]), by_text);
	is_str(walk(expand(TO("three"))),
	    arena_printf(arena, "%s %s %s ", large[0], large[1], large[2]),
	    "Pagination: three of 2 MiB");
	is_int(pages, 3, "fill three pages of at most 4 MiB");
	large[0] = push_large("one", 'x', PAGE_BYTES);
	is_str(walk(expand(TO("one"))), arena_printf(arena, "%s ", large[0]),
	    "one that fills a page alone");
	is_int(pages, 1, "comes without its annotations");
}

/* While the index is made it is not known what is missing. */
static void
test_rebuilding(void)
{
	lose_index();
	check_v2_row(&(const struct row){"while the index is made", "GET",
	    TO("image"), .status = 503, .want = CODE("UNAVAILABLE"),
	    .want_headers = "Retry-After: 5"});
	reindex_all();
}

int
main(void)
{
	static const char *const pushed[] = {
	    "image", "other", "sbom", "signature", "platforms", "bundle", "stray"};
	size_t i;

	setup_v2(docs, COUNT(docs));
	push_blob("team/app", "config");
	for (i = 0; i < COUNT(pushed); i++)
		push_document(
		    "team/app", arena_printf(arena, "`%s`", pushed[i]), pushed[i]);
	test_referrers();
	test_pages();
	test_rebuilding();
	test_referrers();
	test_tag_schema();
	test_removals();
	test_large_pages();
	return teardown_api();
}
