/* tar_header.c: see tar_header.h. */
#include "layer/tar_header.h"

#include <limits.h>
#include <string.h>

#include "base/vec.h"

/* The fields of a header (POSIX.1-2001, "ustar Interchange Format"): place, bytes. */
enum {
	NAME = 0,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	MTIME = 136,
	CHKSUM = 148,
	TYPEFLAG = 156,
	LINKNAME = 157,
	MAGIC = 257,
	UNAME = 265,
	GNAME = 297,
	DEVMAJOR = 329,
	DEVMINOR = 337,
	PREFIX = 345
};

bool
tar_header_is_end(const char block[TAR_BLOCK])
{
	size_t i;

	for (i = 0; i < TAR_BLOCK; i++)
		if (block[i] != '\0')
			return false;
	return true;
}

/* ---- numbers ---- */

/* GNU: the first bit is set, the rest is a number of two's complement. */
static bool
read_base256(const unsigned char *p, size_t n, int64_t *out)
{
	bool negative = (p[0] & 0x40) != 0;
	uint64_t v = negative ? ~(uint64_t)0 : 0;
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned byte = i == 0 ? (p[0] & 0x7fu) | (negative ? 0x80u : 0)
				       : p[i];

		if (v >> 56 != (negative ? 0xffu : 0))
			return false; /* more than fits */
		v = v << 8 | byte;
	}
	if ((v >> 63 != 0) != negative)
		return false;
	*out = (int64_t)v;
	return true;
}

/* Blanks before, a blank or a NUL behind it; nothing at all is zero. */
static bool
read_octal(const char *p, size_t n, int64_t *out)
{
	int64_t v = 0;
	size_t i = 0;

	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++) {
		if (v > INT64_MAX >> 3)
			return false;
		v = v << 3 | (p[i] - '0');
	}
	if (i < n && p[i] != ' ' && p[i] != '\0')
		return false;
	*out = v;
	return true;
}

bool
tar_header_number(const char *field, size_t n, int64_t *out)
{
	if (((unsigned char)field[0] & 0x80) != 0)
		return read_base256((const unsigned char *)field, n, out);
	return read_octal(field, n, out);
}

/* The sum of the block's bytes, its own field counted as blanks; old programs added
 * signed ones. */
static bool
has_sum(const char block[TAR_BLOCK])
{
	int64_t told, plain = 0, with_sign = 0;
	size_t i;

	for (i = 0; i < TAR_BLOCK; i++) {
		bool own = i >= CHKSUM && i < TYPEFLAG;

		plain += own ? ' ' : (unsigned char)block[i];
		with_sign += own ? ' ' : (signed char)block[i];
	}
	return read_octal(block + CHKSUM, TYPEFLAG - CHKSUM, &told) &&
	       (told == plain || told == with_sign);
}

/* ---- the header ---- */

static struct str
text_of(struct arena *a, const char *field, size_t n)
{
	size_t used = strnlen(field, n);

	return str_make(arena_strndup(a, field, used), used);
}

/* Beyond a hundred bytes ustar puts the front of a name elsewhere; GNU's headers keep
 * other things there. */
static struct str
name_of(struct arena *a, const char block[TAR_BLOCK])
{
	struct str name = text_of(a, block + NAME, 100), prefix;
	const char *whole;

	if (memcmp(block + MAGIC, "ustar\0", 6) != 0)
		return name;
	prefix = text_of(a, block + PREFIX, 155);
	if (prefix.n == 0)
		return name;
	whole = arena_printf(a, "%s/%s", prefix.p, name.p);
	return str_of(whole);
}

static bool
is_posix(const char block[TAR_BLOCK])
{
	return memcmp(block + MAGIC, "ustar", 5) == 0;
}

enum result
tar_header_read(const char block[TAR_BLOCK], struct tar_entry *out, struct err *err)
{
	bool posix = is_posix(block);

	memset(out, 0, sizeof(*out));
	if (!has_sum(block))
		return err_set(err, RC_BAD_LAYER, "no tar, or a damaged header");
	if (!tar_header_number(block + MODE, 8, &out->mode) ||
	    !tar_header_number(block + UID, 8, &out->uid) ||
	    !tar_header_number(block + GID, 8, &out->gid) ||
	    !tar_header_number(block + SIZE, 12, &out->size) ||
	    !tar_header_number(block + MTIME, 12, &out->mtime) ||
	    (posix && !tar_header_number(block + DEVMAJOR, 8, &out->devmajor)) ||
	    (posix && !tar_header_number(block + DEVMINOR, 8, &out->devminor)))
		return err_set(
		    err, RC_BAD_LAYER, "a field of a header must be a number");
	if (out->size < 0)
		return err_set(err, RC_BAD_LAYER, "an entry of less than 0 bytes");
	out->type = block[TYPEFLAG];
	return RC_OK;
}

