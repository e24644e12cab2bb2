/* reindex.h: the index brought up to the store, while requests go on.
 *
 * Each repository is looked at and entered under its own guard, so that a push or a
 * delete beside it is either seen by the walk or enters the index itself
 * afterwards. What nobody has written to since it was entered is known by its version and not
 * read again: a walk that finds nothing new opens no file. */
#ifndef REGISTRY_REINDEX_H
#define REGISTRY_REINDEX_H

#include <signal.h>
#include <stdbool.h>

#include "base/err.h"
#include "registry/task.h"

struct reindex {
	bool
	    afresh; /* read everything, also what has not changed since the last walk */

	/* Set while it runs: end soon. NULL is fine. */
	const volatile sig_atomic_t *stop;

	/* How many were looked at, and the latest. NULL is fine. */
	void (*progress)(void *arg, unsigned long done, const char *name);
	void *arg;
};

/* At the start: the index gets today's form. One that is being rebuilt by somebody else
 * is left to them. */
enum result reindex_prepare(const struct task *t);

/* Prepares it likewise and fills it. RC_OK also when it was stopped: *done tells.
 * RC_NOT_FOUND: another rebuild runs. */
enum result reindex_run(
    const struct task *t, const struct reindex *how, bool *done);

#endif
