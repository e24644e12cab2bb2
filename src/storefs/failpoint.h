/* failpoint.h: tests make a durable step fail, or kill the process before it, in a build that
 * was configured with --enable-failpoints. In any other build a failpoint does nothing and
 * costs nothing. Private to this room.
 *
 * Steps are counted from 1, in the order in which the threads of the process reach them. The environment arms one: BERTH_FAILPOINT=7:die (SIGKILL before step 7),
 * 7:io (step 7 fails with EIO), 7:full (with ENOSPC), 0:count (none;
 * failpoint_count() returns how many there were). */
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
