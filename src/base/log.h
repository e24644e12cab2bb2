/* log.h: one line an event, `time level event key=value ...`.
 *
 *	2026-11-24T23:30:43.123Z info  push.layer image=8aedcdad... bytes=86
 *
 * A line is written by one write(2), so lines of several processes never mix.
 * Bytes that are not printable ASCII are written as `?`: no client can forge a
 * line. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Where lines go: path NULL is standard error. False: errno says why. */
bool log_open(const char *path, enum log_level least);

void log_set_level(enum log_level least);

/* Opens the file anew, after it was rotated away. Standard error stays. */
void log_reopen(void);

/* Is anybody reading this level? Asked before work that serves the log alone. */
bool log_wants(enum log_level level);

void log_line(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* on is told of each line that is written, without its end, in the thread that writes it;
 * it must not log. Set before threads and processes are. */
void log_watch(
    void (*on)(void *arg, enum log_level level, struct str line), void *arg);

/* The value as it stands in a line: between quotes, with what would end or break it
 * written as ?, unless it is plain. Text of a client goes through this. */
const char *log_value(struct arena *a, const char *value);

/* Of "debug", "info", "warn", "warning", "error", "critical"; false: none. */
bool log_level_of(const char *name, enum log_level *out);

#endif
