/* schema1.c: manifests of Docker's schema 1, and the signed documents that they come
 * in: their form. (t/api/v2/schema1.c has whole ones, with signatures that are right.) */

#include "image/schema1.h"

#include "base/base64url.h"
#include "base/buf.h"
#include "image/pretty_jws.h"
#include "manifest_texts.h"

/* want, or after "~" what got begins with. */
static void
is_as_wanted(const char *got, const char *want, const char *text)
{
	if (want[0] != '~')
		is_str(got, want, "%.90s", printable(str_of(text)));
	else
		ok(strncmp(got, want + 1, strlen(want + 1)) == 0, "%.90s: %s",
		    printable(str_of(text)), got);
}

/* ---- signed documents ---- */

#define TAIL        "fQ"  /* "}" */
#define PRETTY_TAIL "Cn0" /* "\n}" */
#define SIGN(protected) \
	"{\"header\": {}, \"signature\": \"AAAA\", \"protected\": \"" protected "\"}"

/* The document with ~...~ in base64url. */
static struct str
encoded(const char *text)
{
	struct str rest = str_of(text), part;
	struct buf b;

	buf_init(&b, arena, 100000);
	while (rest.p != NULL && rest.n > 0) {
		part = str_cut(&rest, '~');
		buf_add(&b, part.p, part.n);
		part = base64url_encode(arena, str_cut(&rest, '~'));
		buf_add(&b, part.p, part.n);
	}
	return exact_copy(buf_str(&b));
}

/* The payload, or why there is none. */
static const char *
payload_of(const char *text)
{
	struct pretty_jws jws;

	if (pretty_jws_open(arena, encoded(text), &jws, &err) != RC_OK)
		return err.text;
	return str_dup(arena, jws.payload);
}

/* ~ and quotes: what a signature's "protected" holds is written plainly here. */
#define P(n, tail) "~{\"formatLength\": " #n ", \"formatTail\": \"" tail "\"}~"

