/* tar_header.c: the header of an entry, with its checksum put right, and pax records. */
#include <string.h>

#include "layer/tar_header.h"

#include "lib/fuzz.h"
#include "lib/tar.h"

void
fuzz(struct arena *a, struct str input)
{
	struct tar_header_overrides overrides = {0};
	struct tar_entry entry = {0};
	char block[TAR_BLOCK];
	struct err err;
	size_t n = input.n < TAR_BLOCK ? input.n : TAR_BLOCK;

	memset(block, 0, sizeof(block));
	if (n > 0)
		memcpy(block, input.p, n);
	if (!tar_header_is_end(block))
		put_tar_checksum(block);
	if (tar_header_read(block, &entry, &err) != RC_OK)
		return;
	CHECK(entry.size >= 0);
	tar_header_texts(a, block, &entry);
	CHECK(entry.name.n <= 256 && entry.linkname.n <= 100);
	if (tar_header_read_pax(
		a, str_make(input.p + n, input.n - n), &overrides, &err) == RC_OK)
		tar_header_apply(&overrides, &entry);
}
