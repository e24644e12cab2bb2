/* file-lists.c: what a layer holds, and what it changes of those below it, as
 * docker-registry wrote both. */
#include "layer/file_diff.h"
#include "layer/file_list.h"
#include "lib/tar.h"
#include "lib/unit.h"

/* ---- lists ---- */

struct bytes {
	struct str left;
	struct str again; /* read so many times more */
	unsigned times;
};

static ssize_t
read_bytes(void *arg, void *p, size_t n)
{
	struct bytes *b = arg;

	if (b->left.n == 0 && b->times > 0) {
		b->left = b->again;
		b->times--;
	}
	n = n < b->left.n ? n : b->left.n;
	if (n > 0)
		memcpy(p, b->left.p, n);
	b->left = str_make(b->left.p + n, b->left.n - n);
	return (ssize_t)n;
}

static enum result
list_of(struct str layer, struct str *out)
{
	struct bytes bytes = {.left = exact_copy(layer)};
	const struct source source = {read_bytes, &bytes, layer.n};
	struct buf b;
	enum result r;

	buf_init(&b, arena, 1 << 20);
	r = file_list_write(&source, buf_sink(&b), &err);
	*out = buf_str(&b);
	return r;
}

static const char *
list_text(struct str layer)
{
	struct str list;
	enum result r = list_of(layer, &list);

	return r == RC_OK ? printable(list) : err_name(r);
}

static struct str
one_entry(const char *name, char type)
{
	const struct tar_header h = {name, type, 0644, 1, 2, 0, 3};
	struct buf b;

	buf_init(&b, arena, 64 << 10);
	put_tar_header(&b, &h);
	return buf_str(&b);
}

