/* stamp.c: see stamp.h. */
#include "store/stamp.h"

#include <string.h>
#include <sys/stat.h>

#include "store/io.h"

/* FNV-1a */
#define BASIS 0xcbf29ce484222325u
#define PRIME 0x100000001b3u

static uint64_t
mix(uint64_t h, const void *p, size_t n)
{
	const unsigned char *byte = p;

	for (; n > 0; n--)
		h = (h ^ *byte++) * PRIME;
	return h;
}

uint64_t
stamp_of(const struct store *st, const char *path)
{
	struct err ignored;
	struct stat sb;
	uint64_t h = BASIS;

	if (io_stat(st, path, &sb, &ignored) != RC_OK)
		return 0;
	h = mix(h, path, strlen(path));
	h = mix(h, &sb.st_ino, sizeof(sb.st_ino));
	h = mix(h, &sb.st_size, sizeof(sb.st_size));
	h = mix(h, &sb.st_mtim, sizeof(sb.st_mtim));
	return mix(h, &sb.st_ctim, sizeof(sb.st_ctim));
}
