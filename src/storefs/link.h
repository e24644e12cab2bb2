/* link.h: the link files of a repository in distribution's layout. Private to this room.
 *
 * A link file holds a digest and nothing else, not even a newline. Its content counts, not
 * its path: if a client named a blob by a digest of another algorithm than the one under
 * which the blob is kept, the path has the client's digest and the file has the other. A link
 * without a digest (empty, cut off, written by hand), or whose digest has the algorithm of its
 * path but other digits, is damaged and counts as missing: distribution fails on it, and
 * writing it again repairs it. */
#ifndef STOREFS_LINK_H
#define STOREFS_LINK_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "image/digest.h"
#include "store/repository.h"
#include "store/store.h"

/* Reads dir/link. RC_NOT_FOUND: it is missing or damaged. What is read may not be durable
 * yet: good for a walk, not for an answer to a client. */
enum result link_read(const struct store_repository *in, const char *dir,
    struct digest *out, struct err *err);

/* The same; the name of the link is durable when this returns. d: the digest that
 * the path names (another one of the same algorithm in the file is damage); NULL: the
 * path names none. */
enum result link_find(const struct store_repository *in, const char *dir,
    const struct digest *d, struct digest *out, struct err *err);

/* Durable when it returns; the directories above are made. Nothing is written if the link
 * is there with this digest. */
enum result link_write(const struct store_repository *in, const char *dir,
    const struct digest *to, struct err *err);

/* Removes the link, durably; the directory stays, as with distribution. RC_NOT_FOUND: it
 * was not there, and that is durable too. */
enum result link_remove(
    const struct store_repository *in, const char *dir, struct err *err);

/* Each <alg>:<hex> whose dir/<alg>/<hex>/link is whole, in byte order. visit
 * returning false ends it. */
enum result link_each(struct store *st, const char *dir,
    bool (*visit)(void *arg, const struct digest *d), void *arg, struct err *err);

/* Is there one? */
enum result link_any(struct store *st, const char *dir, bool *any, struct err *err);

#endif
