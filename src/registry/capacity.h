/* capacity.h: is there space on the disk for what a client wants to send? */
#ifndef REGISTRY_CAPACITY_H
#define REGISTRY_CAPACITY_H

#include <stdint.h>

#include "base/err.h"
#include "registry/task.h"

/* Called before the first byte is read. A length that is not known (below 0) counts as 0.
 * RC_FULL: not enough space for the bytes and a reserve for what berth itself writes. */
enum result capacity_check(const struct task *t, int64_t length);

#endif
