/* errmail.h: the errors of all processes, collected for a mail. If there are many, the first
 * lines are kept and the rest is counted: they cost one mail and a fixed amount of memory.
 * Private to this room. */
#ifndef SERVE_ERRMAIL_H
#define SERVE_ERRMAIL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

struct errmail;

/* It is shared with all processes that are forked afterwards, and lives as long as they
 * do. NULL: no memory. */
struct errmail *errmail_new(void);

/* From now on each line of LOG_ERROR is collected that this process logs, or a process that
 * it forks. Any thread of any process may log. */
void errmail_watch(struct errmail *em);

/* Is there anything since the last errmail_take()? */
bool errmail_is_pending(struct errmail *em);

/* Returns what was collected, a line for each error, in the arena; *n is how many there
 * were. Collecting then starts again from nothing. One process at a time. */
struct str errmail_take(struct errmail *em, struct arena *a, unsigned *n);

#endif
