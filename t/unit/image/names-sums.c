/* names-sums.c: names, ids and sums. */

#include "base/err.h"
#include "image/reference.h"
#include "image/v1checksum.h"
#include "image/v1name.h"
#include "lib/unit.h"

/* ---- name ---- */

/* "ns repo", or the error's name. */
static const char *
parsed(struct str path)
{
	struct v1name name = {"", ""};
	enum result r = v1name_parse(arena, exact_copy(path), &name, &err);

	if (r != RC_OK)
		return err_name(r);
	return arena_printf(arena, "%s %s", name.ns, name.repo);
}

static void
test_repositories(void)
{
	static const struct {
		const char *path, *want;
	} rows[] = {
	    {"centos", "library centos"},
	    {"team/app", "team app"},
	    {"ns/a/b", "ns a/b"},
	    {"ns/a/b/c/d", "ns a/b/c/d"},
	    {"library/library", "library library"},
	    {"...", "library ..."},
	    {"..a/.b/c..", "..a .b/c.."},
	    {"sp ace/x+y", "sp ace x+y"},
	    {"%2e%2e/%2F", "%2e%2e %2F"}, /* decoded once already */
	    {"A/\xc3\xa9", "A \xc3\xa9"},
	    {"a\\..\\b", "library a\\..\\b"},
	};
	static const struct str bad[] = {LIT(""), LIT("/"), LIT("/a"), LIT("a/"),
	    LIT("a//b"), LIT("a/b/"), LIT("."), LIT(".."), LIT("../a"), LIT("a/.."),
	    LIT("./a"), LIT("a/."), LIT("a/../b"), LIT("a/b/.."),
	    LIT("a/b/../../c"), LIT("a/b/./c"), LIT("a\0b"), LIT("a/\0"), LIT("\0"),
	    LIT("..\0"), LIT("a\nb"), LIT("a/\tb"), LIT("a\x1f"), LIT("a\x7f"),
	    LIT("\x1b[2J"), LIT("a\xff"), LIT("a/\xc3"), LIT("\xc3/\xa9"),
	    LIT("\xc0\xae\xc0\xae/a"), /* ".." */
	    LIT("\xed\xa0\x80")};
	struct v1name name;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(parsed(str_of(rows[i].path)), rows[i].want, "the name %s",
		    rows[i].path);
	for (i = 0; i < COUNT(bad); i++)
		is_str(
		    parsed(bad[i]), "bad_name", "no name: %s", printable(bad[i]));
	(void)v1name_parse(arena, TEXT("ns/a/b"), &name, &err);
	is_str(v1name_full(arena, &name), "ns/a/b", "the full name");
	(void)v1name_parse(arena, TEXT("centos"), &name, &err);
	is_str(v1name_full(arena, &name), "library/centos", "the full name of one");
}

static bool
is_name(const char *ns, const char *repo)
{
	struct str path = str_of(arena_printf(arena, "%s/%s", ns, repo));
	struct v1name name;

	return v1name_parse(arena, path, &name, &err) == RC_OK &&
	       strcmp(name.ns, ns) == 0 && strcmp(name.repo, repo) == 0;
}

static void
test_keys(void)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
	    {"centos", "centos"},
	    {"library/centos", "centos"},
	    {"library/library", "library"},
	    {"library", "library"},
	    {"library/", "library/"},
	    {"libraryx/centos", "libraryx/centos"},
	    {"team/centos", "team/centos"},
	    {"library/a/b", "library/a/b"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(reference_key(rows[i].name), rows[i].want, "the key of %s",
		    rows[i].name);
}

