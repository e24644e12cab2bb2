/* guard.h: guards. One holder in all threads and processes; gone with its process.
 *
 * A guard is one byte of the file _berth/lock, chosen by the key's hash and locked
 * by an open file description of its own (fcntl(2), F_OFD_SETLKW): nothing is left
 * behind, and two keys meet once in 2^62. Whoever needs two takes the repository's
 * first, then the image's; a difference's first, then a list's; a fetch's first, then
 * the image's. Never held while a layer is hashed or a client is waited for, but for two
 * that nobody waits for who has anything else to do: GUARD_DERIVED is held while a layer
 * is walked, since others would only walk it too, and GUARD_MIRROR, which is only tried
 * for, while a layer is fetched.
 *
 * To walk a layer costs memory and a processor, whoever packed it; so only GUARD_WALKS
 * are walked at once, of all threads and processes. A place is the innermost guard: who
 * has one waits for no other, nor for a client or the network.
 *
 * Memory is given out in the same way: GUARD_MEMORY_UNITS bytes of the lock file stand for
 * as many units of memory, and the holder of a byte may use one unit. When a process is
 * killed, its units are free again. */
#ifndef STORE_GUARD_H
#define STORE_GUARD_H

#include <stdbool.h>

#include "base/err.h"
#include "store/store.h"

enum guard_kind {
	GUARD_REPOSITORY, /* key "ns/repo", as v1name_full() writes it */
	GUARD_IMAGE,      /* key: the id */
	GUARD_UPLOAD,     /* key: the id of an upload of API v2 */
	GUARD_DERIVED,    /* key: "<id>/_files" or "<id>/_diff" */
	GUARD_MIRROR,     /* key: the id of an image that is fetched */
	GUARD_REINDEX,    /* key "" */
	GUARD_WALK,       /* guard_take_walk()'s own */
	GUARD_MEMORY      /* guard_take_memory()'s own */
};

#define GUARD_WALKS        4
#define GUARD_MEMORY_UNIT  ((size_t)512 << 10) /* bytes */
#define GUARD_MEMORY_UNITS 80 /* of all threads and processes together */

/* {0} holds nothing. */
struct guard {
	int fd1; /* the descriptor plus one: a guard costs no memory */
};

/* Waits for it. RC_IO. */
enum result guard_take(struct store *st, enum guard_kind kind, const char *key,
    struct guard *out, struct err *err);

/* Does not wait: RC_OK and guard_is_held() false when somebody else has it. */
enum result guard_try(struct store *st, enum guard_kind kind, const char *key,
    struct guard *out, struct err *err);

/* Waits for a place among those who walk a layer. RC_IO. */
enum result guard_take_walk(struct store *st, struct guard *out, struct err *err);

/* Locks as many units as `bytes` need, at most all there are. Waits at most
 * patience_ms; guard_is_held() is false if they did not become free in time. RC_IO. */
enum result guard_take_memory(struct store *st, size_t bytes, unsigned patience_ms,
    struct guard *out, struct err *err);

/* Does somebody hold it? False also when that cannot be told. */
bool guard_is_taken(struct store *st, enum guard_kind kind, const char *key);

bool guard_is_held(const struct guard *lock);

/* Gives it back; one that holds nothing is fine. */
void guard_release(struct guard *lock);

#endif
