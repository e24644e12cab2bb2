/* json-closed.c: which texts look whole. */
#include "base/json_closed.h"
#include "lib/unit.h"

static void
test_closed(void)
{
	static const struct {
		struct str text;
		bool want;
	} rows[] = {
	    {LIT("{}"), true},
	    {LIT("[]"), true},
	    {LIT(" \r\n\t{\"a\": [1, {\"b\": \"}\"}]}\n\n"), true},
	    {LIT("[\"\\\"]\", \"\\\\\"]"), true},
	    {LIT("{\"a\": NaN}"), true},
	    {LIT(""), false},
	    {LIT(" \n"), false},
	    {LIT("\0\0\0\0"), false},
	    {LIT("1"), false},
	    {LIT("\"{}\""), false},
	    {LIT("x{}"), false},
	    {LIT("{"), false},
	    {LIT("{\"a\": \"}"), false},
	    {LIT("{\"a\": \"\\"), false},
	    {LIT("{\"a\": {}"), false},
	    {LIT("[{\"a\": 1}, {\"a\": 2"), false},
	    {LIT("{}}"), false},
	    {LIT("{}{}"), false},
	    {LIT("[] x"), false},
	    {LIT("]["), false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ok(json_is_closed(exact_copy(rows[i].text)) == rows[i].want,
		    "%s is %s", printable(rows[i].text),
		    rows[i].want ? "closed" : "not closed");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_closed};

	return run_tests(tests, COUNT(tests));
}
