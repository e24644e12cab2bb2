/* guard.h: guards. A guard has a kind and a key, and one holder at a time among all threads
 * and processes that use the store. It ends with the process that holds it.
 *
 * Order: code that needs two guards takes that of the repository before that of the image, that
 * of a difference before that of a list of files, and that of a fetch before that of the
 * image. No code holds the guards of two repositories at once.
 *
 * No guard is held while a layer is hashed or while berth waits for a client. There are two
 * exceptions, which block no other work: GUARD_DERIVED is held while a layer is walked,
 * because those that wait for it would walk the same layer; GUARD_MIRROR is held while a
 * layer is fetched, and is only taken with guard_try().
 *
 * Walking a layer (unpacking it, to see its files) takes memory and a processor, so at most
 * GUARD_WALKS layers are walked at the same time. GUARD_WALK is taken last: its holder waits
 * for no other guard, no client and not for the network.
 *
 * Memory is given out in the same way, in GUARD_MEMORY_UNITS units; those of a process that
 * was killed are free again.
 *
 * A call that must run under a guard takes it as an argument (`const struct guard *held`) and
 * asserts that it covers the key. */
#ifndef STORE_GUARD_H
#define STORE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

enum guard_kind {
	GUARD_REPOSITORY, /* key: the name that either API uses (reference_key()) */
	GUARD_IMAGE,      /* key: the id of an image of API v1 */
	GUARD_UPLOAD,     /* key: the id of an upload of API v2 */
	GUARD_DERIVED,    /* store_derived_guard(), bridge/unpack.c */
	GUARD_MIRROR,     /* key: the id of an image that is fetched */
	GUARD_REINDEX,    /* key "" */
	GUARD_WALK,       /* guard_take_walk() */
	GUARD_MEMORY      /* guard_take_memory() */
};

#define GUARD_WALKS        4
#define GUARD_MEMORY_UNIT  ((size_t)512 << 10) /* bytes */
#define GUARD_MEMORY_UNITS 80 /* of all threads and processes together */

/* {0} holds nothing. The members are the store's; do not copy a guard, give it. */
struct guard {
	int handle;   /* 0: holds nothing */
	uint64_t key; /* what it covers */
};

/* Waits for it. RC_IO. */
enum result guard_take(struct store *st, enum guard_kind kind, const char *key,
    struct guard *out, struct err *err);

/* Does not wait: RC_OK and guard_is_held() false when another holds it. */
enum result guard_try(struct store *st, enum guard_kind kind, const char *key,
    struct guard *out, struct err *err);

/* Waits until fewer than GUARD_WALKS layers are walked. RC_IO. */
enum result guard_take_walk(struct store *st, struct guard *out, struct err *err);

/* Takes as many units as `bytes` need, at most all there are. Waits at most
 * patience_ms; guard_is_held() is false if they did not become free in time. RC_IO. */
enum result guard_take_memory(struct store *st, size_t bytes, unsigned patience_ms,
    struct guard *out, struct err *err);

/* Does anybody hold it? False also when that cannot be found out. */
bool guard_is_taken(struct store *st, enum guard_kind kind, const char *key);

bool guard_is_held(const struct guard *g);

/* Is it held, and of this kind and key? For assert(). */
bool guard_covers(const struct guard *held, enum guard_kind kind, const char *key);

/* `to` holds what `from` held, which is empty afterwards. `to` must hold nothing. */
void guard_give(struct guard *from, struct guard *to);

/* Releases it; an empty one is fine. */
void guard_release(struct guard *g);

#endif
