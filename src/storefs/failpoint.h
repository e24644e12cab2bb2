/* failpoint.h: in a build made with --enable-failpoints each durable step can be
 * made to fail or to be the last thing the process does. In any other build a
 * failpoint is nothing at all.
 *
 * Steps are counted from 1 in the order in which a thread of the process meets
 * them. The environment arms one: BERTH_FAILPOINT=7:die (SIGKILL before step 7),
 * 7:io (step 7 fails with EIO), 7:full (with ENOSPC), 0:count (none;
 * failpoint_count() tells how many there were). */
#ifndef STOREFS_FAILPOINT_H
#define STOREFS_FAILPOINT_H

#include <stdbool.h>

#ifdef BERTH_FAILPOINTS

/* True: the step shall fail; errno says how. */
bool failpoint_hit(const char *step);

/* For tests: as the environment would, and the number of steps since then. */
void failpoint_arm(const char *spec);
unsigned failpoint_count(void);

/* The name of the last step that was hit, "" before the first. */
const char *failpoint_last(void);

#else

#define failpoint_hit(step) (false)

#endif
#endif
