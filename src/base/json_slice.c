/* json_slice.c: see json_slice.h; json_slice_check() is in json_slice_check.c.
 *
 * Everything is based on finding the end of a value: a string ends at its closing quote, a
 * list or object at the bracket that closes its first one (brackets in strings are skipped),
 * any other value before the next blank, comma or bracket. A walk takes a value off the
 * front and keeps the rest. Only strings with escapes are decoded, when their text is asked
 * for or a name must be compared. */
#include "base/json_slice.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/hex.h"
#include "base/json_blank.h"

#define REPLACEMENT 0xfffd

/* ---- lengths ---- */

static struct str
skip(struct str s, size_t n)
{
	return str_make(s.p + n, s.n - n);
}

static struct str
skip_blanks(struct str s)
{
	size_t n = 0;

	while (n < s.n && json_is_blank(s.p[n]))
		n++;
	return skip(s, n);
}

struct str
json_slice_trim(struct str text)
{
	text = skip_blanks(text);
	while (text.n > 0 && json_is_blank(text.p[text.n - 1]))
		text.n--;
	return text;
}

/* Bytes of the string at the beginning of s with its quotes; s.n if it does not end. */
static size_t
string_length(struct str s)
{
	const char *quote = memchr(s.p + 1, '"', s.n - 1);
	size_t n = 1;

	if (quote == NULL)
		return s.n;
	if (memchr(s.p, '\\', (size_t)(quote - s.p)) == NULL)
		return (size_t)(quote - s.p) + 1;
	while (n < s.n && s.p[n] != '"')
		n += s.p[n] == '\\' ? 2 : 1;
	return n < s.n ? n + 1 : s.n;
}

/* The same for a list or an object. */
static size_t
nested_length(struct str s)
{
	size_t n = 0, depth = 0;

	while (n < s.n) {
		char c = s.p[n];

		if (c == '"') {
			n += string_length(skip(s, n));
			continue;
		}
		n++;
		if (c == '[' || c == '{')
			depth++;
		else if ((c == ']' || c == '}') && --depth == 0)
			break;
	}
	return n;
}

/* Bytes of the value at the beginning of s; 0: there is none. */
static size_t
value_length(struct str s)
{
	size_t n = 0;

	if (s.n > 0 && s.p[0] == '"')
		return string_length(s);
	if (s.n > 0 && (s.p[0] == '[' || s.p[0] == '{'))
		return nested_length(s);
	while (n < s.n && !json_is_blank(s.p[n]) && s.p[n] != ',' &&
	       s.p[n] != ']' && s.p[n] != '}')
		n++;
	return n;
}

enum json_kind
json_slice_kind(struct str v)
{
	switch (v.n == 0 ? '\0' : v.p[0]) {
	case '"':
		return JSON_STRING;
	case '[':
		return JSON_ARRAY;
	case '{':
		return JSON_OBJECT;
	case 't':
	case 'f':
		return JSON_BOOL;
	default:
		return v.n > 0 &&
			       (v.p[0] == '-' || (v.p[0] >= '0' && v.p[0] <= '9'))
			   ? JSON_NUMBER
			   : JSON_NONE;
	}
}

/* ---- elements and members ---- */

static bool
starts_with(struct str s, char c)
{
	return s.n > 0 && s.p[0] == c;
}

struct json_walk
json_slice_walk(struct str v)
{
	enum json_kind kind = json_slice_kind(v);
	struct json_walk walk = {.key = str_of(NULL),
	    .value = str_of(NULL),
	    .rest = str_of(NULL),
	    .in_object = kind == JSON_OBJECT};

	if (kind == JSON_OBJECT || kind == JSON_ARRAY)
		walk.rest = skip(v, 1);
	return walk;
}

/* A name and the colon after it. */
static bool
take_key(struct json_walk *walk)
{
	size_t n;

	if (!starts_with(walk->rest, '"'))
		return false;
	n = string_length(walk->rest);
	walk->key = str_make(walk->rest.p + 1, n < 2 ? 0 : n - 2);
	walk->rest = skip_blanks(skip(walk->rest, n));
	if (!starts_with(walk->rest, ':'))
		return false;
	walk->rest = skip_blanks(skip(walk->rest, 1));
	return true;
}

