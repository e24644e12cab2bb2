/* json.c: the four readers of JSON agree about what JSON is, and about what it says. */
#include <string.h>

#include "base/json.h"
#include "base/json_closed.h"
#include "base/json_items.h"
#include "base/json_slice.h"

#include "lib/fuzz.h"

/* Reads a value in place, down to its leaves; returns how many values it has. */
static size_t
walk_slice(struct arena *a, struct str v, int depth)
{
	struct json_walk walk = json_slice_walk(v);
	struct str text = json_slice_text(a, v);
	size_t n = 1;
	long long number;

	CHECK(text.n <= v.n);
	(void)json_slice_int(v, &number);
	while (depth > 0 && json_slice_next(&walk)) {
		CHECK(walk.value.p >= v.p && walk.value.n <= v.n);
		n += walk_slice(a, walk.value, depth - 1);
	}
	return n;
}

static size_t walk_tree(const struct json *v);

static bool
count_member(void *arg, const char *key, const struct json *value)
{
	(void)key;
	*(size_t *)arg += walk_tree(value);
	return true;
}

static size_t
walk_tree(const struct json *v)
{
	size_t n = 1, i;

	for (i = 0; i < json_length(v); i++)
		n += walk_tree(json_at(v, i));
	json_members(v, count_member, &n);
	return n;
}

static bool
count_element(void *arg, const struct json *item)
{
	(void)json_kind(item);
	++*(size_t *)arg;
	return true;
}

struct rest {
	struct str text;
	size_t piece; /* bytes that one read gives */
};

static ssize_t
read_some(void *arg, void *p, size_t n)
{
	struct rest *rest = arg;

	if (n > rest->piece)
		n = rest->piece;
	if (n > rest->text.n)
		n = rest->text.n;
	if (n > 0)
		memcpy(p, rest->text.p, n);
	rest->text = str_make(rest->text.p + n, rest->text.n - n);
	return (ssize_t)n;
}

/* How many elements json_items_next() finds; *whole: the list ended well. */
static size_t
count_items(struct arena *a, struct str input, size_t piece, bool *whole)
{
	struct rest rest = {input, piece};
	struct json_items *items = json_items_new(a, read_some, &rest);
	const char *why;
	struct str item;
	size_t n = 0;

	while (json_items_next(items, &item, &why))
		n++;
	*whole = why == NULL;
	return n;
}

void
fuzz(struct arena *a, struct str input)
{
	struct json_fault fault;
	struct json *tree;
	struct str root = json_slice_trim(input), checked;
	const char *why;
	size_t elements = 0;
	bool is_list = false, whole;
	bool is_json = json_parse(a, input, &tree, &why);
	bool is_slice = json_slice_check(input, &checked, &fault);
	bool is_each = json_each(input, count_element, &elements, &is_list, &why);

	(void)json_longest(input);
	(void)walk_slice(a, root, JSON_DEPTH);
	CHECK(is_slice || fault.at <= input.n);
	if (count_items(a, input, 1, &whole) != count_items(a, input, 4096, &whole))
		CHECK(false);
	if (!is_json)
		return;
	CHECK(is_slice && is_each);
	CHECK(checked.n == root.n);
	CHECK(is_list == (json_kind(tree) == JSON_ARRAY));
	CHECK(!is_list || (elements == json_length(tree) && whole &&
			      elements == json_slice_count(root)));
	CHECK(walk_slice(a, root, JSON_DEPTH + 1) >= walk_tree(tree));
	CHECK(json_kind(tree) < JSON_ARRAY || json_is_closed(input));
	CHECK(json_print(a, tree).n > 0);
}
