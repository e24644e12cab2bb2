/* tar_write.c: see tar_write.h. */
#include "layer/tar_write.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BLOCK      ((size_t)512)
#define NAME_BYTES ((size_t)100)       /* bytes of a name in a header */
#define LARGE      ((uint64_t)1 << 33) /* 8 GiB do not fit into 11 octal digits */

/* The fields of a header that differ from one entry to the next. */
struct header {
	const char *name;
	const char *target;
	uint64_t size;
	char type;
};

/* Fields of a header; each text ends with NUL, or at the end of its field. */
struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8];
	char type, linkname[100], magic[6], version[2], uname[32], gname[32];
	char devmajor[8], devminor[8], prefix[155], unused[12];
};

static void
put_text(char *field, size_t n, const char *text)
{
	memcpy(field, text, strnlen(text, n));
}

/* The sum of all bytes, where the field of the sum counts as blanks. */
static void
put_checksum(struct ustar *u)
{
	const unsigned char *p = (const unsigned char *)u;
	unsigned sum = 0;
	size_t i;

	memset(u->checksum, ' ', sizeof(u->checksum));
	for (i = 0; i < BLOCK; i++)
		sum += p[i];
	(void)snprintf(u->checksum, sizeof(u->checksum), "%06o", sum);
}

static bool
write_header(struct sink sink, const struct header *h)
{
	struct ustar u;
	char size[24];

	_Static_assert(sizeof(u) == BLOCK, "a header is one block");
	memset(&u, 0, sizeof(u));
	put_text(u.name, sizeof(u.name), h->name);
	put_text(u.mode, sizeof(u.mode), h->type == '2' ? "0000777" : "0000644");
	put_text(u.uid, sizeof(u.uid), "0000000");
	put_text(u.gid, sizeof(u.gid), "0000000");
	(void)snprintf(size, sizeof(size), "%011" PRIo64, h->size);
	put_text(u.size, sizeof(u.size), size);
	put_text(u.mtime, sizeof(u.mtime), "00000000000");
	u.type = h->type;
	put_text(u.linkname, sizeof(u.linkname), h->target);
	memcpy(u.magic, "ustar", sizeof(u.magic));
	memcpy(u.version, "00", sizeof(u.version));
	put_checksum(&u);
	return sink.write(sink.arg, (const char *)&u, BLOCK);
}

/* A record begins with its own length, which includes the digits of that length. */
static int
put_record(char *out, size_t n, const char *key, const char *value)
{
	int rest = (int)(strlen(key) + strlen(value) + 3), all = rest, k;

	do {
		k = all;
		all = rest + snprintf(NULL, 0, "%d", k);
	} while (all != k);
	return snprintf(out, n, "%d %s=%s\n", all, key, value);
}

/* What does not fit into the header of the file stands in a header before it. */
static bool
write_pax(struct sink sink, const char *name, uint64_t size)
{
	char records[512], digits[24];
	int n = 0;

	if (strlen(name) > NAME_BYTES)
		n += put_record(records, sizeof(records), "path", name);
	(void)snprintf(digits, sizeof(digits), "%" PRIu64, size);
	if (size >= LARGE)
		n += put_record(
		    records + n, sizeof(records) - (size_t)n, "size", digits);
	if (n == 0)
		return true;
	return write_header(
		   sink, &(struct header){"pax_header", "", (uint64_t)n, 'x'}) &&
	       sink.write(sink.arg, records, (size_t)n) &&
	       tar_write_padding(sink, (uint64_t)n);
}

bool
tar_write_file(struct sink sink, const char *name, uint64_t size)
{
	assert(strlen(name) < 256);
	return write_pax(sink, name, size) &&
	       write_header(
		   sink, &(struct header){name, "", size < LARGE ? size : 0, '0'});
}

bool
tar_write_link(struct sink sink, const char *name, const char *target)
{
	assert(strlen(name) <= NAME_BYTES && strlen(target) <= NAME_BYTES);
	return write_header(sink, &(struct header){name, target, 0, '2'});
}

static const char zeros[2 * BLOCK];

bool
tar_write_padding(struct sink sink, uint64_t size)
{
	size_t n = (BLOCK - size % BLOCK) % BLOCK;

	return n == 0 || sink.write(sink.arg, zeros, n);
}

bool
tar_write_end(struct sink sink)
{
	return sink.write(sink.arg, zeros, sizeof(zeros));
}
