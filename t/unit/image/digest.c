/* digest.c: digests, and the names and tags of API v2. */
#include "image/digest.h"
#include "image/reference.h"
#include "lib/unit.h"

#define HEX_64 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEX_63 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
#define HEX_128 \
	"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce" \
	"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"

/* ---- digests ---- */

static void
test_good_digests(void)
{
	static const struct {
		const char *text, *algorithm, *hex;
	} rows[] = {
	    {"sha256:" HEX_64, "sha256", HEX_64},
	    {"sha512:" HEX_128, "sha512", HEX_128},
	};
	struct digest d;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memset(&d, 0xa5, sizeof(d));
		is_int(digest_parse(exact_copy(str_of(rows[i].text)), &d, &err),
		    RC_OK, "%s", rows[i].text);
		is_str(digest_algorithm(&d), rows[i].algorithm, "its algorithm");
		is_str(d.hex, rows[i].hex, "its digits");
		is_str(digest_text(arena, &d), rows[i].text, "as text");
		ok(strlen(rows[i].text) < DIGEST_TEXT_MAX, "it fits");
	}
}

static void
test_bad_digests(void)
{
	static const struct str rows[] = {LIT(""), LIT(":"), LIT("sha256"),
	    LIT("sha256:"), LIT("sha256:e3b0"), LIT(HEX_64), LIT(":" HEX_64),
	    LIT("sha256:" HEX_63), LIT("sha256:" HEX_63 "g"),
	    LIT("sha256:" HEX_63 "A"), LIT("sha256:" HEX_64 "0"),
	    LIT("sha256:" HEX_64 "\n"), LIT("sha256:" HEX_64 "\0"),
	    LIT("sha256:" HEX_63 "\0"), LIT("sha256: " HEX_64),
	    LIT(" sha256:" HEX_64), LIT("sha256:" HEX_64 " "),
	    LIT("sha256::" HEX_64), LIT("sha256:sha256:" HEX_64),
	    LIT("sha256-" HEX_64), LIT("sha256/" HEX_64), LIT("SHA256:" HEX_64),
	    LIT("sha256\0:" HEX_64), LIT("sha256:" HEX_128), LIT("blake3:"),
	    LIT("blake3:a b"), LIT("blake3:a\0"), LIT("BLAKE3:a"), LIT("+a:b"),
	    LIT("a+:b"), LIT("a+.b:c"), LIT("a/b:c"), LIT("a:b/c"), LIT("a:b:c"),
	    LIT("a\0b:c"), LIT("a:.."), LIT("sha512:" HEX_64),
	    LIT("sha512:" HEX_128 "0"), LIT("sha512:"),
	    LIT("sha256:../../../../../../../../../../../../../../../etc/passwd//"),
	    LIT("../sha256:" HEX_64)};
	struct digest d;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(digest_parse(exact_copy(rows[i]), &d, &err), RC_BAD_DIGEST,
		    "no digest: %s", printable(rows[i]));
	is_int(
	    digest_parse(repeated('a', 10240), &d, &err), RC_BAD_DIGEST, "10 KiB");
}

/* Registered or not: what others may name, and what is not stored here. */
static void
test_other_algorithms(void)
{
	static const char *const rows[] = {"blake3:" HEX_64, "sha384:" HEX_64,
	    "sha25:" HEX_64, "sha2566:" HEX_64, "md5:" HEX_63,
	    "tarsum+sha256:" HEX_64, "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL",
	    "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564=", "a:B",
	    "1.2_3-4:x"};
	struct digest d;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(digest_parse(exact_copy(str_of(rows[i])), &d, &err),
		    RC_OTHER_DIGEST, "%s", rows[i]);
}

static void
test_sums(void)
{
	struct digest d, whole, parsed;
	struct hash h;

	digest_of(HASH_SHA256, TEXT(""), &d);
	is_str(digest_text(arena, &d), "sha256:" HEX_64, "the digest of nothing");
	digest_of(HASH_SHA512, TEXT(""), &d);
	is_str(digest_text(arena, &d), "sha512:" HEX_128, "by the other algorithm");
	hash_begin(&h, HASH_SHA512);
	hash_add(&h, "lay", 3);
	hash_add(&h, "er", 2);
	digest_end(&h, &d);
	digest_of(HASH_SHA512, TEXT("layer"), &whole);
	is_str(digest_text(arena, &d), digest_text(arena, &whole), "in pieces");
	(void)digest_parse(str_of(digest_text(arena, &d)), &parsed, &err);
	ok(digest_eq(&d, &parsed), "the digest of the text is the same");
}

static void
test_equality(void)
{
	struct digest d, other, longer;

	(void)digest_parse(TEXT("sha256:" HEX_64), &d, &err);
	(void)digest_parse(TEXT("sha256:" HEX_64), &other, &err);
	(void)digest_parse(TEXT("sha512:" HEX_64 HEX_64), &longer, &err);
	ok(digest_eq(&d, &other), "equal");
	other.hex[63] = '6';
	ok(!digest_eq(&d, &other), "the last digit differs");
	ok(!digest_eq(&d, &longer), "another algorithm");
	other = d;
	other.kind = HASH_SHA512;
	ok(!digest_eq(&d, &other), "the algorithm alone differs");
}