bool
json_slice_next(struct json_walk *walk)
{
	size_t n;

	walk->rest = skip_blanks(walk->rest);
	if (starts_with(walk->rest, ','))
		walk->rest = skip_blanks(skip(walk->rest, 1));
	walk->complete = starts_with(walk->rest, walk->in_object ? '}' : ']');
	if (walk->complete || (walk->in_object && !take_key(walk)))
		return false;
	n = value_length(walk->rest);
	walk->value = str_make(walk->rest.p, n);
	walk->rest = skip(walk->rest, n);
	return n > 0;
}

size_t
json_slice_count(struct str v)
{
	struct json_walk walk = json_slice_walk(v);
	size_t n = 0;

	while (json_slice_next(&walk))
		n++;
	return n;
}

/* ---- texts ---- */

static size_t
put_utf8(uint32_t c, char out[4])
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	for (i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[n] | c);
	return n;
}

/* Reads "\uXXXX" at the beginning of s. False: something else is there. */
static bool
read_unit(struct str s, uint32_t *out)
{
	size_t i;

	if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u')
		return false;
	*out = 0;
	for (i = 2; i < 6; i++) {
		int digit = hex_value(s.p[i]);

		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

/* The character whose first UTF-16 unit, `high`, was read at the beginning of s. *used: the
 * bytes of s for it, 12 if it needs a second unit. */
static uint32_t
join_units(struct str s, uint32_t high, size_t *used)
{
	uint32_t low;

	*used = 6;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || !read_unit(skip(s, 6), &low) || low < 0xdc00 ||
	    low > 0xdfff)
		return REPLACEMENT;
	*used = 12;
	return 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff));
}

/* Takes an escape or one byte off the front of *s, which must not be empty. Returns the
 * number of bytes written to out. */
static size_t
take_char(struct str *s, char out[4])
{
	static const char names[] = "bfnrt", meanings[] = "\b\f\n\r\t";
	const char *found;
	uint32_t unit, c;
	size_t used;

	out[0] = s->p[0];
	if (s->p[0] != '\\' || s->n == 1) {
		*s = skip(*s, 1);
		return 1;
	}
	if (read_unit(*s, &unit)) {
		c = join_units(*s, unit, &used);
		*s = skip(*s, used);
		return put_utf8(c, out);
	}
	found = memchr(names, s->p[1], sizeof(names) - 1);
	out[0] = found == NULL ? s->p[1] : meanings[found - names];
	*s = skip(*s, 2);
	return 1;
}

struct str
json_slice_text(struct arena *a, struct str v)
{
	struct str rest;
	size_t n = 0;
	char *out;

	if (json_slice_kind(v) != JSON_STRING || v.n < 2)
		return str_of(NULL);
	rest = str_make(v.p + 1, v.n - 2);
	if (!str_has(rest, '\\'))
		return rest;
	/* an escape is never shorter than its character */
	out = arena_alloc(a, rest.n + 4);
	while (rest.n > 0)
		n += take_char(&rest, out + n);
	return str_make(out, n);
}

/* ---- members by name ---- */

/* Is the name, which has escapes, the key? */
static bool
name_is(struct str name, const char *key)
{
	char c[4];
	size_t i, n;

	while (name.n > 0) {
		n = take_char(&name, c);
		for (i = 0; i < n; i++)
			if (*key == '\0' || *key++ != c[i])
				return false;
	}
	return *key == '\0';
}

bool
json_slice_pick(struct str v, const struct json_pick *wanted, size_t n)
{
	struct json_walk walk = json_slice_walk(v);
	bool escaped, whole;
	size_t i;

	for (i = 0; i < n; i++)
		*wanted[i].value = str_of(NULL);
	while (walk.in_object && json_slice_next(&walk)) {
		escaped = str_has(walk.key, '\\');
		for (i = 0; i < n; i++)
			if (escaped ? name_is(walk.key, wanted[i].key)
				    : str_is(walk.key, wanted[i].key))
				*wanted[i].value = walk.value;
	}
	whole = walk.in_object && walk.complete && walk.rest.n == 1;
	for (i = 0; i < n && !whole; i++)
		*wanted[i].value = str_of(NULL);
	return whole;
}

struct str
json_slice_get(struct str v, const char *key)
{
	struct str value;
	const struct json_pick wanted = {key, &value};

	(void)json_slice_pick(v, &wanted, 1);
	return value;
}

bool
json_slice_int(struct str v, long long *out)
{
	bool negative = v.n > 0 && v.p[0] == '-';

	if (!str_to_int64(negative ? skip(v, 1) : v, out) || *out == LLONG_MAX)
		return false;
	if (negative)
		*out = -*out;
	return true;
}
