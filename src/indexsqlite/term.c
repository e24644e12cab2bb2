/* term.c: see term.h. */
#include "indexsqlite/term.h"

#include <string.h>

#include "base/buf.h"

/* In characters. The trigrams know nothing of shorter ones; of a longer one each
 * costs sqlite memory and time, and nobody types that much. */
#define MATCH_MIN 3
#define MATCH_MAX 64

static struct str
lower(struct arena *a, struct str s)
{
	char *p = arena_strndup(a, s.p, s.n);
	size_t i;

	for (i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	return str_make(p, s.n);
}

static struct str
in_library(struct arena *a, struct str s)
{
	static const char library[] = "library/";
	const size_t n = sizeof(library) - 1;
	char *p = arena_alloc(a, n + s.n + 1);

	memcpy(p, library, n);
	if (s.n > 0)
		memcpy(p + n, s.p, s.n);
	return str_make(p, n + s.n);
}

static size_t
characters(struct str utf8)
{
	size_t i, n = 0;

	for (i = 0; i < utf8.n; i++)
		n += ((unsigned char)utf8.p[i] & 0xc0) != 0x80;
	return n;
}

/* A string of FTS5's language, in which nothing but the quote means anything. */
static struct str
quoted(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, 2 * s.n + 3);
	size_t i, n = 0;

	p[n++] = '"';
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			p[n++] = '"';
		p[n++] = s.p[i];
	}
	p[n++] = '"';
	return str_make(p, n);
}

void
term_make(struct arena *a, struct str text, struct term *out)
{
	size_t n = characters(text);

	out->text = lower(a, text);
	out->library = in_library(a, out->text);
	out->match = str_of("");
	if (n >= MATCH_MIN && n <= MATCH_MAX)
		out->match = quoted(a, out->text);
}

/* "?" and "[" mean something to GLOB, but are plain characters here: each is put in
 * brackets. */
void
term_make_wild(struct arena *a, struct str text, struct term *out)
{
	struct buf b;
	size_t i;

	out->text = lower(a, text);
	out->library = in_library(a, out->text);
	buf_init(&b, a, 3 * text.n + 2);
	buf_addc(&b, '*');
	for (i = 0; i < text.n; i++) {
		bool special = out->text.p[i] == '?' || out->text.p[i] == '[';

		buf_adds(&b, special ? "[" : "");
		buf_addc(&b, out->text.p[i]);
		buf_adds(&b, special ? "]" : "");
	}
	buf_addc(&b, '*');
	out->match = buf_str(&b);
}

/* No byte of UTF-8 is the greatest of all bytes. */
struct str
term_prefix_end(struct arena *a, struct str s)
{
	char *p = arena_strndup(a, s.p, s.n);

	p[s.n - 1] = (char)((unsigned char)p[s.n - 1] + 1);
	return str_make(p, s.n);
}
