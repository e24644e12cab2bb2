/* tar.c: a layer entry by entry, whole, cut off, damaged, and made to do harm. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "layer/tar.h"
#include "lib/tar.h"
#include "lib/unit.h"

#define KEEP   ((size_t)64 << 20) /* bytes of an archive in a test */
#define FAILED SIZE_MAX           /* where a source fails: never */

/* ---- walks ---- */

struct reading {
	struct str left;
	struct str again; /* after it, so many times */
	unsigned times;
	size_t fails_at; /* bytes until it fails */
};

static ssize_t
read_some(void *arg, void *p, size_t n)
{
	struct reading *from = arg;

	if (from->left.n == 0 && from->times > 0) {
		from->times--;
		from->left = from->again;
	}
	if (from->fails_at == 0)
		return -1;
	n = n < from->left.n ? n : from->left.n;
	n = n < from->fails_at ? n : from->fails_at;
	if (n > 0)
		memcpy(p, from->left.p, n);
	from->left = str_make(from->left.p + n, from->left.n - n);
	if (from->fails_at != FAILED)
		from->fails_at -= n;
	return (ssize_t)n;
}

struct seen {
	/* "type name>link size:content|" of each entry, while it is short */
	struct buf text;
	size_t entries, stop_at;
	uint64_t content;
};

static bool
see_entry(void *arg, const struct tar_entry *e)
{
	struct seen *seen = arg;

	buf_printf(&seen->text,
	    "%c %.*s>%.*s %lld:", e->type == '\0' ? '-' : e->type, STR_ARG(e->name),
	    STR_ARG(e->linkname), (long long)e->size);
	return ++seen->entries != seen->stop_at;
}

static bool
see_content(void *arg, const char *p, size_t n)
{
	struct seen *seen = arg;

	seen->content += n;
	buf_add(&seen->text, p, n < 8 ? n : 8);
	return true;
}

static struct seen seen;

static enum result
walk_from(struct reading *from, uint64_t size)
{
	const struct source source = {read_some, from, size};
	const struct tar_visitor visitor = {see_entry, see_content, &seen};
	size_t stop_at = seen.stop_at;

	seen = (struct seen){.stop_at = stop_at};
	buf_init(&seen.text, arena, 4096);
	return tar_walk(&source, &visitor, &err);
}

static enum result
walk(struct str archive)
{
	struct reading from = {.left = exact_copy(archive), .fails_at = FAILED};

	return walk_from(&from, archive.n);
}

/* What was seen, or the error's name. */
static const char *
walked(struct str archive)
{
	enum result r = walk(archive);

	if (r != RC_OK)
		return err_name(r);
	return seen.text.n == 0 ? "" : seen.text.p;
}

/* ---- archives ---- */

static struct buf
begun(void)
{
	struct buf b;

	buf_init(&b, arena, KEEP);
	return b;
}

static void
put_file(struct buf *b, const char *name, const char *content)
{
	const struct tar_header h = {.name = name,
	    .type = '0',
	    .mode = 0644,
	    .size = (unsigned)strlen(content)};
	char block[TAR_BLOCK] = "";

	put_tar_header(b, &h);
	memcpy(block, content, strlen(content));
	if (*content != '\0')
		buf_add(b, block, TAR_BLOCK);
}

/* A header of that type, and content in whole blocks. */
static void
put_extension(struct buf *b, char type, struct str content)
{
	const struct tar_header h = {
	    .name = "ext", .type = type, .mode = 0644, .size = (unsigned)content.n};

	put_tar_header(b, &h);
	buf_add(b, content.p, content.n);
	for (; b->n % TAR_BLOCK != 0;)
		buf_addc(b, '\0');
}