static void
test_names(void)
{
	static const struct {
		const char *name;
		char type;
		const char *want; /* of the first three members; NULL: left out */
	} rows[] = {
	    {".", '5', "\"/\", \"d\", false"},
	    {"./", '5', "\"/\", \"d\", false"},
	    {"./etc/", '5', "\"/etc\", \"d\", false"},
	    {"./etc/hosts", '0', "\"/etc/hosts\", \"f\", false"},
	    {"etc/", '5', "\"etc\", \"d\", false"},
	    {"etc//", '5', "\"etc\", \"d\", false"},
	    {"etc/hosts", '0', "\"etc/hosts\", \"f\", false"},
	    {"/etc/hosts", '0', "\"/etc/hosts\", \"f\", false"},
	    {"..", '5', "\"..\", \"d\", false"},
	    {"../x", '0', "\"../x\", \"f\", false"},
	    {".x", '0', "\".x\", \"f\", false"},
	    {"./.wh.gone", '0', "\"/gone\", \"f\", true"},
	    {"/.wh.gone", '0', "\"/gone\", \"f\", true"},
	    {"./.wh.gone/", '5', "\"/gone\", \"d\", true"},
	    {"./.wh.", '0', "\"/\", \"f\", true"},
	    {"./.wh..wh.aufs", '0', NULL},
	    {"./.wh..wh.plnk/", '5', NULL},
	    {"/.wh..wh.orph", '5', NULL},
	    {".wh.gone", '0', "\".wh.gone\", \"f\", false"},
	    {"./etc/.wh.hosts", '0', "\"/etc/.wh.hosts\", \"f\", false"},
	    {"./.whx", '0', "\"/.whx\", \"f\", false"},
	    {"./say \"a\\b\"", '0',
		"\"/say \\x5c\"a\\x5c\\x5cb\\x5c\"\", \"f\", false"},
	    {"./tab\there", '0', "\"/tab\\x5cu0009here\", \"f\", false"},
	    {"./caf\xc3\xa9", '0', "\"/caf\\xc3\\xa9\", \"f\", false"},
	    {"./caf\xe9", '0', "\"/caf\\xef\\xbf\\xbd\", \"f\", false"},
	    {"old/", '\0', "\"old\", \"d\", false"},
	    {"old", '\0', "\"old\", \"f\", false"},
	    {"x", '1', "\"x\", \"l\", false"},
	    {"x", '2', "\"x\", \"s\", false"},
	    {"x", '3', "\"x\", \"c\", false"},
	    {"x", '4', "\"x\", \"b\", false"},
	    {"x", '6', "\"x\", \"i\", false"},
	    {"x", '7', "\"x\", \"t\", false"},
	    {"x", 'V', "\"x\", \"u\", false"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(list_text(one_entry(rows[i].name, rows[i].type)),
		    rows[i].want == NULL
			? "[]"
			: arena_printf(
			      arena, "[[%s, 0, 3, 420, 1, 2]]", rows[i].want),
		    "\"%s\" of type %c", printable(str_of(rows[i].name)),
		    rows[i].type == '\0' ? '-' : rows[i].type);
}

static struct str
some_layer(void)
{
	const struct tar_header root = {"./", '5', 0755, 0, 0, 0, 1400000000};
	const struct tar_header file = {
	    "./b", '0', 04755, 1000, 100, 1025, 1400000001};
	const struct tar_header gone = {"./.wh.a", '0', 0444, 0, 0, 0, 0};
	struct buf b;

	buf_init(&b, arena, 64 << 10);
	put_tar_header(&b, &root);
	put_tar_header(&b, &file);
	put_tar_content(&b, file.size);
	put_tar_header(&b, &gone);
	put_tar_content(&b, 2 * TAR_BLOCK);
	memset(b.p + b.n - 2 * TAR_BLOCK, 0, 2 * TAR_BLOCK);
	return buf_str(&b);
}

static void
test_lists(void)
{
	struct str layer = some_layer();

	is_str(list_text(layer),
	    "[[\"/\", \"d\", false, 0, 1400000000, 493, 0, 0], "
	    "[\"/b\", \"f\", false, 1025, 1400000001, 2541, 1000, 100], "
	    "[\"/a\", \"f\", true, 0, 0, 292, 0, 0]]",
	    "in the archive's order");
	is_str(list_text(str_make(layer.p, layer.n - 2 * TAR_BLOCK)),
	    list_text(layer), "without the blocks at the end, as docker sends it");
	is_str(list_text(TEXT("")), "[]", "nothing at all");
	is_str(list_text(repeated('\0', 2 * TAR_BLOCK)), "[]", "an empty archive");
	is_str(list_text(TEXT("no archive")), "bad_layer", "no archive");
	is_str(list_text(repeated('x', 4096)), "bad_layer", "nor this");
	is_str(
	    list_text(str_make(layer.p, 1500)), "bad_layer", "one that is cut off");
}

/* ---- bounds ---- */

struct taker {
	size_t n, most; /* bytes */
};

static bool
take_some(void *arg, const char *p, size_t n)
{
	struct taker *t = arg;

	(void)p;
	t->n += n;
	return t->n <= t->most;
}

static enum result
list_again(struct str layer, unsigned more, struct taker *taker)
{
	struct bytes bytes = {layer, layer, more};
	const struct source source = {read_bytes, &bytes, layer.n * (more + 1)};
	const struct sink sink = {take_some, taker};

	return file_list_write(&source, sink, &err);
}

static void
test_bounds(void)
{
	const unsigned size = 1000 << 10;
	const struct tar_header longname = {"././@LongLink", 'L', 0, 0, 0, size, 0};
	const struct tar_header file = {"x", '0', 0, 0, 0, 0, 0};
	struct taker taker = {0, SIZE_MAX};
	struct str layer = one_entry("./a", '0');
	struct buf b;

	is_int(list_again(layer, 99, &taker), RC_OK, "a hundred entries");
	is_int(taker.n,
	    2 + 100 * strlen("[\"/a\", \"f\", false, 0, 3, 420, 1, 2], ") - 2,
	    "are listed");
	taker = (struct taker){0, 1000};
	is_int(list_again(layer, 99, &taker), RC_FULL, "nobody takes more");
	ok(taker.n < 1100, "nothing is written then");

	buf_init(&b, arena, 4 << 20);
	put_tar_header(&b, &longname);
	put_tar_content(&b, size);
	memset(b.p + TAR_BLOCK, 'n', size);
	put_tar_header(&b, &file);
	taker = (struct taker){0, SIZE_MAX};
	is_int(
	    list_again(buf_str(&b), 119, &taker), RC_OK, "120 names of 1000 KiB");
	ok(taker.n > 120 * (size_t)size, "are listed whole");
	taker = (struct taker){0, SIZE_MAX};
	is_int(
	    list_again(buf_str(&b), 139, &taker), RC_BAD_LAYER, "140 are too many");
	ok(taker.n <= FILE_LIST_MAX, "the bound is not passed");
}

/* What a layer that is packed well may have: the source says how small it was. */
static void
test_amplified(void)
{
	const struct str layer = one_entry("./a", '0');
	const uint64_t packed = 1000;
	struct taker taker = {0, SIZE_MAX};
	struct bytes bytes = {layer, layer, 40000};
	const struct source source = {read_bytes, &bytes, packed};
	const struct sink sink = {take_some, &taker};

	is_int(file_list_write(&source, sink, &err), RC_BAD_LAYER,
	    "40,000 entries of a layer of 1,000 bytes are too many");
	ok(taker.n <= FILE_LIST_LIMIT(packed) && taker.n > FILE_LIST_LIMIT(0) / 2,
	    "the bound is not passed: %zu bytes", taker.n);
	bytes = (struct bytes){layer, layer, 20000};
	is_int(file_list_write(&source, sink, &err), RC_OK, "20,000 are not");
}

/* ---- differences ---- */

static struct json_items *
items_of(struct bytes *bytes, struct str list)
{
	*bytes = (struct bytes){.left = exact_copy(list)};
	return json_items_new(arena, read_bytes, bytes);
}

static enum result
new_diff(struct str own, struct file_diff **out)
{
	struct bytes bytes;

	return file_diff_new(arena, items_of(&bytes, own), out, &err);
}

static enum result
below(struct file_diff *d, struct str list)
{
	struct bytes bytes;

	return file_diff_below(d, items_of(&bytes, list), &err);
}

struct again {
	struct str list;
	struct bytes bytes;
};

static struct json_items *
own_again(void *arg, struct arena *a)
{
	struct again *again = arg;

	again->bytes = (struct bytes){.left = again->list};
	return json_items_new(a, read_bytes, &again->bytes);
}

static enum result
write_diff(const struct file_diff *d, struct str own, struct sink sink)
{
	struct again again = {.list = exact_copy(own)};

	return file_diff_write(d, own_again, &again, sink, &err);
}

static const char *
diff_text(const struct file_diff *d, const char *own)
{
	struct buf b;
	enum result r;

	buf_init(&b, arena, 4 << 20);
	r = write_diff(d, str_of(own), buf_sink(&b));
	return r == RC_OK ? printable(buf_str(&b)) : err_name(r);
}

/* Below are lists, the nearest first; "" ends them. "open" is said where more are
 * wanted. */
static const char *
diff_of(const char *own, const char *const lists[])
{
	struct file_diff *d;
	size_t i;
	enum result r = new_diff(str_of(own), &d);

	for (i = 0; r == RC_OK && lists[i] != NULL && file_diff_is_open(d); i++)
		r = below(d, str_of(lists[i]));
	if (r != RC_OK)
		return err_name(r);
	return arena_printf(arena, "%zu%s %s", i,
	    file_diff_is_open(d) ? " open" : "", diff_text(d, own));
}

#define REST      "1, 2, 3, 4, 5"
#define F(name)   "[\"" name "\", \"f\", false, " REST "]"
#define F2(name)  "[\"" name "\", \"f\", false, 9, 9, 9, 9, 9]"
#define WH(name)  "[\"" name "\", \"f\", true, " REST "]"
#define IS(name)  "\"" name "\": [\"f\", false, " REST "]"
#define WAS(name) "\"" name "\": [\"f\", true, " REST "]"
#define DIFF(deleted, changed, created) \
	"{\"deleted\": {" deleted "}, \"changed\": {" changed \
	"}, \"created\": {" created "}}"

static void
test_diffs(void)
{
	static const struct {
		const char *what, *own, *below[4], *want;
	} rows[] = {
	    {"nothing", "[]", {"[" F("/a") "]"}, "0 " DIFF("", "", "")},
	    {"a base", "[" F("/b") ", " F("/a") "]", {NULL},
		"0 open " DIFF("", "", IS("/b") ", " IS("/a"))},
	    {"a base that deletes", "[" WH("/a") "]", {NULL},
		"0 " DIFF(WAS("/a"), "", "")},
	    {"deleted, whatever is below", "[" WH("/a") ", " F("/b") "]",
		{"[" F("/a") "]", "[" WH("/a") "]"},
		"2 open " DIFF(WAS("/a"), "", IS("/b"))},
	    {"changed, as it is there", "[" F("/a") "]", {"[" F2("/a") "]"},
		"1 " DIFF("", IS("/a"), "")},
	    {"created, as it is deleted there", "[" F("/a") "]", {"[" WH("/a") "]"},
		"1 " DIFF("", "", IS("/a"))},
	    {"the nearest decides: there", "[" F("/a") ", " F("/z") "]",
		{"[" F("/a") "]", "[" WH("/a") "]"},
		"2 open " DIFF("", IS("/a"), IS("/z"))},
	    {"the nearest decides: deleted", "[" F("/a") ", " F("/z") "]",
		{"[" WH("/a") "]", "[" F("/a") "]"},
		"2 open " DIFF("", "", IS("/a") ", " IS("/z"))},
	    {"one further down", "[" F("/a") "]",
		{"[]", "[" F("/b") "]", "[" F("/a") "]"},
		"3 " DIFF("", IS("/a"), "")},
	    {"all three", "[" F("/n") ", " WH("/d") ", " F("/c") "]",
		{"[" F("/c") ", " F("/d") "]"},
		"1 open " DIFF(WAS("/d"), IS("/c"), IS("/n"))},
	    {"names twice: the later counts",
		"[" WH("/a") ", " F("/b") ", " F("/a") "]",
		{"[" F("/b") ", " F("/a") ", " WH("/b") "]"},
		"1 " DIFF("", IS("/a"), IS("/b"))},
	    {"deleted at last", "[" F("/a") ", " F("/b") ", " WH("/a") "]", {NULL},
		"0 open " DIFF(WAS("/a"), "", IS("/b"))},
	    {"a name is not a beginning of another", "[" F("/a") ", " F("/ab") "]",
		{"[" F("/abc") ", " F("/") ", " F("") "]"},
		"1 open " DIFF("", "", IS("/a") ", " IS("/ab"))},
	    {"escapes mean what they mean",
		"[" F("/\\u0061") ", " F("/n\\u0000l") "]",
		{"[" F("/a") ", " F("/n") "]"},
		"1 open " DIFF("", IS("/a"), IS("/n\\x5cu0000l"))},
	    {"what an old server kept",
		"[[\"/a\",\"f\",false,1,1400000000.5,420,0,0]]",
		{"\n [ [\"/a\",\"f\",false,1,1400000000.0,420,0,0] ] \n"},
		"1 " DIFF(
		    "", "\"/a\": [\"f\", false, 1, 1400000000.5, 420, 0, 0]", "")},
	    {"its own is none", "{}", {NULL}, "bad_data"},
	    {"one below is none", "[" F("/a") "]", {"[1]"}, "bad_data"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(diff_of(rows[i].own, rows[i].below), rows[i].want, "%s",
		    rows[i].what);
}

static void
test_bad_lists(void)
{
	static const char *const rows[] = {
	    "",
	    "null",
	    "{}",
	    "\"[]\"",
	    "[",
	    "[" F("/a"),
	    "[" F("/a") "] x",
	    "[" F("/a") ", 1]",
	    "[" F("/a") ", []]",
	    "[" F("/a") ", [\"/b\", \"f\", false, 1, 2, 3, 4]]",
	    "[" F("/a") ", [\"/b\", \"f\", false, 1, 2, 3, 4, 5, 6]]",
	    "[" F("/a") ", [1, \"f\", false, " REST "]]",
	    "[" F("/a") ", [\"/b\", \"f\", 0, " REST "]]",
	    "[" F("/a") ", [\"/b\", \"f\", fal",
	    "[" F("/a") ", [\"/\xff\", \"f\", false, " REST "]]",
	};
	struct file_diff *d, *other;
	size_t i;

	is_int(new_diff(TEXT("[" F("/a") "]"), &d), RC_OK, "a list");
	for (i = 0; i < COUNT(rows); i++) {
		struct str list = str_of(rows[i]);

		is_int(new_diff(list, &other), RC_BAD_DATA,
		    "no list of its own: %s", printable(list));
		is_int(below(d, list), RC_BAD_DATA, "nor below");
	}
	is_int(below(d, TEXT("[]")), RC_OK, "a good one");
	ok(file_diff_is_open(d), "nothing is decided");
	is_str(diff_text(d, "[" F("/a") "]"), DIFF("", "", IS("/a")),
	    "nothing of them counts");
	is_str(diff_text(d, "[]"), "bad_data", "written of a shorter list");
	is_str(diff_text(d, "[" F("/a") ", " F("/b") "]"), "bad_data",
	    "or of a longer one");
	is_str(diff_text(d, "[" F("/a") ", "), "bad_data", "or of half a one");
}

#define MANY 30000

static const char *
many(unsigned step)
{
	struct buf b;
	unsigned i;

	buf_init(&b, arena, 8 << 20);
	for (i = 0; i < MANY; i += step)
		/* 7919 is a prime: no order */
		buf_printf(&b, "%s[\"/%u\", \"f\", false, " REST "]",
		    i == 0 ? "[" : ", ", i * 7919u % MANY);
	buf_addc(&b, ']');
	return b.p;
}

/* Names i * 7919 mod MANY: of an even step all are even, as MANY is. */
static void
test_many(void)
{
	struct str own = str_of(many(1));
	struct file_diff *d;
	struct buf b;

	is_int(new_diff(own, &d), RC_OK, "%d names", MANY);
	is_int(below(d, str_of(many(2))), RC_OK, "half of them below");
	buf_init(&b, arena, 8 << 20);
	is_int(write_diff(d, own, buf_sink(&b)), RC_OK, "written");
	ok(strstr(b.p, "\"changed\": {\"/0\": ") != NULL,
	    "the first of the changed");
	ok(strstr(b.p, "\"created\": {\"/7919\": ") != NULL,
	    "the first of the created");
	is_int(b.n,
	    strlen(DIFF("", "", "")) +
		/* digits of 0 .. MANY-1 */
		(10 + 90 * 2 + 900 * 3 + 9000 * 4 + 20000 * 5) +
		MANY * strlen(IS("/") ", ") - 2 * strlen(", "),
	    "each name once");
}

static void
test_stopped(void)
{
	struct taker taker = {0, 30};
	const struct sink sink = {take_some, &taker};
	struct str own = str_of(many(1));
	struct file_diff *d;

	is_int(new_diff(own, &d), RC_OK, "many names");
	is_int(write_diff(d, own, sink), RC_FULL, "the sink wants no more");
	ok(taker.n < 200, "and gets no more");
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_names,
	    test_lists,
	    test_bounds,
	    test_amplified,
	    test_diffs,
	    test_bad_lists,
	    test_many,
	    test_stopped,
	};

	return run_tests(tests, COUNT(tests));
}
