/* rfc3339.c: times as images have them. */
#include "base/rfc3339.h"

#include "lib/unit.h"

/* The parts with a blank between them. */
static const char *
parts(const char *text)
{
	struct rfc3339 t;

	if (!rfc3339_parse(exact_copy(str_of(text)), &t))
		return "none";
	return arena_printf(arena, "%s %s %s", printable(t.seconds),
	    printable(t.fraction), printable(t.zone));
}

int
main(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"2015-10-31T22:22:56Z", "2015-10-31T22:22:56  Z"},
	    {"2015-10-31T22:22:56.015925234Z", "2015-10-31T22:22:56 015925234 Z"},
	    {"2013-03-23T22:24:18.818426-07:00",
		"2013-03-23T22:24:18 818426 -07:00"},
	    {"2015-10-31T23:22:55+01:00", "2015-10-31T23:22:55  +01:00"},
	    {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00  Z"},
	    {"2016-02-29T00:00:00Z", "2016-02-29T00:00:00  Z"},
	    {"2000-02-29T23:59:59Z", "2000-02-29T23:59:59  Z"},
	    {"2015-12-31T00:00:00.1234567890123+23:59",
		"2015-12-31T00:00:00 1234567890123 +23:59"},
	    {"", "none"},
	    {"2015-10-31", "none"},
	    {"2015-10-31T22:22:56", "none"},
	    {"2015-10-31 22:22:56Z", "none"},
	    {"2015-10-31t22:22:56Z", "none"},
	    {"2015-10-31T22:22:56z", "none"},
	    {"2015-10-31T22:22:60Z", "none"},
	    {"2015-10-31T22:60:00Z", "none"},
	    {"2015-10-31T24:00:00Z", "none"},
	    {"2015-10-32T00:00:00Z", "none"},
	    {"2015-11-31T00:00:00Z", "none"},
	    {"2015-00-01T00:00:00Z", "none"},
	    {"2015-13-01T00:00:00Z", "none"},
	    {"2015-01-00T00:00:00Z", "none"},
	    {"2015-02-29T00:00:00Z", "none"},
	    {"1900-02-29T00:00:00Z", "none"},
	    {"2015-10-31T22:22:56.Z", "none"},
	    {"2015-10-31T22:22:56,5Z", "none"},
	    {"2015-10-31T22:22:56.5", "none"},
	    {"2015-10-31T22:22:56+0100", "none"},
	    {"2015-10-31T22:22:56+01", "none"},
	    {"2015-10-31T22:22:56+24:00", "none"},
	    {"2015-10-31T22:22:56+01:60", "none"},
	    {"2015-10-31T22:22:56Z ", "none"},
	    {"2015-1a-31T22:22:56Z", "none"},
	    {"Sat Oct 31 22:22:56 UTC 2015", "none"},
	};
	size_t i;

	arena = arena_new();
	for (i = 0; i < COUNT(rows); i++)
		is_str(parts(rows[i].text), rows[i].want, "\"%s\"", rows[i].text);
	arena_free(arena);
	return done_testing();
}
