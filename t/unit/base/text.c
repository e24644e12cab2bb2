/* text.c: pieces of text, hexadecimal digits, %XX. */
#include <ctype.h>
#include <stdint.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/hex.h"
#include "base/percent.h"
#include "lib/unit.h"

/* ---- str ---- */

static void
test_str_compare(void)
{
	struct str none = {NULL, 0};

	ok(str_eq(str_of(NULL), none) && str_is(none, ""), "NULL is empty");
	ok(str_eq(TEXT("a\0b"), TEXT("a\0b")), "NUL is a byte like any");
	ok(!str_eq(TEXT("a\0b"), TEXT("a\0c")), "and does not end a text");
	ok(!str_is(TEXT("a\0"), "a") && !str_is(TEXT("a"), "ab"), "lengths differ");
	ok(str_starts(TEXT("abc"), "abc") && str_starts(TEXT("abc"), ""), "starts");
	ok(str_ends(TEXT("abc"), "bc") && str_ends(TEXT("abc"), ""), "ends");
	ok(!str_ends(TEXT("bc"), "abc") && !str_ends(TEXT("abC"), "c"),
	    "does not end");
	ok(!str_starts(TEXT("ab"), "abc") && !str_starts(TEXT("Abc"), "a"),
	    "does not start");
	ok(str_has(TEXT("a\0b"), '\0') && !str_has(TEXT("ab"), '\0'), "has a NUL");
	ok(!str_has(none, 'a'), "the empty text has nothing");
	is_str(str_dup(arena, str_make("abc", 2)), "ab", "dup ends with a NUL");
}

static void
test_str_order(void)
{
	struct str none = {NULL, 0};
	struct str list[] = {TEXT("b"), TEXT("ab"), TEXT("b"), TEXT("\xff"),
	    TEXT("a"), TEXT(""), TEXT("a\0"), TEXT("ab"), none};
	struct buf b;
	size_t i, n;

	ok(str_order(TEXT("a"), TEXT("b")) < 0, "a comes before b");
	ok(str_order(TEXT("\xff"), TEXT("b")) > 0, "bytes have no sign");
	ok(str_order(TEXT("a"), TEXT("a\0")) < 0, "a beginning comes first");
	ok(str_order(TEXT("ab"), TEXT("b")) < 0, "length alone does not count");
	is_int(str_order(TEXT("ab"), TEXT("ab")), 0, "one text");
	is_int(str_order(none, TEXT("")), 0, "NULL is empty here too");

	n = str_sort_unique(list, COUNT(list));
	buf_init(&b, arena, 100);
	for (i = 0; i < n; i++)
		buf_printf(&b, "<%s>", printable(list[i]));
	is_str(buf_str(&b).p, "<><a><a\\x00><ab><b><\\xff>", "each once, sorted");
	is_int(str_sort_unique(NULL, 0), 0, "of an empty list");
}

/* What str_cut gives, piece by piece, each between "<" and ">". */
static const char *
pieces(struct str s)
{
	struct buf b;

	buf_init(&b, arena, 100);
	while (s.p != NULL) {
		struct str piece = str_cut(&s, '/');

		buf_printf(&b, "<%s>", printable(piece));
	}
	return buf_str(&b).p;
}

static void
test_str_cut(void)
{
	struct str none = {NULL, 0};

	is_str(pieces(TEXT("a/b//c")), "<a><b><><c>", "cut");
	is_str(pieces(TEXT("abc")), "<abc>", "cut where nothing is to cut");
	is_str(pieces(TEXT("/")), "<><>", "cut at either end");
	is_str(pieces(exact_copy(TEXT("a\0/b"))), "<a\\x00><b>", "cut after a NUL");
	is_str(pieces(TEXT("")), "<>", "cut of an empty text");
	ok(str_cut(&none, '/').n == 0 && none.p == NULL, "cut of nothing");
}

static void
test_str_trim(void)
{
	struct str none = {NULL, 0};

	is_text(str_trim(TEXT(" \t a b\t ")), "a b", "trim");
	is_text(str_trim(TEXT("\na\r")), "\na\r", "trim: lines stay");
	is_int(str_trim(TEXT(" \t ")).n, 0, "trim of blanks alone");
	is_int(str_trim(none).n, 0, "trim of nothing");
	is_text(str_trim_controls(TEXT("\0\n a\0b \r\x1f")), "a\0b",
	    "control characters at the ends");
	is_int(str_trim_controls(none).n, 0, "there of nothing, too");
}