/* Field and sum of the header that begins there. */
static void
set_field(struct buf *b, size_t header, size_t at, const void *p, size_t n)
{
	unsigned sum = 0;
	size_t i;
	char *h = b->p + header;

	memcpy(h + at, p, n);
	memset(h + 148, ' ', 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	put_tar_octal(h + 148, 7, sum);
}

static struct str
two_files(void)
{
	struct buf b = begun();

	put_file(&b, "one", "first");
	put_file(&b, "two", "second");
	return buf_str(&b);
}

#define TWO_SEEN "0 one> 5:first0 two> 6:second"

/* ---- tests ---- */

static void
test_whole(void)
{
	struct str two = two_files();
	struct reading from = {.left = two, .fails_at = 700};

	is_str(walked(two), TWO_SEEN, "entries and their content");
	is_str(walked(gzipped(arena, two, 9)), TWO_SEEN, "unpacked");
	is_str(walked(TEXT("")), "", "no bytes are not entries");
	seen.stop_at = 1;
	is_str(walked(two), "0 one> 5:", "nobody wants more");
	seen.stop_at = 0;
	is_int(walk_from(&from, two.n), RC_IO, "a source that fails is reported");
}

/* At an entry's beginning docker's archives end. */
static void
test_cut_off(void)
{
	struct str two = two_files(), gz = gzipped(arena, two, 9);
	size_t n, wrong = 0;

	for (n = 1; n < two.n; n++) {
		bool is_end = n == 2 * TAR_BLOCK;

		if ((walk(str_make(two.p, n)) == RC_OK) != is_end)
			wrong++;
	}
	is_int(wrong, 0, "cut off anywhere but between two entries");
	for (n = 1, wrong = 0; n < gz.n; n++)
		wrong += walk(str_make(gz.p, n)) != RC_BAD_LAYER;
	is_int(wrong, 0, "a packed one anywhere");
}

/* libarchive does not look at gzip's own sum: what a flipped bit makes of the content may
 * pass here, and is found by the layer's sum. */
static void
test_damaged(void)
{
	struct str gz = gzipped(arena, two_files(), 9);
	char *copy = arena_strndup(arena, gz.p, gz.n);
	size_t i, refused = 0, passed = 0;

	for (i = 0; i < gz.n * 8; i++) {
		enum result r;

		copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
		r = walk(str_make(copy, gz.n));
		refused += r == RC_BAD_LAYER;
		passed += r == RC_OK && seen.entries <= 2;
		copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
	}
	is_int(refused + passed, gz.n * 8, "a flipped bit ends in an answer");
	ok(refused > gz.n * 4, "and is mostly refused: %zu of %zu", refused,
	    gz.n * 8);
}

static void
test_garbage(void)
{
	char noise[4096];
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < sizeof(noise); i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (char)(x >> 24);
	}
	is_str(walked(str_make(noise, sizeof(noise))), "bad_layer", "noise");
	is_str(walked(TEXT("x")), "bad_layer", "a byte");
	is_str(walked(repeated('x', 10240)), "bad_layer", "text");
	is_str(walked(TEXT("\x1f\x8b\x08")), "bad_layer", "the beginning of gzip");
	is_str(walked(TEXT("\xfd"
			   "7zXZ")),
	    "bad_layer", "of xz");
	is_str(walked(TEXT("BZh9")), "bad_layer", "of bzip2");
	is_str(walked(TEXT("PK\3\4")), "bad_layer", "of zip, which is not read");
}

/* A field of the first header, and what becomes of it. */
static const char *
with_field(size_t at, const void *p, size_t n)
{
	struct buf b = begun();

	put_file(&b, "one", "first");
	put_file(&b, "two", "second");
	set_field(&b, 0, at, p, n);
	return walked(buf_str(&b));
}

#define SIZE_FIELD 124

