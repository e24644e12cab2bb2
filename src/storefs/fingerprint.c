/* fingerprint.c: see fingerprint.h. */
#include "storefs/fingerprint.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fnv.h"
#include "storefs/io.h"

uint64_t
fingerprint_of(const struct store *st, const char *path)
{
	struct err ignored;
	struct stat sb;
	uint64_t h = FNV_START;

	if (io_stat(st, path, &sb, &ignored) != RC_OK)
		return 0;
	h = fnv_add(h, path, strlen(path));
	h = fnv_add(h, &sb.st_ino, sizeof(sb.st_ino));
	h = fnv_add(h, &sb.st_size, sizeof(sb.st_size));
	h = fnv_add(h, &sb.st_mtim, sizeof(sb.st_mtim));
	return fnv_add(h, &sb.st_ctim, sizeof(sb.st_ctim));
}

struct str
fingerprint_text(struct arena *a, uint64_t fingerprint)
{
	return str_of(arena_printf(a, "%" PRIx64, fingerprint));
}
