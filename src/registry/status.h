/* status.h: does everything that answers depend on do its work? */
#ifndef REGISTRY_STATUS_H
#define REGISTRY_STATUS_H

#include "base/arena.h"
#include "registry/task.h"

#define STATUS_SERVICES 3

struct status {
	const char *service; /* "storage" */
	const char *failure; /* its kind, as err_name() has it; NULL: it does */
};

/* storage: a file can be written. disk: there is room for an upload. index: a search is
 * answered. Quick; may be asked every second, and by anybody: what exactly fails, and where, is
 * in the log alone. */
void status_get(const struct task *t, struct status out[STATUS_SERVICES]);

#endif
