/* worker.h: one process, many threads, each with a connection of its own.
 *
 * A kept connection holds its thread while it is idle, so there are more threads
 * than nginx keeps connections (doc/operation.md). */
#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include "serve/options.h"

/* Others have taken this worker's place. */
#define WORKER_LEAVE SIGUSR1

/* Serves until SIGTERM or WORKER_LEAVE, then finishes what is in flight; what outlives its
 * requests is waited for: a moment after SIGTERM, as long as it takes after WORKER_LEAVE.
 * The result is the process's exit status. All signals come blocked. */
int worker_run(int listening, const struct serve_options *options,
    const struct serve_app *app);

#endif
