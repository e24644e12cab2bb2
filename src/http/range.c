/* range.c: see range.h. */
#include "http/range.h"

#include <strings.h>

static bool
parse_offset(struct str text, uint64_t *out)
{
	long long v;

	if (!str_to_int64(text, &v))
		return false;
	*out = (uint64_t)v;
	return true;
}

bool
range_parse(struct str text, uint64_t *first, uint64_t *last)
{
	struct str from, to = str_trim(text);

	if (to.n > 6 && strncasecmp(to.p, "bytes ", 6) == 0) {
		to = str_make(to.p + 6, to.n - 6);
		to = str_cut(&to, '/');
	}
	from = str_cut(&to, '-');
	return parse_offset(from, first) && parse_offset(to, last) &&
	       *last >= *first;
}
