/* manifest.c: what manifests say, and how they are refused. In answers, > is put before
 * what is a manifest. */
#include "base/json.h"
#include "manifest_texts.h"

/* ---- what it refers to ---- */

static const char *
short_ref(struct str ref)
{
	struct digest d;

	return digest_parse(ref, &d, &err) == RC_OK ? short_of(&d)
						    : str_dup(arena, ref);
}

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
		    m.refs_are_manifests ? ">" : "", short_ref(m.refs[i]));
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
	    /* as programs in Go write an empty list */
	    {BARE CONFIG "}", "", "@c"},
	    {BARE CONFIG ", \"layers\": null}", "", "@c"},
	    {V2(DOCKER_MANIFEST) CONFIG "}", DOCKER_MANIFEST, "@c"},
	    {V2(OCI_INDEX) ", \"manifests\": null}", "", ""},
	    {V2(DOCKER_LIST) ", \"manifests\": null}", "", ""},
	    {V2(OCI_MANIFEST) IMAGE ", \"manifests\": null}", "", "@a @c"},
	    {V2(OCI_INDEX) CHILDREN ", \"layers\": null, \"config\": null}", "",
		">@a >@b"},
	    {"{\"mediaType\": \"" OCI_ARTIFACT "\", \"blobs\": null}", "", ""},
	    /* of two members with one name the last counts */
	    {BARE CONFIG LAYER LAYERS(D(OCI_LAYER, "@b")) "}", "", "@b @c"},
	    {BARE CONFIG LAYERS("{\"digest\": \"@a\", \"digest\": \"@b\"}") "}", "",
		"@b @c"},
	    /* of an algorithm that is not computed here: nothing can be there */
	    {BARE CONFIG LAYERS(
		 D(OCI_LAYER, "blake3:0a") ", " D(OCI_LAYER, "@a")) "}",
		"", "blake3:0a @a @c"},
	    {BARE MANIFESTS(D(OCI_MANIFEST, "blake3:0a")) "}", "", ">blake3:0a"},
	    /* however they are spelled */

	    {BARE CONFIG ", \"l\\u0061yers\": [{\"di\\u0067est\":"
			 " \"\\u0073ha256\\u003abbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
			 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"}, {\"digest\":"
			 " \"@b\"}]}",
		"", "@b @c"},
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

#define DIGEST_OF(what) \
	what " must have a digest: sha256: and 64 digits, or sha512: and 128, in " \
	     "lower case"

