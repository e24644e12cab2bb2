/* lists.c: the tags of a repository, as the specification's "Listing Tags"
 * has it, and the catalog. The name of a row begins with the section that it is of. */
#include "index/index.h"
#include "lib/api_v2.h"

#define TAGS(query) "/v2/team/app/tags/list" query
#define TAG_LIST(names) \
	.status = 200, .want = "{\"name\": \"team/app\", \"tags\": [" names "]}"
#define NEXT(target) "Link: <" target ">; rel=\"next\""
#define NO_NUMBER    .status = 400, .want = CODE("PAGINATION_NUMBER_INVALID")
#define ALL_TAGS     "\"1.0\", \"1.0.1\", \"A\", \"_x\", \"a\", \"b-2\", \"latest\""

static const struct document docs[] = {
    {"image", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
};

/* ---- tags ---- */

static const struct row tags[] = {
    {"Listing Tags: 200, in the form of the specification, sorted", "GET", TAGS(""),
	TAG_LIST(ALL_TAGS), .want_headers = "Link:"},
    {"n: at most so many", "GET", TAGS("?n=2"), TAG_LIST("\"1.0\", \"1.0.1\""),
	.want_headers = NEXT(TAGS("?last=1.0.1&n=2"))},
    {"Link: the next page", "GET", TAGS("?last=1.0.1&n=2"),
	TAG_LIST("\"A\", \"_x\""), .want_headers = NEXT(TAGS("?last=_x&n=2"))},
    {"the one after it", "GET", TAGS("?last=_x&n=2"), TAG_LIST("\"a\", \"b-2\""),
	.want_headers = NEXT(TAGS("?last=b-2&n=2"))},
    {"no Link after the last", "GET", TAGS("?last=b-2&n=2"), TAG_LIST("\"latest\""),
	.want_headers = "Link:"},
    {"n: exactly all", "GET", TAGS("?n=7"), TAG_LIST(ALL_TAGS),
	.want_headers = "Link:"},
    {"n: more than all", "GET", TAGS("?n=1000000"), TAG_LIST(ALL_TAGS),
	.want_headers = "Link:"},
    {"n=0: an empty list MUST NOT have a Link", "GET", TAGS("?n=0"), TAG_LIST(""),
	.want_headers = "Link:"},
    {"last: n is optional", "GET", TAGS("?last=_x"),
	TAG_LIST("\"a\", \"b-2\", \"latest\""), .want_headers = "Link:"},
    {"last: not included", "GET", TAGS("?last=latest"), TAG_LIST("")},
    {"last: a tag that is not there", "GET", TAGS("?last=A0&n=1"),
	TAG_LIST("\"_x\""), .want_headers = NEXT(TAGS("?last=_x&n=1"))},
    {"last MUST NOT be a numeric index", "GET", TAGS("?last=1"),
	TAG_LIST(ALL_TAGS)},
    {"last: no tag at all", "GET", TAGS("?last=%ff%2F"), TAG_LIST("")},
    {"n is not a number", "GET", TAGS("?n=x"), NO_NUMBER},
    {"n is empty", "GET", TAGS("?n="), NO_NUMBER},
    {"n is negative", "GET", TAGS("?n=-1"), NO_NUMBER},
    {"n is a fraction", "GET", TAGS("?n=1.5"), NO_NUMBER},
    {"n is beyond all numbers", "GET", TAGS("?n=99999999999999999999"), NO_NUMBER},
    {"no repository, no n", "GET", "/v2/team/none/tags/list?n=0", .status = 404,
	.want = CODE("NAME_UNKNOWN")},
    {"The list of tags MAY be empty: blobs alone", "GET", "/v2/blobs/tags/list",
	.status = 200, .want = "{\"name\": \"blobs\", \"tags\": []}"},
    {"a manifest without a tag", "GET", "/v2/untagged/tags/list", .status = 200,
	.want = "{\"name\": \"untagged\", \"tags\": []}"},
};

static void
make_tags(void)
{
	push_blob("team/app", "config");
	push_blob("blobs", "config");
	push_blob("untagged", "config");
	push_document("untagged", "`image`", "image");
	push_document("team/app",
	    "latest?tag=b-2&tag=a&tag=_x&tag=A&tag=1.0.1&tag=1.0", "image");
}

/* Pushes them, 32 at a time. */
static void
push_tags(size_t n)
{
	struct buf b;
	size_t i, k;

	push_blob("many", "config");
	for (i = 0; i < n; i += 32) {
		buf_init(&b, arena, 4096);
		buf_printf(&b, "t%zu?x", i);
		for (k = i + 1; k < i + 32; k++)
			buf_printf(&b, "&tag=t%zu", k);
		push_document("many", b.p, "image");
	}
}

/* All of them in one answer, read a page at a time. */
static void
test_many_tags(void)
{
	const size_t wanted = 2048 + 32;
	struct json *root = NULL, *list;
	const char *why, *last = "";
	size_t i, sorted = 0;
	struct reply *rp;

	push_tags(wanted);
	rp = request("GET", "/v2/many/tags/list", NULL, NULL);
	ok(json_parse(arena, reply_text(rp), &root, &why), "a long list is JSON");
	is_str(reply_get(rp, "Link"), NULL, "it is the only one");
	list = json_get(root, "tags");
	is_int(json_length(list), (long long)wanted, "all are in it");
	for (i = 0; i < json_length(list); i++) {
		const char *tag = str_dup(arena, json_text(json_at(list, i)));

		sorted += strcmp(tag, last) > 0;
		last = tag;
	}
	is_int(sorted, (long long)wanted, "in order, each once");
}

/* ---- the catalog ---- */

#define CATALOG(query)      "/v2/_catalog" query
#define REPOSITORIES(names) .status = 200, .want = "{\"repositories\": [" names "]}"

static const struct row catalog[] = {
    {"_catalog: sorted, and only what has a manifest", "GET", CATALOG(""),
	REPOSITORIES("\"team/app\", \"untagged\""), .want_headers = "Link:"},
    {"n", "GET", CATALOG("?n=1"), REPOSITORIES("\"team/app\""),
	.want_headers = NEXT(CATALOG("?last=team%2Fapp&n=1"))},
    {"Link", "GET", CATALOG("?last=team%2Fapp&n=1"), REPOSITORIES("\"untagged\""),
	.want_headers = "Link:"},
    {"n=0", "GET", CATALOG("?n=0"), REPOSITORIES(""), .want_headers = "Link:"},
    {"last", "GET", CATALOG("?last=team"),
	REPOSITORIES("\"team/app\", \"untagged\"")},
    {"last of all", "GET", CATALOG("?last=untagged"), REPOSITORIES("")},
    {"n is not a number", "GET", CATALOG("?n=ten"), NO_NUMBER},
    {"n is negative", "GET", CATALOG("?n=-1"), NO_NUMBER},
};

static void
test_many_repositories(void)
{
	struct json *root = NULL;
	struct reply *rp;
	const char *why;
	int i;

	for (i = 0; i < 1001; i++) {
		const struct index_change change = {
		    .repository = {
			.name = str_of(arena_printf(arena, "bulk/%04d", i)),
			.description = str_of(""),
			.in_search = true,
			.in_catalog = true}};

		if (index_put(reg.index, &change, &err) != RC_OK)
			bail_out(err.text);
	}
	rp = request("GET", "/v2/_catalog", NULL, NULL);
	ok(json_parse(arena, reply_text(rp), &root, &why), "without n");
	is_int(json_length(json_get(root, "repositories")), 1000, "a page");
	is_str(reply_get(rp, "Link"),
	    "</v2/_catalog?last=bulk%2F0999&n=1000>; rel=\"next\"",
	    "and where the next one is");
	for (i = 0; i < 1001; i++)
		(void)index_drop_repository(
		    reg.index, str_of(arena_printf(arena, "bulk/%04d", i)), &err);
}

/* ---- while the index is made ---- */

static void
test_rebuilding(void)
{
	static const struct row rows[] = {
	    {"tags are the store's", "GET", TAGS("?last=1.0&n=2"),
		TAG_LIST("\"1.0.1\", \"A\""),
		.want_headers = NEXT(TAGS("?last=A&n=2"))},
	    {"all of them", "GET", TAGS(""), TAG_LIST(ALL_TAGS)},
	    {"the catalog comes later", "GET", CATALOG(""), .status = 503,
		.want = CODE("UNAVAILABLE"), .want_headers = "Retry-After: 5"},
	};

	lose_index();
	check_v2_rows(ROWS(rows));
	reindex_all();
}

int
main(void)
{
	setup_v2(docs, COUNT(docs));
	make_tags();
	check_v2_rows(ROWS(tags));
	check_v2_rows(ROWS(catalog));
	test_rebuilding();
	check_v2_rows(ROWS(tags));
	check_v2_rows(ROWS(catalog));
	test_many_repositories();
	test_many_tags();
	return teardown_api();
}
