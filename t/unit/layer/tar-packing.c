/* tar-packing.c: what packs a layer: one packing, whole, in members, cut off; and what
 * costs memory or time while nothing comes of it. */
#include <archive.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zlib.h>

#include "layer/tar.h"
#include "lib/tar.h"
#include "lib/unit.h"

#define ROOM ((size_t)4 << 20)

#ifdef __SANITIZE_ADDRESS__
#define SLOW_MALLOC true
#else
#define SLOW_MALLOC false
#endif

struct packing {
	const char *name;
	int filter;
};

static const struct packing packings[] = {{"gzip", ARCHIVE_FILTER_GZIP},
    {"bzip2", ARCHIVE_FILTER_BZIP2}, {"xz", ARCHIVE_FILTER_XZ},
    {"zstd", ARCHIVE_FILTER_ZSTD}};

/* ---- walks ---- */

/* A text, and after it another so many times. */
struct reading {
	struct str left, again;
	unsigned times;
	size_t most; /* bytes at once */
};

static ssize_t
read_some(void *arg, void *p, size_t n)
{
	struct reading *from = arg;

	if (from->left.n == 0 && from->times > 0) {
		from->times--;
		from->left = from->again;
	}
	n = n < from->left.n ? n : from->left.n;
	n = n < from->most ? n : from->most;
	if (n > 0)
		memcpy(p, from->left.p, n);
	from->left = str_make(from->left.p + n, from->left.n - n);
	return (ssize_t)n;
}

static bool
see_entry(void *arg, const struct tar_entry *e)
{
	buf_printf(arg, "%.*s ", STR_ARG(e->name));
	return true;
}

/* The names of its entries, or the error's name. */
static const char *
walked_from(struct reading *from)
{
	const struct source source = {
	    read_some, from, from->left.n + from->again.n * from->times};
	struct buf names;
	const struct tar_visitor visitor = {see_entry, NULL, &names};
	enum result r;

	buf_init(&names, arena, ROOM);
	r = tar_walk(&source, &visitor, &err);
	if (r != RC_OK)
		return err_name(r);
	return names.n == 0 ? "" : names.p;
}

static const char *
walked(struct str archive)
{
	struct reading from = {.left = exact_copy(archive), .most = SIZE_MAX};

	return walked_from(&from);
}

/* ---- archives ---- */

static struct str
packed(const struct packing *p, struct str s)
{
	return packed_as(arena, p->filter, s, "1");
}

static struct str
joined(struct str a, struct str b)
{
	struct buf both;

	buf_init(&both, arena, ROOM);
	buf_add(&both, a.p, a.n);
	buf_add(&both, b.p, b.n);
	return buf_str(&both);
}

static struct str
one_file(const char *name)
{
	const struct tar_header h = {
	    .name = name, .type = '0', .size = 2 * TAR_BLOCK};
	struct buf b;

	buf_init(&b, arena, ROOM);
	put_tar_header(&b, &h);
	put_tar_content(&b, 2 * TAR_BLOCK);
	return buf_str(&b);
}

/* ---- tests ---- */

static void
test_whole(const struct packing *p)
{
	struct str one = packed(p, one_file("one")),
		   two = packed(p, one_file("two"));
	struct str nothing = packed(p, TEXT(""));
	struct reading slow = {.left = joined(one, two), .most = 1};

	is_str(walked(one), "one ", "%s", p->name);
	is_str(walked(joined(one, two)), "one two ", "%s: two members", p->name);
	is_str(walked(nothing), "", "%s: nothing", p->name);
	is_str(
	    walked(joined(nothing, two)), "two ", "%s: nothing before it", p->name);
	is_str(
	    walked(joined(one, nothing)), "one ", "%s: nothing after it", p->name);
	is_str(walked_from(&slow), "one two ", "%s: a byte at once", p->name);
}

static void
test_cut_off(const struct packing *p)
{
	struct str one = packed(p, one_file("one")), nothing = packed(p, TEXT(""));
	size_t n, passed = 0;

	for (n = 1; n < one.n; n++)
		passed += strcmp(walked(str_make(one.p, n)), "bad_layer") != 0;
	for (n = 1; n < nothing.n; n++)
		passed += strcmp(walked(str_make(nothing.p, n)), "bad_layer") != 0;
	is_int(passed, 0, "%s: cut off anywhere", p->name);
}

static void
test_packed_twice(const struct packing *p)
{
	size_t i;

	for (i = 0; i < COUNT(packings); i++) {
		struct str once = packed(&packings[i], one_file("one"));

		is_str(walked(packed(p, once)), "bad_layer", "%s in %s",
		    packings[i].name, p->name);
	}
}