static void
test_refused(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"", "a manifest must be JSON: "},
	    {"{", "a manifest must be JSON: "},
	    {V2(OCI_MANIFEST) IMAGE "} x", "a manifest must be JSON: "},
	    {"[]", "a manifest must be a JSON object"},
	    {"\"" OCI_MANIFEST "\"", "a manifest must be a JSON object"},
	    {"null", "a manifest must be a JSON object"},
	    /* schemaVersion */
	    {"{}", "schemaVersion must be 2"},
	    {"{\"mediaType\": \"" OCI_MANIFEST "\"" IMAGE "}",
		"schemaVersion must be 2"},
	    {"{\"schemaVersion\": \"2\"" IMAGE "}", "schemaVersion must be 2"},
	    {"{\"schemaVersion\": 2.5" IMAGE "}", "schemaVersion must be 2"},
	    {"{\"schemaVersion\": 3" IMAGE "}", "schemaVersion must be 2"},
	    {"{\"schemaVersion\": 18446744073709551618" IMAGE "}",
		"schemaVersion must be 2"},
	    {"{\"schemaVersion\": 1, \"mediaType\": \"" DOCKER_LIST "\"" CHILDREN
	     "}",
		"schemaVersion must be 2"},
	    /* the members */
	    {BARE LAYER "}",
		"config must be a descriptor: an object with a digest"},
	    {BARE ", \"config\": \"@c\"" LAYER "}",
		"config must be a descriptor: an object with a digest"},
	    {BARE ", \"config\": []" LAYER "}",
		"config must be a descriptor: an object with a digest"},
	    {BARE ", \"config\": null" LAYER "}",
		"config must be a descriptor: an object with a digest"},
	    {BARE CONFIG ", \"layers\": {}}",
		"layers must be a list of descriptors"},
	    {BARE CONFIG LAYERS("[]") "}",
		"layers[0] must be a descriptor: an object with a digest"},
	    {BARE CONFIG LAYERS(D("a/b", "@a") ", null") "}",
		"layers[1] must be a descriptor: an object with a digest"},
	    {V2(OCI_INDEX) "}", "an index must have the member manifests"},
	    {V2(DOCKER_LIST) ", \"manifests\": {}}",
		"manifests must be a list of descriptors"},
	    {V2(OCI_INDEX) MANIFESTS("\"@a\"") "}",
		"manifests[0] must be a descriptor: an object with a digest"},
	    {"{\"mediaType\": \"" OCI_ARTIFACT "\", \"blobs\": {}}",
		"blobs must be a list of descriptors"},
	    {BARE IMAGE ", \"annotations\": []}", "annotations must be an object"},
	    {BARE CHILDREN ", \"annotations\": \"x\"}",
		"annotations must be an object"},
	    /* two things at once */
	    {V2(OCI_MANIFEST) IMAGE CHILDREN "}",
		"a manifest of an image must not have the member manifests"},
	    {BARE CONFIG CHILDREN "}", "an index must not have the member config"},
	    {BARE CHILDREN LAYER "}", "an index must not have the member layers"},
	    /* digests */
	    {BARE ", \"config\": {}" LAYER "}", DIGEST_OF("config")},
	    {BARE ", \"config\": {\"digest\": 5}" LAYER "}", DIGEST_OF("config")},
	    {BARE ", \"config\": " D("a/b", "sha256:aa") LAYER "}",
		DIGEST_OF("config")},
	    {BARE CONFIG LAYERS(D("a/b", "@a") ", " D("a/b", "@A")) "}",
		DIGEST_OF("layers[1]")},
	    {BARE CONFIG LAYERS(D("a/b", "@a\\u0000")) "}", DIGEST_OF("layers[0]")},
	    {BARE CONFIG LAYERS(D(DOCKER_FOREIGN, "?")) "}",
		DIGEST_OF("layers[0]")},
	    {BARE MANIFESTS(D("a/b", "@g")) "}", DIGEST_OF("manifests[0]")},
	    {BARE IMAGE ", \"subject\": " D("a/b", "../../x") "}",
		DIGEST_OF("subject")},
	    {BARE IMAGE ", \"subject\": \"@f\"}",
		"subject must be a descriptor: an object with a digest"},
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
		    "layers[0] must have a size that is a whole number, 0 or more",
		    "no size: %s", bad[i]);
}

/* ---- any shape ---- */

/* `piece` with a number of seven digits for its %. */
static char *
put_piece(char *p, const char *piece, size_t number)
{
	for (; *piece != '\0'; piece++)
		if (*piece == '%')
			p += sprintf(p, "%07zu", number);
		else
			*p++ = *piece;
	return p;
}

/* first, then `piece` n times, then last, and blanks up to MANIFEST_MAX bytes. */
static struct str
shape(const char *first, const char *piece, size_t n, const char *last)
{
	char *text = arena_alloc(arena, MANIFEST_MAX + 256), *p = text;
	char *end = text + MANIFEST_MAX - strlen(last);
	size_t i;

	p += sprintf(p, "%s", first);
	for (i = 0; i < n && p < end; i++) {
		if (i > 0)
			*p++ = ',';
		/* 7919 is a prime: the numbers are not in their order */
		p = put_piece(p, piece, i * 7919 % n);
	}
	is_int(i, n, "a manifest of 4 MiB");
	p = p < end ? p : end;
	p += sprintf(p, "%s", last);
	memset(p, ' ', (size_t)(text + MANIFEST_MAX - p));
	return str_make(text, MANIFEST_MAX);
}

#define DIGITS   "000000000000000000000000000000000000000000000000000000000%"
#define SHA256   "sha256:" DIGITS
#define IN(type) "{\"schemaVersion\":2,\"mediaType\":\"" type "\","
#define CONFIG_IN \
	"\"config\":{\"digest\":\"sha256:" \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\"}"
#define SUBJECT_IN \
	"\"subject\":{\"digest\":\"sha256:" \
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"}"

