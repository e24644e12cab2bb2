/* shared.c: see shared.h. */
#include "base/shared.h"

#include <sys/mman.h>

void *
shared_alloc(size_t n)
{
	void *p = mmap(
	    NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
shared_free(void *p, size_t n)
{
	if (p != NULL)
		(void)munmap(p, n);
}
