/* json_peek.c: see json_peek.h. Without a backslash, every quote begins or ends a
 * text: only the signs between two texts need a look. */
#include "base/json_peek.h"

/* Levels that the signs between two texts go down; *last: the last of them. */
static int
levels_down(struct str signs, char *last)
{
	int n = 0;
	size_t i;

	for (i = 0; i < signs.n; i++) {
		char c = signs.p[i];

		n += (c == '{' || c == '[') - (c == '}' || c == ']');
		if (c > ' ')
			*last = c;
	}
	return n;
}

bool
json_peek(struct str text, const char *key, struct str *out)
{
	bool found = false, due = false; /* due: the value of the key comes next */
	struct str rest = text, word;
	char sign = '\0';
	int level = 0;

	if (str_has(text, '\\'))
		return false;
	for (;;) {
		level += levels_down(str_cut(&rest, '"'), &sign);
		if (rest.p == NULL)
			return found && !due && level == 0;
		word = str_cut(&rest, '"');
		if (due && sign != ':')
			return false; /* a value, but no text */
		if (due) {
			*out = word;
			found = true;
		}
		due = level == 1 && sign != ':' && str_is(word, key);
	}
}