void
tar_header_texts(
    struct arena *a, const char block[TAR_BLOCK], struct tar_entry *out)
{
	out->name = name_of(a, block);
	out->linkname = text_of(a, block + LINKNAME, 100);
	if (!is_posix(block))
		return;
	out->uname = text_of(a, block + UNAME, 32);
	out->gname = text_of(a, block + GNAME, 32);
}

/* ---- pax ---- */

#define XATTR "SCHILY.xattr."

static bool
take_text(const char *key, struct str name, struct str value, struct str *out)
{
	if (!str_is(name, key))
		return false;
	*out = value;
	return true;
}

/* Whole seconds: "1400000000.25" is 1400000000. */
static bool
read_decimal(struct str value, bool fraction, int64_t *out)
{
	struct str whole = value;
	bool negative = str_starts(whole, "-");
	long long v;

	if (negative)
		whole = str_make(whole.p + 1, whole.n - 1);
	if (fraction)
		whole = str_cut(&whole, '.');
	if (!str_to_int64(whole, &v))
		return false;
	*out = negative ? -v : v;
	return true;
}

/* Returns 1 when the record was a number, 0 when it is none of these, -1 when it is one
 * of them and no number. */
static int
take_number(struct str name, struct str value, struct tar_header_overrides *out)
{
	const struct {
		const char *key;
		unsigned bit;
		bool fraction;
		int64_t *to;
	} numbers[] = {{"uid", TAR_UID, false, &out->uid},
	    {"gid", TAR_GID, false, &out->gid},
	    {"size", TAR_SIZE, false, &out->size},
	    {"mtime", TAR_MTIME, true, &out->mtime}};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (str_is(name, numbers[i].key)) {
			out->said |= numbers[i].bit;
			return read_decimal(
				   value, numbers[i].fraction, numbers[i].to)
				   ? 1
				   : -1;
		}
	return 0;
}

static void
add_xattr(struct arena *a, struct tar_header_overrides *out, struct str name,
    struct str value)
{
	out->xattrs = vec_grow(
	    a, out->xattrs, out->n_xattrs, &out->room, sizeof(*out->xattrs));
	out->xattrs[out->n_xattrs++] = (struct tar_xattr){name, value};
}

static bool
take_record(struct arena *a, struct str name, struct str value,
    struct tar_header_overrides *out)
{
	int number = take_number(name, value, out);

	if (number != 0)
		return number > 0;
	if (str_starts(name, XATTR))
		add_xattr(a, out,
		    str_make(name.p + strlen(XATTR), name.n - strlen(XATTR)),
		    value);
	else
		(void)(take_text("path", name, value, &out->name) ||
		       take_text("linkpath", name, value, &out->linkname) ||
		       take_text("uname", name, value, &out->uname) ||
		       take_text("gname", name, value, &out->gname));
	return true;
}

/* "LENGTH KEY=VALUE\n": the length counts all of it, itself too. */
enum result
tar_header_read_pax(struct arena *a, struct str records,
    struct tar_header_overrides *out, struct err *err)
{
	while (records.n > 0 && records.p[0] != '\0') {
		struct str rest = records, digits = str_cut(&rest, ' '), value,
			   name;
		long long n;

		if (!str_to_int64(digits, &n) || n > (long long)records.n ||
		    n < (long long)digits.n + 3 || records.p[n - 1] != '\n')
			return err_set(err, RC_BAD_LAYER, "a damaged pax header");
		value = str_make(rest.p, (size_t)n - digits.n - 2);
		name = str_cut(&value, '=');
		if (value.p == NULL || !take_record(a, name, value, out))
			return err_set(
			    err, RC_BAD_LAYER, "a pax header that says nothing");
		records = str_make(records.p + n, records.n - (size_t)n);
	}
	return RC_OK;
}

void
tar_header_apply(const struct tar_header_overrides *said, struct tar_entry *out)
{
	if (said->name.p != NULL)
		out->name = said->name;
	if (said->linkname.p != NULL)
		out->linkname = said->linkname;
	if (said->uname.p != NULL)
		out->uname = said->uname;
	if (said->gname.p != NULL)
		out->gname = said->gname;
	if (said->said & TAR_UID)
		out->uid = said->uid;
	if (said->said & TAR_GID)
		out->gid = said->gid;
	if (said->said & TAR_SIZE)
		out->size = said->size;
	if (said->said & TAR_MTIME)
		out->mtime = said->mtime;
	if (said->n_xattrs > 0) {
		out->xattrs = said->xattrs;
		out->n_xattrs = said->n_xattrs;
	}
}
