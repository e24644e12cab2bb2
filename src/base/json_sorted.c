/* json_sorted.c: see json_sorted.h. */
#include "base/json_sorted.h"

#include <stdlib.h>

#include "base/json_slice.h"

/* By name; members of one name in the order of the text. */
static int
compare(const void *a, const void *b)
{
	const struct json_member *x = a, *y = b;
	int order = str_order(x->name, y->name);

	return order != 0 ? order
			  : (x->value.p > y->value.p) - (x->value.p < y->value.p);
}

/* Keeps the last of each name. Returns how many are left. */
static size_t
keep_last(struct json_member *members, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (i + 1 == n || !str_eq(members[i].name, members[i + 1].name))
			members[kept++] = members[i];
	return kept;
}

bool
json_sorted(struct arena *a, struct str v, struct json_sorted *out)
{
	struct json_walk walk = json_slice_walk(v);
	size_t most = walk.in_object ? json_slice_count(v) : 0, n = 0;

	*out = (struct json_sorted){NULL, 0};
	if (most > JSON_SORTED_MAX)
		return false;
	out->members = arena_alloc(a, (most + 1) * sizeof(*out->members));
	while (n < most && json_slice_next(&walk)) {
		/* with its quotes the name is a string */
		out->members[n].name = json_slice_text(
		    a, str_make(walk.key.p - 1, walk.key.n + 2));
		out->members[n++].value = walk.value;
	}
	qsort(out->members, n, sizeof(*out->members), compare);
	out->n = keep_last(out->members, n);
	return true;
}
