/* base64url.c: see base64url.h. */
#include "base/base64url.h"

/* Both directions collect bits in `word` and take them out in groups of 6 or 8; `bits` is the
 * number of bits that are left in it. */
struct str
base64url_encode(struct arena *a, struct str bytes)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *text = arena_alloc(a, bytes.n / 3 * 4 + 5), *to = text;
	const unsigned char *p = (const unsigned char *)bytes.p;
	unsigned word = 0, bits = 0;
	size_t i;

	for (i = 0; i < bytes.n; i++) {
		word = word << 8 | p[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*to++ = alphabet[word >> (bits - 6) & 63];
		word &= 63;
	}
	if (bits > 0)
		*to++ = alphabet[word << (6 - bits) & 63];
	return str_make(text, (size_t)(to - text));
}

/* -1: not in the alphabet. */
static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

bool
base64url_decode(struct arena *a, struct str text, struct str *out)
{
	char *bytes = arena_alloc(a, text.n / 4 * 3 + 4), *to = bytes;
	unsigned word = 0, bits = 0;
	size_t i;

	for (i = 0; i < 2 && text.n > 0 && text.p[text.n - 1] == '='; i++)
		text.n--;
	for (i = 0; i < text.n; i++) {
		int value = value_of(text.p[i]);

		if (value < 0)
			return false;
		word = (word << 6 | (unsigned)value) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*to++ = (char)(word >> bits & 0xff);
		}
	}
	*out = str_make(bytes, (size_t)(to - bytes));
	return text.n % 4 != 1;
}
