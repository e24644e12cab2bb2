/* json_closed.c: see json_closed.h. */
#include "base/json_closed.h"

static struct str
without_blanks(struct str s)
{
	while (s.n > 0 && (unsigned char)s.p[0] <= ' ')
		s = str_make(s.p + 1, s.n - 1);
	while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

bool
json_is_closed(struct str text)
{
	struct str s = without_blanks(text);
	bool in_text = false;
	size_t i, depth = 0;

	if (s.n == 0 || (s.p[0] != '{' && s.p[0] != '['))
		return false;
	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (in_text && c == '\\')
			i++;
		else if (c == '"')
			in_text = !in_text;
		else if (!in_text && (c == '{' || c == '['))
			depth++;
		else if (!in_text && (c == '}' || c == ']') && --depth == 0)
			return i + 1 == s.n;
	}
	return false;
}
