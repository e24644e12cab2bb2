/* worklimit.h: limits on requests that take long or need much memory, so that threads and
 * memory are left for all others.
 *
 * Any request may use WORKLIMIT_FREE bytes. One that may need more, or that works for long, takes
 * a seat first. Two things are counted: memory, of all threads and processes together
 * (store/guard.h, GUARD_MEMORY), and in each process the threads that have or wait for a seat,
 * of which there are at most reg->slow_requests_max. A process that is killed leaves no seat taken. */
#ifndef REGISTRY_WORKLIMIT_H
#define REGISTRY_WORKLIMIT_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "registry/task.h"

#define WORKLIMIT_FREE ((size_t)256 << 10) /* bytes */

/* Takes a seat until the arena ends: its request may use `memory` bytes in all.
 * Nothing is taken for up to WORKLIMIT_FREE bytes. A request that has a smaller seat
 * exchanges it. RC_BUSY: reg->slow_requests_max threads of this process have or want a seat, or
 * not enough memory became free in reg->patience_ms. RC_IO. */
enum result worklimit_enter(const struct task *t, size_t memory);

/* Threads for a kind of work that waits for others and needs no memory. */
struct worklimit {
	atomic_uint taken;
};

/* Takes one of reg->slow_requests_max threads until the arena ends. RC_BUSY: all of them are taken
 * in this process. */
enum result worklimit_enter_thread(const struct task *t, struct worklimit *threads);

#endif
