/* manifest-type.c: of which media type a manifest is. */
#include "manifest_texts.h"

/* "<type>", with "client: " before what only the client said, or why it is refused. */
static const char *
type_of(const char *text, const char *content_type)
{
	struct manifest m;

	if (parse(text, content_type, &m) != RC_OK)
		return err.text;
	return arena_printf(
	    arena, "%s%.*s", m.type_from_header ? "client: " : "", STR_ARG(m.type));
}

static void
test_types(void)
{
	static const struct {
		const char *text, *content_type, *want;
	} rows[] = {
	    /* the bytes tell it */
	    {V2(DOCKER_MANIFEST) IMAGE "}", "", DOCKER_MANIFEST},
	    {V2(DOCKER_LIST) CHILDREN "}", "", DOCKER_LIST},
	    {V2(OCI_MANIFEST) IMAGE "}", OCI_MANIFEST, OCI_MANIFEST},
	    {V2(OCI_INDEX) CHILDREN "}", OCI_INDEX, OCI_INDEX},
	    {"{\"mediaType\": \"" OCI_ARTIFACT "\"}", "", OCI_ARTIFACT},
	    {"{\"mediaType\": \"" OTHER "\"}", OTHER, OTHER},
	    {V2(OCI_MANIFEST) IMAGE "}", OCI_MANIFEST "; charset=utf-8",
		OCI_MANIFEST},
	    {V2(OCI_MANIFEST) IMAGE "}", " \t" OCI_MANIFEST " ;x=y;z",
		OCI_MANIFEST},
	    {V2(OCI_MANIFEST) IMAGE "}",
		"Application/VND.OCI.Image.Manifest.V1+JSON", OCI_MANIFEST},
	    {V2(OCI_MANIFEST "; charset=utf-8") IMAGE "}", OCI_MANIFEST,
		OCI_MANIFEST},
	    {V2(OCI_MANIFEST) IMAGE "}", " ;charset=utf-8", OCI_MANIFEST},
	    /* the shape tells it */
	    {BARE IMAGE "}", "", OCI_MANIFEST},
	    {BARE CHILDREN "}", "", OCI_INDEX},
	    {BARE ", \"manifests\": []}", "", OCI_INDEX},
	    {BARE ", \"mediaType\": null" IMAGE "}", "", OCI_MANIFEST},
	    {BARE ", \"mediaType\": \"\"" IMAGE "}", "", OCI_MANIFEST},
	    {"{\"schemaVersion\": 1, \"fsLayers\": []}", "", DOCKER_SCHEMA1},
	    {"{\"schemaVersion\": 1, \"signatures\": []}", "", DOCKER_SIGNED},
	    /* the client says the same, or another */
	    {BARE IMAGE "}", OCI_MANIFEST "; charset=utf-8", OCI_MANIFEST},
	    {BARE CHILDREN "}", "application/VND.OCI.image.index.v1+json",
		OCI_INDEX},
	    {BARE IMAGE "}", DOCKER_MANIFEST, "client: " DOCKER_MANIFEST},
	    {BARE IMAGE "}", "application/json", OCI_MANIFEST},
	    {BARE CHILDREN "}", "application/octet-stream", MANIFEST_OCI_INDEX},
	    {BARE CHILDREN "}", DOCKER_LIST " ; q=1", "client: " DOCKER_LIST},
	    {"{\"blobs\": []}", OCI_ARTIFACT, "client: " OCI_ARTIFACT},
	    {"{}", OTHER, "client: " OTHER},
	    {"{\"schemaVersion\": 1, \"fsLayers\": []}", DOCKER_SIGNED,
		"client: " DOCKER_SIGNED},
	    {"{\"schemaVersion\": 1, \"signatures\": []}", DOCKER_SIGNED,
		DOCKER_SIGNED},
	    /* neither */
	    {V2(OCI_MANIFEST) IMAGE "}", DOCKER_MANIFEST,
		"Content-Type is " DOCKER_MANIFEST " but mediaType is " OCI_MANIFEST
		": they must be the same"},
	    {V2(OTHER) "}", "application/json",
		"Content-Type is application/json but mediaType is " OTHER
		": they must be the same"},
	    {"{\"mediaType\": 2}", OTHER, "mediaType must be a string"},
	    {"{\"mediaType\": [\"" OTHER "\"]}", "", "mediaType must be a string"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(type_of(rows[i].text, rows[i].content_type), rows[i].want,
		    "\"%s\" and %.70s", rows[i].content_type, rows[i].text);
}

/* What becomes a header of a reply is a media type (RFC 6838, section 4.2). */
static void
test_no_types(void)
{
	static const char *const rows[] = {"json", "a/", "/b", "/", "a/b/c",
	    "a b/c", "a/b c", "a/b,c/d", "text/html\\r\\nX: y", "a/b\\u0000",
	    "a/\\u007f", "a/\xc3\xa9", "a/\\\"b\\\"", "a/(b)", "*/*"};
	const char *longest = arena_printf(arena, "a/%s", repeated('b', 253).p);
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(
		    type_of(arena_printf(arena, "{\"mediaType\": \"%s\"}", rows[i]),
			""),
		    "mediaType must be a media type: type/subtype", "%s", rows[i]);
	is_str(type_of("{}", "json"),
	    "Content-Type must be a media type: type/subtype",
	    "so is a Content-Type");
	is_str(type_of("{}", "a/b\nc"),
	    "Content-Type must be a media type: type/subtype", "with a line's end");
	is_str(type_of("{}", longest), arena_printf(arena, "client: %s", longest),
	    "as long as it may be");
	is_str(type_of("{}", arena_printf(arena, "%sb", longest)),
	    "Content-Type must be a media type: type/subtype", "longer");
}

/* "<type>", in brackets if the bytes do not tell it. */
static const char *
stored_type(struct str bytes)
{
	struct str type;
	bool known = manifest_type(arena, exact_copy(bytes), &type);

	return arena_printf(arena, known ? "%.*s" : "(%.*s)", STR_ARG(type));
}

static void
test_stored_types(void)
{
	static const struct {
		struct str bytes;
		const char *want;
	} rows[] = {
	    {LIT(V2(DOCKER_MANIFEST) IMAGE "}"), DOCKER_MANIFEST},
	    {LIT(V2(OCI_INDEX) CHILDREN "}"), OCI_INDEX},
	    {LIT(V2(OTHER) "}"), OTHER},
	    {LIT(V2(OTHER "; a=b") "}"), OTHER},
	    {LIT("{\"config\": {\"mediaType\": \"c/d\"}, \"mediaType\": \"a/b\"}"),
		"a/b"},
	    {LIT("{\"mediaType\": \"a/b\", \"config\": {\"mediaType\": \"c/d\"}}"),
		"a/b"},
	    {LIT("{\"a\": \"\\n\", \"mediaType\": \"a/b\"}"), "a/b"},
	    {LIT("{\"mediaType\": \"a\\/b\"}"), "a/b"},
	    {LIT("{\"media\\u0054ype\": \"a/b\"}"), "a/b"},
	    {LIT("{\"mediaType\": \"a/b\", \"mediaType\": \"c/d\"}"), "c/d"},
	    /* the shape */
	    {LIT(BARE IMAGE "}"), "(" OCI_MANIFEST ")"},
	    {LIT(BARE CHILDREN "}"), "(" OCI_INDEX ")"},
	    {LIT("{\"manifests\": {}}"), "(" OCI_MANIFEST ")"},
	    {LIT("{\"schemaVersion\": 1}"), "(" DOCKER_SCHEMA1 ")"},
	    {LIT("{\"schemaVersion\": 1, \"signatures\": [{}]}"),
		"(" DOCKER_SIGNED ")"},
	    {LIT("{\"mediaType\": 1}"), "(" OCI_MANIFEST ")"},
	    {LIT("{\"mediaType\": \"\", \"manifests\": []}"), "(" OCI_INDEX ")"},
	    {LIT("{\"mediaType\": \"a\r\nb: /\"}"), "(" OCI_MANIFEST ")"},
	    {LIT("{\"mediaType\": \"a\", \"manifests\": []}"), "(" OCI_INDEX ")"},
	    /* no JSON, or no object */
	    {LIT(""), "(" OCI_MANIFEST ")"},
	    {LIT("\x1f\x8b\0\xff"), "(" OCI_MANIFEST ")"},
	    {LIT("{\"manifests\": []"), "(" OCI_MANIFEST ")"},
	    {LIT("{\"mediaType\": \"a/b\""), "(" OCI_MANIFEST ")"},
	    {LIT("[{\"mediaType\": \"a/b\"}]"), "(" OCI_MANIFEST ")"},
	    {LIT("\"mediaType\""), "(" OCI_MANIFEST ")"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(stored_type(rows[i].bytes), rows[i].want,
		    "the type of %.70s", printable(rows[i].bytes));
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_types, test_no_types, test_stored_types};

	return run_tests(tests, COUNT(tests));
}
