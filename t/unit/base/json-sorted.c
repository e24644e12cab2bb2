/* json-sorted.c: the members of an object in the order of their names. */
#include "base/buf.h"
#include "base/json_slice.h"
#include "base/json_sorted.h"
#include "lib/unit.h"

/* "name=value" for each member. */
static const char *
sorted(struct str text)
{
	struct json_sorted s;
	struct json_fault fault;
	struct str root;
	struct buf b;
	size_t i;

	if (!json_slice_check(exact_copy(text), &root, &fault))
		return fault.why;
	if (!json_sorted(arena, root, &s))
		return "too many";
	buf_init(&b, arena, SIZE_MAX);
	for (i = 0; i < s.n; i++)
		buf_printf(&b, "%s%s=%s", i == 0 ? "" : " ",
		    printable(s.members[i].name), printable(s.members[i].value));
	return str_dup(arena, buf_str(&b));
}

static void
test_order(void)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	    {LIT("{}"), ""},
	    {LIT("[1, 2]"), ""},
	    {LIT("\"text\""), ""},
	    {LIT("{\"b\": 1, \"a\": {\"z\": 1, \"y\": 2}}"),
		"a={\"z\": 1, \"y\": 2} b=1"},
	    {LIT("{\"ab\": 1, \"a\": 2, \"\": 3, \"B\": 4}"), "=3 B=4 a=2 ab=1"},
	    /* bytes, not UTF-16 units: U+FFFD comes before U+10000 */
	    {LIT("{\"\\ud800\\udc00\": 1, \"\\ufffd\": 2, \"\\u00e9\": 3}"),
		"\\xc3\\xa9=3 \\xef\\xbf\\xbd=2 \\xf0\\x90\\x80\\x80=1"},
	    /* the last of a name counts, however it is written */
	    {LIT("{\"a\": 1, \"b\": 2, \"a\": 3}"), "a=3 b=2"},
	    {LIT("{\"a\": 1, \"\\u0061\": 2}"), "a=2"},
	    {LIT("{\"\\u0061\": 1, \"a\": 2, \"\\u0061\": 3, \"a\" : 4}"), "a=4"},
	    {LIT("{\"a\\u0000b\": 1, \"a\": 2}"), "a=2 a\\x00b=1"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(sorted(rows[i].text), rows[i].want, "%s",
		    printable(rows[i].text));
}

static void
test_number(void)
{
	size_t n;

	for (n = JSON_SORTED_MAX; n <= JSON_SORTED_MAX + 1; n++) {
		struct json_sorted s;
		struct buf b;
		size_t i;

		buf_init(&b, arena, SIZE_MAX);
		for (i = 0; i < n; i++)
			buf_printf(&b, "%c\"%zu\":0", i == 0 ? '{' : ',', n - i);
		buf_addc(&b, '}');
		is_int(json_sorted(arena, buf_str(&b), &s), n <= JSON_SORTED_MAX,
		    "an object of %zu members", n);
		is_int((long long)s.n, n <= JSON_SORTED_MAX ? (long long)n : 0,
		    "of which so many are there");
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_order, test_number};

	return run_tests(tests, COUNT(tests));
}
