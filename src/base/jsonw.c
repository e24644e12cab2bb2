/* jsonw.c: see jsonw.h. For each open object or list `level` has its closing bracket and
 * whether it needs a comma before the next value. After the sink has refused a write,
 * everything is ignored, so that callers need to check `stopped` only at the end. */
#include "base/jsonw.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void
jsonw_init(struct jsonw *w, struct sink sink)
{
	memset(w, 0, sizeof(*w));
	w->sink = sink;
}

static void
put(struct jsonw *w, const char *p, size_t n)
{
	if (!w->stopped && n > 0)
		w->stopped = !w->sink.write(w->sink.arg, p, n);
}

/* Writes the comma before a value or key that is not the first of its level. */
static void
separate(struct jsonw *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->depth == 0)
		return;
	if (w->level[w->depth - 1].filled)
		put(w, ", ", 2);
	w->level[w->depth - 1].filled = true;
}

static void
open_level(struct jsonw *w, const char *open, char close)
{
	assert(w->depth < JSONW_DEPTH);
	separate(w);
	put(w, open, 1);
	w->level[w->depth].close = close;
	w->level[w->depth].filled = false;
	w->depth++;
}

void
jsonw_object(struct jsonw *w)
{
	open_level(w, "{", '}');
}

void
jsonw_array(struct jsonw *w)
{
	open_level(w, "[", ']');
}

void
jsonw_end(struct jsonw *w)
{
	assert(w->depth > 0);
	w->depth--;
	put(w, &w->level[w->depth].close, 1);
}

/* The number of bytes at the beginning of s that need no escape. */
static size_t
plain_run(struct str s)
{
	size_t n = 0;

	while (n < s.n && (unsigned char)s.p[n] >= ' ' && s.p[n] != '"' &&
	       s.p[n] != '\\' && s.p[n] != 0x7f)
		n++;
	return n;
}

static void
put_escaped(struct jsonw *w, char c)
{
	char escape[8];

	if (c == '"' || c == '\\')
		(void)snprintf(escape, sizeof(escape), "\\%c", c);
	else if (c == '\n')
		(void)snprintf(escape, sizeof(escape), "\\n");
	else
		(void)snprintf(
		    escape, sizeof(escape), "\\u%04x", (unsigned)(unsigned char)c);
	put(w, escape, strlen(escape));
}

/* Writes s, with U+FFFD for each byte that is not part of valid UTF-8. */
static void
put_repaired(struct jsonw *w, struct str s)
{
	size_t i, len;

	for (i = 0; i < s.n; i += len) {
		len = 4 < s.n - i ? 4 : s.n - i;
		while (len > 1 && !str_is_utf8(str_make(s.p + i, len)))
			len--;
		if (str_is_utf8(str_make(s.p + i, len)))
			put(w, s.p + i, len);
		else
			put(w, "\xef\xbf\xbd", 3);
	}
}

static void
put_string(struct jsonw *w, struct str s)
{
	size_t n;

	put(w, "\"", 1);
	while (s.n > 0) {
		struct str run = str_make(s.p, n = plain_run(s));

		if (str_is_utf8(run))
			put(w, run.p, run.n);
		else
			put_repaired(w, run);
		if (n < s.n)
			put_escaped(w, s.p[n++]);
		s = str_make(s.p + n, s.n - n);
	}
	put(w, "\"", 1);
}

void
jsonw_key_str(struct jsonw *w, struct str key)
{
	separate(w);
	put_string(w, key);
	put(w, ": ", 2);
	w->after_key = true;
}

void
jsonw_key(struct jsonw *w, const char *key)
{
	jsonw_key_str(w, str_of(key));
}

void
jsonw_str(struct jsonw *w, struct str s)
{
	separate(w);
	put_string(w, s);
}

void
jsonw_text(struct jsonw *w, const char *s)
{
	jsonw_str(w, str_of(s));
}

static void
put_word(struct jsonw *w, const char *word)
{
	separate(w);
	put(w, word, strlen(word));
}

void
jsonw_int(struct jsonw *w, long long v)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%lld", v);
	put_word(w, digits);
}

void
jsonw_bool(struct jsonw *w, bool v)
{
	put_word(w, v ? "true" : "false");
}

void
jsonw_null(struct jsonw *w)
{
	put_word(w, "null");
}

void
jsonw_json(struct jsonw *w, struct str json)
{
	separate(w);
	put(w, json.p, json.n);
}
