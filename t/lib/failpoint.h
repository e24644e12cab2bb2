/* failpoint.h: steps that run in a process of their own, in which one durable step of the
 * store fails, meets a full disk, or is the last before the process is killed: each of them
 * in turn. Only in a build with --enable-failpoints. */
#ifndef LIB_FAILPOINT_H
#define LIB_FAILPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/store.h"

/* What the process reported; it is kept when the process was killed. */
struct report {
	size_t done;        /* steps that were acknowledged */
	enum result result; /* of the step after those */
	unsigned count; /* durable steps, up to the one that failed; 0: killed */
	char last[32];  /* the name of the last of them */
};
extern struct report *report;

struct scenario {
	const char *what;      /* the beginning of the names of its tests */
	size_t first, end;     /* its steps: first <= i < end */
	void (*prepare)(void); /* makes the store as it is before them */
	void (*start)(void);   /* in the new process, first; NULL: nothing */
	enum result (*step)(size_t i);
	const char *(*name)(size_t i); /* of a step */

	/* After a failure, in the parent: NULL, or what is wrong. */
	const char *(*fault)(void);

	/* More tests after a run in which nothing failed; NULL: none. */
	void (*complete)(void);
};

/* Runs the steps of a scenario, up to its n-th durable step, which meets the action: "io",
 * "full", "die" (killed before it), or "count" with 0 (nothing fails). What wait_for()
 * returns. */
int run_until(const struct scenario *s, unsigned n, const char *action);

/* Runs it once without a failure, then once for each durable step and each action: a
 * test each. */
void fail_at_each_step(const struct scenario *s);

#endif