static void
test_each(void)
{
	size_t i;

	for (i = 0; i < COUNT(packings); i++) {
		test_whole(&packings[i]);
		test_cut_off(&packings[i]);
		test_packed_twice(&packings[i]);
	}
}

/* What begins like a packing may be a name. */
static void
test_names(void)
{
	static const char *const names[] = {"BZh9", "BZh91AY", "7zXZ", "\x1f\x8b"};
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		is_str(walked(one_file(names[i])),
		    arena_printf(arena, "%s ", names[i]), "a name: %zu", i);
}

static long
peak(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss; /* kB */
}

static void
refuse_on_and_on(struct str begin, struct str again, const char *what)
{
	struct buf much;
	struct reading from = {.left = begin, .times = 200, .most = SIZE_MAX};
	long before = peak();

	buf_init(&much, arena, ROOM);
	while (much.n < (size_t)1 << 20)
		buf_add(&much, again.p, again.n);
	from.again = buf_str(&much);

	is_str(walked_from(&from), "bad_layer", "%s", what);
	ok(strstr(err.text, "decompress to nothing") != NULL,
	    "is refused for that: %s", err.text);
	ok(SLOW_MALLOC || peak() - before < 64 * 1024, "in little memory: %ld kB",
	    peak() - before);
}

static void
test_nothing_on_and_on(void)
{
	struct str one = packed(&packings[0], one_file("one"));
	size_t i;

	for (i = 0; i < COUNT(packings); i++) {
		if (SLOW_MALLOC && packings[i].filter == ARCHIVE_FILTER_BZIP2)
			continue; /* 4 MB for each member */
		refuse_on_and_on(packed(&packings[i], one_file("one")),
		    packed(&packings[i], TEXT("")),
		    arena_printf(arena, "empty members of %s", packings[i].name));
	}
	refuse_on_and_on(TEXT("\x1f\x8b\x08\x08\0\0\0\0\0\3"), repeated('n', 1000),
	    "a name without an end");
	refuse_on_and_on(joined(one, TEXT("\x1f\x8b\x08\x10\0\0\0\0\0\3")),
	    repeated('n', 1000), "a comment after a member");
	refuse_on_and_on(TEXT("\x50\x2a\x4d\x18\xff\xff\xff\xff"),
	    repeated('n', 1000), "a frame of zstd that is passed over");
}

/* The first block's dictionary becomes that of so many bits; its header's sum is the
 * last four bytes. */
static struct str
with_dictionary(struct str xz, unsigned char bits)
{
	char *copy = arena_strndup(arena, xz.p, xz.n);
	unsigned char *header = (unsigned char *)copy + 12;
	size_t i, n = ((size_t)header[0] + 1) * 4 - 4;
	unsigned long sum;

	if (header[1] != 0 || header[2] != 0x21)
		abort();
	header[4] = bits;
	sum = crc32(0, header, (unsigned)n);
	for (i = 0; i < 4; i++)
		header[n + i] = (unsigned char)(sum >> 8 * i);
	return str_make(copy, xz.n);
}

static void
test_dictionaries(void)
{
	struct str one = packed_as(arena, ARCHIVE_FILTER_XZ, one_file("one"), "9");
	struct str large = with_dictionary(one, 29);
	struct str small = packed_as(
	    arena, ARCHIVE_FILTER_XZ, one_file("two"), "0");
	struct str padding = repeated('\0', 400);

	is_str(walked(one), "one ", "a dictionary of 64 MiB, as of xz -9");
	is_str(walked(with_dictionary(one, 28)), "one ", "the same");
	is_str(walked(large), "bad_layer", "one of 96");
	ok(strstr(err.text, "dictionary of more than 64 MiB") != NULL,
	    "is refused for that: %s", err.text);
	is_str(walked(with_dictionary(one, 40)), "bad_layer", "one of 4 GiB");
	is_str(walked(joined(small, small)), "two two ", "two streams");
	is_str(walked(joined(small, joined(padding, small))), "two two ",
	    "padding between them");
	is_str(walked(joined(small, large)), "bad_layer", "in another stream");
	ok(strstr(err.text, "dictionary") != NULL, "is refused for that");
	is_str(walked(joined(small, joined(padding, large))), "bad_layer",
	    "after padding");
	ok(strstr(err.text, "dictionary") != NULL, "is refused for that");
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_each, test_names, test_nothing_on_and_on, test_dictionaries};

	return run_tests(tests, COUNT(tests));
}
