/* options.h: how `berth serve` runs, and what it runs; filled in by cmd. */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

#include <signal.h>
#include <stdbool.h>

struct registry;

struct serve_options {
	const char
	    *socket; /* Unix socket to make; unused when fd 0 is a socket already */
	unsigned workers; /* processes */
	unsigned threads; /* a process: more than nginx may keep open, see README */
	const void *api;  /* what the API's handlers find in rq->options */
};

/* What the master asks of cmd, which knows all rooms. Each runs in a process of its
 * own, after fork(2), but reload, which runs in the master. */
struct serve_app {
	const struct serve_options *(*reload)(
	    void *arg);                      /* SIGHUP: today's options */
	struct registry *(*open)(void *arg); /* in each worker */
	bool (*rebuild)(
	    void *arg, const volatile sig_atomic_t *stop); /* the index */
	void (*sweep)(void *arg);
	void *arg;
};

#endif
