/* errmail.h: the errors of all processes, gathered for a mail. Of a storm the first lines are
 * kept and the rest is counted, so that it costs one mail and a fixed piece of memory. */
#ifndef SERVE_ERRMAIL_H
#define SERVE_ERRMAIL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

struct errmail;

/* Shared with every process that is forked afterwards; lives as long as they do. NULL: no
 * memory. */
struct errmail *errmail_new(void);

/* From now on each line of LOG_ERROR that this process logs, or one that it forks, is
 * gathered. Any thread of any process may log. */
void errmail_watch(struct errmail *al);

/* Is there anything since the last errmail_take()? */
bool errmail_is_pending(struct errmail *al);

/* What was gathered, a line an error, in the arena; *n is how many there were. The next
 * ones are gathered anew. One process at a time. */
struct str errmail_take(struct errmail *al, struct arena *a, unsigned *n);

#endif
