/* json.c: JSON, read as a tree and in place, and written. */
#include <limits.h>

#include "base/json.h"
#include "base/json_slice.h"
#include "base/jsonw.h"
#include "lib/unit.h"

/* ---- reading ---- */

static const char *why;

static struct json *
parse(struct str text)
{
	struct json *v = NULL;

	if (!json_parse(arena, exact_copy(text), &v, &why))
		printf("# %s: %s\n", printable(text), why);
	return v;
}

/* By both, each with a reason. */
static bool
refused(struct str text)
{
	struct json_fault fault = {NULL, 0};
	struct str root;
	struct json *v;

	why = NULL;
	return !json_parse(arena, exact_copy(text), &v, &why) && why != NULL &&
	       why[0] != '\0' &&
	       !json_slice_check(exact_copy(text), &root, &fault) &&
	       fault.why != NULL && fault.why[0] != '\0' && fault.at <= text.n;
}

static void
test_accepted(void)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} rows[] = {
	    {"null", JSON_NONE},
	    {"true", JSON_BOOL},
	    {" \t\r\n false \t\r\n", JSON_BOOL},
	    {"0", JSON_NUMBER},
	    {"-0", JSON_NUMBER},
	    {"10", JSON_NUMBER},
	    {"-1.50", JSON_NUMBER},
	    {"0.0e-00", JSON_NUMBER},
	    {"1E+5", JSON_NUMBER},
	    {"9223372036854775808", JSON_NUMBER},
	    {"-18446744073709551617", JSON_NUMBER},
	    {"1e400", JSON_NUMBER},
	    {"\"\"", JSON_STRING},
	    {"\"NaN ' 01 \\\" Infinity\"", JSON_STRING},
	    {"\"\x7f\"", JSON_STRING},
	    {"[]", JSON_ARRAY},
	    {"[0,{},[null]]", JSON_ARRAY},
	    {"{}", JSON_OBJECT},
	    {"{\"\":{\"a\":[]} , \"b\" : 1}", JSON_OBJECT},
	};
	struct json_fault fault;
	struct str root;
	struct json *v;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct str text = exact_copy(str_of(rows[i].text));

		ok(json_parse(arena, text, &v, &why) &&
			json_kind(v) == rows[i].kind,
		    "JSON: %s", printable(text));
		ok(json_slice_check(text, &root, &fault) &&
			json_slice_kind(root) == rows[i].kind,
		    "in place: %s", printable(text));
	}
}

static void
test_refused(void)
{
	static const struct str rows[] = {/* nothing, or not all of it */
	    LIT(""), LIT(" "), LIT("["), LIT("[1"), LIT("[1,"), LIT("{"),
	    LIT("{\"a\""), LIT("{\"a\":"), LIT("{\"a\":1"), LIT("\"abc"), LIT("\""),
	    LIT("\"\\"), LIT("tru"), LIT("nul"), LIT("-"),
	    /* something after it */
	    LIT("1 x"), LIT("{} {}"), LIT("[]]"), LIT("truex"), LIT("1,"),
	    LIT("\"a\"\"b\""), LIT("1\f"), LIT("1\v"),
	    /* NUL and what is not UTF-8, wherever it stands */
	    LIT("\0"), LIT("1\0"), LIT("\0001"), LIT("\"a\0b\""), LIT("{}\0{}"),
	    LIT("\"\xff\""), LIT("\"\xed\xa0\x80\""), LIT("\"\xc0\x80\""),
	    LIT("1\x80"), LIT("\xef\xbb\xbf{}"),
	    /* numbers */
	    LIT("NaN"), LIT("[NaN]"), LIT("nan"), LIT("-NaN"), LIT("Infinity"),
	    LIT("{\"a\":-Infinity}"), LIT("inf"), LIT("01"), LIT("-01"), LIT("00"),
	    LIT("[00]"), LIT("+1"), LIT(".5"), LIT("-.5"), LIT("1."), LIT("[1.]"),
	    LIT("[1.e1]"), LIT("[1e]"), LIT("[1e+]"), LIT("1e1.5"), LIT("1.5.5"),
	    LIT("- 1"), LIT("1-2"), LIT("0x10"), LIT("1_000"),
	    /* text */
	    LIT("'a'"), LIT("{'a':1}"), LIT("\"\\x41\""), LIT("\"\\'\""),
	    LIT("\"\\u12\""), LIT("\"\\u12g4\""), LIT("\"a\nb\""),
	    LIT("{\"a\tb\":1}"), LIT("\"\x01\""), LIT("\"\\\n\""),
	    /* form */
	    LIT("[1,]"), LIT("[,1]"), LIT("[1,,2]"), LIT("[1 2]"), LIT("[1}"),
	    LIT("{\"a\":1,}"), LIT("{,}"), LIT("{a:1}"), LIT("{1:2}"),
	    LIT("{\"a\" 1}"), LIT("{\"a\"}"), LIT("[\"a\":1]"), LIT("TRUE"),
	    LIT("Null"), LIT("/*x*/1"), LIT("1//x"), LIT("#1"), LIT("[1\v]"),
	    LIT("\xc2\xa0"
		"1")};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ok(refused(rows[i]), "no JSON: %s", printable(rows[i]));
}

