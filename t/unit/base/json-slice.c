/* json-slice.c: JSON read in place. What is JSON and what is not is in the tables of
 * t/unit/base/json.c, which are run for both readers. */
#include "base/json_slice.h"

#include <limits.h>

#include "base/buf.h"
#include "lib/unit.h"

/* The slice without its blanks, which was checked; empty: it is not JSON. */
static struct str
root_of(struct str text)
{
	struct json_fault fault;
	struct str root;

	if (json_slice_check(exact_copy(text), &root, &fault))
		return root;
	printf("# %s: %s at %zu\n", printable(text), fault.why, fault.at);
	return str_of(NULL);
}

/* ---- faults ---- */

static void
test_faults(void)
{
	static const struct {
		struct str text;
		size_t at;
		const char *why;
	} rows[] = {
	    {LIT(""), 0, "the text ends too early"},
	    {LIT("  "), 2, "the text ends too early"},
	    {LIT("{\"a\": [1, 2"), 11, "the text ends too early"},
	    {LIT("\"abc"), 4, "the text ends too early"},
	    {LIT("tru"), 3, "the text ends too early"},
	    {LIT("-"), 1, "the text ends too early"},
	    {LIT("{\"a\": nil}"), 7, "unexpected character"},
	    {LIT("[1, ]"), 4, "unexpected character"},
	    {LIT("[1 2]"), 3, "unexpected character"},
	    {LIT("[1}"), 2, "unexpected character"},
	    {LIT("\0"), 0, "unexpected character"},
	    {LIT("[01]"), 2, "unexpected character"},
	    {LIT("[1.]"), 3, "malformed number"},
	    {LIT("{1: 2}"), 1, "a member's name must be a string"},
	    {LIT("{\"a\": 1,}"), 8, "a member's name must be a string"},
	    {LIT("{\"a\" 1}"), 5, "no colon after a member's name"},
	    {LIT("[\"a\tb\"]"), 3, "control character in a string"},
	    {LIT("[\"a\0b\"]"), 3, "control character in a string"},
	    {LIT("\"\\x41\""), 2, "unknown escape in a string"},
	    {LIT("\"\\u12g4\""), 5, "\\u without four hexadecimal digits"},
	    {LIT("[\"ok\", \"\xff\"]"), 8, "a string is not UTF-8"},
	    {LIT("{} {}"), 3, "something follows the value"},
	    {LIT("1 \xef\xbb\xbf"), 2, "something follows the value"},
	};
	struct json_fault fault;
	struct str root;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		bool good = json_slice_check(
		    exact_copy(rows[i].text), &root, &fault);

		ok(!good && fault.at == rows[i].at &&
			strcmp(fault.why, rows[i].why) == 0,
		    "%s: %s at %zu", printable(rows[i].text), rows[i].why,
		    rows[i].at);
	}
	is_text(root_of(TEXT(" \r\n[ 1 ]\t ")), "[ 1 ]", "blanks around it");
}

/* ---- elements and members ---- */

/* "key=value;" of each; after them "!" if the last bracket was not reached. */
static const char *
walked(struct str v)
{
	struct json_walk walk = json_slice_walk(v);
	struct buf b;

	buf_init(&b, arena, SIZE_MAX);
	buf_adds(&b, "");
	while (json_slice_next(&walk))
		buf_printf(
		    &b, "%s=%s;", printable(walk.key), printable(walk.value));
	if (json_slice_next(&walk) || !walk.complete)
		buf_adds(&b, "!");
	return b.p;
}

