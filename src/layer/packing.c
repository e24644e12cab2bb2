/* packing.c: see packing.h. */
#include "layer/packing.h"

#include <stdbool.h>
#include <string.h>

struct beginning {
	const char *p;
	size_t n;
};

static bool
begins(struct beginning b, size_t at, const char *magic, size_t n)
{
	return b.n >= at + n && memcmp(b.p + at, magic, n) == 0;
}

/* "BZh" and a digit may also begin a name in a tar header, so the magic of the first block
 * (or of the end, without blocks) must follow. */
static bool
is_bzip2(struct beginning b)
{
	return begins(b, 0, "BZh", 3) &&
	       (begins(b, 4, "1AY&SY", 6) || begins(b, 4, "\x17rE8P\x90", 6));
}

/* zstd may begin with a frame that is to be skipped. */
static bool
is_zstd(struct beginning b)
{
	return begins(b, 0, "\x28\xb5\x2f\xfd", 4) ||
	       (begins(b, 1, "\x2a\x4d\x18", 3) && (b.p[0] & 0xf0) == 0x50);
}

enum packing
packing_of(const char *p, size_t n)
{
	const struct beginning b = {p, n};

	if (begins(b, 0, "\x1f\x8b\x08", 3))
		return PACKING_GZIP;
	if (begins(b, 0, PACKING_XZ_MAGIC, 6))
		return PACKING_XZ;
	if (is_bzip2(b))
		return PACKING_BZIP2;
	return is_zstd(b) ? PACKING_ZSTD : PACKING_NONE;
}
