/* master.h: the process that starts the others and outlives them.
 *
 *	SIGTERM	 all end, after what is in flight; a second one ends them at once
 *	SIGINT	 the same
 *	SIGHUP	 the log is reopened, config.yml read anew, the workers replaced
 *	SIGUSR1	 from a worker: the index is damaged or missed a change: rebuild it
 *	SIGCHLD	 a dead worker is replaced, a second later if it died young
 *
 * Errors of all processes are told of by mail (serve_app.send_mail), the first within seconds,
 * then no mail comes sooner than ten minutes after the last.
 *
 * Every child dies with its master (PR_SET_PDEATHSIG). */
#ifndef SERVE_MASTER_H
#define SERVE_MASTER_H

#include <stdbool.h>

#include "serve/options.h"

/* Serves until told to end; returns the exit status, a failure if some child had to
 * be killed. The index is brought up to the store first, beside the requests: another
 * server may have written to it, or this one been killed. */
int master_run(int listening, const struct serve_options *options,
    const struct serve_app *app);

/* In a worker: asks the master for a rebuild. Fits indexsqlite_open()'s on_damage. */
void master_ask_rebuild(void *ignored);

#endif
