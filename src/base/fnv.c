/* fnv.c: see fnv.h. */
#include "base/fnv.h"

uint64_t
fnv_add(uint64_t h, const void *p, size_t n)
{
	const unsigned char *byte = p;

	for (; n > 0; n--)
		h = (h ^ *byte++) * 0x100000001b3u;
	return h;
}
