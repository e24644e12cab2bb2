/* fixture.h: what every test has: memory that lasts as long as the running test, and
 * the error of its last call. */
#ifndef LIB_FIXTURE_H
#define LIB_FIXTURE_H

#include "base/arena.h"
#include "base/err.h"
#include "registry/task.h"

extern struct arena *arena;
extern struct err err;

/* The task of a verb that a test calls with its registry `reg`; what the verb returns lives
 * in the arena a. Valid until the enclosing block ends. */
#define TASK(a) (&(const struct task){.reg = &reg, .arena = (a), .err = &err})

#endif
