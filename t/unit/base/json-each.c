/* json-each.c: JSON lists an element at a time, and how many values are parsed at
 * once. */
#include "base/buf.h"
#include "base/json.h"
#include "base/json_items.h"
#include "lib/unit.h"

static const char *why;

struct visited {
	struct buf b;
	size_t n, most;
};

static bool
visit(void *arg, const struct json *item)
{
	static const char kinds[] = {
	    [JSON_NONE] = '-',
	    [JSON_BOOL] = '?',
	    [JSON_NUMBER] = '#',
	    [JSON_STRING] = '"',
	    [JSON_ARRAY] = '[',
	    [JSON_OBJECT] = '{',
	};
	struct visited *v = arg;

	buf_addc(&v->b, kinds[json_kind(item)]);
	buf_adds(&v->b, printable(json_text(item)));
	return ++v->n < v->most;
}

/* What was visited, a letter an element; after it what the whole was. */
static const char *
each(struct str text, size_t most)
{
	struct visited v = {.most = most};
	bool is_list, good;

	buf_init(&v.b, arena, SIZE_MAX);
	why = NULL;
	good = json_each(exact_copy(text), visit, &v, &is_list, &why);
	if (!good && (why == NULL || why[0] == '\0'))
		return "no reason";
	buf_adds(&v.b, good ? is_list ? "" : " no list" : " refused");
	return v.b.p;
}

static const struct {
	struct str text;
	const char *want;
} lists[] = {
    {LIT("[]"), ""},
    {LIT(" [ \t\r\n] \n"), ""},
    {LIT("\r\n[\t1 ,\n\"two\" , null ,true] "), "#\"two-?"},
    {LIT("[[1,[2,3]],{\"a\":[{},5],\"b\":{}},[]]"), "[{["},
    {LIT("[\"a,b]\",\"[{\",\"}\"]"), "\"a,b]\"[{\"}"},
    {LIT("[\"\\\",\\\\\",\"\\u005d\",{\"]\\\"\":\"}\"}]"), "\"\",\\x5c\"]{"},
    {LIT("{\"a\":[1,2]}"), " no list"},
    {LIT(" \"[1]\""), " no list"},
    {LIT("1"), " no list"},
    {LIT("null"), " no list"},
    /* no JSON */
    {LIT(""), " refused"},
    {LIT(" "), " refused"},
    {LIT("{]"), " refused"},
    {LIT("\f[1]"), " refused"},
    {LIT("\xef\xbb\xbf[1]"), " refused"},
    /* cut off */
    {LIT("["), " refused"},
    {LIT("[1"), " refused"},
    {LIT("[1,"), "# refused"},
    {LIT("[[1]"), " refused"},
    {LIT("[\"a]"), " refused"},
    {LIT("[\"a\\"), " refused"},
    /* elements that are none */
    {LIT("[,]"), " refused"},
    {LIT("[ ,1]"), " refused"},
    {LIT("[1,]"), "# refused"},
    {LIT("[1,, 2]"), "# refused"},
    {LIT("[1, \n]"), "# refused"},
    {LIT("[1 2]"), " refused"},
    {LIT("[1}]"), " refused"},
    {LIT("[{]}]"), " refused"},
    {LIT("[\"\xff\"]"), " refused"},
    {LIT("[1,\0]"), "# refused"},
    /* something around it */
    {LIT("[]]"), " refused"},
    {LIT("[] x"), " refused"},
    {LIT("[1]]"), "# refused"},
    {LIT("[1] [2]"), "# refused"},
    {LIT("[1],"), "# refused"},
    {LIT("[1]\f"), "# refused"},
    {LIT("[1]\0"), "# refused"},
    {LIT("\0[1]"), " refused"},
    {LIT("[\0001]"), " refused"},
};

static void
test_each(void)
{
	size_t i;

	for (i = 0; i < COUNT(lists); i++)
		is_str(each(lists[i].text, SIZE_MAX), lists[i].want, "each of %s",
		    printable(lists[i].text));
	is_str(each(TEXT("[1,null,2"), 2), "#-", "what is not wanted is not read");
}

