/* vec.h: an array that grows in an arena.
 *
 *	struct { struct tag *items; size_t n, room; } tags = {0};
 *
 *	tags.items = vec_grow(a, tags.items, tags.n, &tags.room, sizeof(*tags.items));
 *	tags.items[tags.n++] = tag;
 *
 * The owner keeps the three values where it likes, so that the array has its type. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

/* The array `items` of n elements of `size` bytes, with room for one more at least. The
 * room doubles when it is used up: adding n elements copies fewer than 2n in all. *room
 * is how many elements fit; it starts as 0, with items NULL. The array may have moved:
 * pointers to its elements are invalid afterwards. The elements after the nth are
 * undefined. */
void *vec_grow(struct arena *a, void *items, size_t n, size_t *room, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

#endif
