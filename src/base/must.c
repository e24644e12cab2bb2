/* must.c: see must.h. */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void *
must_have(void *p)
{
	if (p == NULL) {
		(void)fputs("berth: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
must_alloc(size_t n, size_t size)
{
	return must_have(calloc(n == 0 ? 1 : n, size == 0 ? 1 : size));
}

void
must_fail(const char *call)
{
	(void)fprintf(stderr, "berth: %s failed\n", call);
	abort();
}