static void
test_open(void)
{
#define NO_DOCUMENT "~a manifest must be JSON: " /* with more after it */
#define NOT_LAST    "\"signatures\" must be the last member of the object"
#define NOT_THERE   "formatLength of a signature must be where \"signatures\" begins"
#define NO_BRACE    "formatTail of a signature must be the closing brace"
#define NO_LENGTH   "formatLength of a signature must be a number"
#define NO_TAIL     "formatTail of a signature must be base64url"
#define NO_JSON     "\"protected\" of a signature must be JSON in base64url"
#define ALL_SIGNED \
	"a manifest of schema 1 must be signed: it has no member \"signatures\""
#define A "{\"a\":1,\"signatures\":"
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {A "[" SIGN(P(6, TAIL)) "]}", "{\"a\":1}"},
	    {A "[" SIGN(P(6, TAIL)) "," SIGN(P(6, TAIL)) "]}", "{\"a\":1}"},
	    {A "[" SIGN(P(6, PRETTY_TAIL)) "]}", "{\"a\":1\n}"},
	    {A "[" SIGN(P(6, "IH0KCg")) "]}\n", "{\"a\":1 }\n\n"},
	    {"{\"a\":1, \n\t\r\"signatures\" : [" SIGN(P(6, TAIL)) "] } \n",
		"{\"a\":1}"},
	    {" {\"a\":1,\"signatures\":[" SIGN(P(7, TAIL)) "]}", " {\"a\":1}"},
	    {"{\"a\":1 ,\"signatures\":[" SIGN(P(7, TAIL)) "]}", "{\"a\":1 }"},
	    /* a text that looks like the member */
	    {"{\"a\":\",\\\"signatures\\\":[]\",\"signatures\":[" SIGN(
		 P(25, TAIL)) "]}",
		"{\"a\":\",\\\"signatures\\\":[]\"}"},
	    /* where it is cut */
	    {A "[" SIGN(P(5, TAIL)) "]}", NOT_THERE},
	    {A "[" SIGN(P(7, TAIL)) "]}", NOT_THERE},
	    {A "[" SIGN(P(0, TAIL)) "]}", NOT_THERE},
	    {A "[" SIGN(P(-6, TAIL)) "]}", NOT_THERE},
	    {A "[" SIGN(P(1000000, TAIL)) "]}", NOT_THERE},
	    {A "[" SIGN(P(9223372036854775806, TAIL)) "]}", NOT_THERE},
	    {A "[" SIGN(P(99999999999999999999, TAIL)) "]}", NO_LENGTH},
	    {A "[" SIGN(P(6.0, TAIL)) "]}", NO_LENGTH},
	    {A "[" SIGN(P("6", TAIL)) "]}", NO_LENGTH},
	    {A "[" SIGN("~{\"formatTail\": \"fQ\"}~") "]}", NO_LENGTH},
	    {A "[" SIGN("~{\"formatLength\": 6}~") "]}", NO_BRACE},
	    {A "[" SIGN(P(6, "")) "]}", NO_BRACE},
	    {A "[" SIGN(P(6, "LCJiIjoxfQ")) "]}", NO_BRACE}, /* ,"b":1} */
	    {A "[" SIGN(P(6, "fX0")) "]}", NO_BRACE},
	    {A "[" SIGN(P(6, "XQ")) "]}", NO_BRACE},
	    {A "[" SIGN(P(6, "!!!!")) "]}", NO_TAIL},
	    {A "[" SIGN(P(6, TAIL)) "," SIGN(P(6, PRETTY_TAIL)) "]}",
		"all signatures must be of the same payload"},
	    {A "[" SIGN(P(6, TAIL)) "," SIGN(P(5, TAIL)) "]}",
		"all signatures must be of the same payload"},
	    {"{\"a\":1,\"b\":2,\"signatures\":[" SIGN(P(6, TAIL)) "]}", NOT_THERE},
	    {"{\"signatures\":[" SIGN(P(1, TAIL)) "]}", NOT_THERE},
	    /* the member */
	    {"{\"a\":1}", ALL_SIGNED},
	    {"{\"a\":1,\"Signatures\":[" SIGN(P(6, TAIL)) "]}", ALL_SIGNED},
	    {"{\"a\":1,\"signature\\u0073\":[" SIGN(P(6, TAIL)) "]}", ALL_SIGNED},
	    {A "[" SIGN(P(6, TAIL)) "],\"b\":2}", NOT_LAST},
	    {A "[" SIGN(P(6, TAIL)) "],\"signatures\":[]}", NOT_LAST},
	    {A "[" SIGN(P(6, TAIL)) "]", NO_DOCUMENT},
	    {A "[" SIGN(P(6, TAIL)) "],}", NO_DOCUMENT},
	    {A "[" SIGN(P(6, TAIL)) "]} {}", NO_DOCUMENT},
	    {A "[]}", "there are 0 signatures; there must be 1 to 32"},
	    {A "{}}", "\"signatures\" must be a list"},
	    {A "null}", "\"signatures\" must be a list"},
	    {A "[" SIGN(P(6, TAIL)) ",]}", NO_DOCUMENT},
	    {A "[7]}", NO_JSON},
	    {A "[{}]}", NO_JSON},
	    {A "[" SIGN("!") "]}", NO_JSON},
	    {A "[" SIGN("~[]~") "]}", NO_LENGTH},
	    {A "[{\"protected\": \"" P(6, TAIL) "\", \"signature\": \"A\"}]}",
		"a signature must be base64url"},
	    {"", NO_DOCUMENT},
	    {"[]", ALL_SIGNED},
	    {"7", ALL_SIGNED},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_as_wanted(payload_of(rows[i].text), rows[i].want, rows[i].text);
}

static void
test_number(void)
{
	struct buf b;
	unsigned n, i;

	for (n = PRETTY_JWS_SIGNATURES_MAX; n <= PRETTY_JWS_SIGNATURES_MAX + 1;
	     n++) {
		buf_init(&b, arena, 100000);
		buf_adds(&b, A "[");
		for (i = 0; i < n; i++)
			buf_printf(&b, "%s" SIGN(P(6, TAIL)), i == 0 ? "" : ",");
		buf_adds(&b, "]}");
		ok((strcmp(payload_of(b.p), "{\"a\":1}") == 0) ==
			(n == PRETTY_JWS_SIGNATURES_MAX),
		    "%u signatures", n);
	}
}

