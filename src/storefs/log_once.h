/* log_once.h: lines of the log that are about one file of the store. Clients can ask for a file
 * again and again, so such a line is written once: by the first of all processes that
 * sees what is wrong. Private to this room. */
#ifndef STOREFS_LOG_ONCE_H
#define STOREFS_LOG_ONCE_H

#include <stdbool.h>

/* What was written already; shared with processes that are forked later. */
struct log_once;
struct log_once *log_once_new(void); /* NULL: no memory, so each line is written */
void log_once_free(struct log_once *once); /* NULL is fine */

/* Is this the first time that the event is logged of the path? Memory is bounded: of two
 * files that share a place in the table, each may be logged again after the other. */
bool log_once_is_first(struct log_once *once, const char *event, const char *path);

#endif
