/* vec.c: see vec.h. */
#include "base/vec.h"

#include <assert.h>

#include "base/must.h"

#define ROOM_MIN 4 /* elements */

void *
vec_grow(struct arena *a, void *items, size_t n, size_t *room, size_t size)
{
	size_t wanted, bytes;

	assert(n <= *room);
	if (n < *room)
		return items;
	wanted = n == 0 ? ROOM_MIN : 2 * n;
	must_succeed(!__builtin_mul_overflow(wanted, size, &bytes), "vec_grow");
	items = arena_extend(a, items, *room * size, bytes);
	*room = wanted;
	return items;
}
