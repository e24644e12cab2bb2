/* vec.c: see vec.h. */
#include "base/vec.h"

#include <assert.h>

#include "base/must.h"

#define CAPACITY_MIN 4 /* elements */

void *
vec_grow(struct arena *a, void *items, size_t n, size_t *capacity, size_t size)
{
	size_t wanted, bytes;

	assert(n <= *capacity);
	if (n < *capacity)
		return items;
	wanted = n == 0 ? CAPACITY_MIN : 2 * n;
	must_succeed(!__builtin_mul_overflow(wanted, size, &bytes), "vec_grow");
	items = arena_extend(a, items, *capacity * size, bytes);
	*capacity = wanted;
	return items;
}
