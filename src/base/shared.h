/* shared.h: memory that a process shares with those that are forked from it later. */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

#include <stddef.h>

/* n bytes of zeros; NULL: there is no memory. Each process frees its mapping with
 * shared_free(), or ends. */
void *shared_alloc(size_t n);

/* p may be NULL; n is that of shared_alloc(). */
void shared_free(void *p, size_t n);

#endif