/* Manifests of 4 MiB. A tree of one of them would take up to a gigabyte. */
static void
test_shapes(void)
{
	static const struct {
		const char *name, *first, *piece, *last, *type;
		size_t n, refs;
	} rows[] = {
	    {"layers as docker writes them",
		IN(OCI_MANIFEST) CONFIG_IN ",\"layers\":[",
		"{\"mediaType\":\"" OCI_LAYER "\",\"digest\":\"" SHA256
		"\",\"size\":1234}",
		"]}", OCI_MANIFEST, 24000, 24000},
	    {"as many layers as there can be",
		IN(OCI_MANIFEST) CONFIG_IN ",\"layers\":[",
		"{\"digest\":\"" SHA256 "\"}", "]}", OCI_MANIFEST, 49000, 49000},
	    {"layers with members that nobody reads",
		IN(OCI_MANIFEST) CONFIG_IN ",\"layers\":[",
		"{\"digest\":\"" SHA256 "\",\"a\":[[],{},0,1,2,[[[3]]]]}", "]}",
		OCI_MANIFEST, 30000, 30000},
	    {"children with platforms, without mediaType",
		"{\"schemaVersion\":2," SUBJECT_IN ",\"manifests\":[",
		"{\"mediaType\":\"" OCI_MANIFEST "\",\"digest\":\"" SHA256
		"\",\"size\":1234,\"platform\":{\"architecture\":\"amd64\",\"os\":"
		"\"linux\"}}",
		"]}", OCI_INDEX, 18000, 18000},
	    {"annotations",
		IN(OCI_MANIFEST) CONFIG_IN "," SUBJECT_IN ",\"annotations\":{",
		"\"%\":\"\"", "}}", OCI_MANIFEST, 320000, 1},
	    {"lists of nothing", IN(OCI_MANIFEST) CONFIG_IN ",\"x\":[", "[]", "]}",
		OCI_MANIFEST, 1390000, 1},
	    {"members", IN(OCI_MANIFEST) CONFIG_IN ",", "\"%\":0", "}",
		OCI_MANIFEST, 345000, 1},
	    {"blobs", IN(OCI_ARTIFACT) "\"blobs\":[", "{\"digest\":\"" SHA256 "\"}",
		"]}", OCI_ARTIFACT, 49000, 49000},
	};
	struct manifest m;
	size_t i, k, held, out_of_order;

	for (i = 0; i < COUNT(rows); i++) {
		struct str text = shape(
		    rows[i].first, rows[i].piece, rows[i].n, rows[i].last);
		struct str type;

		held = arena_held(arena);
		is_int(manifest_parse(arena, text, str_of(""), &m, &err), RC_OK,
		    "%s", rows[i].name);
		is_int(m.n_refs, rows[i].refs + (i < 3), "all they refer to");
		for (out_of_order = 0, k = 1; k < m.n_refs; k++)
			out_of_order += memcmp(m.refs[k - 1].p, m.refs[k].p,
					    m.refs[k].n) >= 0;
		is_int(out_of_order, 0, "in order");
		is_str(str_dup(arena, m.type), rows[i].type, "as what they are");
		(void)manifest_type(arena, text, &type);
		is_str(str_dup(arena, type), rows[i].type, "in the store, too");
		ok(arena_held(arena) - held <= MANIFEST_MAX / 4,
		    "in a quarter of their own size: %zu bytes",
		    arena_held(arena) - held);
	}
}

/* Each is listed once, also in the worst spelling. */
static void
test_repeated(void)
{
	struct str text = shape(IN(OCI_MANIFEST) CONFIG_IN ",\"layers\":[",
	    "{\"digest\":\"\\u0073ha256:" DIGITS "\"}", 45000, "]}");
	size_t i, held = arena_held(arena);
	struct manifest m;
	char *p;

	is_int(manifest_parse(arena, text, str_of(""), &m, &err), RC_OK,
	    "45,000 layers with an escape each");
	is_int(m.n_refs, 45000 + 1, "all are read");
	held = arena_held(arena) - held;
	ok(held <= MANIFEST_MAX / 4 * 5, "in about their own size: %zu bytes",
	    held);
	p = arena_strndup(arena, text.p, text.n);
	for (i = 0; i + 70 < text.n; i++)
		if (memcmp(p + i, "ha256:", 6) == 0)
			memset(p + i + 6, '1', 64);
	is_int(manifest_parse(arena, str_make(p, text.n), str_of(""), &m, &err),
	    RC_OK, "all of them the same");
	is_int(m.n_refs, 1, "each is listed once");
}

