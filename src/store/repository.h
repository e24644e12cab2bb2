/* repository.h: the repositories of distribution's layout. One may lie in another's
 * directory; parts that begin with "_" are never names. A name is one of reference.h: the
 * caller has checked. */
#ifndef STORE_REPOSITORY_H
#define STORE_REPOSITORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/* Has it any manifest? Empty directories, which deletions leave, are none. */
enum result store_repository_has_manifest(const struct store *st, struct arena *a,
    const char *name, bool *has, struct err *err);

/* Has it any manifest or blob? */
enum result store_repository_exists(const struct store *st, struct arena *a,
    const char *name, bool *there, struct err *err);

/* A number that changes when a server that knows nothing of berth's index adds, moves or
 * removes a tag or manifest: a hash of the names, inodes and times of its links. Reads
 * no file. Never 0. */
enum result store_repository_version(const struct store *st, struct arena *a,
    const char *name, uint64_t *out, struct err *err);

/* Each repository that may hold something: its directory has `_manifests`. A repository
 * comes before those in its directory. A symbolic link is followed like any other
 * directory, but not back to one that the walk is in. Names that API v2 does not allow are
 * skipped. Memory is limited by the depth. visit returning false ends it. */
enum result store_repository_walk(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

#endif
