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

/* The user of docker sees why there is no such image. */
static void
test_not_bridged(void)
{
	static const struct {
		const char *reason, *want;
	} rows[] = {
	    {"layer 1 is of zstd", "{\"error\": \"layer 1 is of zstd\"}"},
	    {"", "{\"error\": \"The image has no form in this API\"}"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct reply rp = {0};
		struct call c = {.rp = &rp, .task.arena = arena};

		(void)err_set(&c.err, RC_NOT_BRIDGED, "%s", rows[i].reason);
		v1_fail(&c, RC_NOT_BRIDGED);
		is_int(rp.status, 404, "the status");
		is_str(str_dup(arena, rp.bytes), rows[i].want, "the text");
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_texts, test_not_bridged};

	return run_tests(tests, COUNT(tests));
}
