/* v1-documents.c: the small files of the store: an image's json and ancestry, a
 * repository's list of images, a tag's json. */
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "image/ancestry.h"
#include "image/imagelist.h"
#include "image/tagmeta.h"
#include "image/v1config.h"
#include "lib/unit.h"

/* centos 6.5 of 2014, and its ancestors */
#define CENTOS "0b443ba0395813ef287c27f5ff953121a69ab23c467ffbefcefaec3f255e0693"
#define PARENT "7064731afe90d78da2c117d64a1221c826234cd7145fd330ae7e207ff5606980"
#define BASE   "511136ea3c5a64f264b78b5433614aec563103b4d4702f3ba7d4d2698e22c158"

/* ---- json ---- */

static const char *
described(struct str text)
{
	struct v1config v;
	enum result r = v1config_parse(arena, exact_copy(text), &v, &err);

	if (r != RC_OK)
		return err_name(r);
	return arena_printf(arena, "%s|%s|%s", printable(v.id), printable(v.parent),
	    printable(v.comment));
}

static void
test_json(void)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	    {LIT("{\"id\":\"" BASE "\",\"parent\":\"" PARENT
		 "\",\"comment\":\"first\",\"Size\":0,\"config\":{\"Env\":[]}}"),
		BASE "|" PARENT "|first"},
	    {LIT("{\"id\": \"x\"}"), "x||"},
	    {LIT("{\"id\": \"\"}"), "||"},
	    {LIT("{\"id\": 1}"), "||"},
	    {LIT("{\"id\": [\"x\"]}"), "||"},
	    {LIT("{\"id\": \"x\\u0000\", \"comment\": 1}"), "x\\x00||"},
	    {LIT("{\"id\": \"x\", \"parent\": null}"), "x||"},
	    {LIT("{\"id\": \"x\", \"parent\": \"\"}"), "x||"},
	    {LIT("{\"id\": \"x\", \"parent\": 0}"), "x|(no text)|"},
	    {LIT("{\"id\": \"x\", \"parent\": []}"), "x|(no text)|"},
	    {LIT("{\"id\": \"x\", \"parent\": false}"), "x|(no text)|"},
	    {LIT("{\"id\": \"x\", \"id\": \"y\"}"), "y||"},
	    {LIT("{\"id\": null}"), "no_id"},
	    {LIT("{\"Id\": \"x\"}"), "no_id"},
	    {LIT("{}"), "bad_json"},
	    {LIT("null"), "bad_json"},
	    {LIT("[\"id\"]"), "bad_json"},
	    {LIT("\"id\""), "bad_json"},
	    {LIT(""), "bad_json"},
	    {LIT("{\"id\": \"x\"} x"), "bad_json"},
	    {LIT("{\"id\": \"\xff\"}"), "bad_json"},
	    {LIT("{\"id\": \"x\"}\0"), "bad_json"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(described(rows[i].text), rows[i].want, "image json %s",
		    printable(rows[i].text));
}

/* ---- ancestry ---- */

static struct str
ancestry(const char *id, struct str parent)
{
	struct str out = {NULL, 0};
	enum result r = ancestry_extend(arena, id, exact_copy(parent), &out, &err);

	return r == RC_OK ? out : str_of(err_name(r));
}

static void
test_ancestry(void)
{
	static const struct str bad[] = {LIT("x"), LIT(" "), LIT("{}"),
	    LIT("\"" BASE "\""), LIT("null"), LIT("[\"" BASE "\""), LIT("[1]"),
	    LIT("[null]"), LIT("[\"\"]"), LIT("[\"../x\"]"),
	    LIT("[[\"" BASE "\"]]"), LIT("[\"" BASE "\", \"x\"]"),
	    LIT("[\"" BASE "\\u0000\"]")};
	struct str base = ancestry(BASE, str_of(NULL));
	struct str parent = ancestry(PARENT, base);
	size_t i;

	is_text(base, "[\"" BASE "\"]", "of a base image");
	is_text(ancestry(CENTOS, parent),
	    "[\"" CENTOS "\", \"" PARENT "\", \"" BASE "\"]",
	    "centos 6.5's, as the old server wrote it");
	is_text(ancestry(CENTOS, TEXT("[\"" PARENT "\",\n\"" BASE "\"]\n")),
	    "[\"" CENTOS "\", \"" PARENT "\", \"" BASE "\"]",
	    "blanks do not matter");
	is_text(ancestry("0123456789abcdef", TEXT("[]")), "[\"0123456789abcdef\"]",
	    "a short id above an empty list");
	is_text(ancestry(CENTOS, ancestry(CENTOS, base)), "no_parent",
	    "its own parent");
	is_text(ancestry(BASE, parent), "no_parent", "its own ancestor");
	for (i = 0; i < COUNT(bad); i++)
		is_text(ancestry(CENTOS, bad[i]), "bad_data", "no ancestry: %s",
		    printable(bad[i]));
}

