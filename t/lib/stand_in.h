/* stand_in.h: a server on the loopback interface that a test scripts. Each connection has
 * a thread that calls the test's talk(); what that counts must be atomic. */
#ifndef LIB_STAND_IN_H
#define LIB_STAND_IN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct stand_in {
	void (*talk)(int fd); /* closes nothing */
	int listening;
	unsigned port;
	atomic_int connections;
};

/* Sends it all, or as much as the other side takes. */
void stand_in_say(int fd, const char *text, size_t n);

/* Reads up to `end`, and no further. False: the connection ended first. */
bool stand_in_hear(int fd, char *text, size_t size, const char *end);

/* Listens on a free port until the test ends. */
void stand_in_start(struct stand_in *s, void (*talk)(int fd));

#endif
