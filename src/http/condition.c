/* condition.c: see condition.h. */
#include "http/condition.h"

#include <strings.h>

/* Does the list of tags name this one? The comparison is weak (RFC 9110, section
 * 13.1.2): W/ before a tag counts for nothing. */
static bool
lists(struct str text, const char *etag)
{
	while (text.p != NULL) {
		struct str one = str_trim(str_cut(&text, ','));

		if (str_starts(one, "W/"))
			one = str_make(one.p + 2, one.n - 2);
		if (str_is(one, etag) || str_is(one, "*"))
			return true;
	}
	return false;
}

bool
condition_has(const struct request *rq, const char *etag)
{
	struct str value;
	size_t at = 0;

	while (request_next_header(rq, "If-None-Match", &at, &value))
		if (lists(value, etag))
			return true;
	return false;
}

static bool
to_number(struct str text, uint64_t *out)
{
	long long v;

	if (!str_to_int64(text, &v))
		return false;
	*out = (uint64_t)v;
	return true;
}

bool
condition_part(struct str text, uint64_t *first, uint64_t *last)
{
	struct str from, to = str_trim(text);

	if (to.n > 6 && strncasecmp(to.p, "bytes ", 6) == 0) {
		to = str_make(to.p + 6, to.n - 6);
		to = str_cut(&to, '/');
	}
	from = str_cut(&to, '-');
	return to_number(from, first) && to_number(to, last) && *last >= *first;
}
