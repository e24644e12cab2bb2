/* fixture.h: what every test has: memory that lasts as long as the running test, and
 * the error of its last call. */
#ifndef LIB_FIXTURE_H
#define LIB_FIXTURE_H

#include "base/arena.h"
#include "base/err.h"

extern struct arena *arena;
extern struct err err;

#endif
