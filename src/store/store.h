/* store.h: the contract of durable content: what the rooms above may rely on, wherever it
 * is kept. Each header of this room has one kind of content; storefs/ keeps all of them in
 * a directory.
 *
 * Rules that every call keeps:
 * D1  Content is synced before it has a name, and a directory before a client gets an
 *     answer. That holds for code that relies on a name as well as for code that made it
 *     (durable.h), and for names that were removed.
 * D2  "Already there" is success for content that was compared: its name contains its
 *     sum, and content without that sum is replaced.
 * D3  A file is whole or not there: what changes is renamed over, never written in
 *     place.
 * D4  No lock outlives its process, and none is held while a layer is hashed.
 * D5  What cannot be whole counts as missing, and a push replaces it (damage.h).
 *
 * A struct store may be used by all threads and, after fork(), by all processes. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct store;

void store_close(struct store *st); /* NULL is fine */

/* Bytes that an unprivileged process may still write. */
enum result store_free_bytes(struct store *st, uint64_t *out, struct err *err);

/* Can a file be written? RC_IO, RC_FULL. */
enum result store_probe(const struct store *st, struct err *err);

#endif