/* `n` levels of arrays around nothing. */
static struct str
nest(size_t n)
{
	struct buf b;

	buf_init(&b, arena, SIZE_MAX);
	buf_add(&b, repeated('[', n).p, n);
	buf_add(&b, repeated(']', n).p, n);
	return buf_str(&b);
}

static void
test_bounds(void)
{
	struct json *v = parse(nest(JSON_DEPTH));
	struct json_fault fault;
	struct str root;
	struct buf b;
	size_t i, depth = 0;

	for (; json_kind(v) == JSON_ARRAY; v = json_at(v, 0))
		depth++;
	is_int(depth, JSON_DEPTH, "as many levels as are allowed");
	ok(json_slice_check(nest(JSON_DEPTH), &root, &fault), "in place, too");
	ok(refused(nest(JSON_DEPTH + 1)), "one more is refused");
	ok(refused(repeated('[', 1000000)), "a million is refused");
	buf_init(&b, arena, SIZE_MAX);
	for (i = 0; i < JSON_DEPTH + 1; i++)
		buf_adds(&b, "{\"a\":");
	ok(refused(buf_str(&b)), "objects count too");
	ok(json_kind(parse(repeated('9', 100000))) == JSON_NUMBER,
	    "a number of 100,000 digits");
	buf_init(&b, arena, SIZE_MAX);
	buf_printf(&b, "\"%s\"", repeated('x', 1 << 20).p);
	is_int(json_text(parse(buf_str(&b))).n, 1 << 20, "a text of 1 MiB");
}

/* Lone surrogates have no UTF-8: they become U+FFFD. */
static void
test_escapes(void)
{
	static const struct {
		const char *text;
		struct str want;
	} rows[] = {
	    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", LIT("\"\\/\b\f\n\r\t")},
	    {"\"a\\u0000b\"", LIT("a\0b")},
	    {"\"\\u00e9\\u20AC\"", LIT("\xc3\xa9\xe2\x82\xac")},
	    {"\"\\ud83d\\ude00\"", LIT("\xf0\x9f\x98\x80")},
	    {"\"\\udbff\\udfff\"", LIT("\xf4\x8f\xbf\xbf")},
	    {"\"\\ud800\"", LIT("\xef\xbf\xbd")},
	    {"\"\\ud800x\"", LIT("\xef\xbf\xbdx")},
	    {"\"\\udc00x\"", LIT("\xef\xbf\xbdx")},
	    {"\"\\ud800\\u0041\"", LIT("\xef\xbf\xbd"
				       "A")},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		is_str(printable(json_text(parse(str_of(rows[i].text)))),
		    printable(rows[i].want), "text of %s", rows[i].text);
		is_str(printable(json_slice_text(
			   arena, exact_copy(str_of(rows[i].text)))),
		    printable(rows[i].want), "in place: %s", rows[i].text);
	}
}

