/* source.h: bytes that are read from the first to the last, wherever they come from. */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stdint.h>
#include <sys/types.h>

/* read writes at most n bytes to p and returns how many, 0 at the end, -1 when reading
 * failed. */
struct source {
	ssize_t (*read)(void *arg, void *p, size_t n);
	void *arg;
	uint64_t size; /* bytes in all */
};

#endif
