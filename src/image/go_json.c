/* go_json.c: see go_json.h. */
#include "image/go_json.h"

#include <string.h>

#include "base/json_sorted.h"

#define SEPARATOR_SIZE    3 /* bytes of U+2028 or U+2029 in UTF-8 */
#define NANOSECOND_DIGITS 9

/* Is U+2028 or U+2029 at the beginning of s? JavaScript took them for the end of a line. */
static bool
is_separator(struct str s)
{
	return s.n >= SEPARATOR_SIZE && memcmp(s.p, "\xe2\x80", 2) == 0 &&
	       (s.p[2] == '\xa8' || s.p[2] == '\xa9');
}

static bool
is_html(char c)
{
	return c == '<' || c == '>' || c == '&';
}

/* Writes what stands at the beginning of s with the escapes for HTML, if it needs them.
 * Returns the bytes of it; 0: it needs none. */
static size_t
write_for_html(struct buf *b, struct str s)
{
	if (is_html(s.p[0])) {
		buf_printf(b, "\\u%04x", (unsigned)s.p[0]);
		return 1;
	}
	if (!is_separator(s))
		return 0;
	buf_adds(b, s.p[2] == '\xa8' ? "\\u2028" : "\\u2029");
	return SEPARATOR_SIZE;
}

/* ---- strings ---- */

static void
write_control(struct buf *b, char c)
{
	if (c == '\n')
		buf_adds(b, "\\n");
	else if (c == '\r')
		buf_adds(b, "\\r");
	else if (c == '\t')
		buf_adds(b, "\\t");
	else
		buf_printf(b, "\\u%04x", (unsigned)c);
}

/* Writes the character at the beginning of s; returns its bytes. */
static size_t
write_char(struct buf *b, struct str s)
{
	size_t n = write_for_html(b, s);
	char c = s.p[0];

	if (n > 0)
		return n;
	n = str_utf8_first(s);
	if (n == 0)
		buf_adds(b, "\\ufffd");
	else if (c == '"' || c == '\\')
		buf_printf(b, "\\%c", c);
	else if (n == 1 && c < ' ')
		write_control(b, c);
	else
		buf_add(b, s.p, n);
	return n == 0 ? 1 : n;
}

static bool
is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\' && !is_html(c);
}

void
go_json_string(struct buf *b, struct str text)
{
	size_t i = 0, run;

	buf_addc(b, '"');
	while (i < text.n) {
		for (run = i; run < text.n && is_plain(text.p[run]);)
			run++;
		buf_add(b, text.p + i, run - i);
		i = run;
		if (i < text.n)
			i += write_char(b, str_make(text.p + i, text.n - i));
	}
	buf_addc(b, '"');
}

/* ---- values ---- */

void
go_json_raw(struct buf *b, struct str value)
{
	bool in_string = false;
	size_t i = 0, n;

	while (i < value.n) {
		struct str rest = str_make(value.p + i, value.n - i);

		n = write_for_html(b, rest);
		if (n == 0) {
			n = in_string && rest.p[0] == '\\' && rest.n > 1 ? 2 : 1;
			if (in_string || (unsigned char)rest.p[0] > ' ')
				buf_add(b, rest.p, n);
			in_string ^= rest.p[0] == '"';
		}
		i += n;
	}
}

static void
write_member(struct buf *b, struct str name, struct str value)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		buf_addc(b, ',');
	go_json_string(b, name);
	buf_addc(b, ':');
	go_json_raw(b, value);
}

/* Both lists are sorted, so that they are merged. */
bool
go_json_map(struct arena *a, struct buf *b, struct str v,
    const struct go_json_change *changes, size_t n)
{
	struct json_sorted own;
	size_t i = 0, j = 0;
	int order;

	if (!json_sorted(a, v, &own))
		return false;
	buf_addc(b, '{');
	while (i < own.n || j < n) {
		order = j == n       ? -1
			: i == own.n ? 1
				     : str_order(own.members[i].name,
					   str_of(changes[j].name));
		if (order < 0)
			write_member(b, own.members[i].name, own.members[i].value);
		else if (changes[j].value.n > 0)
			write_member(b, str_of(changes[j].name), changes[j].value);
		i += order <= 0;
		j += order >= 0;
	}
	buf_addc(b, '}');
	return true;
}

/* ---- times ---- */

struct str
go_json_time(struct arena *a, const struct rfc3339 *t)
{
	bool utc = str_is(t->zone, "+00:00") || str_is(t->zone, "-00:00");
	struct str fraction = t->fraction, zone = utc ? str_of("Z") : t->zone;

	if (fraction.n > NANOSECOND_DIGITS)
		fraction.n = NANOSECOND_DIGITS;
	while (fraction.n > 0 && fraction.p[fraction.n - 1] == '0')
		fraction.n--;
	return str_of(arena_printf(a, "\"%.*s%s%.*s%.*s\"", STR_ARG(t->seconds),
	    fraction.n > 0 ? "." : "", STR_ARG(fraction), STR_ARG(zone)));
}
