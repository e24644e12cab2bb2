/* reindex.h: makes the index agree with the store, while requests go on.
 *
 * Each repository is read and entered under its own guard. A push or a delete at the same
 * time is either seen by the walk, or enters the index itself afterwards. A repository that
 * nothing wrote to since it was entered is known by its version and not read again: a walk
 * that finds nothing new opens no file. */
#ifndef REGISTRY_REINDEX_H
#define REGISTRY_REINDEX_H

#include <signal.h>
#include <stdbool.h>

#include "base/err.h"
#include "registry/task.h"

struct reindex {
	bool marked; /* only the repositories that have a mark (store/mark.h) */
	/* read everything, also what has not changed since the last walk */
	bool afresh;

	/* Set while it runs: end soon. NULL is fine. */
	const volatile sig_atomic_t *stop;

	/* How many were looked at, and the latest. NULL is fine. */
	void (*progress)(void *arg, unsigned long done, const char *name);
	void *arg;
};

/* At the start: brings the index to this version of its schema. Does nothing while another
 * process rebuilds it. */
enum result reindex_prepare(const struct task *t);

/* Prepares it likewise and fills it. RC_OK also if it was stopped: then *done is false.
 * RC_NOT_FOUND: another rebuild runs. */
enum result reindex_run(
    const struct task *t, const struct reindex *how, bool *done);

#endif
