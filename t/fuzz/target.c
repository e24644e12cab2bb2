/* target.c: the path and query of a request. */
#include <string.h>

#include "http/target.h"

#include "lib/fuzz.h"

static void
check_part(struct str part)
{
	CHECK(part.n > 0 && memchr(part.p, '\0', part.n) == NULL);
	CHECK(!str_is(part, ".") && !str_is(part, ".."));
}

void
fuzz(struct arena *a, struct str input)
{
	struct target target;
	struct str value, room[3];
	struct target_values values = {.value = room, .limit = 3};
	struct err err;
	enum result r = target_parse(a, input, &target, &err);
	size_t i;

	CHECK(r == RC_OK || r == RC_BAD_REQUEST);
	if (r != RC_OK)
		return;
	CHECK(target.n <= TARGET_PARTS);
	for (i = 0; i < target.n; i++)
		check_part(target.part[i]);
	(void)target_query_form(a, &target, "q", &value, &err);
	if (target_query(a, &target, "n", &value, &err) == RC_OK &&
	    target_query_all(a, &target, "n", &values, &err) == RC_OK)
		CHECK((value.p == NULL) == (values.n == 0));
}