/* A namespace is one name of a file, and so is a repository, quoted. */
static void
test_long_names(void)
{
	const char *most = repeated('x', V1NAME_MAX_BYTES).p;
	const char *more = repeated('x', V1NAME_MAX_BYTES + 1).p;
	const char *long_tag = repeated('t', V1NAME_TAG_MAX).p;

	ok(is_name(most, most), "either part as long as it may be");
	ok(!is_name(more, "a"), "a namespace too long");
	ok(!is_name("a", more), "a repository too long");
	ok(is_name("a", repeated(' ', V1NAME_MAX_BYTES).p),
	    "a blank is quoted by one");
	ok(is_name("a", repeated('%', V1NAME_MAX_BYTES / 3).p) &&
		!is_name("a", repeated('%', V1NAME_MAX_BYTES / 3 + 1).p),
	    "other bytes by three");
	ok(is_name(repeated('%', V1NAME_MAX_BYTES).p, "a"),
	    "in a namespace by none");
	is_str(parsed(repeated('x', 10240)), "bad_name", "10 KiB");
	is_str(parsed(repeated('/', 10240)), "bad_name", "10 KiB of slashes");
	is_int(v1name_check_tag(str_of(long_tag), &err), RC_OK, "a long tag");
	is_int(v1name_check_tag(repeated('t', V1NAME_TAG_MAX + 1), &err),
	    RC_BAD_NAME, "a tag too long");
	is_int(v1name_check_tag(repeated('t', 10240), &err), RC_BAD_NAME,
	    "10 KiB of tag");
}

static void
test_tags(void)
{
	static const char *const good[] = {"latest", "14.04", "_x", "x_json", "...",
	    "x+y", "sp ace", "..x", "\xc3\xa9", "%2e%2e"};
	static const struct str bad[] = {LIT(""), LIT("."), LIT(".."), LIT("a/b"),
	    LIT("/"), LIT("../x"), LIT("a\0b"), LIT("a\n"), LIT("\x7f"),
	    LIT("\xff"), LIT("\xc3")};
	size_t i;

	for (i = 0; i < COUNT(good); i++)
		is_int(v1name_check_tag(exact_copy(str_of(good[i])), &err), RC_OK,
		    "the tag %s", good[i]);
	for (i = 0; i < COUNT(bad); i++)
		is_int(v1name_check_tag(exact_copy(bad[i]), &err), RC_BAD_NAME,
		    "no tag: %s", printable(bad[i]));
}

static void
test_ids(void)
{
	static const char id[] =
	    "8aedcdadf14bb95a53f712aace7d0cb657447d24e41831518392d1a2b05d8bf7";
	static const struct str bad[] = {LIT(""), LIT("8aedcdadf14bb95"),
	    LIT("8aedcdadf14bb95a5"), LIT("8aedcdadf14bb95A"),
	    LIT("8aedcdadf14bb95g"), LIT("8aedcdadf14bb95\n"),
	    LIT("8aedcdadf14bb95\0"), LIT("../../../../../.")};
	size_t i;

	ok(v1name_is_image_id(exact_copy(str_of(id))), "64 digits");
	ok(v1name_is_image_id(exact_copy(str_make(id, 16))), "16 digits");
	ok(!v1name_is_image_id(str_make(id, 63)) &&
		!v1name_is_image_id(str_make(id, 32)),
	    "no other number of digits");
	for (i = 0; i < COUNT(bad); i++)
		ok(!v1name_is_image_id(bad[i]), "no id: %s", printable(bad[i]));
}

/* ---- sums ---- */

#define DIGITS "551dd78288bd82f529e1697be1f74b91d5ae2278319f014218a93b2a997ca0f7"