/* A few bytes more could take hundreds of megabytes. */
static void
test_list_size(void)
{
	const char *one = SIGN(P(6, TAIL));
	size_t n, used = encoded(one).n + strlen("[]");
	struct buf b;

	for (n = PRETTY_JWS_LIST_MAX; n <= PRETTY_JWS_LIST_MAX + 1; n++) {
		buf_init(&b, arena, 2 * PRETTY_JWS_LIST_MAX);
		buf_printf(&b, A "[%s%*s]}", one, (int)(n - used), "");
		is_str(payload_of(b.p),
		    n == PRETTY_JWS_LIST_MAX
			? "{\"a\":1}"
			: "the signatures have 65537 bytes; at most 65536 are allowed",
		    "%zu bytes of signatures", n);
	}
}

/* ---- signing ---- */

static void
test_seal(void)
{
	static const char *const payloads[] = {"{\n   \"a\": 1\n}", "{\"a\":1}",
	    "{\"a\":1}\n", "{\"a\": \"}\"  \t}\r\n ", " {\"a\": {\"b\": []}}",
	    "{\n   \"a\": \"\\u003c\xc3\xa9\"\n}\n\n"};
	static const char *const unfit[] = {"", "[]", "{", "}", "  ", "{\"a\":1"};
	const struct pretty_jws_key key = {
	    "AAAA:BBBB", repeated('x', 32), repeated('y', 32)};
	struct str protected_text, body, signature = repeated('s', 64);
	struct pretty_jws jws;
	size_t i;

	for (i = 0; i < COUNT(payloads); i++) {
		struct str payload = exact_copy(str_of(payloads[i]));

		ok(pretty_jws_protect(arena, payload, &protected_text), "%s",
		    printable(payload));
		body = pretty_jws_seal(
		    arena, payload, &key, protected_text, signature);
		ok(pretty_jws_is_signed(body) && !pretty_jws_is_signed(payload),
		    "it is signed then, and was not before");
		is_int(pretty_jws_open(arena, exact_copy(body), &jws, &err), RC_OK,
		    "it is taken apart again");
		is_str(
		    printable(jws.payload), printable(payload), "the same payload");
		ok(str_eq(jws.signatures[0].bytes, signature) &&
			str_eq(jws.signatures[0].protected_text, protected_text),
		    "its signature");
	}
	ok(!pretty_jws_protect(arena,
	       str_of(arena_printf(arena, "{\"a\":1}%64s", "")), &protected_text),
	    "there is no place for one before many blanks");
	for (i = 0; i < COUNT(unfit); i++)
		ok(!pretty_jws_protect(
		       arena, exact_copy(str_of(unfit[i])), &protected_text),
		    "there is no place for one: \"%s\"", unfit[i]);
}

/* As libtrust writes it. */
static void
test_text(void)
{
	static const char payload[] = "{\n   \"a\": 1\n}";
	const struct pretty_jws_key key = {
	    "AAAA:BBBB", repeated('x', 32), repeated('y', 32)};
	struct str text;

	ok(pretty_jws_protect(arena, str_of(payload), &text), "what is protected");
	is_str(str_dup(arena, text),
	    str_dup(arena,
		base64url_encode(arena,
		    str_of("{\"formatLength\":11,\"formatTail\":\"Cn0\",\"time\":"
			   "\"1970-01-01T00:00:00Z\"}"))),
	    "in libtrust's order");
	is_text(
	    pretty_jws_seal(arena, str_of(payload), &key, str_of("P"), TEXT("sig")),
	    "{\n   \"a\": 1,\n   \"signatures\": [\n      {\n"
	    "         \"header\": {\n            \"jwk\": {\n"
	    "               \"crv\": \"P-256\",\n"
	    "               \"kid\": \"AAAA:BBBB\",\n"
	    "               \"kty\": \"EC\",\n"
	    "               \"x\": \"eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg\",\n"
	    "               \"y\": \"eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXk\"\n"
	    "            },\n            \"alg\": \"ES256\"\n         },\n"
	    "         \"signature\": \"c2ln\",\n         \"protected\": \"P\"\n"
	    "      }\n   ]\n}",
	    "the whole");
}

/* ---- what a payload says ---- */

#define ENTRY(id, parent) \
	"{\"v1Compatibility\": \"{\\\"id\\\": \\\"" id "\\\"" parent "}\"}"