/* n levels around nothing, as a member. */
static enum result
parse_nested(size_t n)
{
	struct manifest m;

	return parse(arena_printf(arena, BARE CONFIG ", \"x\": %s%s}",
			 repeated('[', n).p, repeated(']', n).p),
	    "", &m);
}

static void
test_deep(void)
{
	is_int(parse_nested(JSON_DEPTH - 1), RC_OK, "as deep as it may be");
	is_int(parse_nested(JSON_DEPTH), RC_BAD_MANIFEST, "a level more");
	is_int(parse_nested(20000), RC_BAD_MANIFEST, "20,000 levels");
	ok(strstr(err.text, "lists and objects are nested too deeply") != NULL,
	    "and that is said");
}

/* ---- what else it says ---- */

/* "description | config | child", "-" for what is not there. */
static const char *
about(const char *text)
{
	struct manifest_description m;

	manifest_description_read(arena, spelled_out(text), &m);
	return arena_printf(arena, "%.*s | %s | %s", STR_ARG(m.text),
	    m.has_config ? short_of(&m.config) : "-",
	    m.has_child ? short_of(&m.child) : "-");
}

/* "subject kind | " before that. */
static const char *
told_by(const char *text, const char *content_type)
{
	struct manifest m;

	if (parse(text, content_type, &m) != RC_OK)
		return err.text;
	return arena_printf(arena, "%s %.*s | %s",
	    m.has_subject ? short_ref(m.subject) : "-", STR_ARG(m.artifact_type),
	    about(text));
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
		"@f " OTHER " | A cat | @c | -"},
	    {V2(OTHER) SUBJECT "}", "", "@f  |  | - | -"},
	    {V2(OCI_MANIFEST) IMAGE ", \"subject\": " D("a/b", "blake3:0a") "}", "",
		"blake3:0a " OCI_CONFIG " |  | @c | -"},
	    {V2(OCI_MANIFEST) ", \"config\": {\"digest\": \"blake3:0a\"}" LAYER "}",
		"", "-  |  | - | -"},
	    {V2(OCI_INDEX) MANIFESTS(D(OCI_MANIFEST, "blake3:0a")) "}", "",
		"-  |  | - | -"},

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

/* Of what an old server left nothing is refused. */
static void
test_about(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"{\"config\": {\"digest\": \"@c\"}}", " | @c | -"},
	    {"{\"config\": \"@c\", \"manifests\": {\"digest\": \"@a\"}}",
		" | - | -"},
	    {"{\"manifests\": [1, {\"digest\": \"@a\"}]}", " | - | -"},
	    {"{\"manifests\": [{\"digest\": \"@a\", \"size\": -1}, 2]}",
		" | - | @a"},
	    {"{\"annotations\": []}", " | - | -"},
	    {"{\"config\": {\"digest\": \"@c\"}", " | - | -"},
	    {"[{\"config\": {\"digest\": \"@c\"}}]", " | - | -"},
	    {"{\"config\": {\"digest\": \"@c\"}, \"x\": \"\xff\"}", " | - | -"},
	    {"", " | - | -"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(about(rows[i].text), rows[i].want, "about %s",
		    printable(str_of(rows[i].text)));
}

static const char *
annotations_of(const char *text)
{
	struct manifest m;

	if (parse(text, "", &m) != RC_OK)
		return err.text;
	return m.annotations.n == 0 ? NULL : str_dup(arena, m.annotations);
}

static void
test_annotations(void)
{
	is_str(annotations_of(BARE IMAGE ", \"annotations\": {\"b\": \"1\","
					 " \"a\": \"/\"}}"),
	    "{\"b\": \"1\", \"a\": \"/\"}", "annotations");
	is_str(annotations_of(BARE IMAGE ", \"annotations\": {}}"), "{}", "empty");
	is_str(annotations_of(BARE IMAGE "}"), NULL, "none");
	is_str(annotations_of(V2(OTHER) ", \"annotations\": [1]}"), NULL,
	    "none that any type may have");
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
		is_str(printable(manifest_config_description(
			   arena, exact_copy(rows[i].text))),
		    rows[i].want, "the config %s", printable(rows[i].text));
}

int
main(void)
{
	static void (*const tests[])(void) = {test_refs, test_about, test_refused,
	    test_sizes, test_shapes, test_repeated, test_deep, test_members,
	    test_annotations, test_config};

	return run_tests(tests, COUNT(tests));
}
