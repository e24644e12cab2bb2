/* worker.h: one process with many threads, each with its own connection to nginx. Private to
 * this room.
 *
 * A connection that nginx keeps open holds its thread while it is idle, so there must be
 * more threads than nginx keeps connections (doc/operation.md). */
#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include "serve/options.h"

/* The signal for a worker that was replaced. */
#define WORKER_LEAVE SIGUSR1

/* Serves until SIGTERM or WORKER_LEAVE, then finishes the requests that it has, and what
 * runs on after its request: for a few seconds after SIGTERM, as long as it takes after
 * WORKER_LEAVE. Returns the exit status of the process. The caller has blocked all
 * signals. */
int worker_run(int listening, const struct serve_options *options,
    const struct serve_app *app);

#endif
