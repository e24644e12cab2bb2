/* all.h: makes what is missing for a whole store, or for the repositories of which API v1 has
 * changed a tag; reports what has no form in the other API. */
#ifndef BRIDGE_ALL_H
#define BRIDGE_ALL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "registry/task.h"

struct bridge_all {
	bool asked; /* only the repositories of store_bridge_asked_each() */
	/* At most so many bytes of layers are read in a second; 0: as many as can be. */
	uint64_t bytes_per_second;
	const volatile sig_atomic_t *stop; /* set: end soon; what is done stays done. NULL */

	/* How many images were looked at, how many of them were made, and the latest. NULL */
	void (*progress)(void *arg, unsigned long done, unsigned long made,
	    const char *name);
	void *arg;
};

/* Runs beside workers; a run that was stopped or killed goes on where it was, since what was
 * made is not made again. What cannot be made is logged and does not end it. */
enum result bridge_all(const struct task *t, const struct bridge_all *how, bool *done);

/* Each tag that has no form in the other API, with the reason, and each tag that is in both
 * layouts (API v2's counts). Reads what was made, and makes nothing: `made` says whether the tag
 * was made already. visit returning false ends it. */
struct bridge_line {
	const char *repository, *tag;
	bool v1;            /* a tag of API v1; else of API v2 */
	const char *reason; /* why it has no form in the other API */
};
enum result bridge_report(const struct task *t,
    bool (*visit)(void *arg, const struct bridge_line *line), void *arg);

#endif
