/* worker.h: one process, many threads, each with a connection of its own.
 *
 * A kept connection holds its thread while it is idle, so there are more threads
 * than nginx keeps connections (README, "Operation"). */
#ifndef SERVE_WORKER_H
#define SERVE_WORKER_H

#include "serve/options.h"

/* Serves until SIGTERM, then finishes what is in flight. Does not return before;
 * the result is the process's exit status. All signals come blocked. */
int worker_run(
    int listening, const struct serve_options *options, struct registry *registry);

#endif
