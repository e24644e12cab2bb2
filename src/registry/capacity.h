/* capacity.h: is there room for what a client wants to send? */
#ifndef REGISTRY_CAPACITY_H
#define REGISTRY_CAPACITY_H

#include <stdint.h>

#include "base/err.h"
#include "registry/task.h"

/* Asked before the first byte is taken. A length that is not known (below 0) counts
 * as nothing. RC_FULL: the bytes and a reserve for what berth itself writes do not
 * fit. */
enum result capacity_check(const struct task *t, int64_t length);

#endif
