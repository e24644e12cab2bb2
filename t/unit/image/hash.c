/* hash.c: sums of bytes in pieces, and states that are stored. */

#include "image/hash.h"
#include "lib/unit.h"

#define BITS_448 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define BITS_896 \
	"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn" \
	"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

static const char *const names[] = {
    [HASH_SHA256] = "sha256", [HASH_SHA512] = "sha512"};
static const enum hash_kind kinds[] = {HASH_SHA256, HASH_SHA512};

static const char *
sum_of(enum hash_kind kind, struct str s)
{
	char *hex = arena_alloc(arena, HASH_HEX_SIZE);

	hash_of(kind, exact_copy(s), hex);
	return hex;
}

static const char *
end_of(struct hash *h)
{
	char *hex = arena_alloc(arena, HASH_HEX_SIZE);

	hash_end(h, hex);
	return hex;
}

/* n bytes of which no block is like another. */
static struct str
bytes(size_t n)
{
	char *p = arena_alloc(arena, n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (char)(i * 7 + i / 64 * 13);
	return str_make(p, n);
}

/* FIPS 180-4's own examples. */
static void
test_known_sums(void)
{
	static const struct {
		enum hash_kind kind;
		struct str text;
		const char *want;
	} rows[] = {
	    {HASH_SHA256, LIT(""),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	    {HASH_SHA256, LIT("abc"),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	    {HASH_SHA256, LIT(BITS_448),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	    {HASH_SHA256, LIT(BITS_896),
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
	    {HASH_SHA512, LIT(""),
		"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
		"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
	    {HASH_SHA512, LIT("abc"),
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
	    {HASH_SHA512, LIT(BITS_448),
		"204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
		"96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"},
	    {HASH_SHA512, LIT(BITS_896),
		"8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
		"501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(sum_of(rows[i].kind, rows[i].text), rows[i].want, "%s of %s",
		    names[rows[i].kind], printable(rows[i].text));
}

/* A million "a", in pieces of many lengths, none among them. */
static void
test_pieces(void)
{
	static const char *const want[] = {
	    [HASH_SHA256] =
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	    [HASH_SHA512] =
		"e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
		"de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
	};
	struct str million = repeated('a', 1000000);
	struct hash h;
	size_t i, k, n;

	for (k = 0; k < COUNT(kinds); k++) {
		hash_begin(&h, kinds[k]);
		for (i = 0; i < million.n; i += n) {
			n = i * 7 % 8191 + 1;
			n = n < million.n - i ? n : million.n - i;
			hash_add(&h, million.p + i, n);
			hash_add(&h, "", 0);
		}
		is_str(end_of(&h), want[k], "%s in pieces", names[k]);
		is_str(sum_of(kinds[k], million), want[k], "%s in one", names[k]);
	}
}

static void
test_copy(void)
{
	struct hash h, copy;
	size_t k;

	for (k = 0; k < COUNT(kinds); k++) {
		hash_begin(&h, kinds[k]);
		hash_add(&h, "ab", 2);
		copy = h;
		hash_add(&h, "X", 1);
		hash_add(&copy, "c", 1);
		is_str(end_of(&copy), sum_of(kinds[k], TEXT("abc")),
		    "%s: a copy goes its own way", names[k]);
		is_str(end_of(&h), sum_of(kinds[k], TEXT("abX")),
		    "%s: so does the first", names[k]);
	}
}

/* ---- states ---- */

#define ZEROS_16  "0000000000000000"
#define ZEROS_64  ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16
#define ZEROS_128 ZEROS_64 ZEROS_64
#define WORDS_256 "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19"
#define WORDS_512 \
	"6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1" \
	"510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b5be0cd19137e2179"

/* A state of SHA-256 with n bytes in it, none of them full. */
#define STATE_256(open, n) "73686103" WORDS_256 open n
#define STATE_512(open, n) "73686107" WORDS_512 open n

/* What Go's MarshalBinary gives for the same: the words of FIPS 180-4, 5.3. */
static void
test_form(void)
{
	static const struct {
		enum hash_kind kind;
		const char *text, *want;
	} rows[] = {
	    {HASH_SHA256, "", STATE_256(ZEROS_128, ZEROS_16)},
	    {HASH_SHA256, "abcdefgh",
		STATE_256("6162636465666768" ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_64,
		    "0000000000000008")},
	    {HASH_SHA512, "", STATE_512(ZEROS_128 ZEROS_128, ZEROS_16)},
	    {HASH_SHA512, "abcdefgh",
		STATE_512("6162636465666768" ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_64
			      ZEROS_128,
		    "0000000000000008")},
	};
	struct hash h;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		hash_begin(&h, rows[i].kind);
		hash_add(&h, rows[i].text, strlen(rows[i].text));
		is_str(hash_save(&h, arena), rows[i].want,
		    "%s: the state after \"%s\"", names[rows[i].kind],
		    rows[i].text);
	}
}

/* One block is in the words: what follows it is not, and no byte of it is left. */
static void
test_full_block(void)
{
	static const size_t block[] = {[HASH_SHA256] = 64, [HASH_SHA512] = 128};
	static const char *const open[] = {
	    [HASH_SHA256] = "78" /* 'x' */ ZEROS_128,
	    [HASH_SHA512] = "78" ZEROS_128 ZEROS_128,
	};
	const char *saved;
	struct hash h;
	size_t k, open_at;

	for (k = 0; k < COUNT(kinds); k++) {
		hash_begin(&h, kinds[k]);
		hash_add(&h, bytes(block[k]).p, block[k]);
		hash_add(&h, "x", 1);
		saved = hash_save(&h, arena);
		open_at = 2 * (4 + block[k] / 2);
		is_int(strncmp(saved + open_at, open[k], 2 * block[k]), 0,
		    "%s: the open block is padded with zeros", names[k]);
		is_int(strtol(saved + open_at + 2 * block[k], NULL, 16),
		    (long)block[k] + 1, "%s: the length counts all", names[k]);
		ok(strncmp(saved + 8, k == HASH_SHA256 ? WORDS_256 : WORDS_512,
		       64) != 0,
		    "%s: the words have changed", names[k]);
	}
}

/* The sum of s when its state is stored after n bytes, and again after two more. */
static const char *
stored_on_the_way(enum hash_kind kind, struct str s, size_t n)
{
	size_t more = s.n - n < 2 ? s.n - n : 2;
	const char *text;
	struct hash h, next;

	hash_begin(&h, kind);
	hash_add(&h, s.p, n);
	text = hash_save(&h, arena);
	memset(&next, 0xa5, sizeof(next));
	if (!hash_load(&next, exact_copy(str_of(text))))
		return "not loaded";
	if (strcmp(hash_save(&next, arena), text) != 0)
		return "another state";
	hash_add(&next, s.p + n, more);
	if (!hash_load(&h, str_of(hash_save(&next, arena))))
		return "not loaded again";
	hash_add(&h, s.p + n + more, s.n - n - more);
	return end_of(&h);
}

static void
test_going_on(void)
{
	static const size_t at[] = {0, 1, 3, 55, 56, 63, 64, 65, 111, 112, 119, 120,
	    127, 128, 129, 191, 192, 193, 255, 256, 257, 300};
	struct str s = bytes(300), large = bytes(5000000);
	size_t i, k;

	for (k = 0; k < COUNT(kinds); k++) {
		for (i = 0; i < COUNT(at); i++)
			is_str(stored_on_the_way(kinds[k], s, at[i]),
			    sum_of(kinds[k], s), "%s stored after %zu bytes",
			    names[k], at[i]);
		is_str(stored_on_the_way(kinds[k], large, 4999999),
		    sum_of(kinds[k], large), "%s stored after 5 MB", names[k]);
	}
}

/* SHA-256 counts bits in two words: the upper one is used from 512 MiB on. */
static void
test_long_length(void)
{
	static const char at_1_tib[] = STATE_256(ZEROS_128, "0000010000000001");
	static const char at_most[] = STATE_512(
	    ZEROS_128 ZEROS_128, "1fffffffffffffff");
	static const char beyond[] = STATE_256(ZEROS_128, "2000000000000000");
	struct hash h;

	ok(hash_load(&h, TEXT(at_1_tib)), "a state after 1 TiB");
	is_str(hash_save(&h, arena), at_1_tib, "and it is stored as it was");
	ok(hash_load(&h, TEXT(at_most)), "the longest");
	is_str(hash_save(&h, arena), at_most, "and it is stored as it was");
	ok(!hash_load(&h, TEXT(beyond)), "no length that has no number of bits");
}

static void
test_bad_states(void)
{
	static const char good[] = STATE_256(ZEROS_128, ZEROS_16);
	static const struct {
		const char *name;
		struct str text;
	} rows[] = {
	    {"nothing", LIT("")},
	    {"one digit", LIT("7")},
	    {"the magic word alone", LIT("73686103")},
	    {"half a digit less", LIT(STATE_256(ZEROS_128, "000000000000000"))},
	    {"a byte less", LIT(STATE_256(ZEROS_128, "00000000000000"))},
	    {"half a digit more", LIT(STATE_256(ZEROS_128, ZEROS_16 "0"))},
	    {"a byte more", LIT(STATE_256(ZEROS_128, ZEROS_16 "00"))},
	    {"a line's end", LIT(STATE_256(ZEROS_128, ZEROS_16 "\n"))},
	    {"SHA-224", LIT("73686102" WORDS_256 ZEROS_128 ZEROS_16)},
	    {"SHA-512 of the length of SHA-256",
		LIT("73686107" WORDS_256 ZEROS_128 ZEROS_16)},
	    {"SHA-256 of the length of SHA-512",
		LIT("73686103" WORDS_512 ZEROS_128 ZEROS_128 ZEROS_16)},
	    {"SHA-384", LIT("73686104" WORDS_512 ZEROS_128 ZEROS_128 ZEROS_16)},
	    {"no digit", LIT(STATE_256(ZEROS_128, "000000000000000g"))},
	    {"a NUL", LIT(STATE_256(ZEROS_128, "000000000000000\0"))},
	    {"capitals", LIT(STATE_256(ZEROS_128, "00000000000000AA"))},
	    {"the bytes themselves", LIT("sha\x03")},
	};
	struct hash h;
	size_t i;

	ok(hash_load(&h, TEXT(good)), "a state");
	for (i = 0; i < COUNT(rows); i++)
		ok(!hash_load(&h, exact_copy(rows[i].text)), "none: %s",
		    rows[i].name);
	ok(!hash_load(&h, exact_copy(repeated('0', 10240))), "none: 10 KiB");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_known_sums, test_pieces,
	    test_copy, test_form, test_full_block, test_going_on, test_long_length,
	    test_bad_states};

	return run_tests(tests, COUNT(tests));
}
