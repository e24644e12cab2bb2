/* master.h: the process that starts the others and outlives them.
 *
 *	SIGTERM, SIGINT	 all end, after what is in flight; a second one ends them at
 *once
 *	SIGHUP		 the log is reopened, config.yml read anew, workers replaced
 *one set by another
 *	SIGUSR1		 from a worker: the index is damaged or missed a change; it
 *is rebuilt
 *	SIGCHLD		 a dead worker is replaced, a second later if it died young
 *
 * Every child dies with its master (PR_SET_PDEATHSIG). */
#ifndef SERVE_MASTER_H
#define SERVE_MASTER_H

#include <stdbool.h>

#include "serve/options.h"

/* Serves until told to end; returns the exit status. rebuild: the index wants it
 * now. */
int master_run(int listening, const struct serve_options *options,
    const struct serve_app *app, bool rebuild);

/* In a worker: asks the master for a rebuild. Fits index_new()'s on_damage. */
void master_ask_rebuild(void *ignored);

#endif
