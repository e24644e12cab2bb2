/* percent.c: see percent.h. */
#include "base/percent.h"

#include <string.h>

#include "base/hex.h"

bool
percent_decode(struct arena *a, struct str in, bool form, struct str *out)
{
	char *p = arena_alloc(a, in.n + 1);
	size_t i, n = 0;

	for (i = 0; i < in.n; i++) {
		char c = in.p[i];

		if (c == '%') {
			int high = i + 2 < in.n ? hex_value(in.p[i + 1]) : -1;
			int low = i + 2 < in.n ? hex_value(in.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && form) {
			c = ' ';
		}
		p[n++] = c;
	}
	*out = str_make(p, n);
	return true;
}

static bool
is_plain(char c, const char *safe)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9'))
		return true;
	return c != '\0' && strchr(safe, c) != NULL;
}

char *
percent_encode(struct arena *a, struct str in, const char *safe, bool form)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, in.n * 3 + 1);
	char *p = out;
	size_t i;

	for (i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (is_plain(in.p[i], safe)) {
			*p++ = in.p[i];
		} else if (c == ' ' && form) {
			*p++ = '+';
		} else {
			*p++ = '%';
			*p++ = digits[c >> 4];
			*p++ = digits[c & 15];
		}
	}
	return out;
}
