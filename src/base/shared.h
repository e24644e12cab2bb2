/* shared.h: memory that a process shares with the processes that it forks later. */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

#include <stddef.h>

/* n bytes of zeros; NULL: out of memory. Each process that does not end must release its
 * mapping with shared_free(). */
void *shared_alloc(size_t n);

/* p may be NULL; n is that of shared_alloc(). */
void shared_free(void *p, size_t n);

#endif
