/* settle.h: is what is seen in the store durable? Seen by this room alone.
 *
 * A name that a thread finds may have been made a moment ago by another one, or by a
 * process that was killed, and may be lost when the power fails: a name is durable
 * only after fsync(2) of its directory. So nobody is answered "it is done" or "it is
 * there" because of a name that was merely seen. Whoever relies on it calls
 * settle_name(), which syncs the directory unless the name is known to be durable.
 *
 * Known to be durable is
 *  - what some process synced since the start: each success is noted in a table of fixed
 *    size that all processes of berth share. A note holds for one inode under one path;
 *    that of all names in a directory until one of them changes.
 *    A note that was displaced by another one costs one sync more, nothing else.
 *  - what was there when settle_all() synced the file system of _berth, as its inode has
 *    not changed since. This makes the store that berth finds at its start cost nothing.
 *    (Where the clock of the file system is set back behind that moment, new names look
 *    old until the next start: they are then as safe as their maker's own sync.)
 *
 * A sync that failed notes nothing, so the next one who relies on the name syncs again,
 * or is refused. The kernel tells an error of writing back once per open file; a later
 * fsync(2) of a directory may then say yes although the first said no. That is the most
 * that can be known. A file's bytes are not trusted so: they are written again, to a
 * new file or over the old bytes (io_put(), stage_append()).
 *
 * A directory is only given a name once the names above it are durable (io_mkdirs()), so
 * of a path only the last part is looked at. */
#ifndef STORE_SETTLE_H
#define STORE_SETTLE_H

#include "base/err.h"
#include "store/store.h"

/* The table, shared with processes that are forked later. Never NULL. */
struct settled;
struct settled *settled_new(void);
void settled_free(struct settled *s); /* NULL is fine */

/* For the one who made the name `path`, or gave it to another file: syncs its directory. */
enum result settle_made(const struct store *st, const char *path, struct err *err);

/* For the one who found the name: it is there for good. RC_ABSENT: it is not there. */
enum result settle_name(const struct store *st, const char *path, struct err *err);

/* The same for the names in a directory that is finished and seldom changes afterwards, as
 * the caller has seen: an image that is complete, and is pushed again only if it is damaged.
 * The first is for the one who
 * made the last change, the second for the one who found it finished. RC_ABSENT. */
enum result settle_finished(
    const struct store *st, const char *dir, struct err *err);
enum result settle_dir(const struct store *st, const char *dir, struct err *err);

/* The names of a path that is not there, or not any more, are gone for good: syncs the
 * nearest directory above it that exists. */
enum result settle_absence(
    const struct store *st, const char *path, struct err *err);

/* Syncs the whole file system: all that was there before the call is durable. */
enum result settle_all(const struct store *st, struct err *err);

#endif
