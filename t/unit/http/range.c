/* range.c: which bytes an upload's part holds. */
#include "http/range.h"
#include "lib/unit.h"

static void
test_content_range(void)
{
	static const struct {
		const char *text;
		bool want;
		uint64_t first, last;
	} rows[] = {
	    {"0-0", true, 0, 0},
	    {"0-1023", true, 0, 1023},
	    {"1024-2047", true, 1024, 2047},
	    {" 5-7 ", true, 5, 7},
	    {"007-8", true, 7, 8},
	    {"0-9223372036854775807", true, 0, INT64_MAX},
	    {"bytes 0-99", true, 0, 99},
	    {"bytes 0-99/100", true, 0, 99},
	    {"Bytes 0-99/*", true, 0, 99},
	    {"", false, 0, 0},
	    {"-", false, 0, 0},
	    {"5", false, 0, 0},
	    {"5-", false, 0, 0},
	    {"-5", false, 0, 0},
	    {"5-4", false, 0, 0},
	    {"0--1", false, 0, 0},
	    {"0-1-2", false, 0, 0},
	    {"a-b", false, 0, 0},
	    {"0x0-0x9", false, 0, 0},
	    {"+0-9", false, 0, 0},
	    {"0 - 9", false, 0, 0},
	    {"0-9,10-19", false, 0, 0},
	    {"0-9223372036854775808", false, 0, 0},
	    {"99999999999999999999-99999999999999999999", false, 0, 0},
	    {"bytes=0-9", false, 0, 0},
	    {"bytes */100", false, 0, 0},
	    {"bytes ", false, 0, 0},
	    {"bytes", false, 0, 0},
	    {"0-9/10", false, 0, 0},
	};
	uint64_t first, last;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		first = last = 0;
		ok(range_parse(exact_copy(str_of(rows[i].text)), &first, &last) ==
			    rows[i].want &&
			(!rows[i].want ||
			    (first == rows[i].first && last == rows[i].last)),
		    "Content-Range: %s is %s", rows[i].text,
		    rows[i].want ? "a range" : "not a range");
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_content_range};

	return run_tests(tests, COUNT(tests));
}
