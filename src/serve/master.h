/* master.h: the process that starts the others and outlives them.
 *
 *	SIGTERM	 all processes finish their requests and end; a second one ends them at once
 *	SIGINT	 the same
 *	SIGHUP	 the log is opened again, config.yml is read again, the workers are replaced
 *	SIGUSR1	 from a worker: the index is damaged or missed a change: rebuild it
 *	SIGUSR2	 from a worker: it missed a change of a repository that has a mark
 *	SIGURG	 from a worker: an image of API v1 is to get its form in API v2
 *	SIGCHLD	 a dead worker is replaced, after a second if it died soon after its start
 *
 * Errors of all processes are reported by mail (serve_app.send_mail): the first mail comes
 * within seconds, each other one at least ten minutes after the last.
 *
 * Every child dies with its master (PR_SET_PDEATHSIG). */
#ifndef SERVE_MASTER_H
#define SERVE_MASTER_H

#include <stdbool.h>

#include "serve/options.h"

/* Serves until a signal ends it; returns the exit status, a failure if a child had to be
 * killed. At the start, while requests are already served, the index is brought up to the
 * store: another server may have written to the store, or this one was killed. And images get
 * their form in API v2 that an earlier process did not come to. */
int master_run(int listening, const struct serve_options *options,
    const struct serve_app *app);

/* In a worker: asks the master for a rebuild. Fits indexsqlite_open()'s on_damage. */
void master_ask_rebuild(void *ignored);

/* The same of all repositories, or of those with a mark. Fits registry.h's index_lost. */
void master_ask_reindex(void *ignored, bool all);

/* In a worker: asks for a run of serve_app.make_bridges. Fits registry.h's bridge_asked. */
void master_ask_bridge(void *ignored);

#endif
