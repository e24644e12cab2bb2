/* alarm.h: the errors of all processes, gathered for a mail. Of a storm the first lines are
 * kept and the rest is counted, so that it costs one mail and a fixed piece of memory. */
#ifndef SERVE_ALARM_H
#define SERVE_ALARM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

struct alarm;

/* Shared with every process that is forked afterwards; lives as long as they do. NULL: no
 * memory. */
struct alarm *alarm_new(void);

/* From now on each line of LOG_ERROR that this process logs, or one that it forks, is
 * gathered. Any thread of any process may log. */
void alarm_watch(struct alarm *al);

/* Is there anything since the last alarm_take()? */
bool alarm_is_raised(struct alarm *al);

/* What was gathered, a line an error, in the arena; *n is how many there were. The next
 * ones are gathered anew. One process at a time. */
struct str alarm_take(struct alarm *al, struct arena *a, unsigned *n);

#endif
