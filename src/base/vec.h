/* vec.h: an array that grows in an arena.
 *
 *	struct { struct tag *items; size_t n, capacity; } tags = {0};
 *
 *	tags.items =
 *	    vec_grow(a, tags.items, tags.n, &tags.capacity, sizeof(*tags.items));
 *	tags.items[tags.n++] = tag;
 *
 * The three values are members of the owner's struct, so that the array keeps its type. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

/* Returns the array `items` of n elements of `size` bytes, with space for at least one more.
 * *capacity is the number of elements for which there is space; it begins as 0, with items
 * NULL, and doubles when it is used up: adding n elements copies fewer than 2n in total. The
 * array may move, so pointers to its elements are invalid afterwards. The elements after the
 * nth are undefined. */
void *vec_grow(struct arena *a, void *items, size_t n, size_t *capacity,
    size_t size) __attribute__((returns_nonnull, warn_unused_result));

#endif
