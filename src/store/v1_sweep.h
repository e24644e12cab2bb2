/* v1_sweep.h: what becomes of pushes that were given up (v1_push.h). */
#ifndef STORE_V1_SWEEP_H
#define STORE_V1_SWEEP_H

#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

/* Removes pushes in which nothing has happened for `age` seconds, and of their
 * unfinished images what was written. Takes the locks itself. *removed counts them.
 */
enum result v1_sweep_pushes(
    struct store *st, int64_t age, unsigned *removed, struct err *err);

#endif