/* The ancestry of a chain of n images without their descendant: made up ids. */
static struct str
chain(size_t n)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, SIZE_MAX);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s\"%064zx\"", i == 0 ? "[" : ", ", i);
	buf_addc(&b, ']');
	return buf_str(&b);
}

static void
test_long_ancestry(void)
{
	const size_t most = ANCESTRY_MAX / strlen(", \"" BASE "\"");
	struct str longest = ancestry(BASE, chain(most - 1));

	ok(longest.n <= ANCESTRY_MAX && longest.n > ANCESTRY_MAX - 68,
	    "an ancestry may have %zu ids", most);
	ok(str_starts(longest, "[\"" BASE "\", \"000") &&
		longest.p[longest.n - 1] == ']',
	    "and is whole");
	is_text(ancestry(BASE, chain(most)), "too_large", "and no more");
}

/* ---- _index_images ---- */

static struct str
merged(const char *old, const char *announced)
{
	struct str out = {NULL, 0};
	enum result r = imagelist_merge(arena, exact_copy(str_of(old)),
	    exact_copy(str_of(announced)), &out, &err);

	return r == RC_OK ? out : str_of(err_name(r));
}

#define ID1 "1111111111111111"
#define ID2 "2222222222222222"
#define ID3 "3333333333333333"
#define ONE "{\"id\": \"" ID1 "\"}"
#define TWO "{\"id\": \"" ID2 "\"}"

#define SUMMED(id, sum) "{\"id\": \"" id "\", \"checksum\": \"" sum "\"}"

