/* canonical_write.c: see canonical_write.h. */
#include "image/canonical_write.h"

void
canonical_write_comma(struct buf *b)
{
	char last = b->n == 0 ? '{' : b->p[b->n - 1];

	/* no value ends with these */
	if (last != '{' && last != '[' && last != ':')
		buf_addc(b, ',');
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= ' ' && c != '"' && c != '\\';
}

static void
write_escaped(struct buf *b, char c)
{
	switch (c) {
	case '"':
	case '\\':
		buf_printf(b, "\\%c", c);
		break;
	case '\n':
		buf_adds(b, "\\n");
		break;
	case '\r':
		buf_adds(b, "\\r");
		break;
	case '\t':
		buf_adds(b, "\\t");
		break;
	default:
		buf_printf(b, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

void
canonical_write_string(struct buf *b, struct str text)
{
	size_t i = 0, run;

	buf_addc(b, '"');
	while (i < text.n) {
		for (run = i; run < text.n && is_plain(text.p[run]);)
			run++;
		buf_add(b, text.p + i, run - i);
		if (run < text.n)
			write_escaped(b, text.p[run++]);
		i = run;
	}
	buf_addc(b, '"');
}

void
canonical_write_name(struct buf *b, const char *name)
{
	canonical_write_comma(b);
	canonical_write_string(b, str_of(name));
	buf_addc(b, ':');
}

void
canonical_write_member(struct buf *b, const char *name, struct str text)
{
	canonical_write_name(b, name);
	canonical_write_string(b, text);
}
