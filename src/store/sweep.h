/* sweep.h: removes what killed processes left behind. */
#ifndef STORE_SWEEP_H
#define STORE_SWEEP_H

#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

/* Body files of a killed nginx: those that no process has open, which a lease tells
 * (fcntl(2), F_SETLEASE), and where the file system knows no leases, those older
 * than a day. Safe while nginx runs. *removed counts them. */
enum result store_sweep_bodies(
    struct store *st, unsigned *removed, struct err *err);

/* Files without a name: all of _berth/tmp. Only before workers run (storefs_lock_exclusive()).
 */
enum result store_sweep_tmp(struct store *st, unsigned *removed, struct err *err);

#endif
