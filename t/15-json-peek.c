/* 15-json-peek.c: one text of an object, found without reading the rest: what is found is
 * what json_parse() finds, or nothing. */
#include "base/json.h"
#include "base/json_peek.h"
#include "unit-test.h"

static const char *
peeked(struct str text)
{
	struct str found;

	return json_peek(tight(text), "k", &found) ? shown(found) : NULL;
}

static void
test_found(void)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	    {LIT("{\"k\":\"v\"}"), "v"},
	    {LIT(" \r\n\t{ \t\"k\"\r\n: \t\"v\" } \n"), "v"},
	    {LIT("{\"k\":\"\"}"), ""},
	    {LIT("{\"a\":1,\"k\":\"v\",\"b\":[]}"), "v"},
	    {LIT("{\"a\":{\"k\":\"x\"},\"k\":\"v\"}"), "v"},
	    {LIT("{\"k\":\"v\",\"a\":{\"k\":\"x\"}}"), "v"},
	    {LIT("{\"a\":[\"k\",\"x\",{\"k\":\"x\"}],\"k\":\"v\"}"), "v"},
	    {LIT("{\"a\":\"k\",\"k\":\"v\"}"), "v"},
	    {LIT("{\"a\":\"k:\",\"k\":\"{[,\",\"b\":\"}\"}"), "{[,"},
	    {LIT("{\"k\":\"k\"}"), "k"},
	    {LIT("{\"k\":\"u\",\"k\":\"v\"}"), "v"},
	    {LIT("{\"kk\":\"x\",\"\":\"x\",\"k\":\"v\",\"K\":\"x\"}"), "v"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(peeked(rows[i].text), rows[i].want, "in %s",
		    shown(rows[i].text));
}

static void
test_not_found(void)
{
	static const struct str rows[] = {
	    LIT(""),
	    LIT("{}"),
	    LIT("[]"),
	    LIT("\"k\""),
	    LIT("1"),
	    LIT("{\"a\":\"v\"}"),
	    LIT("{\"a\":\"k\"}"),
	    LIT("[\"k\",\"v\"]"),
	    LIT("[{\"k\":\"v\"}]"),
	    LIT("{\"a\":{\"k\":\"v\"}}"),
	    LIT("{\"a\":[\"k\"]}"),
	    /* a value, but no text */
	    LIT("{\"k\":1}"),
	    LIT("{\"k\":null}"),
	    LIT("{\"k\":[\"v\"]}"),
	    LIT("{\"k\":{\"k\":\"v\"}}"),
	    LIT("{\"k\":1,\"a\":\"v\"}"),
	    LIT("{\"k\":[],\"a\":\"v\"}"),
	    LIT("{\"k\":{},\"k\":1}"),
	    LIT("{\"k\":\"v\",\"k\":1}"),
	    /* for json_parse() */
	    LIT("{\"k\":\"v\\n\"}"),
	    LIT("{\"k\":\"v\",\"\\u006b\":\"w\"}"),
	    LIT("{\"a\":\"\\\"\",\"k\":\"v\"}"),
	    /* cut off */
	    LIT("{\"k\":\"v\""),
	    LIT("{\"k\":\"v"),
	    LIT("{\"k\":\""),
	    LIT("{\"k\":"),
	    LIT("{\"k\""),
	    LIT("{\"k"),
	    LIT("{\""),
	    LIT("{\"k\":\"v\",\"a\":{}"),
	    LIT("{\"k\":\"v\",\"a\":\""),
	    LIT("{\"k\":\"v\"}}"),
	};
	struct str found;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(peeked(rows[i]), NULL, "not in %s", shown(rows[i]));
	ok(!json_peek(TEXT("{\"k\0\":\"v\"}"), "k", &found), "not up to a NUL");
	ok(!json_peek(times('[', 1 << 20), "k", &found), "not in a MiB of [");
	ok(!json_peek(times('"', 1 << 20), "k", &found), "not in a MiB of \"");
}

/* A text of some of the pieces that JSON is made of. */
static struct str
any_text(unsigned *seed)
{
	static const char *const pieces[] = {"{", "}", "[", "]", ",", ":", "\"k\"",
	    "\"a\"", "\"k\":\"v\"", "\"a\":{", "\"b\":[", "\"k\":", "1", "null",
	    " ", "\"", "{\"k\":\"w\"}", "\"k\":\"x\","};
	char *text = arena_alloc(arena, 256);
	int i, n = 1 + rand_r(seed) % 8;

	strcat(text, "{");
	for (i = 0; i < n; i++)
		strcat(text, pieces[(size_t)rand_r(seed) % COUNT(pieces)]);
	strcat(text, "}");
	return str_of(text);
}

/* Of what is JSON nothing else is ever found, and what is plain is found. */
static void
test_like_parse(void)
{
	unsigned seed = 1;
	int i, wrong = 0, found = 0, missed = 0;

	for (i = 0; i < 300000; i++) {
		struct str text, peek, parsed;
		struct json *root;
		const char *why;
		bool is_found;

		if (i % 1000 == 0)
			arena_clear(arena);
		text = any_text(&seed);
		if (!json_parse(arena, text, &root, &why))
			continue;
		parsed = json_text(json_get(root, "k"));
		is_found = json_peek(text, "k", &peek);
		wrong += is_found && !str_eq(peek, parsed);
		found += is_found;
		missed += !is_found && parsed.n > 0;
	}
	is_int(wrong, 0, "it is what json_parse() finds");
	ok(found > 1000, "it was found in %d texts", found);
	ok(missed < found / 10, "%d texts were left to json_parse()", missed);
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_found, test_not_found, test_like_parse};

	return run_tests(tests, COUNT(tests));
}
