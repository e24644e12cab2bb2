/* json_each.c: json_each() and json_longest() of json.h. The list is cut into the texts of
 * its elements without parsing it (json_item_length()), and each text is parsed alone. */
#include "base/json.h"
#include "base/json_items.h"
#include "base/json_slice.h"

/* Visits the elements; rest begins after the opening bracket. */
static bool
each_element(struct arena *scratch, struct str rest,
    bool (*visit)(void *arg, const struct json *item), void *arg, const char **why)
{
	struct json *item;
	size_t n;

	for (;;) {
		n = json_item_length(rest);
		*why = "the list does not end";
		if (n >= rest.n)
			return false;
		arena_clear(scratch);
		if (!json_parse(scratch, str_make(rest.p, n), &item, why))
			return false;
		if (!visit(arg, item))
			return true;
		rest = str_make(rest.p + n, rest.n - n);
		if (rest.p[0] == ']')
			break;
		rest = str_make(rest.p + 1, rest.n - 1);
	}
	*why = "something follows the value";
	return json_slice_trim(str_make(rest.p + 1, rest.n - 1)).n == 0;
}

size_t
json_longest(struct str text)
{
	struct str rest = json_slice_trim(text);
	size_t n, longest = 0;

	if (rest.n == 0 || rest.p[0] != '[')
		return text.n;
	while (rest.n > 0) {
		rest = str_make(rest.p + 1, rest.n - 1);
		n = json_item_length(rest);
		longest = n > longest ? n : longest;
		rest = str_make(rest.p + n, rest.n - n);
	}
	return longest;
}

bool
json_each(struct str text, bool (*visit)(void *arg, const struct json *item),
    void *arg, bool *is_list, const char **why)
{
	struct str rest = json_slice_trim(text), inner;
	struct arena *scratch = arena_new();
	struct json *other;
	bool ok;

	*is_list = rest.n > 0 && rest.p[0] == '[';
	inner = *is_list ? json_slice_trim(str_make(rest.p + 1, rest.n - 1)) : rest;
	if (!*is_list || (inner.n > 0 && inner.p[0] == ']'))
		ok = json_parse(scratch, text, &other, why);
	else
		ok = each_element(scratch, inner, visit, arg, why);
	arena_free(scratch);
	return ok;
}
