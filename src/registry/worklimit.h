/* worklimit.h: limits on requests that take long or need much memory, so that threads and
 * memory are left for all others.
 *
 * Any request may use WORKLIMIT_FREE bytes. A request that may need more, or that takes
 * long, reserves memory first. Two things are counted: the memory that all threads and
 * processes have reserved (store/guard.h, GUARD_MEMORY), and in each process the threads
 * that have a reservation or wait for one, at most reg->slow_requests_max of them. The
 * reservations of a process that was killed are free again. */
#ifndef REGISTRY_WORKLIMIT_H
#define REGISTRY_WORKLIMIT_H

#include <stddef.h>

#include "base/err.h"
#include "registry/task.h"

#define WORKLIMIT_FREE ((size_t)256 << 10) /* bytes */

/* Reserves memory until the task's arena ends: the request may use `memory` bytes in all.
 * Up to WORKLIMIT_FREE bytes need no reservation. A request that has reserved less gives
 * that back and reserves again. RC_BUSY: reg->slow_requests_max threads of this process have
 * a reservation or wait for one, or not enough memory became free in reg->patience_ms.
 * RC_IO. */
enum result worklimit_enter(const struct task *t, size_t memory);

/* For work that waits for others and needs no memory: counts this thread in *threads until
 * the task's arena ends. RC_BUSY: reg->slow_requests_max threads are counted already. */
enum result worklimit_enter_thread(const struct task *t, struct worklimit *threads);

#endif
