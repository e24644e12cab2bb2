/* durable.h: makes sure that names in the store are durable. Private to this room.
 *
 * A name that a thread finds may have been made a moment ago by another thread, or by a
 * process that was killed, and may be lost when the power fails: a name is durable
 * only after fsync(2) of its directory. So finding a name is not enough to answer "it is
 * done" or "it is there". Code that relies on a name calls durable_name(), which syncs the
 * directory unless the name is known to be durable.
 *
 * Two kinds of names are known to be durable:
 *  - what some process synced since the start: each success is noted in a table of fixed
 *    size that all processes of berth share. A note holds for one inode under one path;
 *    a note for all names in a directory holds until one of them changes.
 *    A note that was replaced by another one costs one more sync, nothing else.
 *  - what was there when durable_all() synced the file system of _berth, if its inode has
 *    not changed since. So the store that berth finds at its start costs nothing.
 *    (If the clock of the file system is set back to before that moment, new names look
 *    old until the next start: then only the sync of the thread that made them counts.)
 *
 * A sync that failed notes nothing, so the next caller that relies on the name syncs
 * again, or gets an error. The kernel reports an error of writing back once per open file;
 * a later fsync(2) of a directory may succeed although the first failed. Nothing more can
 * be known. A file's bytes are not trusted after such an error: they are written again, to
 * a new file or over the old bytes (io_put(), stage_append()).
 *
 * A directory gets its name only when the names above it are durable (io_mkdirs()), so
 * only the last part of a path is checked. */
#ifndef STOREFS_DURABLE_H
#define STOREFS_DURABLE_H

#include "base/err.h"
#include "store/store.h"

/* The table, shared with processes that are forked later. Never NULL. */
struct durable;
struct durable *durable_new(void);
void durable_free(struct durable *s); /* NULL is fine */

/* For code that has made the name `path`, or given it to another file: syncs its
 * directory. */
enum result durable_made(const struct store *st, const char *path, struct err *err);

/* For code that has found the name: it is durable when this returns. RC_NOT_FOUND: it is
 * not there. */
enum result durable_name(const struct store *st, const char *path, struct err *err);

/* The same for the names in a directory that is complete and seldom changes afterwards,
 * such as a complete image, which is pushed again only if it is damaged. Call the first
 * after the last change, the second where the directory was found complete. RC_NOT_FOUND. */
enum result durable_finished(
    const struct store *st, const char *dir, struct err *err);
enum result durable_dir(const struct store *st, const char *dir, struct err *err);

/* That the path is not there is durable when this returns: syncs the nearest directory
 * above it that exists. */
enum result durable_absence(
    const struct store *st, const char *path, struct err *err);

/* Syncs the whole file system of _berth: all that was there before the call is
 * durable. */
enum result durable_all(const struct store *st, struct err *err);

#endif
