/* tar_header.c: see tar_header.h.
 *
 * A header is a block of 512 bytes with fields at fixed places: names that end at a NUL or
 * at the end of their field, numbers in octal digits, and a checksum. Three generations of
 * the format share the places:
 *
 *	V7	nothing after `linkname`
 *	GNU	magic "ustar ", then uname, gname and devices; a number that is too large for
 *		octal digits is in base 256
 *	POSIX	magic "ustar\0", also a `prefix`, the first part of a name that is longer than
 *		100 bytes; what does not fit at all stands in a pax header before it
 *
 * The values must come out exactly as written, because a tarsum is computed from them. */
#include "layer/tar_header.h"

#include <limits.h>
#include <string.h>

#include "base/vec.h"

/* Where the fields of a header begin (POSIX.1-2001, "ustar Interchange Format"). */
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

/* GNU: the first bit is set, the other bits are a number in two's complement. */
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
			return false; /* more than 64 bits */
		v = v << 8 | byte;
	}
	if ((v >> 63 != 0) != negative)
		return false;
	*out = (int64_t)v;
	return true;
}

/* Blanks may stand before the digits, a blank or a NUL ends them. An empty field is 0. */
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

/* The checksum is the sum of all bytes of the block, with blanks in place of the checksum
 * itself. Old programs added the bytes as signed numbers. */
static bool
checksum_is_right(const char block[TAR_BLOCK])
{
	int64_t stored, plain = 0, with_sign = 0;
	size_t i;

	for (i = 0; i < TAR_BLOCK; i++) {
		bool own = i >= CHKSUM && i < TYPEFLAG;

		plain += own ? ' ' : (unsigned char)block[i];
		with_sign += own ? ' ' : (signed char)block[i];
	}
	return read_octal(block + CHKSUM, TYPEFLAG - CHKSUM, &stored) &&
	       (stored == plain || stored == with_sign);
}

/* ---- the header ---- */

static struct str
text_of(struct arena *a, const char *field, size_t n)
{
	size_t used = strnlen(field, n);

	return str_make(arena_strndup(a, field, used), used);
}

/* POSIX puts the first part of a long name into the prefix. A GNU header has other fields
 * at that place, so the magic must be POSIX's. */
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

/* POSIX or GNU, but not V7. */
static bool
has_ustar_fields(const char block[TAR_BLOCK])
{
	return memcmp(block + MAGIC, "ustar", 5) == 0;
}

enum result
tar_header_read(const char block[TAR_BLOCK], struct tar_entry *out, struct err *err)
{
	bool ustar = has_ustar_fields(block);

	memset(out, 0, sizeof(*out));
	if (!checksum_is_right(block))
		return err_set(err, RC_BAD_LAYER,
		    "not a tar archive, or damaged: the checksum of a header is wrong");
	if (!tar_header_number(block + MODE, 8, &out->mode) ||
	    !tar_header_number(block + UID, 8, &out->uid) ||
	    !tar_header_number(block + GID, 8, &out->gid) ||
	    !tar_header_number(block + SIZE, 12, &out->size) ||
	    !tar_header_number(block + MTIME, 12, &out->mtime) ||
	    (ustar && !tar_header_number(block + DEVMAJOR, 8, &out->devmajor)) ||
	    (ustar && !tar_header_number(block + DEVMINOR, 8, &out->devminor)))
		return err_set(err, RC_BAD_LAYER,
		    "a numeric field of a tar header must be a number");
	if (out->size < 0)
		return err_set(
		    err, RC_BAD_LAYER, "the size of an entry must not be negative");
	out->type = block[TYPEFLAG];
	return RC_OK;
}

void
tar_header_texts(
    struct arena *a, const char block[TAR_BLOCK], struct tar_entry *out)
{
	out->name = name_of(a, block);
	out->linkname = text_of(a, block + LINKNAME, 100);
	if (!has_ustar_fields(block))
		return;
	out->uname = text_of(a, block + UNAME, 32);
	out->gname = text_of(a, block + GNAME, 32);
}

/* ---- pax ---- */

#define XATTR "SCHILY.xattr."

static bool
set_text(const char *key, struct str name, struct str value, struct str *out)
{
	if (!str_is(name, key))
		return false;
	*out = value;
	return true;
}

/* A decimal number. With `fraction`, what follows a point is dropped: the mtime
 * "1400000000.25" is 1400000000. */
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

/* Returns 1 if the record is one of the numbers, 0 if it is another record, -1 if it is one
 * of them but its value is not a number. */
static int
set_number(struct str name, struct str value, struct tar_header_overrides *out)
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
			out->numbers |= numbers[i].bit;
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
	    a, out->xattrs, out->n_xattrs, &out->capacity, sizeof(*out->xattrs));
	out->xattrs[out->n_xattrs++] = (struct tar_xattr){name, value};
}

static bool
set_record(struct arena *a, struct str name, struct str value,
    struct tar_header_overrides *out)
{
	int number = set_number(name, value, out);

	if (number != 0)
		return number > 0;
	if (str_starts(name, XATTR))
		add_xattr(a, out,
		    str_make(name.p + strlen(XATTR), name.n - strlen(XATTR)),
		    value);
	else
		(void)(set_text("path", name, value, &out->name) ||
		       set_text("linkpath", name, value, &out->linkname) ||
		       set_text("uname", name, value, &out->uname) ||
		       set_text("gname", name, value, &out->gname));
	return true;
}

/* A record is "LENGTH KEY=VALUE\n"; the length is that of the whole record, with its own
 * digits and the newline. */
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
			return err_set(err, RC_BAD_LAYER,
			    "a pax record must be LENGTH KEY=VALUE and a newline, "
			    "with the length of all of it");
		value = str_make(rest.p, (size_t)n - digits.n - 2);
		name = str_cut(&value, '=');
		if (value.p == NULL || !set_record(a, name, value, out))
			return err_set(err, RC_BAD_LAYER,
			    "a pax record must be KEY=VALUE, and uid, gid, size and "
			    "mtime must be numbers");
		records = str_make(records.p + n, records.n - (size_t)n);
	}
	return RC_OK;
}

void
tar_header_apply(
    const struct tar_header_overrides *overrides, struct tar_entry *out)
{
	if (overrides->name.p != NULL)
		out->name = overrides->name;
	if (overrides->linkname.p != NULL)
		out->linkname = overrides->linkname;
	if (overrides->uname.p != NULL)
		out->uname = overrides->uname;
	if (overrides->gname.p != NULL)
		out->gname = overrides->gname;
	if (overrides->numbers & TAR_UID)
		out->uid = overrides->uid;
	if (overrides->numbers & TAR_GID)
		out->gid = overrides->gid;
	if (overrides->numbers & TAR_SIZE)
		out->size = overrides->size;
	if (overrides->numbers & TAR_MTIME)
		out->mtime = overrides->mtime;
	if (overrides->n_xattrs > 0) {
		out->xattrs = overrides->xattrs;
		out->n_xattrs = overrides->n_xattrs;
	}
}
