/* power_cut.h: what is left of a store when the power fails, by the strictest reading of
 * what fsync(2) promises: of a file the bytes that it had when it was last synced, of a
 * directory the names that it had when it was last synced, and nothing else.
 *
 * A program that uses this gets an fsync(2), and calls that change names, in front of
 * libc's. Each sync is recorded next to the store, in <store>.cut/, so that a process may be
 * killed at any moment:
 *	<inode>.file	its bytes
 *	<inode>.dir	its names, a line each: "d|f <inode> <name>"
 * A process has one thread. The index is not kept: it is derived. */
#ifndef LIB_POWER_CUT_H
#define LIB_POWER_CUT_H

#include "lib/store.h"

/* One sync in ten takes so many milliseconds, as on a busy disk; 0: none. */
extern int cut_slow_ms;

/* An empty store; each of its syncs is recorded from now on. */
void fresh_store_with_cut(void);

/* The power fails and comes back: the store is what was synced. */
void power_cut(void);

#endif
