/* log.h: the log, with a line for each event: `time level event key=value ...`.
 *
 *	2026-11-24T23:30:43.123Z info  push.layer image=8aedcdad... bytes=86
 *
 * A line is written by a single write(2), so that lines of several processes never mix. Bytes
 * that are not printable ASCII are written as `?`, so that a client cannot forge a line. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Opens the log file; path NULL: standard error. Lines below min_level are not written.
 * False: the file cannot be opened; errno says why. */
bool log_open(const char *path, enum log_level min_level);

void log_set_level(enum log_level min_level);

/* Opens the file again after a rotation. Does nothing for standard error. */
void log_reopen(void);

/* Are lines of this level written? To avoid work that is only for the log. */
bool log_wants(enum log_level level);

void log_line(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Calls watcher for each line that is written, without its newline, in the thread that writes
 * it. It must not log. Must be called before threads and processes are started. */
void log_watch(
    void (*watcher)(void *arg, enum log_level level, struct str line), void *arg);

/* The value as it is written to a line: if it has blanks, quotes or `=`, between quotes and
 * with ? for each quote in it. For all text that comes from a client. */
const char *log_value(struct arena *a, const char *value);

/* Reads "debug", "info", "warn", "warning", "error" or "critical". False: something else. */
bool log_level_of(const char *name, enum log_level *out);

#endif
