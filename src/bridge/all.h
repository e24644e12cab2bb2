/* all.h: makes the forms in API v2 (make.h) for a whole store, or for the repositories in which
 * a tag of API v1, or one of schema 1, was set since the last time. */
#ifndef BRIDGE_ALL_H
#define BRIDGE_ALL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "registry/task.h"

struct bridge_all {
	bool asked; /* only the repositories of store_bridge_asked_each() */
	/* The average rate at which layers are read: after each layer there is a pause, in which
	 * nothing is locked. 0: no pauses. */
	uint64_t bytes_per_second;
	/* Set while it runs: end soon, which is after the layer at hand. NULL is fine. */
	const volatile sig_atomic_t *stop;

	/* How many tags were looked at, the images of how many were made, and the latest tag
	 * ("repository:tag"). NULL is fine. */
	void (*progress)(
	    void *arg, unsigned long done, unsigned long made, const char *name);
	void *arg;
};

/* Looks at each tag of API v1, and at those of API v2 that mean a manifest of schema 1. What was
 * made is not made again, so a run that was stopped or killed is continued by the next one.
 * Requests go on meanwhile. The index gets what a request would enter, also where a killed run
 * did not come to it.
 *
 * *done is false if it was stopped, or if something could not be made but may be later
 * (RC_BUSY, RC_IO), which is logged. An image that has no form in API v2 is logged when that is
 * found, and does not count as such. RC_FULL ends the run: nothing else could be stored
 * either. */
enum result bridge_all(
    const struct task *t, const struct bridge_all *how, bool *done);

#endif
