/* layer-read.c: the sums of a layer in each form, and which layers have none: damaged, cut off,
 * followed by other bytes, too large. */
#include <archive.h>
#include <string.h>

#include "image/digest.h"
#include "layer/layer_read.h"
#include "layer/tar.h"
#include "lib/tar.h"
#include "lib/unit.h"

#define ROOM ((size_t)4 << 20)

static const struct form {
	const char *name;
	enum layer_form form;
	int filter;
} forms[] = {
    {"plain", LAYER_PLAIN, ARCHIVE_FILTER_NONE},
    {"gzip", LAYER_GZIP, ARCHIVE_FILTER_GZIP},
    {"xz", LAYER_XZ, ARCHIVE_FILTER_XZ},
    {"bzip2", LAYER_BZIP2, ARCHIVE_FILTER_BZIP2},
};

/* ---- reading ---- */

/* A text, and after it another so many times. */
struct reading {
	struct str left, again;
	unsigned times;
	size_t most; /* bytes at once */
	bool fails;  /* at the end */
};

static ssize_t
read_some(void *arg, void *p, size_t n)
{
	struct reading *from = arg;

	if (from->left.n == 0 && from->times > 0) {
		from->times--;
		from->left = from->again;
	}
	if (from->left.n == 0 && from->fails)
		return -1;
	n = n < from->left.n ? n : from->left.n;
	n = n < from->most ? n : from->most;
	if (n > 0)
		memcpy(p, from->left.p, n);
	from->left = str_make(from->left.p + n, from->left.n - n);
	return (ssize_t)n;
}

static enum result
sums_of(struct str layer, struct layer_sums *out)
{
	struct reading from = {.left = exact_copy(layer), .most = SIZE_MAX};
	const struct source source = {read_some, &from, layer.n};

	return layer_read(&source, NULL, out, &err);
}

/* "sha256:... 512 gzip: sha256:... 10240", with " zero" if it is. */
static const char *
text_of(const struct layer_sums *sums)
{
	return arena_printf(arena, "%s %llu %s: %s %llu%s",
	    digest_text(arena, &sums->digest), (unsigned long long)sums->size,
	    forms[sums->form].name, digest_text(arena, &sums->diff_id),
	    (unsigned long long)sums->unpacked, sums->zero ? " zero" : "");
}

static const char *
read_as(struct str layer)
{
	struct layer_sums sums;
	enum result r = sums_of(layer, &sums);

	return r == RC_OK ? text_of(&sums) : err_name(r);
}

/* What the sums must be. */
static const char *
expected(const struct form *form, struct str layer, struct str archive)
{
	struct layer_sums want = {
	    .form = form->form, .size = layer.n, .unpacked = archive.n};
	size_t i;

	digest_of(HASH_SHA256, layer, &want.digest);
	digest_of(HASH_SHA256, archive, &want.diff_id);
	for (i = 0; i < archive.n && archive.p[i] == '\0'; i++)
		;
	want.zero = i == archive.n;
	return text_of(&want);
}

/* ---- layers ---- */

static struct str
packed(const struct form *form, struct str s)
{
	if (form->form == LAYER_PLAIN)
		return s;
	return packed_as(arena, form->filter, s, "1");
}

static struct str
joined(struct str a, struct str b)
{
	struct buf both;

	buf_init(&both, arena, ROOM);
	buf_adds(&both, "");
	buf_add(&both, a.p, a.n);
	buf_add(&both, b.p, b.n);
	return buf_str(&both);
}

/* Bytes that do not compress well, many times what is read at once. */
static struct str
noise(size_t n)
{
	char *p = arena_alloc(arena, n);
	unsigned x = 1;
	size_t i;

	for (i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (char)(x >> 16 & 0x3f);
	}
	return str_make(p, n);
}

static struct str
one_file(const char *name, unsigned size)
{
	const struct tar_header h = {.name = name, .type = '0', .size = size};
	struct buf b;

	buf_init(&b, arena, ROOM);
	put_tar_header(&b, &h);
	put_tar_content(&b, size);
	return buf_str(&b);
}

/* ---- whole layers ---- */

static void
test_form(const struct form *form)
{
	const struct str archives[] = {one_file("one", 1000), TEXT("x"),
	    noise((size_t)1 << 20), repeated('\0', 1024), repeated('\0', 300000)};
	size_t i;

	for (i = 0; i < COUNT(archives); i++) {
		struct str layer = packed(form, archives[i]);

		is_str(read_as(layer), expected(form, layer, archives[i]),
		    "%s: archive %zu", form->name, i);
	}
}

