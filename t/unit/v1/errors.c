/* errors.c: the form of an error of API v1. */
#include "v1/errors.h"

#include "base/json.h"
#include "lib/unit.h"

static void
test_texts(void)
{
	const char *odd = repeated('\1', 1100).p, *why;
	struct json *v = NULL;

	is_text(v1_error_text(arena, "Tag not found"),
	    "{\"error\": \"Tag not found\"}", "an error");
	is_text(v1_error_text(arena, "a\"\n\xff"),
	    "{\"error\": \"a\\\"\\n\xef\xbf\xbd\"}",
	    "an error in a client's words");
	ok(json_parse(arena, v1_error_text(arena, odd), &v, &why) &&
		str_is(json_text(json_get(v, "error")), odd),
	    "the longest of a client's words");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_texts};

	return run_tests(tests, COUNT(tests));
}
