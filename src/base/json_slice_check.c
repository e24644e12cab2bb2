/* json_slice_check.c: json_slice_check() of json_slice.h.
 *
 * Reads the text once, from left to right, by the grammar of RFC 8259, without recursion:
 * step() reads one token, and `expected` says what may come next. Of each open list or object
 * only the kind is kept, as one bit, so that the memory is constant. When the check fails, p
 * is at the byte where it did. */
#include "base/json_slice.h"

#include <stdint.h>
#include <string.h>

#include "base/hex.h"
#include "base/json_blank.h"

_Static_assert(JSON_DEPTH <= 64, "each level needs a bit in `objects`");

enum expected {
	A_VALUE,
	A_KEY,
	FIRST_OR_END, /* a list or an object was opened */
	NEXT_OR_END   /* a value has ended */
};

struct check {
	const char *p, *end;
	const char *why;
	unsigned depth;
	uint64_t objects; /* bit n: the n-th open level is an object */
	enum expected expected;
};

static bool
fail(struct check *c, const char *why)
{
	c->why = c->p == c->end ? "the text ends too early" : why;
	return false;
}

static bool
is_at(const struct check *c, char wanted)
{
	return c->p < c->end && *c->p == wanted;
}

static void
skip_blanks(struct check *c)
{
	while (c->p < c->end && json_is_blank(*c->p))
		c->p++;
}

/* ---- scalars ---- */

static bool
take_word(struct check *c, const char *word)
{
	for (; *word != '\0'; word++, c->p++)
		if (!is_at(c, *word))
			return fail(c, "unexpected character");
	return true;
}

static bool
take_digits(struct check *c)
{
	const char *start = c->p;

	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return c->p > start || fail(c, "malformed number");
}

static bool
take_number(struct check *c)
{
	if (is_at(c, '-'))
		c->p++;
	if (is_at(c, '0'))
		c->p++;
	else if (!take_digits(c))
		return false;
	if (is_at(c, '.')) {
		c->p++;
		if (!take_digits(c))
			return false;
	}
	if (is_at(c, 'e') || is_at(c, 'E')) {
		c->p++;
		if (is_at(c, '+') || is_at(c, '-'))
			c->p++;
		return take_digits(c);
	}
	return true;
}

/* After a backslash. */
static bool
take_escape(struct check *c)
{
	int i;

	if (c->p == c->end || *c->p == '\0' || strchr("\"\\/bfnrtu", *c->p) == NULL)
		return fail(c, "unknown escape in a string");
	if (*c->p++ != 'u')
		return true;
	for (i = 0; i < 4; i++, c->p++)
		if (c->p == c->end || hex_value(*c->p) < 0)
			return fail(c, "\\u without four hexadecimal digits");
	return true;
}

/* After the opening quote. */
static bool
take_string(struct check *c)
{
	const char *start = c->p;
	unsigned char seen = 0;

	while (c->p < c->end && *c->p != '"') {
		if ((unsigned char)*c->p < ' ')
			return fail(c, "control character in a string");
		seen |= (unsigned char)*c->p;
		if (*c->p++ == '\\' && !take_escape(c))
			return false;
	}
	if (c->p == c->end)
		return fail(c, "");
	if (seen > 0x7f && !str_is_utf8(str_make(start, (size_t)(c->p - start)))) {
		c->p = start;
		return fail(c, "a string is not UTF-8");
	}
	c->p++;
	return true;
}

/* ---- the structure ---- */

static bool
in_object(const struct check *c)
{
	return (c->objects >> (c->depth - 1) & 1) != 0;
}

static bool
open_level(struct check *c)
{
	if (c->depth == JSON_DEPTH)
		return fail(c, "lists and objects are nested too deeply");
	c->objects &= ~((uint64_t)1 << c->depth);
	c->objects |= (uint64_t)(*c->p++ == '{') << c->depth++;
	c->expected = FIRST_OR_END;
	return true;
}

static bool
take_value(struct check *c)
{
	if (is_at(c, '{') || is_at(c, '['))
		return open_level(c);
	c->expected = NEXT_OR_END;
	if (is_at(c, '"')) {
		c->p++;
		return take_string(c);
	}
	if (is_at(c, 't'))
		return take_word(c, "true");
	if (is_at(c, 'f'))
		return take_word(c, "false");
	if (is_at(c, 'n'))
		return take_word(c, "null");
	if (is_at(c, '-') || (c->p < c->end && *c->p >= '0' && *c->p <= '9'))
		return take_number(c);
	return fail(c, "unexpected character");
}

static bool
take_key(struct check *c)
{
	if (!is_at(c, '"'))
		return fail(c, "a member's name must be a string");
	c->p++;
	if (!take_string(c))
		return false;
	skip_blanks(c);
	if (!is_at(c, ':'))
		return fail(c, "no colon after a member's name");
	c->p++;
	c->expected = A_VALUE;
	return true;
}

static bool
take_end(struct check *c)
{
	if (!is_at(c, in_object(c) ? '}' : ']'))
		return false;
	c->p++;
	c->depth--;
	c->expected = NEXT_OR_END;
	return true;
}

static bool
step(struct check *c)
{
	switch (c->expected) {
	case A_VALUE:
		return take_value(c);
	case A_KEY:
		return take_key(c);
	case FIRST_OR_END:
		if (take_end(c))
			return true;
		return in_object(c) ? take_key(c) : take_value(c);
	default:
		if (take_end(c))
			return true;
		if (!is_at(c, ','))
			return fail(c, "unexpected character");
		c->p++;
		c->expected = in_object(c) ? A_KEY : A_VALUE;
		return true;
	}
}

/* False: c->why says what is wrong, c->p where. */
static bool
check_all(struct check *c)
{
	skip_blanks(c);
	do {
		if (!step(c))
			return false;
		skip_blanks(c);
	} while (c->depth > 0);
	return c->p == c->end || fail(c, "something follows the value");
}

bool
json_slice_check(struct str text, struct str *root, struct json_fault *fault)
{
	struct check c = {.p = text.p, .end = text.p + text.n};

	*root = json_slice_trim(text);
	if (check_all(&c))
		return true;
	*fault = (struct json_fault){c.why, (size_t)(c.p - text.p)};
	return false;
}