static void
test_slow(const struct form *form)
{
	const struct str archive = joined(one_file("one", 700), noise(9000));
	const struct str layer = packed(form, archive);
	struct reading from = {.left = exact_copy(layer), .most = 1};
	const struct source source = {read_some, &from, layer.n};
	struct layer_sums sums;

	is_int(layer_read(&source, NULL, &sums, &err), RC_OK, "%s: a byte at once",
	    form->name);
	is_str(text_of(&sums), expected(form, layer, archive), "the same sums");
}

static void
test_members(const struct form *form)
{
	const struct str a = one_file("a", 600), b = noise(200000);
	const struct str one = packed(form, a), two = packed(form, b);
	const struct str nothing = packed(form, TEXT(""));

	is_str(read_as(joined(one, two)),
	    expected(form, joined(one, two), joined(a, b)), "%s: two members",
	    form->name);
	is_str(read_as(joined(nothing, two)),
	    expected(form, joined(nothing, two), b), "%s: nothing before it",
	    form->name);
	is_str(read_as(joined(one, nothing)),
	    expected(form, joined(one, nothing), a), "%s: nothing after it",
	    form->name);
	is_str(read_as(nothing), expected(form, nothing, TEXT("")),
	    "%s: nothing at all", form->name);
}

static void
test_sink(const struct form *form)
{
	const struct str archive = noise(500000);
	const struct str layer = packed(form, archive);
	struct reading from = {.left = exact_copy(layer), .most = SIZE_MAX};
	const struct source source = {read_some, &from, layer.n};
	struct layer_sums sums;
	struct sink sink;
	struct buf b;

	buf_init(&b, arena, ROOM);
	sink = buf_sink(&b);
	is_int(layer_read(&source, &sink, &sums, &err), RC_OK, "%s: with a sink",
	    form->name);
	ok(str_eq(buf_str(&b), archive), "it gets the archive");

	buf_init(&b, arena, 1000);
	sink = buf_sink(&b);
	from.left = layer;
	is_int(layer_read(&source, &sink, &sums, &err), RC_FULL,
	    "%s: a sink that takes no more", form->name);
}

static void
test_each(void)
{
	size_t i;

	for (i = 0; i < COUNT(forms); i++) {
		test_form(&forms[i]);
		test_slow(&forms[i]);
		test_members(&forms[i]);
		test_sink(&forms[i]);
		is_int(layer_read_form(packed(&forms[i], one_file("one", 10))),
		    forms[i].form, "%s: by its first bytes", forms[i].name);
	}
	is_int(layer_read_form(TEXT("")), LAYER_PLAIN, "without a byte");
}

/* The empty layers that docker and others pushed (RFC 1952 leaves the header to them). */
static void
test_zero(void)
{
	static const char docker[] =
	    "\x1f\x8b\x08\0\0\x09\x6e\x88\0\xff\x62\x18\x05\xa3\x60\x14\x8c\x58\0\x08"
	    "\0\0\xff\xff\x2e\xaf\xb5\xef\0\4\0\0";
	struct str almost = joined(repeated('\0', 200000), TEXT("\1"));

	is_str(read_as(TEXT("")), expected(&forms[0], TEXT(""), TEXT("")),
	    "a layer of 0 bytes");
	is_str(read_as(str_make(docker, sizeof(docker) - 1)),
	    expected(&forms[1], str_make(docker, sizeof(docker) - 1),
		repeated('\0', 1024)),
	    "docker's own empty layer");
	is_str(read_as(almost), expected(&forms[0], almost, almost),
	    "not zero at its last byte");
}

/* ---- layers that have no sums ---- */

static const char *
refused(struct str layer)
{
	const char *got = read_as(layer);

	return strcmp(got, "bad_layer") == 0 ? err.text : got;
}

static void
test_followed(const struct form *form)
{
	const struct str layer = packed(form, one_file("one", 600));
	const struct str tails[] = {TEXT("x"), TEXT("\0"), TEXT("\x1f"),
	    TEXT("\xfd"), TEXT("B"), TEXT("BZh"), TEXT("trailing garbage"),
	    repeated('\0', 511), repeated('x', 200000)};
	size_t i;

	for (i = 0; i < COUNT(tails); i++)
		is_str(read_as(joined(layer, tails[i])), "bad_layer",
		    "%s: followed by other bytes: %zu", form->name, i);
}

