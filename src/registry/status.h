/* status.h: do the services work on which answers depend? */
#ifndef REGISTRY_STATUS_H
#define REGISTRY_STATUS_H

#include "base/arena.h"
#include "registry/task.h"

#define STATUS_SERVICES 3

struct status {
	const char *service; /* "storage" */
	const char *failure; /* err_name() of what failed; NULL: it works */
};

/* storage: a file can be written. disk: there is space for an upload. index: a search is
 * answered. Quick, because any client may ask every second. What exactly fails, and where,
 * is only in the log. */
void status_get(const struct task *t, struct status out[STATUS_SERVICES]);

#endif