static void
test_walk(void)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	    {LIT("[]"), ""},
	    {LIT("[ \n ]"), ""},
	    {LIT("{}"), ""},
	    {LIT("[1,\"two\", null ,true\n]"), "=1;=\"two\";=null;=true;"},
	    {LIT("[[1,[2]],{\"a\":[{},5]},-1.5e3]"),
		"=[1,[2]];={\"a\":[{},5]};=-1.5e3;"},
	    {LIT("[\"a,b]\",\"[{\",\"\\\"\"]"), "=\"a,b]\";=\"[{\";=\"\\x5c\"\";"},
	    {LIT("{\"a\" : 1 ,\"\":{\"}\":\"{\"}, \"a\":\"\"}"),
		"a=1;={\"}\":\"{\"};a=\"\";"},
	    {LIT("{\"a,:\":0}"), "a,:=0;"},
	    /* no list and no object */
	    {LIT("\"[1]\""), "!"},
	    {LIT("12"), "!"},
	    {LIT("null"), "!"},
	    {LIT(""), "!"},
	    /* not checked, and cut off */
	    {LIT("["), "!"},
	    {LIT("[1"), "=1;!"},
	    {LIT("[1,"), "=1;!"},
	    {LIT("[[1"), "=[1;!"},
	    {LIT("[\"a"), "=\"a;!"},
	    {LIT("{\"a"), "!"},
	    {LIT("{\"a\""), "!"},
	    {LIT("{\"a\":"), "!"},
	    {LIT("{a:1}"), "!"},
	    {LIT("[}"), "!"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(walked(exact_copy(rows[i].text)), rows[i].want, "in %s",
		    printable(rows[i].text));
	is_int(json_slice_count(TEXT("[[1, 2], 3, {}]")), 3, "elements");
	is_int(json_slice_count(TEXT("{\"a\": 1, \"a\": 2}")), 2, "members");
	is_int(json_slice_count(TEXT("\"[1]\"")), 0, "of something else");
}

