/* sweep.h: removes from the store what was never finished, or is kept too long. */
#ifndef REGISTRY_SWEEP_H
#define REGISTRY_SWEEP_H

#include "registry/task.h"

/* Seconds for which something is kept that nobody has used since. */
struct sweep_ages {
	unsigned pushes;  /* pushes of API v1 that were not finished */
	unsigned uploads; /* open upload sessions of API v2 */
	unsigned fetches; /* answers of the upstream */
	unsigned lists;   /* lists of files, differences between layers */
	unsigned
	    derived; /* configs, manifests and layers that the bridge has made */
};

/* Logs what was removed, and each sweep that failed; the others go on. */
void registry_sweep(const struct task *t, const struct sweep_ages *ages);

#endif
