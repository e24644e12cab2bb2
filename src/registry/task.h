/* task.h: on whose behalf, and with what, a verb works.
 *
 * A request is one task; so is each job of the program itself. Every verb takes its task
 * first, so that each one knows the caller, and the log can name the request. */
#ifndef REGISTRY_TASK_H
#define REGISTRY_TASK_H

#include "base/arena.h"
#include "base/err.h"
#include "registry/registry.h"

struct caller;

struct task {
	struct registry *reg;
	const struct caller *caller; /* NULL: the program itself */
	const char *request_id;      /* NULL: not a request */
	struct arena *arena;         /* what the verb returns lives here */
	struct err *err;             /* the reason of a result that is not RC_OK */
};

#endif
