/* packed.c: see packed.h. A text that is hexadecimal digits after one of the prefixes becomes a
 * blob: one byte for the prefix, and one for two digits. The prefixes are in the order of texts,
 * in which the digits of an id come before a letter "s". Any other text stays one. */
#include "indexsqlite/packed.h"

#include <string.h>

static const char *const prefixes[] = {"", "sha256:", "sha512:"};
#define PREFIXES (sizeof(prefixes) / sizeof(*prefixes))

#define DIGITS_MIN 16 /* fewer are not worth it, and no id or digest */
#define BYTES_MAX  (1 + 64)

static const char digits[] = "0123456789abcdef";

/* -1: it is not a digit as they are written here. */
static int
value_of(char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

static bool
pack_digits(struct str text, unsigned char *out)
{
	size_t i;
	int high, low;

	if (text.n < DIGITS_MIN || text.n % 2 != 0 || text.n / 2 >= BYTES_MAX)
		return false;
	for (i = 0; i < text.n; i += 2) {
		high = value_of(text.p[i]);
		low = value_of(text.p[i + 1]);
		if (high < 0 || low < 0)
			return false;
		*out++ = (unsigned char)(high * 16 + low);
	}
	return true;
}

/* How many bytes it has become; 0: it stays a text. */
static size_t
pack(struct str text, unsigned char out[BYTES_MAX])
{
	struct str rest;
	size_t i;

	if (text.n == 0) /* its p may be NULL */
		return 0;
	for (i = PREFIXES; i-- > 0;)
		if (str_starts(text, prefixes[i])) {
			rest = str_make(text.p + strlen(prefixes[i]),
			    text.n - strlen(prefixes[i]));
			out[0] = (unsigned char)i;
			return pack_digits(rest, out + 1) ? 1 + rest.n / 2 : 0;
		}
	return 0;
}

void
packed_bind(sqlite3_stmt *stmt, const char *parameter, struct str text)
{
	unsigned char bytes[BYTES_MAX];
	size_t n = pack(text, bytes);

	if (n == 0)
		db_bind(stmt, parameter, text);
	else
		(void)sqlite3_bind_blob64(stmt,
		    sqlite3_bind_parameter_index(stmt, parameter), bytes, n,
		    SQLITE_TRANSIENT);
}

struct str
packed_text(sqlite3_stmt *stmt, int column, char room[PACKED_TEXT_MAX])
{
	const unsigned char *p;
	size_t i, n, size;

	if (sqlite3_column_type(stmt, column) != SQLITE_BLOB)
		return db_text(stmt, column);
	p = sqlite3_column_blob(stmt, column);
	size = (size_t)sqlite3_column_bytes(stmt, column);
	if (p == NULL || size > BYTES_MAX || p[0] >= PREFIXES)
		return str_of(""); /* berth has not written that */
	n = strlen(prefixes[p[0]]);
	memcpy(room, prefixes[p[0]], n);
	for (i = 1; i < size; i++) {
		room[n++] = digits[p[i] / 16];
		room[n++] = digits[p[i] % 16];
	}
	return str_make(room, n);
}
