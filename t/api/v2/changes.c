/* changes.c: after each change of a repository its tags, the catalog and the
 * search tell how it stands; and so they do when the index was rebuilt. */
#include "lib/api_v2.h"

#define REPO     "/v2/team/app"
#define AT       REPO "/manifests/"
#define ONE      "/v2/app"
#define ONE_V1   "/v1/repositories/app"
#define SAYS(it) NOTES("org.opencontainers.image.description", it)

static const struct document docs[] = {
    {"cat", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS("") ", " SAYS("A cat"))},
    {"dog", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS("") ", " SAYS("A dog"))},
    {"labels", "{\"config\": {\"Labels\": "
	       "{\"org.opencontainers.image.description\": \"A fish\"}}}"},
    {"fish", V2(OCI_MANIFEST, CONFIG("labels") ", " LAYERS(""))},
    {"animals", V2(OCI_INDEX,
		    CHILDREN(D(OCI_MANIFEST, "fish") ", " D(OCI_MANIFEST, "dog")))},
};

static const struct change {
	const char *name, *method, *target, *body;
	int status;
	const char *tags, *catalog,
	    *found; /* afterwards; found: "name (description)" */
} steps[] = {
    {"a blob", "POST", REPO "/blobs/uploads/?digest=`config`", "config", 201, "",
	"", ""},
    {"another", "POST", REPO "/blobs/uploads/?digest=`labels`", "$labels", 201, "",
	"", ""},
    {"a manifest", "PUT", AT "`cat`", "$cat", 201, "", "team/app", "team/app ()"},
    {"a tag", "PUT", AT "v1", "$cat", 201, "v1", "team/app", "team/app (A cat)"},
    {"latest", "PUT", AT "latest", "$dog", 201, "latest v1", "team/app",
	"team/app (A dog)"},
    {"tags of a digest", "PUT", AT "`cat`?tag=b&tag=a", "$cat", 201,
	"a b latest v1", "team/app", "team/app (A dog)"},
    {"latest moves", "PUT", AT "latest", "$fish", 201, "a b latest v1", "team/app",
	"team/app (A fish)"},
    {"to an index", "PUT", AT "latest", "$animals", 201, "a b latest v1",
	"team/app", "team/app (A fish)"},
    {"what is refused changes nothing", "PUT", AT "c", "{}", 400, "a b latest v1",
	"team/app", "team/app (A fish)"},
    {"a tag goes", "DELETE", AT "a", NULL, 202, "b latest v1", "team/app",
	"team/app (A fish)"},
    {"it cannot go twice", "DELETE", AT "a", NULL, 404, "b latest v1", "team/app",
	"team/app (A fish)"},
    {"latest goes", "DELETE", AT "latest", NULL, 202, "b v1", "team/app",
	"team/app (A cat)"},
    {"a manifest without a tag goes", "DELETE", AT "`animals`", NULL, 202, "b v1",
	"team/app", "team/app (A cat)"},
    {"a manifest goes, with its tags", "DELETE", AT "`cat`", NULL, 202, "",
	"team/app", "team/app ()"},
    {"another", "DELETE", AT "`fish`", NULL, 202, "", "team/app", "team/app ()"},
    {"the last", "DELETE", AT "`dog`", NULL, 202, "", "", ""},
    {"a blob goes", "DELETE", REPO "/blobs/`labels`", NULL, 202, "", "", ""},
    {"a manifest comes again", "PUT", AT "v2", "$cat", 201, "v2", "team/app",
	"team/app (A cat)"},
    {"a blob of a name of one part", "POST", ONE "/blobs/uploads/?digest=`config`",
	"config", 201, "v2", "team/app", "team/app (A cat)"},
    {"a manifest", "PUT", ONE "/manifests/latest", "$dog", 201, "v2",
	"app team/app", "app (A dog) team/app (A cat)"},
    {"somebody describes it", "PUT", ONE_V1 "/properties",
	"{\"description\": \"An app\"}", 200, "v2", "app team/app",
	"app (An app) team/app (A cat)"},
    {"it becomes private", "PUT", ONE_V1 "/properties", "{\"access\": \"private\"}",
	200, "v2", "team/app", "team/app (A cat)"},
    {"a push does not show it", "PUT", ONE "/manifests/latest", "$cat", 201, "v2",
	"team/app", "team/app (A cat)"},
    {"public", "PUT", ONE_V1 "/properties", "{\"access\": \"public\"}", 200, "v2",
	"app team/app", "app (An app) team/app (A cat)"},
    {"private by its other name", "PUT", "/v1/repositories/library/app/properties",
	"{\"access\": \"private\"}", 200, "v2", "team/app", "team/app (A cat)"},
    {"API v1 removes it, from both APIs", "DELETE", ONE_V1 "/", NULL, 200, "v2",
	"team/app", "team/app (A cat)"},
    {"a manifest comes again", "PUT", ONE "/manifests/latest", "$cat", 201, "v2",
	"app team/app", "app (A cat) team/app (A cat)"},
};

static struct json *
answer(const char *target)
{
	struct reply *rp = request("GET", target, NULL, NULL);
	struct json *root = NULL;
	const char *why;

	if (rp->status != 200 || !json_parse(arena, reply_text(rp), &root, &why))
		bail_out(target);
	return root;
}

/* The texts of a list, a blank between them. */
static const char *
texts(const char *target, const char *member)
{
	struct json *list = json_get(answer(target), member);
	struct buf b;
	size_t i;

	buf_init(&b, arena, TEXT_MAX);
	buf_adds(&b, "");
	for (i = 0; i < json_length(list); i++)
		buf_printf(&b, "%s%.*s", i == 0 ? "" : " ",
		    STR_ARG(json_text(json_at(list, i))));
	return b.p;
}

static const char *
found(void)
{
	struct json *list = json_get(answer("/v1/search?q=app"), "results");
	struct buf b;
	size_t i;

	buf_init(&b, arena, TEXT_MAX);
	buf_adds(&b, "");
	for (i = 0; i < json_length(list); i++) {
		struct json *one = json_at(list, i);

		buf_printf(&b, "%s%.*s (%.*s)", i == 0 ? "" : " ",
		    STR_ARG(json_text(json_get(one, "name"))),
		    STR_ARG(json_text(json_get(one, "description"))));
	}
	return b.p;
}

static const char *
all_lists(void)
{
	return arena_printf(arena, "tags <%s> catalog <%s> search <%s>",
	    texts(REPO "/tags/list", "tags"), texts("/v2/_catalog", "repositories"),
	    found());
}

static void
test_step(const struct change *s)
{
	struct reply *rp = request(
	    s->method, expand(s->target), NULL, expand(s->body));
	const char *want = arena_printf(arena, "tags <%s> catalog <%s> search <%s>",
	    s->tags, s->catalog, s->found);

	is_int(rp->status, s->status, "%s", s->name);
	is_str(all_lists(), want, "%s: the lists", s->name);
	reindex_all();
	is_str(all_lists(), want, "%s: of an index that was rebuilt", s->name);
}

int
main(void)
{
	size_t i;

	setup_v2(docs, COUNT(docs));
	for (i = 0; i < COUNT(steps); i++)
		test_step(&steps[i]);
	return teardown_api();
}