static void
test_algorithms(void)
{
	static const struct str bad[] = {LIT(""), LIT("sha256:"), LIT("sha384"),
	    LIT("SHA256"), LIT("sha256\0"), LIT(" sha256"), LIT("sha"), LIT("md5")};
	enum hash_kind kind = HASH_SHA512;
	size_t i;

	ok(digest_kind(TEXT("sha256"), &kind) && kind == HASH_SHA256, "sha256");
	ok(digest_kind(TEXT("sha512"), &kind) && kind == HASH_SHA512, "sha512");
	for (i = 0; i < COUNT(bad); i++)
		ok(!digest_kind(exact_copy(bad[i]), &kind), "no algorithm: %s",
		    printable(bad[i]));
}

/* ---- names ---- */

static void
test_good_names(void)
{
	static const char *const rows[] = {"a", "0", "busybox", "team/app",
	    "a/b/c/d/e/f/g/h", "1/2/3", "a.b", "a_b", "a__b", "a-b", "a--b",
	    "a----------b", "a.b-c_d__e", "library/library", "x86-64/v2.0"};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(
		    reference_check_repository(exact_copy(str_of(rows[i])), &err),
		    RC_OK, "the name %s", rows[i]);
	is_int(reference_check_repository(
		   exact_copy(repeated('a', REFERENCE_REPOSITORY_MAX)), &err),
	    RC_OK, "a name as long as it may be");
}

static void
test_bad_names(void)
{
	static const struct str rows[] = {LIT(""), LIT("/"), LIT("//"), LIT("/a"),
	    LIT("a/"), LIT("a//b"), LIT("a/b/"), LIT("."), LIT(".."), LIT("../a"),
	    LIT("a/.."), LIT("a/../b"), LIT("a/./b"), LIT(".a"), LIT("a."),
	    LIT("a/.b"), LIT("a./b"), LIT("-a"), LIT("a-"), LIT("_a"), LIT("a_"),
	    LIT("__a"), LIT("a__"), LIT("_manifests"), LIT("a/_uploads"),
	    LIT("_catalog"), LIT("a..b"), LIT("a___b"), LIT("a.-b"), LIT("a-.b"),
	    LIT("a._b"), LIT("a_.b"), LIT("a-_b"), LIT("a_-b"), LIT("A"),
	    LIT("busyBox"), LIT("a/B"), LIT("a b"), LIT(" a"), LIT("a "),
	    LIT("a:b"), LIT("a@b"), LIT("a+b"), LIT("a%2fb"), LIT("a\\b"),
	    LIT("a\nb"), LIT("a\n"), LIT("a\0b"), LIT("a\0"), LIT("\0"),
	    LIT("a/\0/b"), LIT("\x7f"), LIT("\xc3\xa9"), LIT("a\xff"),
	    LIT("localhost:5000/a"), LIT("*"), LIT("a'b")};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(reference_check_repository(exact_copy(rows[i]), &err),
		    RC_BAD_NAME, "no name: %s", printable(rows[i]));
	is_int(reference_check_repository(
		   exact_copy(repeated('a', REFERENCE_REPOSITORY_MAX + 1)), &err),
	    RC_BAD_NAME, "a name too long");
	is_int(reference_check_repository(repeated('/', 10240), &err), RC_BAD_NAME,
	    "10 KiB of slashes");
}

/* ---- tags ---- */

static void
test_tags(void)
{
	static const char *const good[] = {"latest", "14.04", "_", "_x", "0", "A",
	    "Z9", "x...", "a..b", "a.-_", "v1.2.3-rc.1_x86", "x-", "x.",
	    "sha256-" HEX_64, "sha256-" HEX_64 ".sig"};
	static const struct str bad[] = {LIT(""), LIT("."), LIT(".."), LIT(".x"),
	    LIT("-x"), LIT("-"), LIT("a/b"), LIT("/"), LIT("../x"), LIT("a:b"),
	    LIT("a@b"), LIT("a+b"), LIT("a b"), LIT(" a"), LIT("a%20"), LIT("a\\b"),
	    LIT("a\n"), LIT("a\0b"), LIT("a\0"), LIT("\0"), LIT("\x7f"),
	    LIT("\xc3\xa9"), LIT("a\xff"), LIT("sha256:" HEX_64), LIT("a~"),
	    LIT("a*"), LIT("a,b"), LIT("a[b"), LIT("a`b"), LIT("a{b")};
	size_t i;

	for (i = 0; i < COUNT(good); i++)
		ok(reference_is_tag(exact_copy(str_of(good[i]))), "the tag %s",
		    good[i]);
	for (i = 0; i < COUNT(bad); i++)
		ok(!reference_is_tag(exact_copy(bad[i])), "no tag: %s",
		    printable(bad[i]));
	ok(reference_is_tag(exact_copy(repeated('t', REFERENCE_TAG_MAX))),
	    "the longest tag");
	ok(!reference_is_tag(exact_copy(repeated('t', REFERENCE_TAG_MAX + 1))),
	    "a tag too long");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_good_digests, test_bad_digests,
	    test_other_algorithms, test_sums, test_equality, test_algorithms,
	    test_good_names, test_bad_names, test_tags};

	return run_tests(tests, COUNT(tests));
}