static void
test_images(void)
{
	static const struct {
		const char *old, *announced, *want;
	} rows[] = {
	    {"", "[]", "[]"},
	    {"", "[{\"id\":\"" CENTOS "\",\"Tag\":\"6.5\"},{\"id\":\"" BASE "\"}]",
		"[{\"id\": \"" CENTOS "\"}, {\"id\": \"" BASE "\"}]"},
	    {"", "[" SUMMED(ID1, "a:b") "]", "[" SUMMED(ID1, "a:b") "]"},
	    {"", "[" TWO "," ONE "," TWO "]", "[" TWO ", " ONE "]"},
	    {"[" ONE "]", "[]", "[" ONE "]"},
	    {"[" TWO ", " ONE "]", "[{\"id\": \"" ID3 "\"}, " ONE "]",
		"[" TWO ", " ONE ", {\"id\": \"" ID3 "\"}]"},
	    /* of two the newer if it has a checksum, else the older */
	    {"[" ONE "]", "[" SUMMED(ID1, "new:1") "]",
		"[" SUMMED(ID1, "new:1") "]"},
	    {"[" SUMMED(ID1, "old:1") "]", "[" ONE "]",
		"[" SUMMED(ID1, "old:1") "]"},
	    {"[" SUMMED(ID1, "old:1") "]", "[" SUMMED(ID1, "new:1") "]",
		"[" SUMMED(ID1, "new:1") "]"},
	    {"[" SUMMED(ID1, "old:1") "]", "[" SUMMED(ID1, "") "]",
		"[" SUMMED(ID1, "old:1") "]"},
	    {"[" SUMMED(ID1, "old:1") "]",
		"[{\"id\": \"" ID1 "\", \"checksum\": 1}]",
		"[" SUMMED(ID1, "old:1") "]"},
	    {"[" ONE ", " TWO "]",
		"[" SUMMED(ID2, "b:2") ", " ONE ", " SUMMED(ID1, "a:1") ", " ONE
									"]",
		"[" SUMMED(ID1, "a:1") ", " SUMMED(ID2, "b:2") "]"},
	    {"", "[" SUMMED(ID1, "\\\"\\u0000\\u00e9") "]",
		"[" SUMMED(ID1, "\\\"\\u0000\xc3\xa9") "]"},
	    /* what an old server left */
	    {"[{\"id\": \"" ID1 "\", \"Tag\": \"x\"}, {\"id\": \"" ID1 "\"},"
	     " {\"id\": \"bad\"}, 1, null, [], {}]",
		"[" TWO "]", "[" ONE ", " TWO "]"},
	    {"{}", "[" ONE "]", "[" ONE "]"},
	    /* damaged: what stands before the fault is kept */
	    {"[" ONE ", " TWO, "[]", "[" ONE "]"},
	    {"\\0\\0\\0", "[" ONE "]", "[" ONE "]"},
	    /* what is refused */
	    {"", "", "bad_json"},
	    {"", "[", "bad_json"},
	    {"", "[" ONE "]]", "bad_json"},
	    {"", "[{\"id\": \"\xff\"}]", "bad_json"},
	    {"", "null", "bad_data"},
	    {"", "{}", "bad_data"},
	    {"", ONE, "bad_data"},
	    {"", "\"" ID1 "\"", "bad_data"},
	    {"", "[\"" ID1 "\"]", "bad_data"},
	    {"", "[" ONE ", {}]", "bad_data"},
	    {"", "[" ONE ", null]", "bad_data"},
	    {"", "[{\"id\": 1}]", "bad_data"},
	    {"", "[{\"id\": \"111111111111111\"}]", "bad_data"},
	    {"", "[{\"id\": \"111111111111111G\"}]", "bad_data"},
	    {"", "[{\"id\": \"" ID1 "\\u0000\"}]", "bad_data"},
	    {"[" ONE "]", "[{\"Id\": \"" ID1 "\"}]", "bad_data"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(printable(merged(rows[i].old, rows[i].announced)),
		    printable(str_of(rows[i].want)), "images: %s and %s",
		    rows[i].old, printable(str_of(rows[i].announced)));
}

/* n entries, each id twice, with checksums of so many bytes. */
static const char *
announcement(size_t n, size_t sum_bytes)
{
	const char *sum = repeated('x', sum_bytes).p;
	struct buf b;
	size_t i;

	buf_init(&b, arena, SIZE_MAX);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s{\"id\": \"%016zx\", \"checksum\": \"%s\"}",
		    i == 0 ? "[" : ", ", i * 40503 % (n / 2), sum);
	buf_addc(&b, ']');
	return buf_str(&b).p;
}

static void
test_many_images(void)
{
	const size_t n = 20000;
	struct str out = merged("", announcement(n, 1));
	struct json *list = NULL;
	const char *why;
	size_t i, wrong = 0;

	ok(json_parse(arena, out, &list, &why), "a long list");
	is_int(json_length(list), n / 2, "each id once");
	for (i = 0; i < n / 2; i++)
		wrong += !str_is(json_text(json_get(json_at(list, i), "id")),
		    arena_printf(arena, "%016zx", i * 40503 % (n / 2)));
	is_int(wrong, 0, "in the order of first mention");
	is_text(merged("", announcement(2, IMAGELIST_MAX)), "too_large",
	    "a list longer than the file may be");
}

/* ---- tag json ---- */

static void
test_meta(void)
{
	static const struct {
		struct str agent;
		const char *want;
	} rows[] = {
	    {LIT("docker/0.11.1 go/go1.2.1 git-commit/fb99f99 "
		 "kernel/3.13.0-24-generic os/linux arch/amd64"),
		"{\"kernel\": \"3.13.0-24-generic\", \"arch\": \"amd64\", "
		"\"docker_go_version\": \"go1.2.1\", \"last_update\": 1400116767, "
		"\"docker_version\": \"0.11.1\", \"os\": \"linux\"}"},
	    {LIT(""), "{\"last_update\": 1400116767}"},
	    {LIT("docker"), "{\"last_update\": 1400116767}"},
	    {LIT("docker/ go//1 os/"), "{\"last_update\": 1400116767}"},
	    {LIT("Docker/1 DOCKER/2 xdocker/3 docker2/4"),
		"{\"last_update\": 1400116767}"},
	    {LIT("docker/1.0\tOS/x os/Linux arch/AMD64 kernel/3.X go/Go1"),
		"{\"kernel\": \"3.x\", \"arch\": \"amd64\", "
		"\"docker_go_version\": \"Go1\", \"last_update\": 1400116767, "
		"\"docker_version\": \"1.0\", \"os\": \"linux\"}"},
	    {LIT("docker/1 docker/2 docker/"),
		"{\"last_update\": 1400116767, \"docker_version\": \"2\"}"},
	    {LIT("a/docker/1 x//os/linux"), /* a/docker, os/linux */
		"{\"last_update\": 1400116767, \"os\": \"linux\"}"},
	    {LIT("a/b/docker/1"), /* a/b, docker/1 */
		"{\"last_update\": 1400116767, \"docker_version\": \"1\"}"},
	    {LIT("curl/7.1 (docker/1)"), "{\"last_update\": 1400116767}"},
	    {LIT("docker/\"\\\xff\x01"),
		"{\"last_update\": 1400116767, "
		"\"docker_version\": \"\\\"\\\\\xef\xbf\xbd\\u0001\"}"},
	    {LIT("arch/\xc3\x89"),
		"{\"arch\": \"\xc3\x89\", \"last_update\": 1400116767}"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(
		    tagmeta_of_agent(arena, exact_copy(rows[i].agent), 1400116767)
			.p,
		    rows[i].want, "of the agent \"%s\"", printable(rows[i].agent));
}

static void
test_long_agent(void)
{
	struct str control = repeated('\1', 20000), text;
	struct json *v = NULL;
	const char *why;

	text = tagmeta_of_agent(arena,
	    str_of(arena_printf(arena, "kernel/%s os/linux", control.p)),
	    INT64_MIN);
	ok(json_parse(arena, text, &v, &why), "JSON, however long the agent is");
	ok(str_eq(json_text(json_get(v, "kernel")), control), "nothing is lost");
	ok(json_parse(arena, tagmeta_default(), &v, &why), "the default is JSON");
	is_text(json_text(json_get(v, "arch")), "amd64", "its arch");
	is_text(json_text(json_get(v, "os")), "linux", "its os");
}

static void
test_has(void)
{
	static const struct {
		const char *list;
		bool want;
	} rows[] = {
	    {"[" ONE "]", true},
	    {"[" TWO ", " ONE "]", true},
	    {"[\"" ID2 "\", \"" ID1 "\"]", true},
	    {"[{\"Tag\": \"x\", \"id\" :\n\"" ID1 "\", \"a\": [1, {}]}]", true},
	    {" [1, null, " ONE " , 2 ] ", true},
	    {"[" TWO "]", false},
	    {"[]", false},
	    {"", false},
	    {"{\"id\": \"" ID1 "\"}", false},
	    {"\"" ID1 "\"", false},
	    {"[[\"" ID1 "\"]]", false},
	    {"[{\"a\": {\"id\": \"" ID1 "\"}}]", false},
	    {"[{\"ID\": \"" ID1 "\"}]", false},
	    {"[{\"checksum\": \"" ID1 "\"}]", false},
	    {"[\"" ID1 "0\", \"0" ID1 "\"]", false},
	    {"[{\"id\": \"" ID1 "\", \"id\": \"" ID2 "\"}]", false},
	    {"[\"\\\"" ID1 "\\\"\"]", false},
	    {"[\"\\\",\\\"" ID1 "\", 1]", false},
	    {"[{\"id\": \"" ID1 "\", ", false},
	    {"[{\"id\": \"" ID1 "\",}]", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(imagelist_has(exact_copy(str_of(rows[i].list)), ID1),
		    rows[i].want, "an image of %s",
		    printable(str_of(rows[i].list)));
}

/* Of 200,000 entries only the one that is meant is looked into. */
static void
test_has_many(void)
{
	struct buf b;
	unsigned i;

	buf_init(&b, arena, (size_t)32 << 20);
	for (i = 0; i < 200000; i++)
		buf_printf(
		    &b, "%s{\"id\": \"%064x\", bad}", i == 0 ? "[" : ", ", i);
	buf_adds(&b, ", " ONE ", ");
	ok(imagelist_has(buf_str(&b), ID1), "one of many");
	ok(!imagelist_has(buf_str(&b), ID2), "none of many");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_json, test_ancestry,
	    test_long_ancestry, test_images, test_many_images, test_has,
	    test_has_many, test_meta, test_long_agent};

	return run_tests(tests, COUNT(tests));
}