/* n elements "0", in brackets. */
static struct str
zeros(size_t n)
{
	struct buf b;

	buf_init(&b, arena, SIZE_MAX);
	buf_adds(&b, "[0");
	while (--n > 0)
		buf_adds(&b, ",0");
	buf_addc(&b, ']');
	return buf_str(&b);
}

/* ---- the same of what is read a piece at a time ---- */

struct pieces {
	struct str left;
	size_t size; /* bytes of a piece */
	bool fails;  /* at the end */
};

static ssize_t
read_piece(void *arg, void *p, size_t n)
{
	struct pieces *from = arg;

	n = n < from->size ? n : from->size;
	n = n < from->left.n ? n : from->left.n;
	if (n > 0)
		memcpy(p, from->left.p, n);
	from->left = str_make(from->left.p + n, from->left.n - n);
	return n == 0 && from->fails ? -1 : (ssize_t)n;
}

static const char *
items(struct str text, size_t size)
{
	struct pieces from = {exact_copy(text), size, false};
	struct json_items *it = json_items_new(arena, read_piece, &from);
	struct visited v = {.most = SIZE_MAX};
	struct arena *scratch = arena_new();
	struct json *item;
	struct str one;

	buf_init(&v.b, arena, SIZE_MAX);
	buf_adds(&v.b, "");
	why = NULL;
	while (json_items_next(it, &one, &why)) {
		arena_clear(scratch);
		if (!json_parse(scratch, one, &item, &why))
			break;
		(void)visit(&v, item);
	}
	arena_free(scratch);
	buf_adds(&v.b, why == NULL ? "" : " refused");
	return v.b.p;
}

static void
test_items(void)
{
	static const size_t sizes[] = {1, 2, 3, 1000};
	size_t i, k;

	for (i = 0; i < COUNT(lists); i++) {
		const char *want = strstr(lists[i].want, " no list") == NULL
				       ? lists[i].want
				       : " refused";

		for (k = 0; k < COUNT(sizes); k++)
			is_str(items(lists[i].text, sizes[k]), want,
			    "in pieces of %zu: %s", sizes[k],
			    printable(lists[i].text));
	}
}

static void
test_long_items(void)
{
	struct pieces from = {.size = SIZE_MAX};
	struct str one;
	struct buf b;

	is_int(strlen(items(zeros(300000), SIZE_MAX)), 300000, "300,000 items");
	buf_init(&b, arena, SIZE_MAX);
	buf_printf(&b, "[1, \"%s\", 2]", repeated('x', JSON_ITEM_MAX - 10).p);
	is_int(strlen(items(buf_str(&b), 70000)), JSON_ITEM_MAX - 10 + 3,
	    "one as long as may be");
	buf_init(&b, arena, SIZE_MAX);
	buf_printf(&b, "[1, \"%s\", 2]", repeated('x', JSON_ITEM_MAX).p);
	is_str(items(buf_str(&b), 70000), "# refused", "a longer one");
	is_str(why, "an element is longer than 1 MiB", "and why");
	from.left = TEXT("[1");
	from.fails = true;
	ok(!json_items_next(json_items_new(arena, read_piece, &from), &one, &why),
	    "what cannot be read");
	is_str(why, "it cannot be read", "is not an end");
}

static void
test_width(void)
{
	struct str most = zeros(JSON_VALUES), more = zeros(JSON_VALUES + 1);
	struct json *v = NULL;
	struct buf b;

	ok(json_parse(arena, most, &v, &why), "as many values as are allowed");
	is_int(json_length(v), JSON_VALUES, "all are there");
	ok(!json_parse(arena, more, &v, &why), "one more is refused");
	is_str(why, "too many values", "and why");
	buf_init(&b, arena, SIZE_MAX);
	buf_printf(&b, "[\"\\\"%s\"]", repeated(',', 2 * JSON_VALUES).p);
	ok(json_parse(arena, buf_str(&b), &v, &why),
	    "commas in a text do not count");
	is_int(strlen(each(more, SIZE_MAX)), JSON_VALUES + 1,
	    "a list an element at a time may be longer");
	buf_init(&b, arena, SIZE_MAX);
	buf_printf(&b, "[1,%s]", more.p);
	is_str(each(buf_str(&b), SIZE_MAX), "# refused", "but no element");
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_each, test_items, test_long_items, test_width};

	return run_tests(tests, COUNT(tests));
}
