/* source.h: bytes that are read once from beginning to end, from a file or from memory. */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stdint.h>
#include <sys/types.h>

/* read writes at most n bytes to p and returns their number, 0 at the end, -1 if it
 * failed. */
struct source {
	ssize_t (*read)(void *arg, void *p, size_t n);
	void *arg;
	uint64_t size; /* bytes in total */
};

#endif