static void
test_str_utf8(void)
{
	static const struct {
		struct str text;
		bool good;
	} rows[] = {
	    {LIT(""), true},
	    {LIT("a\0\x7f"), true},
	    {LIT("\xc2\x80\xdf\xbf"), true},                 /* U+0080, U+07FF */
	    {LIT("\xe0\xa0\x80\xed\x9f\xbf"), true},         /* U+0800, U+D7FF */
	    {LIT("\xee\x80\x80\xef\xbf\xbf"), true},         /* U+E000, U+FFFF */
	    {LIT("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), true}, /* to U+10FFFF */
	    {LIT("\x80"), false},                            /* no first byte */
	    {LIT("a\xbf"), false},
	    {LIT("\xc0\x80"), false}, /* overlong */
	    {LIT("\xc1\xbf"), false},
	    {LIT("\xe0\x9f\xbf"), false},
	    {LIT("\xf0\x8f\xbf\xbf"), false},
	    {LIT("\xed\xa0\x80"), false}, /* surrogates */
	    {LIT("\xed\xbf\xbf"), false},
	    {LIT("\xf4\x90\x80\x80"), false}, /* U+110000 */
	    {LIT("\xf5\x80\x80\x80"), false},
	    {LIT("\xfe"), false},
	    {LIT("\xff"), false},
	    {LIT("a\xc2"), false}, /* cut off */
	    {LIT("\xe1\x80"), false},
	    {LIT("\xf1\x80\x80"), false},
	    {LIT("\xc2\x41"), false}, /* broken off */
	    {LIT("\xc2\xc2\x80"), false},
	    {LIT("\xe1\x80\x41"), false},
	    {LIT("\xf1\x80\xc0\x80"), false},
	    {LIT("\xf1\x80\x80\x7f"), false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_int(str_is_utf8(exact_copy(rows[i].text)), rows[i].good,
		    "UTF-8: %s", printable(rows[i].text));
}

static void
test_str_number(void)
{
	static const struct str bad[] = {LIT(""), LIT("-1"), LIT("+1"), LIT(" 1"),
	    LIT("1 "), LIT("1\0"), LIT("0x1"), LIT("1e3"),
	    LIT("9223372036854775808"), LIT("9999999999999999999"),
	    LIT("18446744073709551617")};
	long long n = -1;
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		ok(!str_to_int64(bad[i], &n), "no number: %s", printable(bad[i]));
	ok(str_to_int64(TEXT("9223372036854775807"), &n), "the largest number");
	is_int(n, INT64_MAX, "is INT64_MAX");
	ok(str_to_int64(TEXT("000000000000000000000042"), &n) && n == 42,
	    "zeros in front");
	ok(str_to_int64(exact_copy(TEXT("0")), &n) && n == 0, "zero");
}

/* ---- hex, percent ---- */

static void
test_hex(void)
{
	char out[7], digit[2] = "";
	int c, wrong = 0;

	hex_encode((const unsigned char *)"\x00\x9a\xff", 3, out);
	is_str(out, "009aff", "bytes as digits");
	ok(hex_is(exact_copy(TEXT("09af")), 4) && hex_is(TEXT(""), 0), "digits");
	ok(!hex_is(TEXT("09af"), 3) && !hex_is(TEXT("09a"), 4), "not as many");
	ok(!hex_is(TEXT("09aF"), 4), "no capitals");
	ok(!hex_is(TEXT("/0"), 2) && !hex_is(TEXT(":0"), 2) &&
		!hex_is(TEXT("`0"), 2) && !hex_is(TEXT("g0"), 2),
	    "not their neighbours");
	for (c = 0; c < 256; c++) {
		digit[0] = (char)c;
		wrong += hex_value((char)c) !=
			 (isxdigit(c) ? (int)strtol(digit, NULL, 16) : -1);
	}
	is_int(wrong, 0, "the value of each byte");
}

static void
test_percent_decode(void)
{
	static const struct str broken[] = {LIT("%"), LIT("a%"), LIT("%4"),
	    LIT("%zz"), LIT("%4z"), LIT("%z4"), LIT("%%41"), LIT("%4%31"),
	    LIT("%-1"), LIT("% 1"), LIT("%\0\0")};
	struct str out;
	size_t i;

	for (i = 0; i < COUNT(broken); i++)
		ok(!percent_decode(arena, exact_copy(broken[i]), false, &out),
		    "broken: %s", printable(broken[i]));
	ok(percent_decode(
	       arena, exact_copy(TEXT("a%2Fb%2f%00%ff+%41")), false, &out),
	    "digits of either case");
	is_text(out, "a/b/\0\xff+A", "are decoded to any byte, + stays");
	ok(percent_decode(arena, TEXT("+%2B%252B"), true, &out), "of a form");
	is_text(out, " +%2B", "+ is a blank, and all is decoded once");
	ok(percent_decode(arena, str_of(NULL), true, &out) && out.n == 0,
	    "nothing");
}

/* The right side is Python 2.7's urllib.quote_plus(). */
static void
test_percent_encode(void)
{
	static const struct {
		struct str text;
		const char *quoted;
	} rows[] = {
	    {LIT("library"), "library"},
	    {LIT("ns/a/b"), "ns%2Fa%2Fb"},
	    {LIT("sp ace"), "sp+ace"},
	    {LIT("x+y"), "x%2By"},
	    {LIT("a%2Fb"), "a%252Fb"},
	    {LIT("~"), "%7E"},
	    {LIT("a_b.c-d"), "a_b.c-d"},
	    {LIT("caf\xc3\xa9"), "caf%C3%A9"},
	    {LIT("!\"#$&'()*,:;<=>?@[\\]^`{|}"),
		"%21%22%23%24%26%27%28%29%2A%2C%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E"
		"%60%7B%7C%7D"},
	    {LIT("\0\x7f\xff"), "%00%7F%FF"},
	    {LIT(""), ""},
	};
	struct str all = repeated('\0', 256), back;
	size_t i;
	char *p = str_dup(arena, all);

	for (i = 0; i < COUNT(rows); i++)
		is_str(percent_encode(arena, rows[i].text, "_.-", true),
		    rows[i].quoted, "quote_plus of %s", printable(rows[i].text));
	is_str(percent_encode(arena, TEXT("a b/c"), "/", false), "a%20b/c",
	    "a blank where there is no form");
	for (i = 0; i < 256; i++)
		p[i] = (char)i;
	all = str_make(p, 256);
	ok(percent_decode(
	       arena, str_of(percent_encode(arena, all, "", true)), true, &back) &&
		str_eq(all, back),
	    "every byte comes back");
}

static void
test_addresses(void)
{
	static const struct {
		const char *network, *address;
		bool in;
	} rows[] = {
	    {"192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.1", "192.0.2.2", false},
	    {"10.0.0.0/8", "10.255.0.1", true},
	    {"10.0.0.0/8", "11.0.0.1", false},
	    {"10.1.2.3/8", "10.9.9.9", true},
	    {"192.0.2.128/25", "192.0.2.200", true},
	    {"192.0.2.128/25", "192.0.2.127", false},
	    {"192.0.2.1/32", "192.0.2.1", true},
	    {"0.0.0.0/0", "203.0.113.9", true},
	    {"0.0.0.0/0", "::1", false},
	    {"::/0", "127.0.0.1", false},
	    {"::1", "::1", true},
	    {"::1", "0:0:0:0:0:0:0:1", true},
	    {"2001:db8::/33", "2001:db8:7fff::1", true},
	    {"2001:db8::/33", "2001:db8:8000::1", false},
	    {"10.0.0.0/8", "::ffff:10.1.2.3", true},
	    {"10.0.0.0/8", "::ffff:11.1.2.3", false},
	    {"10.0.0.0/8", "::10.1.2.3", false},
	    {"::ffff:10.0.0.0/104", "10.1.2.3", true},
	    {"::ffff:10.0.0.0/104", "::ffff:10.1.2.3", true},
	    {"::/0", "::ffff:10.1.2.3", false},
	    {"unix:", "unix:", true},
	    {"unix:", "127.0.0.1", false},
	    {"127.0.0.1", "unix:", false},
	    {"0.0.0.0/0", "", false},
	    {"0.0.0.0/0", "1.2.3.4, 5.6.7.8", false},
	    {"0.0.0.0/0", "1.2.3.4/0", false},
	};
	static const char *const bad[] = {"", "/8", "10.0.0.0/", "10.0.0.0/33",
	    "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0", "10.0.0.256", "::1/129",
	    ":::", "localhost", "unix", "unix:/x", "10.0.0.0 /8", "[::1]",
	    "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		ok(address_is_network(rows[i].network), "%s", rows[i].network);
		ok(address_in(rows[i].network, rows[i].address) == rows[i].in,
		    "\"%s\" is %sin it", rows[i].address, rows[i].in ? "" : "not ");
	}
	for (i = 0; i < COUNT(bad); i++)
		ok(!address_is_network(bad[i]) && !address_in(bad[i], "10.0.0.0"),
		    "\"%s\" is not a network", bad[i]);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_str_compare, test_str_order,
	    test_str_cut, test_str_trim, test_str_utf8, test_str_number, test_hex,
	    test_percent_decode, test_percent_encode, test_addresses};

	return run_tests(tests, COUNT(tests));
}