#define PARENT(id)  ", \\\"parent\\\": \\\"" id "\\\""
#define SUM(digest) "{\"blobSum\": \"" digest "\"}"
#define TOP         "\"schemaVersion\": 1, \"name\": \"a\", \"tag\": \"b\""
#define ONE(entry) \
	"{" TOP ", \"fsLayers\": [" SUM("@a") "], \"history\": [" entry "]}"
#define DOC(more) \
	"{" TOP ", \"fsLayers\": [" SUM("@a") "], \"history\": [" ENTRY( \
	    "1", "") "]" more "}"
#define TWO(history) \
	"{" TOP ", \"fsLayers\": [" SUM("@b") "," SUM( \
	    "@a") "], \"history\": [" history "]}"

#define THREE \
	"{" TOP ", \"fsLayers\": [" SUM("@b") "," SUM("#a") "," SUM( \
	    "@b") "], " \
		  "\"history\": [" ENTRY("3", PARENT("2")) "," ENTRY( \
		      "2", PARENT("1")) "," ENTRY("1", "") "]}"

static const char *
layers_of(const char *text)
{
	struct manifest m = {.n_refs = 0};
	struct digest d;
	struct buf b;
	size_t i;

	if (schema1_read(arena, spelled_out(text), &m, &err) != RC_OK)
		return err.text;
	buf_init(&b, arena, 1000);
	for (i = 0; i < m.n_refs; i++) {
		if (digest_parse(m.refs[i], &d, &err) != RC_OK)
			abort();
		buf_printf(&b, "%s%s", i == 0 ? "" : " ", short_of(&d));
	}
	return b.p;
}