/* A changed byte is an error, or one of those that mean nothing (in a header of gzip): then
 * the archive is the same. If the layer does not begin like a compressed one any longer, it is
 * plain. */
static const char *
damage_fault(const struct form *form, struct str layer, struct str archive)
{
	struct digest diff_id, digest;
	struct layer_sums sums;
	enum result r = sums_of(layer, &sums);

	if (r == RC_BAD_LAYER)
		return NULL;
	if (r != RC_OK)
		return err_name(r);
	digest_of(HASH_SHA256, layer, &digest);
	if (!digest_eq(&digest, &sums.digest) || sums.size != layer.n)
		return "another digest";
	if (sums.form == LAYER_PLAIN)
		return digest_eq(&digest, &sums.diff_id) ? NULL : "another diff_id";
	digest_of(HASH_SHA256, archive, &diff_id);
	return sums.form == form->form && digest_eq(&diff_id, &sums.diff_id)
		   ? NULL
		   : "damage is not noticed";
}

static void
test_damaged(const struct form *form)
{
	const struct str archive = one_file("one", 600);
	const struct str layer = packed(form, archive);
	const char *why = NULL;
	char *copy = arena_strndup(arena, layer.p, layer.n);
	unsigned char *byte;
	size_t i;

	for (i = 0; why == NULL && i < 8 * layer.n; i++) {
		byte = (unsigned char *)&copy[i / 8];
		*byte ^= (unsigned char)(1 << i % 8);
		why = damage_fault(form, str_make(copy, layer.n), archive);
		*byte ^= (unsigned char)(1 << i % 8);
	}
	ok(why == NULL, "%s: a wrong bit anywhere: %s, bit %zu of %zu", form->name,
	    why == NULL ? "all well" : why, i, 8 * layer.n);
}

static void
test_cut_off(const struct form *form)
{
	const struct str archive = noise(1000);
	const struct str one = packed(form, archive);
	const struct str both = joined(one, packed(form, TEXT("more")));
	size_t n, passed = 0;

	for (n = LAYER_READ_FIRST; n < both.n; n++)
		if (n != one.n)
			passed += strcmp(read_as(str_make(both.p, n)),
				      "bad_layer") != 0;
	is_int(passed, 0, "%s: cut off anywhere", form->name);
}

static void
test_refused(void)
{
	size_t i;

	for (i = 1; i < COUNT(forms); i++) {
		test_followed(&forms[i]);
		test_damaged(&forms[i]);
		test_cut_off(&forms[i]);
	}
	is_str(refused(packed_as(arena, ARCHIVE_FILTER_ZSTD, TEXT("x"), "1")),
	    "the layer is compressed by zstd: it must be gzip, xz, bzip2 or plain "
	    "tar",
	    "zstd");
	is_str(refused(joined(packed(&forms[1], TEXT("x")), TEXT("rest"))),
	    "the layer has bytes after the end of its compressed stream",
	    "the reason says what is wrong");
}

static void
test_not_read(void)
{
	const struct str layer = packed(&forms[1], noise(1000));
	struct reading from = {.left = layer, .most = 100, .fails = true};
	const struct source source = {read_some, &from, layer.n},
			    longer = {read_some, &from, 3};
	struct layer_sums sums;

	is_int(layer_read(&source, NULL, &sums, &err), RC_IO, "reading fails");
	from = (struct reading){.left = TEXT("ab"), .most = SIZE_MAX};
	is_int(layer_read(&longer, NULL, &sums, &err), RC_IO,
	    "a layer that is shorter than it was");
}

static void
test_bomb(void)
{
	const struct str zeros = packed(&forms[1], repeated('\0', 4000000));
	struct reading from = {.again = zeros, .times = 300, .most = SIZE_MAX};
	const struct source source = {read_some, &from, 100};
	struct layer_sums sums;

	is_int(layer_read(&source, NULL, &sums, &err), RC_BAD_LAYER,
	    "more than a layer of its length may hold");
	is_int(sums.unpacked / 4000000, TAR_UNPACKED(100) / 4000000,
	    "it is not read further");
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_each, test_zero, test_refused, test_not_read, test_bomb};

	return run_tests(tests, COUNT(tests));
}
