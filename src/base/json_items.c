/* json_items.c: see json_items.h.
 *
 * A buffer contains the part of the list from the current element on. If the element does not
 * end in it, more is read after it, and the buffer doubles when it is full. Quotes and
 * brackets are enough to find the end, so nothing is parsed here. */
#include "base/json_items.h"

#include <string.h>

#include "base/json_blank.h"

#define PIECE ((size_t)32 << 10) /* bytes read at once */

struct json_items {
	struct arena *arena;
	ssize_t (*read)(void *arg, void *p, size_t n);
	void *arg;
	char *p;              /* the bytes that are not yet used: at ... end */
	size_t at, end, size; /* size: bytes allocated */
	bool begun;           /* the opening bracket was read */
	bool over;            /* the closing bracket was read */
};

/* ---- finding the end of an element ---- */

/* i is inside a string. Returns the index after its closing quote; n: it does not end
 * before n. */
static size_t
end_of_string(const char *p, size_t i, size_t n)
{
	while (i < n) {
		const char *quote = memchr(p + i, '"', n - i);
		const char *escape;

		if (quote == NULL)
			return n;
		escape = memchr(p + i, '\\', (size_t)(quote - p) - i);
		if (escape == NULL)
			return (size_t)(quote - p) + 1;
		i = (size_t)(escape - p) + 2;
	}
	return n;
}

size_t
json_item_length(struct str s)
{
	size_t i = 0, depth = 0;

	while (i < s.n) {
		char c = s.p[i];

		if (c == '"') {
			i = end_of_string(s.p, i + 1, s.n);
			continue;
		}
		if (depth == 0 && (c == ',' || c == ']'))
			return i;
		if (c == '[' || c == '{')
			depth++;
		else if ((c == ']' || c == '}') && depth > 0)
			depth--;
		i++;
	}
	return s.n;
}

/* ---- reading ---- */

struct json_items *
json_items_new(
    struct arena *a, ssize_t (*read)(void *arg, void *p, size_t n), void *arg)
{
	struct json_items *it = arena_alloc(a, sizeof(*it));

	it->arena = a;
	it->read = read;
	it->arg = arg;
	it->size = PIECE;
	it->p = arena_alloc(a, it->size);
	return it;
}

/* Reads more and appends it. False: there is no more, or the element is too long. */
static bool
fill(struct json_items *it, const char **why)
{
	ssize_t n;

	if (it->at > 0)
		memmove(it->p, it->p + it->at, it->end - it->at);
	it->end -= it->at;
	it->at = 0;
	if (it->end == JSON_ITEM_MAX) {
		*why = "an element is longer than 1 MiB";
		return false;
	}
	if (it->end == it->size) {
		it->p = arena_extend(it->arena, it->p, it->size, 2 * it->size);
		it->size *= 2;
	}
	n = it->read(it->arg, it->p + it->end, it->size - it->end);
	if (n > 0)
		it->end += (size_t)n;
	else
		*why = n == 0 ? "the list does not end" : "it cannot be read";
	return n > 0;
}

/* The next character that is not a blank; it is not consumed. */
static bool
peek(struct json_items *it, char *out, const char **why)
{
	for (;;) {
		while (it->at < it->end && json_is_blank(it->p[it->at]))
			it->at++;
		if (it->at < it->end)
			break;
		if (!fill(it, why))
			return false;
	}
	*out = it->p[it->at];
	return true;
}

static bool
begin(struct json_items *it, const char **why)
{
	char c;

	if (!peek(it, &c, why))
		return false;
	*why = "not a list";
	if (c != '[')
		return false;
	it->at++;
	it->begun = true;
	if (!peek(it, &c, why))
		return false;
	it->over = c == ']';
	it->at += it->over;
	return true;
}

/* After the closing bracket. */
static bool
at_end(struct json_items *it, const char **why)
{
	const char *ignored = NULL;
	char c;

	*why = peek(it, &c, &ignored) ? "something follows the list" : NULL;
	return false;
}

bool
json_items_next(struct json_items *it, struct str *out, const char **why)
{
	size_t n;

	if (!it->begun && !begin(it, why))
		return false;
	if (it->over)
		return at_end(it, why);
	for (;;) {
		n = json_item_length(str_make(it->p + it->at, it->end - it->at));
		if (n < it->end - it->at)
			break;
		if (!fill(it, why))
			return false;
	}
	*out = str_make(it->p + it->at, n);
	it->over = it->p[it->at + n] == ']';
	it->at += n + 1;
	return true;
}