static void
test_sizes(void)
{
	static const struct {
		const char *what, field[13];
	} rows[] = {
	    {"more than there is", "00000005000"},
	    {"gigabytes", "77777777777"},
	    {"no number", "0000000000x"},
	    {"negative", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfb"},
	    {"2^63-1", "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"},
	    {"2^64", "\x80\0\0\1\0\0\0\0\0\0\0\0"},
	    {"2^88", "\x80\1\0\0\0\0\0\0\0\0\0\0"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(with_field(SIZE_FIELD, rows[i].field, 12), "bad_layer",
		    "a size that lies: %s", rows[i].what);
	is_str(with_field(SIZE_FIELD, "\x80\0\0\0\0\0\0\0\0\0\0\5", 12), TWO_SEEN,
	    "one in base 256 that does not");
	is_str(with_field(SIZE_FIELD, "        5 \0\0", 12), TWO_SEEN,
	    "one with blanks");
	is_str(with_field(100, "999\0\0\0\0\0", 8), "bad_layer", "a mode");
	is_str(with_field(329, "x\0\0\0\0\0\0\0", 8), "bad_layer", "a device");
}

static void
test_wrong_sum(void)
{
	struct buf b = begun();

	put_file(&b, "one", "first");
	b.p[3] ^= 1;
	is_str(walked(buf_str(&b)), "bad_layer", "a header of another sum");
}

static const char *
with_pax(const char *records)
{
	struct buf b = begun();

	put_extension(&b, 'x', str_of(records));
	put_file(&b, "one", "first");
	return walked(buf_str(&b));
}

static void
test_pax(void)
{
	static const char *const lies[] = {"99 path=x\n", "0 path=x\n", "path=x\n",
	    " 9 path=x\n", "-9 path=x\n", "10 path=xy", "11 path=x\n12",
	    "8 path=x\n", "9 pathx=\n1", "9 pathxy\n",
	    "99999999999999999999 path=x\n", "9 size=x\n", "11 size=-1\n",
	    "26 size=9223372036854775808\n", "25 size=9223372036854775807\n",
	    "11 mtime=x\n"};
	size_t i;

	is_str(with_pax("11 path=xy\n"), "0 xy> 5:first", "another name");
	is_str(with_pax("9 path=x\n9 path=y\n"), "0 y> 5:first", "the last counts");
	is_str(
	    with_pax("16 linkpath=a=b\n"), "0 one>a=b 5:first", "a value with =");
	is_str(with_pax("10 unknown\n"), "bad_layer", "a record without =");
	is_str(with_pax("13 some=thing\n"), "bad_layer", "one that is too short");
	is_str(with_pax("14 some=thing\n"), "0 one> 5:first", "an unknown one");
	for (i = 0; i < COUNT(lies); i++)
		is_str(with_pax(lies[i]), "bad_layer", "a lie: %zu", i);
}

/* Names that go on and on: of one header, of many, of a header that promises them. */
static void
test_long_texts(void)
{
	struct buf b = begun();
	unsigned i;

	put_extension(&b, 'L', repeated('n', 300000));
	put_file(&b, "one", "first");
	ok(strncmp(walked(buf_str(&b)), "0 nnnn", 6) == 0, "a long name");
	b = begun();
	put_extension(&b, 'L', repeated('n', TAR_TEXT + 1));
	put_file(&b, "one", "first");
	is_str(walked(buf_str(&b)), "bad_layer", "one that is too long");
	b = begun();
	for (i = 0; i < 50; i++)
		put_extension(&b, "LKx"[i % 3], repeated('\0', 30000));
	put_file(&b, "one", "first");
	is_str(walked(buf_str(&b)), "bad_layer", "many for one entry");
	b = begun();
	for (i = 0; i < 50; i++) {
		put_extension(&b, 'L', repeated('n', 30000));
		put_file(&b, "one", "first");
	}
	is_int(walk(buf_str(&b)), RC_OK, "as many for as many entries");
}

/* Nothing but a header that speaks of an entry: it was cut off. A global one, as git
 * writes it for nothing at all, may stand alone. */
static void
test_nothing_follows(void)
{
	static const char types[] = "xLK";
	const char zeros[2 * TAR_BLOCK] = "";
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(types) - 1; i++) {
		b = begun();
		put_file(&b, "one", "first");
		put_extension(&b, types[i], TEXT("9 path=x\n"));
		is_str(walked(buf_str(&b)), "bad_layer", "after '%c'", types[i]);
		buf_add(&b, zeros, sizeof(zeros));
		is_str(walked(buf_str(&b)), "bad_layer", "and an end");
	}
	b = begun();
	put_extension(&b, 'g', TEXT("9 path=x\n"));
	is_str(walked(buf_str(&b)), "", "a global one");
	buf_add(&b, zeros, sizeof(zeros));
	is_str(walked(buf_str(&b)), "", "and an end");
}

/* GNU's sparse file: what it says of four parts of its two blocks. */
static const char *
with_map(const char *map, size_t n, const char *size)
{
	const struct tar_header h = {
	    .name = "holes", .type = 'S', .size = 2 * TAR_BLOCK};
	struct buf b = begun();

	put_tar_header(&b, &h);
	put_tar_content(&b, 2 * TAR_BLOCK);
	set_field(&b, 0, 257, "ustar  ", 8);
	set_field(&b, 0, 386, map, n);
	set_field(&b, 0, 483, size, 12);
	return walked(buf_str(&b));
}

#define MAP(map, size) with_map(map, sizeof(map) - 1, size)
#define PART(at, n)    at "\0" n "\0"

static void
test_sparse(void)
{
	is_str(MAP(PART("00000000000", "00000001000")
		       PART("00000003000", "00000001000"),
		   "00000010000"),
	    "S holes> 4096:content", "parts and holes");
	is_int(seen.content, 4096, "all of it");
	is_str(MAP(PART("00000007000", "00000001000"), "00000007777"), "bad_layer",
	    "a part beyond its end");
	is_str(MAP(PART("00000003000", "00000001000")
		       PART("00000000000", "00000001000"),
		   "00000010000"),
	    "bad_layer", "parts in no order");
	is_str(MAP(PART("00000000000", "00000002000")
		       PART("00000001000", "00000000000"),
		   "00000010000"),
	    "bad_layer", "parts that overlap");
	is_str(MAP(PART("00000000000", "00000002001"), "00000010000"), "bad_layer",
	    "more than is stored");
	is_str(MAP(PART("77777777777", "77777777777"), "00000010000"), "bad_layer",
	    "gigabytes");
	is_str(MAP(PART("00000000000", "00000001000"), "77777777777"), "bad_layer",
	    "a hole of gigabytes");
	is_str(with_map("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
			"00000001000",
		   24, "00000010000"),
	    "bad_layer", "a part before its beginning");
	is_str(MAP(PART("0000000000x", "00000001000"), "00000010000"), "bad_layer",
	    "no number");
}

/* A map that says at each block that another follows. */
static void
test_endless_map(void)
{
	const struct tar_header h = {.name = "holes", .type = 'S', .size = 0};
	struct buf b = begun();
	char block[TAR_BLOCK] = "";
	unsigned i;

	put_tar_header(&b, &h);
	set_field(&b, 0, 482, "1", 1);
	set_field(&b, 0, 483, "00000010000", 12);
	for (i = 0; i < 21; i++)
		memcpy(block + i * 24,
		    "00000000000\0"
		    "00000000000",
		    24);
	block[504] = 1;
	for (i = 0; i < 5000; i++)
		buf_add(&b, block, TAR_BLOCK);
	is_str(walked(buf_str(&b)), "bad_layer", "a map without an end");
}

/* Each costs as much as it says, not as much as the largest. */
static void
test_many_sparse(void)
{
	const struct tar_header h = {.name = "holes", .type = 'S', .size = 0};
	struct buf b = begun();
	char block[TAR_BLOCK];
	clock_t began;
	unsigned i;

	put_tar_header(&b, &h);
	set_field(&b, 0, 483, "00000010000", 12);
	memcpy(block, b.p, TAR_BLOCK);
	for (i = 1; i < 50000; i++)
		buf_add(&b, block, TAR_BLOCK);
	began = clock();
	is_int(walk(buf_str(&b)), RC_OK, "many sparse files");
	is_int(seen.entries, 50000, "are all seen");
	ok(clock() - began < CLOCKS_PER_SEC, "at once: %ld ms",
	    (long)((clock() - began) * 1000 / CLOCKS_PER_SEC));
}

/* ---- bombs: what is small and becomes large ---- */

static long
peak(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss; /* kB */
}

static enum result
walk_again(struct str head, struct str again, unsigned count)
{
	struct reading from = {
	    .left = head, .again = again, .times = count, .fails_at = FAILED};

	return walk_from(&from, head.n + again.n * count);
}

static void
test_bombs(void)
{
	struct str zeros = gzipped(arena, repeated('\0', (size_t)8 << 20), 9);
	struct buf entries = begun(), one = begun(), headers = begun();
	struct str many, head, chain;
	long before;
	unsigned i;

	put_file(&one, "one", "first");
	for (i = 0; i < 8192; i++)
		put_file(&entries, "one", "");
	for (i = 0; i < 8192; i++)
		put_extension(&headers, 'x', TEXT(""));
	chain = gzipped(arena, buf_str(&headers), 9);
	head = gzipped(arena, buf_str(&one), 9);
	many = gzipped(arena, buf_str(&entries), 9);
	before = peak();
	is_int(walk_again(gzipped(arena, TEXT(""), 9), zeros, 400), RC_BAD_LAYER,
	    "three gigabytes of nothing");
	ok(strstr(err.text, "decompresses") != NULL, "are refused for that");
	is_int(walk_again(TEXT(""), chain, 100), RC_BAD_LAYER,
	    "headers that speak of one entry, without an end");
	ok(strstr(err.text, "headers of one entry") != NULL,
	    "are refused for that: %s", err.text);
	is_int(walk_again(head, many, 130), RC_BAD_LAYER,
	    "more than a million entries");
	ok(strstr(err.text, "entries") != NULL, "are refused for that");
	is_int(seen.entries, TAR_ENTRIES, "at the million");
	is_int(walk_again(head, many, 100), RC_OK, "fewer are not");
#ifdef __SANITIZE_ADDRESS__
	(void)before;
	ok(true, "memory # SKIP under a sanitizer");
#else
	ok(peak() - before < 32 * 1024, "in little memory: %ld kB",
	    peak() - before);
#endif
}

int
main(void)
{
	static void (*const tests[])(void) = {test_whole, test_cut_off,
	    test_damaged, test_garbage, test_sizes, test_wrong_sum, test_pax,
	    test_long_texts, test_nothing_follows, test_sparse, test_endless_map,
	    test_many_sparse, test_bombs};

	return run_tests(tests, COUNT(tests));
}