static void
test_pick(void)
{
	static const struct {
		struct str text;
		const char *a, *b;
		bool whole;
	} rows[] = {
	    {LIT("{\"a\": 1, \"b\": [2]}"), "1", "[2]", true},
	    {LIT("{\"a\": 1, \"a\": {\"b\": 3}}"), "{\"b\": 3}", "", true},
	    {LIT("{\"a\": 1, \"b\": 2, \"a\": null}"), "null", "2", true},
	    {LIT("{\"\\u0061\": 1, \"A\": 2, \"\\u0062\\u0000\": 3}"), "1", "",
		true},
	    {LIT("{\"a\\u0000\": 1, \"b\\\\\": 2, \"\": 3}"), "", "", true},
	    {LIT("{\"x\": {\"a\": 1}, \"y\": \"a\", \"b\": \"\\\"a\\\": 5\"}"), "",
		"\"\\x5c\"a\\x5c\": 5\"", true},
	    {LIT("{}"), "", "", true},
	    /* no whole object */
	    {LIT("{\"a\": 1, \"b\": 2"), "", "", false},
	    {LIT("{\"a\": 1, b: 2}"), "", "", false},
	    {LIT("{\"a\": 1} "), "", "", false},
	    {LIT("[\"a\", 1]"), "", "", false},
	    {LIT("\"a\""), "", "", false},
	    {LIT(""), "", "", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct str a, b;
		const struct json_pick wanted[] = {{"a", &a}, {"b", &b}};
		bool whole = json_slice_pick(exact_copy(rows[i].text), wanted, 2);

		ok(whole == rows[i].whole && strcmp(printable(a), rows[i].a) == 0 &&
			strcmp(printable(b), rows[i].b) == 0,
		    "%s: a is \"%s\", b is \"%s\"", printable(rows[i].text),
		    rows[i].a, rows[i].b);
	}
	is_text(json_slice_get(TEXT("{\"a\": {\"b\": 1}}"), "a"), "{\"b\": 1}",
	    "one member");
	is_int(json_slice_get(TEXT("[1]"), "a").n, 0, "of something else");
}

/* ---- scalars ---- */

static void
test_kinds(void)
{
	static const struct {
		struct str text;
		enum json_kind kind;
	} rows[] = {
	    {LIT("null"), JSON_NONE},
	    {LIT(""), JSON_NONE},
	    {LIT("true"), JSON_BOOL},
	    {LIT("false"), JSON_BOOL},
	    {LIT("0"), JSON_NUMBER},
	    {LIT("-1.5"), JSON_NUMBER},
	    {LIT("\"null\""), JSON_STRING},
	    {LIT("[null]"), JSON_ARRAY},
	    {LIT("{}"), JSON_OBJECT},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(json_slice_kind(exact_copy(rows[i].text)), rows[i].kind,
		    "the kind of %s", printable(rows[i].text));
}

static void
test_numbers(void)
{
	static const struct {
		struct str text;
		bool good;
		long long want;
	} rows[] = {
	    {LIT("0"), true, 0},
	    {LIT("-0"), true, 0},
	    {LIT("42"), true, 42},
	    {LIT("-42"), true, -42},
	    {LIT("9223372036854775806"), true, LLONG_MAX - 1},
	    {LIT("-9223372036854775806"), true, -LLONG_MAX + 1},
	    {LIT("9223372036854775807"), false, 0},
	    {LIT("-9223372036854775808"), false, 0},
	    {LIT("18446744073709551618"), false, 0},
	    {LIT("1.0"), false, 0},
	    {LIT("1e3"), false, 0},
	    {LIT("\"1\""), false, 0},
	    {LIT("true"), false, 0},
	    {LIT("null"), false, 0},
	    {LIT("-"), false, 0},
	    {LIT(""), false, 0},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		long long n = 0;
		bool good = json_slice_int(exact_copy(rows[i].text), &n);

		ok(good == rows[i].good && (!good || n == rows[i].want),
		    "%s is %sa whole number", printable(rows[i].text),
		    rows[i].good ? "" : "not ");
	}
}

/* Escapes in a checked text are in t/unit/base/json.c. These no check would let pass. */
static void
test_odd_texts(void)
{
	static const struct str rows[] = {LIT("\""), LIT("\"\\"), LIT("\"\\\""),
	    LIT("\"\\u\""), LIT("\"\\u12\""), LIT("\"\\u\\u\\u\\u\\u\\u\\u\\u\""),
	    LIT("\"\\ud800\\u\""), LIT("\"\\x\\y\""), LIT("\"\xff\0\"")};
	size_t i, longer = 0;

	for (i = 0; i < COUNT(rows); i++)
		longer += json_slice_text(arena, exact_copy(rows[i])).n > rows[i].n;
	is_int(longer, 0, "no text is longer than what spells it");
	is_int(json_slice_text(arena, TEXT("12")).n, 0, "a number has no text");
	ok(json_slice_text(arena, str_of(NULL)).p != NULL, "nor has nothing");
}

/* ---- any shape ---- */

/* `piece` so often that the text has at least n bytes, between the other two. */
static struct str
filled(const char *first, const char *piece, const char *last, size_t n)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, SIZE_MAX);
	buf_adds(&b, first);
	for (i = 0; b.n < n; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ",", piece);
	buf_adds(&b, last);
	return buf_str(&b);
}

static void
test_wide(void)
{
	static const struct {
		const char *first, *piece, *last;
	} rows[] = {
	    {"[", "0", "]"},
	    {"[", "[]", "]"},
	    {"[", "{\"\":{}}", "]"},
	    {"{", "\"a\":1", "}"},
	    {"[[[{\"a\":[", "\"\\u00e9\"", "]}]]]"},
	};
	size_t i, held;

	for (i = 0; i < COUNT(rows); i++) {
		struct str text = filled(
		    rows[i].first, rows[i].piece, rows[i].last, (size_t)4 << 20);
		struct str root, value;
		struct json_fault fault;

		held = arena_held(arena);
		ok(json_slice_check(text, &root, &fault), "4 MiB of %s",
		    rows[i].piece);
		value = json_slice_get(root, "a");
		ok(json_slice_count(root) ==
			    (i == 4 ? 1 : json_slice_count(text)) &&
			json_slice_kind(value) ==
			    (i == 3 ? JSON_NUMBER : JSON_NONE),
		    "all of it is walked over");
		is_int(arena_held(arena), held, "and no memory is taken");
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_faults, test_walk, test_pick,
	    test_kinds, test_numbers, test_odd_texts, test_wide};

	return run_tests(tests, COUNT(tests));
}
