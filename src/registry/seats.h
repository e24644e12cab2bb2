/* seats.h: threads that one kind of long work may hold at once, so that others are left
 * for all else: who finds none free is told to come again. */
#ifndef REGISTRY_SEATS_H
#define REGISTRY_SEATS_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"
#include "registry/registry.h"

struct seats {
	atomic_uint taken;
};

/* Until the arena ends. RC_BUSY: reg->seats are taken in this process. */
enum result seats_take(const struct registry *reg, struct seats *seats,
    struct arena *a, struct err *err);

#endif