static void
test_members(void)
{
	struct json *v = parse(TEXT("{\"a\": 1, \"b\": null, \"a\": \"last\","
				    " \"\": \"none\", \"c\": [1, \"two\", [3]]}"));
	struct json *list = json_get(v, "c");

	is_text(json_text(json_get(v, "a")), "last", "of two members the last");
	is_text(json_text(json_get(v, "")), "none", "a member without a name");
	ok(json_get(v, "b") == NULL && json_get(v, "x") == NULL,
	    "null is as absent as what is not there");
	ok(json_get(list, "a") == NULL && json_get(NULL, "a") == NULL,
	    "a member of something else");
	is_int(json_length(list), 3, "length");
	is_text(json_text(json_at(list, 1)), "two", "the second element");
	is_int(json_kind(json_at(json_at(list, 2), 0)), JSON_NUMBER, "inside");
	ok(json_at(list, 3) == NULL && json_at(list, SIZE_MAX) == NULL,
	    "past the end");
	ok(json_length(v) == 0 && json_at(v, 0) == NULL && json_length(NULL) == 0 &&
		json_length(json_at(list, 1)) == 0,
	    "elements of something else");
	ok(json_text(list).n == 0 && json_text(json_at(list, 0)).n == 0 &&
		json_text(NULL).n == 0 && json_text(NULL).p != NULL,
	    "text of something else");
}

/* ---- writing ---- */

static struct buf out;

static struct jsonw
writer(size_t limit)
{
	struct jsonw w;

	buf_init(&out, arena, limit);
	jsonw_init(&w, buf_sink(&out));
	return w;
}

static void
test_written(void)
{
	struct jsonw w = writer(1000);
	int i;

	jsonw_object(&w);
	jsonw_key(&w, "error");
	jsonw_text(&w, "Tag not found");
	jsonw_end(&w);
	is_text(buf_str(&out), "{\"error\": \"Tag not found\"}",
	    "the example of the header");

	w = writer(1000);
	jsonw_array(&w);
	jsonw_object(&w);
	jsonw_end(&w);
	jsonw_array(&w);
	jsonw_end(&w);
	jsonw_object(&w);
	jsonw_key_str(&w, TEXT("a\"\0"));
	jsonw_array(&w);
	jsonw_int(&w, 0);
	jsonw_int(&w, LLONG_MIN);
	jsonw_int(&w, LLONG_MAX);
	jsonw_end(&w);
	jsonw_key(&w, "");
	jsonw_bool(&w, true);
	jsonw_key(&w, "c");
	jsonw_null(&w);
	jsonw_end(&w);
	jsonw_array(&w);
	jsonw_bool(&w, false);
	jsonw_end(&w);
	jsonw_end(&w);
	is_text(buf_str(&out),
	    "[{}, [], {\"a\\\"\\u0000\": [0, -9223372036854775808, "
	    "9223372036854775807], \"\": true, \"c\": null}, [false]]",
	    "every kind of value, the blanks where Python puts them");

	w = writer(1000);
	for (i = 0; i < JSONW_DEPTH; i++)
		jsonw_array(&w);
	for (i = 0; i < JSONW_DEPTH; i++)
		jsonw_end(&w);
	is_str(buf_str(&out).p, nest(JSONW_DEPTH).p, "as deep as it goes");
}

static const char *
written(struct str s)
{
	struct jsonw w = writer(SIZE_MAX);

	jsonw_str(&w, exact_copy(s));
	return buf_str(&out).p;
}