static void
test_sum_kinds(void)
{
	static const struct {
		struct str text;
		enum v1checksum_kind kind;
	} rows[] = {
	    {LIT(""), V1CHECKSUM_NONE},
	    {LIT("sha256:" DIGITS), V1CHECKSUM_SIMPLE},
	    {LIT("tarsum+sha256:" DIGITS), V1CHECKSUM_TARSUM},
	    {LIT("tarsum.v1+sha256:" DIGITS), V1CHECKSUM_TARSUM},
	    {LIT("tarsum.dev+sha256:" DIGITS), V1CHECKSUM_TARSUM},
	    {LIT("tarsum.dev+sha256:x"), V1CHECKSUM_OTHER},
	    {LIT("tarsum+sha256:../" DIGITS), V1CHECKSUM_OTHER},
	    {LIT("tarsum.v2+sha256:" DIGITS), V1CHECKSUM_OTHER},
	    {LIT("sha256:" DIGITS "0"), V1CHECKSUM_OTHER},
	    {LIT("sha256:551dd78288bd82f5"), V1CHECKSUM_OTHER},
	    {LIT("sha256:"
		 "551DD78288BD82F529E1697BE1F74B91D5AE2278319F014218A93B2A997CA0F7"),
		V1CHECKSUM_OTHER},
	    {LIT("SHA256:" DIGITS), V1CHECKSUM_OTHER},
	    {LIT("sha512:" DIGITS), V1CHECKSUM_OTHER},
	    {LIT("md5:d41d8cd98f00b204e9800998ecf8427e"), V1CHECKSUM_OTHER},
	    {LIT("xtarsum+sha256:" DIGITS), V1CHECKSUM_OTHER},
	    {LIT("sha256:\0"), V1CHECKSUM_OTHER},
	    {LIT(DIGITS), V1CHECKSUM_BAD},
	    {LIT("sha256"), V1CHECKSUM_BAD},
	    {LIT("sha256:"), V1CHECKSUM_BAD},
	    {LIT(":" DIGITS), V1CHECKSUM_BAD},
	    {LIT(":"), V1CHECKSUM_BAD},
	    {LIT("sha256:" DIGITS ":"), V1CHECKSUM_BAD},
	    {LIT("tarsum+sha256:a:b"), V1CHECKSUM_BAD},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct v1checksum sum = v1checksum_parse(exact_copy(rows[i].text));
		bool simple = rows[i].kind == V1CHECKSUM_SIMPLE;

		is_int(sum.kind, rows[i].kind, "the kind of \"%s\"",
		    printable(rows[i].text));
		is_str(sum.hex, simple ? DIGITS : "", "and its digits");
	}
}

static const char *
sum_of(struct str s)
{
	char *hex = arena_alloc(arena, HASH_SHA256_HEX_SIZE);

	hash_of(HASH_SHA256, s, hex);
	return hex;
}

/* The examples of FIPS 180-4, and sums that Python's hashlib made. */
static void
test_sha256(void)
{
	struct str million = repeated('a', 1000000);
	char hex[HASH_SHA256_HEX_SIZE];
	struct hash h;
	size_t i, n;

	is_str(sum_of(TEXT("abc")),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "of abc");
	is_str(sum_of(TEXT("")),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "of nothing");
	hash_begin(&h, HASH_SHA256);
	for (i = 0; i < million.n; i += n) {
		n = i * 7 % 8191 + 1;
		n = n < million.n - i ? n : million.n - i;
		hash_add(&h, million.p + i, n);
		hash_add(&h, "", 0);
	}
	hash_end(&h, hex);
	is_str(hex,
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	    "of a million a, in pieces");
	is_str(hex, sum_of(million), "in one piece");
}

static void
test_payload_sum(void)
{
	static const struct str json = LIT("{\"id\":\"x\"}");
	char hex[HASH_SHA256_HEX_SIZE];
	struct hash h;

	v1checksum_begin(&h, json);
	hash_add(&h, "lay", 3);
	hash_add(&h, "er", 2);
	hash_end(&h, hex);
	is_str(hex,
	    "a156458e53c55aa77931778f7d9e62d681abd652f13db995edcf02f57fc58a79",
	    "the sum of json, newline, layer");
	is_str(hex, sum_of(TEXT("{\"id\":\"x\"}\nlayer")), "as one text");
	v1checksum_begin(&h, json);
	hash_end(&h, hex);
	is_str(hex, DIGITS, "of an empty layer");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_repositories, test_keys,
	    test_long_names, test_tags, test_ids, test_sum_kinds, test_sha256,
	    test_payload_sum};

	return run_tests(tests, COUNT(tests));
}
