/* seats.h: limits on requests that take long or need much memory, so that threads and
 * memory are left for all others.
 *
 * Any request may use SEAT_FREE bytes. One that may need more, or that works for long, takes
 * a seat first. Two things are counted: memory, of all threads and processes together
 * (store/guard.h, GUARD_MEMORY), and in each process the threads that have or wait for a seat,
 * of which there are at most reg->seats. A process that is killed leaves no seat taken. */
#ifndef REGISTRY_SEATS_H
#define REGISTRY_SEATS_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "registry/registry.h"

#define SEAT_FREE ((size_t)256 << 10) /* bytes */

/* Takes a seat until the arena ends: its request may use `memory` bytes in all.
 * Nothing is taken for up to SEAT_FREE bytes. A request that has a smaller seat
 * exchanges it. RC_BUSY: reg->seats threads of this process have or want a seat, or
 * not enough memory became free in reg->patience_ms. RC_IO. */
enum result seats_take(
    const struct registry *reg, struct arena *a, size_t memory, struct err *err);

/* Threads for a kind of work that waits for others and needs no memory. */
struct threads {
	atomic_uint taken;
};

/* Takes one of reg->seats threads until the arena ends. RC_BUSY: all of them are taken
 * in this process. */
enum result seats_take_thread(const struct registry *reg, struct threads *threads,
    struct arena *a, struct err *err);

#endif