/* U+FFFD stands for each byte that is not part of UTF-8. */
static void
test_repaired(void)
{
#define GAP "\xef\xbf\xbd"
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	    {LIT("\n\r\t\x1f\x7f\"\\/"),
		"\"\\n\\u000d\\u0009\\u001f\\u007f\\\"\\\\/\""},
	    {LIT("caf\xc3\xa9"), "\"caf\xc3\xa9\""},
	    {LIT("\xff"), "\"" GAP "\""},
	    {LIT("a\xff\xfe z"), "\"a" GAP GAP " z\""},
	    {LIT("\xc3"), "\"" GAP "\""},
	    {LIT("\xe2\x82"), "\"" GAP GAP "\""},
	    {LIT("\xf0\x9f\x98"), "\"" GAP GAP GAP "\""},
	    {LIT("\xf0\x9f\x98\x80\x80"), "\"\xf0\x9f\x98\x80" GAP "\""},
	    {LIT("\x80\xf0\x9f\x98\x80"), "\"" GAP "\xf0\x9f\x98\x80\""},
	    {LIT("\xed\xa0\x80"), "\"" GAP GAP GAP "\""},
	    {LIT("\xe2\"\x82\xac"), "\"" GAP "\\\"" GAP GAP "\""},
	    {LIT("ab\xe2\x82\xac\xe2\x82"), "\"ab\xe2\x82\xac" GAP GAP "\""},
	};
#undef GAP
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(written(rows[i].text), rows[i].want, "written: %s",
		    printable(rows[i].text));
}

/* Texts of bytes that UTF-8 and JSON care about, in a row that is always the same.
 */
static struct str
odd_text(void)
{
	static const char bytes[] = "az\"\\\n\x1f\x7f\x80\xa0\xbf\xc2\xe0\xed\xf0"
				    "\xf4\xff";
	static unsigned seed = 1;
	size_t i, n;
	char *p;

	seed = seed * 1103515245 + 12345;
	n = (seed >> 16) % 12;
	p = arena_alloc(arena, n + 1);
	for (i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		p[i] = bytes[(seed >> 16) % sizeof(bytes)];
	}
	return str_make(p, n);
}

static void
test_round_trip(void)
{
	int i, good = 0, unreadable = 0, changed = 0;

	for (i = 0; i < 20000; i++) {
		struct str text = odd_text();
		struct json *v = NULL;

		if (!json_parse(arena, str_of(written(text)), &v, &why))
			unreadable++;
		if (!str_is_utf8(text))
			continue;
		good++;
		changed += !str_eq(json_text(v), text);
	}
	is_int(unreadable, 0, "what is written can be read, whatever it was");
	ok(good > 1000, "some of it was UTF-8");
	is_int(changed, 0, "and that came back as it was");
}

/* A sink that stops after so many writes. */
static struct {
	int left, calls;
} patience;

static bool
take_some(void *arg, const char *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	patience.calls++;
	return --patience.left > 0;
}

static void
test_stop(void)
{
	struct jsonw w;
	int i, late = 0;

	for (i = 1; i < 12; i++) {
		patience.left = i;
		patience.calls = 0;
		jsonw_init(&w, (struct sink){take_some, NULL});
		jsonw_object(&w);
		jsonw_key(&w, "a\xff");
		jsonw_text(&w, "b\nc");
		jsonw_end(&w);
		late += patience.calls != i || !w.stopped;
	}
	is_int(late, 0, "a sink that wants no more is left alone");
	w = writer(12);
	jsonw_text(&w, "0123456789");
	ok(!w.stopped && !out.full, "a text that fits");
	w = writer(11);
	jsonw_text(&w, "0123456789");
	ok(w.stopped && out.full, "and one that does not");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_accepted, test_refused,
	    test_bounds, test_escapes, test_members, test_written, test_repaired,
	    test_round_trip, test_stop};

	return run_tests(tests, COUNT(tests));
}