static void
test_read(void)
{
#define NO_LISTS \
	"fsLayers and history must be lists of the same length, one entry or more"
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {DOC(""), "@a"},
	    {DOC(", \"architecture\": \"amd64\", \"more\": {\"a\": 1, \"A\": 2}"),
		"@a"},
	    {TWO(ENTRY("2", PARENT("1")) "," ENTRY("1", "")), "@a @b"},
	    {TWO(ENTRY("2", PARENT("1")) "," ENTRY("2", PARENT("1"))), "@a @b"},
	    {TWO(ENTRY("2", PARENT("1")) "," ENTRY("1", PARENT("0"))), "@a @b"},
	    {THREE, "@b #a"},
	    {ONE("{\"v1Compatibility\": \"{\\\"id\\\":\\\"1\\\",\\\"A\\\":1,"
		 "\\\"a\\\":2}\\n\"}"),
		"@a"},
	    /* names */
	    {DOC(", \"Tag\": \"c\""),
		"the manifest: the member \"Tag\" must be there only once"},
	    {DOC(", \"tag\": \"b\""),
		"the manifest: the member \"tag\" must be there only once"},
	    {DOC(", \"fslayers\": []"),
		"the manifest: the member \"fslayers\" must be there only once"},
	    {DOC(", \"fs\xc5\xbflayers\": []"),
		"the manifest: the names of members must be plain ASCII"},
	    {DOC(", \"\\u0074ag\": \"c\""),
		"the manifest: the names of members must be plain ASCII"},
	    {DOC(", \"SIGNATURES\": []"),
		"a manifest of schema 1 must not have the member signatures"},
	    {DOC(", \"manifests\": []"),
		"a manifest of schema 1 must not have the member manifests"},
	    {DOC(", \"Layers\": []"),
		"a manifest of schema 1 must not have the member layers"},
	    {DOC(", \"config\": {}"),
		"a manifest of schema 1 must not have the member config"},
	    {DOC(", \"subject\": {}"),
		"a manifest of schema 1 must not have the member subject"},
	    {"{" TOP ", \"fsLayers\": [{\"blobSum\": \"@a\", \"BlobSum\": \"@b\"}],"
	     " \"history\": [" ENTRY("1", "") "]}",
		"fsLayers: the member \"BlobSum\" must be there only once"},
	    {ONE("{\"v1Compatibility\": \"{}\", \"v1compatibility\": \"{}\"}"),
		"history: the member \"v1compatibility\" must be there only once"},
	    {ONE(ENTRY("1", ", \\\"ID\\\": \\\"2\\\"")),
		"history[0]: the names of members must be plain ASCII, and id and parent must be there only once"},
	    {ONE(ENTRY("1", PARENT("0") ", \\\"Parent\\\": \\\"\\\"")),
		"history[0]: the names of members must be plain ASCII, and id and parent must be there only once"},
	    {ONE(ENTRY("1", ", \\\"\\\\u0070arent\\\": \\\"\\\"")),
		"history[0]: the names of members must be plain ASCII, and id and parent must be there only once"},
	    /* members */
	    {"{\"schemaVersion\": 2, \"name\": \"a\"}", "schemaVersion must be 1"},
	    {"{\"schemaVersion\": \"1\", \"name\": \"a\"}",
		"schemaVersion must be 1"},
	    {"{\"name\": \"a\"}", "schemaVersion must be 1"},
	    {"{\"schemaVersion\": 1}",
		"there must be a name, and it must not be empty"},
	    {"{\"schemaVersion\": 1, \"name\": \"\"}",
		"there must be a name, and it must not be empty"},
	    {"{\"schemaVersion\": 1, \"name\": 7}",
		"there must be a name, and it must not be empty"},
	    {"{" TOP "}", NO_LISTS},
	    {"{" TOP ", \"fsLayers\": [], \"history\": []}", NO_LISTS},
	    {"{" TOP ", \"fsLayers\": {}, \"history\": {}}", NO_LISTS},
	    {"{" TOP ", \"fsLayers\": null, \"history\": null}", NO_LISTS},
	    {TWO(ENTRY("1", "")), NO_LISTS},
	    {"{" TOP ", \"fsLayers\": [7], \"history\": [" ENTRY("1", "") "]}",
		"fsLayers must be an object"},
	    {"{" TOP ", \"fsLayers\": [{}], \"history\": [" ENTRY("1", "") "]}",
		"fsLayers[0]: blobSum must be a digest of sha256 or sha512"},
	    {ONE("{}"), "~history[0]: v1Compatibility: "},
	    {ONE("{\"v1Compatibility\": {\"id\": \"1\"}}"),
		"~history[0]: v1Compatibility: "},
	    {ONE("{\"v1Compatibility\": \"no\"}"),
		"~history[0]: v1Compatibility: "},
	    {ONE("{\"v1Compatibility\": \"{}\"}"),
		"~history[0]: v1Compatibility: "},
	    {ONE(ENTRY("", "")),
		"history[0]: v1Compatibility: id and parent must be ids of at most 64 bytes"},
	    {ONE(ENTRY(
		 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		 "")),
		"@a"},
	    {ONE(ENTRY(
		 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
		 "")),
		"history[0]: v1Compatibility: id and parent must be ids of at most 64 bytes"},
	    {ONE(ENTRY("1\\\\u0000", "")),
		"history[0]: v1Compatibility: id and parent must be ids of at most 64 bytes"},
	    {ONE("{\"v1Compatibility\": \"{\\\"id\\\": 7}\"}"),
		"history[0]: v1Compatibility: id and parent must be ids of at most 64 bytes"},
	    {TWO(ENTRY("2", PARENT("0")) "," ENTRY("1", "")),
		"history[1] must be the parent of the entry before it"},
	    {TWO(ENTRY("2", "") "," ENTRY("1", "")),
		"history[1] must be the parent of the entry before it"},
	    {TWO(ENTRY("2", ", \\\"parent\\\": 1") "," ENTRY("1", "")),
		"history[1] must be the parent of the entry before it"},
	    {"{" TOP, "~a manifest must be JSON"},
	    {"[]", "the manifest must be an object"},
	    {"7", "the manifest must be an object"},
	    {"", "~a manifest must be JSON"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_as_wanted(layers_of(rows[i].text), rows[i].want, rows[i].text);
}

/* A bound on the names keeps the search for doubles short. */
static void
test_many_names(void)
{
	struct buf b;
	unsigned n, i;

	for (n = 27; n <= 28; n++) {
		buf_init(&b, arena, 10000);
		buf_adds(&b, "{" TOP ", \"fsLayers\": [" SUM(
				 "@a") "], \"history\": [" ENTRY("1", "") "]");
		for (i = 0; i < n; i++)
			buf_printf(&b, ", \"m%u\": 0", i);
		buf_adds(&b, "}");
		is_str(layers_of(b.p),
		    n == 27 ? "@a" : "the manifest has more than 32 members",
		    "%u members", n + 5);
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_open, test_number,
	    test_list_size, test_seal, test_text, test_read, test_many_names};

	return run_tests(tests, COUNT(tests));
}
