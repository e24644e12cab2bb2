/* 24-manifest.c: what manifests say, and how they are refused. In answers, > is put before
 * what is a manifest. */
#include "base/json.h"
#include "manifest-test.h"

/* ---- what it refers to ---- */

static const char *
refs_of(const char *text, const char *content_type)
{
	struct manifest m;
	const char *out = "";
	size_t i;

	if (parse(text, content_type, &m) != RC_OK)
		return err.text;
	for (i = 0; i < m.n_refs; i++)
		out = arena_printf(arena, "%s%s%s%s", out, i > 0 ? " " : "",
		    m.refs[i].is_manifest ? ">" : "", short_of(&m.refs[i].digest));
	return out;
}

/* As docker push, skopeo, buildah, oras and helm write them. */
static void
test_refs(void)
{
	static const struct {
		const char *text, *content_type, *want;
	} rows[] = {
	    {V2(DOCKER_MANIFEST) CONFIG LAYERS(D(DOCKER_LAYER, "@a") ", " D(
		 DOCKER_LAYER, "@e") ", " D(DOCKER_LAYER, "@a")) "}",
		"", "@a @c @e"},
	    {V2(DOCKER_MANIFEST) CONFIG LAYERS(
		 D(DOCKER_FOREIGN, "@a") ", " D(DOCKER_LAYER, "@b")) "}",
		"", "@b @c"},
	    {V2(OCI_MANIFEST) CONFIG LAYERS(
		 D(OCI_ELSEWHERE, "@a") ", " D(OCI_ELSEWHERE "+gzip", "@d") ", " D(
		     OCI_ELSEWHERE "+zstd", "@e") ", " D(OCI_LAYER, "@b")) "}",
		"", "@b @c"},
	    {V2(OCI_MANIFEST) CONFIG LAYERS(D(OCI_LAYER, "#a") ", " D(
		 OCI_LAYER, "@a") ", " D(OCI_LAYER, "#a")) "}",
		"", "@a @c #a"},
	    {V2(OCI_MANIFEST) CONFIG LAYERS("") "}", "", "@c"},
	    {V2(OCI_MANIFEST) CONFIG LAYERS(D(OCI_EMPTY, "@c")) SUBJECT "}", "",
		"@c"},
	    {BARE IMAGE "}", "", "@a @c"},
	    {BARE IMAGE "}", DOCKER_MANIFEST, "@a @c"},
	    {BARE CONFIG LAYERS("{\"digest\": \"@a\"}") "}", "", "@a @c"},
	    {V2(DOCKER_LIST) MANIFESTS(D(DOCKER_MANIFEST, "@b")) "}", "", ">@b"},
	    {V2(OCI_INDEX) CHILDREN "}", "", ">@a >@b"},
	    {V2(OCI_INDEX) MANIFESTS("") "}", "", ""},
	    {BARE CHILDREN SUBJECT "}", "", ">@a >@b"},
	    {"{\"mediaType\": \"" OCI_ARTIFACT
	     "\"" KIND BLOBS(D("a/b", "@b") ", " D("a/b", "@a")) SUBJECT "}",
		"", "@a @b"},
	    {"{\"mediaType\": \"" OCI_ARTIFACT "\"" KIND "}", "", ""},
	    {"{\"a\": 1" BLOBS(D("a/b", "@b")) "}", OCI_ARTIFACT, "@b"},
	    /* of which nothing is known */
	    {"{\"schemaVersion\": 1, \"fsLayers\": [{\"blobSum\": \"@a\"}],"
	     " \"signatures\": [{}]}",
		DOCKER_SIGNED, ""},
	    {V2(OTHER) IMAGE CHILDREN "}", OTHER, ""},
	    {V2(OTHER) ", \"config\": 1, \"layers\": 2, \"manifests\": {},"
		       " \"annotations\": []}",
		OTHER, ""},
	    {"{\"mediaType\": \"" DOCKER_CONFIG "\"}", "", ""},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(refs_of(rows[i].text, rows[i].content_type), rows[i].want,
		    "%.120s", rows[i].text);
}

static void
test_refused(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"", "no JSON: "},
	    {"{", "no JSON: "},
	    {V2(OCI_MANIFEST) IMAGE "} x", "no JSON: "},
	    {"[]", "no JSON object"},
	    {"\"" OCI_MANIFEST "\"", "no JSON object"},
	    {"null", "no JSON object"},
	    /* schemaVersion */
	    {"{}", "schemaVersion is not 2"},
	    {"{\"mediaType\": \"" OCI_MANIFEST "\"" IMAGE "}",
		"schemaVersion is not 2"},
	    {"{\"schemaVersion\": \"2\"" IMAGE "}", "schemaVersion is not 2"},
	    {"{\"schemaVersion\": 2.5" IMAGE "}", "schemaVersion is not 2"},
	    {"{\"schemaVersion\": 3" IMAGE "}", "schemaVersion is not 2"},
	    {"{\"schemaVersion\": 18446744073709551618" IMAGE "}",
		"schemaVersion is not 2"},
	    {"{\"schemaVersion\": 1, \"mediaType\": \"" DOCKER_LIST "\"" CHILDREN
	     "}",
		"schemaVersion is not 2"},
	    /* the members */
	    {BARE LAYER "}", "config is no descriptor"},
	    {BARE ", \"config\": \"@c\"" LAYER "}", "config is no descriptor"},
	    {BARE ", \"config\": []" LAYER "}", "config is no descriptor"},
	    {BARE ", \"config\": null" LAYER "}", "config is no descriptor"},
	    {BARE CONFIG "}", "layers is no list"},
	    {BARE CONFIG ", \"layers\": null}", "layers is no list"},
	    {BARE CONFIG ", \"layers\": {}}", "layers is no list"},
	    {BARE CONFIG LAYERS("[]") "}", "layers[0] is no descriptor"},
	    {BARE CONFIG LAYERS(D("a/b", "@a") ", null") "}",
		"layers[1] is no descriptor"},
	    {V2(OCI_INDEX) "}", "manifests is no list"},
	    {V2(DOCKER_LIST) ", \"manifests\": {}}", "manifests is no list"},
	    {V2(OCI_INDEX) MANIFESTS("\"@a\"") "}",
		"manifests[0] is no descriptor"},
	    {"{\"mediaType\": \"" OCI_ARTIFACT "\", \"blobs\": {}}",
		"blobs is no list"},
	    {BARE IMAGE ", \"annotations\": []}", "annotations is no object"},
	    {BARE CHILDREN ", \"annotations\": \"x\"}", "annotations is no object"},
	    /* two things at once */
	    {V2(OCI_MANIFEST) IMAGE CHILDREN "}",
		"manifests has no place in this type of manifest"},
	    {BARE CONFIG CHILDREN "}",
		"config has no place in this type of manifest"},
	    {BARE CHILDREN LAYER "}",
		"layers has no place in this type of manifest"},
	    /* digests */
	    {BARE ", \"config\": {}" LAYER "}",
		"config: the digest is none of sha256 or sha512"},
	    {BARE ", \"config\": {\"digest\": 5}" LAYER "}",
		"config: the digest is none of sha256 or sha512"},
	    {BARE ", \"config\": " D("a/b", "sha256:aa") LAYER "}",
		"config: the digest is none of sha256 or sha512"},
	    {BARE CONFIG LAYERS(D("a/b", "@a") ", " D("a/b", "@A")) "}",
		"layers[1]: the digest is none of sha256 or sha512"},
	    {BARE CONFIG LAYERS(D("a/b", "@a\\u0000")) "}",
		"layers[0]: the digest is none of sha256 or sha512"},
	    {BARE CONFIG LAYERS(D(DOCKER_FOREIGN, "?")) "}",
		"layers[0]: the digest is none of sha256 or sha512"},
	    {BARE MANIFESTS(D("a/b", "@g")) "}",
		"manifests[0]: the digest is none of sha256 or sha512"},
	    {BARE IMAGE ", \"subject\": " D("a/b", "../../x") "}",
		"subject: the digest is none of sha256 or sha512"},
	    {BARE IMAGE ", \"subject\": \"@f\"}", "subject is no descriptor"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(arena_strndup(
			   arena, refs_of(rows[i].text, ""), strlen(rows[i].want)),
		    rows[i].want, "%.120s", rows[i].text);
	is_int(parse("{", "", &(struct manifest){.n_refs = 0}), RC_BAD_MANIFEST,
	    "the result");
}

static void
test_sizes(void)
{
	static const char *const good[] = {"0", "7", "9223372036854775806", "null"};
	static const char *const bad[] = {"-1", "1.5", "1e3", "\"7\"", "true", "[]",
	    "9223372036854775807", "9223372036854775808", "18446744073709551616",
	    "1000000000000000000000000000", "-9223372036854775808"};
	static const char *const form = BARE CONFIG
	    ", \"layers\": [{\"digest\": \"@a\", \"size\": %s}]}";
	size_t i;

	for (i = 0; i < COUNT(good); i++)
		is_str(refs_of(arena_printf(arena, form, good[i]), ""), "@a @c",
		    "the size %s", good[i]);
	for (i = 0; i < COUNT(bad); i++)
		is_str(refs_of(arena_printf(arena, form, bad[i]), ""),
		    "layers[0]: the size is no length", "no size: %s", bad[i]);
}

/* n layers, each of `times` the same. */
static struct str
many_layers(size_t n, size_t repeated)
{
	char *text = arena_alloc(arena, n * repeated * 100 + 1000), *p = text;
	size_t i, k;

	p += sprintf(p, "%s", BARE ", \"config\": {\"digest\": \"sha256:");
	p += sprintf(p, "%064d\"}, \"layers\": [", 0);
	for (k = 0; k < repeated; k++)
		for (i = 0; i < n; i++)
			p += sprintf(p, "%s{\"digest\": \"sha256:%064zu\"}",
			    i + k > 0 ? "," : "", (i * 7919 + k) % n);
	p += sprintf(p, "]}");
	return str_make(text, (size_t)(p - text));
}

static void
test_many_refs(void)
{
	struct manifest m;
	size_t i, out_of_order = 0;

	is_int(manifest_parse(arena, many_layers(5000, 3), str_of(""), &m, &err),
	    RC_OK, "15,000 layers");
	is_int(m.n_refs, 5000, "each is listed once");
	for (i = 1; i < m.n_refs; i++)
		out_of_order += strcmp(m.refs[i - 1].digest.hex,
				    m.refs[i].digest.hex) >= 0;
	is_int(out_of_order, 0, "in the order of their digests");
}

/* ---- what else it says ---- */

/* "subject kind | description | config | child", "-" for what is not there. */
static const char *
told_by(const char *text, const char *content_type)
{
	struct manifest m;

	if (parse(text, content_type, &m) != RC_OK)
		return err.text;
	return arena_printf(arena, "%s %.*s | %.*s | %s | %s",
	    m.has_subject ? short_of(&m.subject) : "-", STR_ARG(m.artifact_type),
	    STR_ARG(m.description), m.has_config ? short_of(&m.config) : "-",
	    m.has_child ? short_of(&m.child) : "-");
}

#define NOTE \
	", \"annotations\": {\"org.opencontainers.image.description\": \"A cat\"}"

static void
test_members(void)
{
	static const struct {
		const char *text, *content_type, *want;
	} rows[] = {
	    {V2(OCI_MANIFEST) IMAGE "}", "", "- " OCI_CONFIG " |  | @c | -"},
	    {V2(OCI_MANIFEST) IMAGE SUBJECT KIND NOTE "}", "",
		"@f " OTHER " | A cat | @c | -"},
	    {V2(OCI_MANIFEST) IMAGE SUBJECT ", \"artifactType\": \"\"}", "",
		"@f " OCI_CONFIG " |  | @c | -"},
	    {V2(OCI_MANIFEST) IMAGE ", \"subject\": null, \"annotations\": null}",
		"", "- " OCI_CONFIG " |  | @c | -"},
	    {V2(OCI_MANIFEST) ", \"config\": {\"digest\": \"@c\"}" LAYER "}", "",
		"-  |  | @c | -"},
	    {V2(OCI_INDEX) CHILDREN NOTE "}", "", "-  | A cat | - | @b"},
	    {V2(OCI_INDEX) CHILDREN SUBJECT KIND "}", "",
		"@f " OTHER " |  | - | @b"},
	    {V2(OCI_INDEX) ", \"manifests\": []}", "", "-  |  | - | -"},
	    {"{\"mediaType\": \"" OCI_ARTIFACT "\"" KIND SUBJECT NOTE "}", "",
		"@f " OTHER " | A cat | - | -"},
	    /* of any type */
	    {V2(OTHER) IMAGE SUBJECT KIND NOTE "}", "",
		"@f " OTHER " | A cat | - | -"},
	    {V2(OTHER) SUBJECT "}", "", "@f  |  | - | -"},
	    {V2(OTHER) ", \"subject\": {\"digest\": \"#f\"}}", "",
		"#f  |  | - | -"},
	    {V2(OTHER) ", \"subject\": \"@f\", \"annotations\": 1}", "",
		"-  |  | - | -"},
	    {V2(OTHER) ", \"subject\": " D("a/b", "f") "}", "", "-  |  | - | -"},
	    {V2(OTHER) ", \"artifactType\": 1,"
		       " \"annotations\": {\"org.opencontainers.image.description\": 1}}",
		"", "-  |  | - | -"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(told_by(rows[i].text, rows[i].content_type), rows[i].want,
		    "%.200s", rows[i].text);
}

static const char *
annotations_of(const char *text)
{
	struct manifest m;

	if (parse(text, "", &m) != RC_OK)
		return err.text;
	return m.annotations == NULL ? NULL : json_print(arena, m.annotations).p;
}

static void
test_annotations(void)
{
	is_str(annotations_of(BARE IMAGE ", \"annotations\": {\"b\": \"1\","
					 " \"a\": \"/\"}}"),
	    "{\"b\":\"1\",\"a\":\"/\"}", "annotations");
	is_str(annotations_of(BARE IMAGE ", \"annotations\": {}}"), "{}", "empty");
	is_str(annotations_of(BARE IMAGE "}"), NULL, "none");
	is_str(annotations_of(V2(OTHER) ", \"annotations\": [1]}"), NULL,
	    "none that any type may have");
}

/* ---- entries of an index ---- */

/* What was visited, and how many more are wanted. */
struct seen {
	const char *text;
	size_t left;
};

static bool
see(void *arg, const struct manifest_descriptor *d)
{
	struct seen *seen = arg;

	seen->text = arena_printf(arena, "%s%s %.*s,%.*s,%lld,%s;", seen->text,
	    short_of(&d->digest), STR_ARG(d->type), STR_ARG(d->artifact_type),
	    d->size, d->annotations.n == 0 ? "-" : str_dup(arena, d->annotations));
	return --seen->left > 0;
}

static const char *
entries_of(const char *text, size_t most)
{
	struct seen seen = {"", most};

	manifest_each_entry(arena, spelled_out(text), see, &seen);
	return seen.text;
}

static void
test_entries(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {V2(OCI_INDEX) MANIFESTS(D("a/b",
		 "@b") ", "
		       "{\"mediaType\": \"c/d\", \"digest\": \"#a\", \"size\": 0,"
		       " \"artifactType\": \"e/f\", \"annotations\": {\"k\": \"v\"}}") "}",
		"@b a/b,,7,-;#a c/d,e/f,0,{\"k\":\"v\"};"},
	    {BARE CHILDREN "}",
		"@b " OCI_MANIFEST ",,7,-;@a " OCI_MANIFEST ",,7,-;"},
	    /* some that are not well-formed */
	    {BARE MANIFESTS(
		 "1, null, [], {}, " D("a/b", "?") ", " D("a/b", "@e")) "}",
		"@e a/b,,7,-;"},
	    {BARE MANIFESTS("{\"mediaType\": \"a/b\", \"digest\": \"@a\"}") "}",
		""},
	    {BARE MANIFESTS("{\"mediaType\": \"a/b\", \"digest\": \"@a\","
			    " \"size\": -1}") "}",
		""},
	    {BARE MANIFESTS("{\"digest\": \"@a\", \"size\": 1}") "}", ""},
	    {BARE MANIFESTS(
		 "{\"mediaType\": \"a/b\", \"digest\": \"@a\","
		 " \"size\": 1, \"artifactType\": 1, \"annotations\": []}") "}",
		"@a a/b,,1,-;"},
	    /* no index */
	    {V2(OCI_MANIFEST) IMAGE "}", ""},
	    {"{\"manifests\": {}}", ""},
	    {"[" D("a/b", "@b") "]", ""},
	    {"{\"manifests\": [" D("a/b", "@b") "]", ""},
	    {"", ""},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(entries_of(rows[i].text, SIZE_MAX), rows[i].want,
		    "entries of %.100s", rows[i].text);
	is_str(entries_of(BARE CHILDREN "}", 1), "@b " OCI_MANIFEST ",,7,-;",
	    "no more than are wanted");
}

/* ---- the config of an image ---- */

static void
test_config(void)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	    {LIT("{\"architecture\": \"amd64\", \"config\": {\"Labels\":"
		 " {\"org.opencontainers.image.description\": \"A cat\"}}}"),
		"A cat"},
	    {LIT("{\"config\": {\"Labels\": {\"description\": \"A cat\"}}}"), ""},
	    {LIT("{\"config\": {\"Labels\":"
		 " {\"org.opencontainers.image.description\": [\"A cat\"]}}}"),
		""},
	    {LIT("{\"config\": {\"Labels\": null}}"), ""},
	    {LIT("{\"config\": {\"Labels\": []}}"), ""},
	    {LIT("{\"config\": \"\"}"), ""},
	    {LIT("{}"), ""},
	    {LIT("[]"), ""},
	    {LIT(""), ""},
	    {LIT("\x1f\x8b\0"), ""},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(
		    shown(manifest_config_description(arena, tight(rows[i].text))),
		    rows[i].want, "the config %s", shown(rows[i].text));
}

int
main(void)
{
	static void (*const tests[])(void) = {test_refs, test_refused, test_sizes,
	    test_many_refs, test_members, test_annotations, test_entries,
	    test_config};

	return run_tests(tests, COUNT(tests));
}
