/* ask.h: asks the background process (all.h) for the forms in API v2 of what a repository was just
 * given. */
#ifndef BRIDGE_ASK_H
#define BRIDGE_ASK_H

#include <stdbool.h>

#include "base/err.h"
#include "registry/pair.h"
#include "registry/task.h"

/* Leaves the mark of the repository (store/bridge.h), which survives the end of the process;
 * synced: a power cut too. A verb that sets a tag does so before, with the guard of the
 * repository. RC_OK also for a name that API v1 does not allow, or that is too long for a mark:
 * there the first request makes the form. RC_FULL, RC_IO. */
enum result ask_mark(const struct task *t, const struct pair *p, bool synced);

/* Somebody looks at the marks soon; called without the guard. */
void ask_wake(const struct task *t);

#endif
