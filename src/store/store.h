/* store.h: the contract of durable content: what the rooms above may rely on, wherever it
 * is kept. Each header of this room has one kind of content; storefs/ keeps all of them in
 * a directory.
 *
 * Rules that every call keeps:
 * D1  What a call returns RC_OK for is durable: content that it has stored, and names that it has
 *     made, found or removed. So a client gets an answer only for what survives a power cut,
 *     even if another thread or process made it a moment ago.
 * D2  Storing content that is there already is a success. Whether it is there is decided by its
 *     bytes; content that does not have the sum of its name is replaced.
 * D3  Content is whole or not there. A change takes effect in one step; a reader sees what was
 *     before or what is afterwards.
 * D4  No guard outlives its process, and none is held while a layer is hashed, with the two
 *     exceptions in guard.h.
 * D5  Content that cannot be whole (empty, cut off, with other bytes) counts as missing, and a
 *     push replaces it. This is noticed when it is found or read:
 *	manifests, small blobs		by the digest
 *	links, tags, documents of v1	by the form
 *	other blobs, layers of v1	if they are empty
 *     A large blob is not hashed for each request. One that was cut off is replaced when it is
 *     pushed again.
 *
 * All threads and, after fork(), all processes may use one struct store. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct store;

void store_close(struct store *st); /* NULL is fine */

/* How many bytes may still be stored. */
enum result store_free_bytes(struct store *st, uint64_t *out, struct err *err);

/* Can content be stored? RC_IO, RC_FULL. */
enum result store_probe(const struct store *st, struct err *err);

#endif
