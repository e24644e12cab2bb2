/* json_closed.c: see json_closed.h. */
#include "base/json_closed.h"

bool
json_is_closed(struct str text)
{
	struct str s = str_trim_controls(text);
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
