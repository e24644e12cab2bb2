/* stage.h: bytes on their way into the store.
 *
 *	adopted --sum--> summed --name--> part of the store, durable once its
 *					  directory is synced
 *
 * S1  A stage is one open file. nginx may give the body file's name to another
 *     upload, so the name is used once, to open it; all else goes by the descriptor.
 * S2  nginx removes its own name when the request ends; a stage that got no name in
 *     the store is gone then. What a killed nginx leaves is swept (sweep.h).
 * It lives in the arena it was adopted into. */
#ifndef STORE_STAGE_H
#define STORE_STAGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/source.h"
#include "image/hash.h"
#include "store/store.h"

struct stage;

/* Takes nginx's body file; of `path` only the last part counts, it is looked for in
 * _berth/body and nowhere else. NULL or "": an empty body. RC_CLIENT_GONE: the client left
 * and nginx removed it. */
enum result stage_adopt(struct store *st, struct arena *a, const char *path,
    struct stage **out, struct err *err);

/* Takes the first `size` bytes of a file that the store has of its own (an upload's);
 * what it holds behind them is not read. RC_NOT_FOUND: no such file, or a shorter one. */
enum result stage_open(struct store *st, struct arena *a, const char *path,
    uint64_t size, struct stage **out, struct err *err);

uint64_t stage_size(const struct stage *sg);

/* The payload sum of registry v1: SHA-256 of json, "\n" and the stage's bytes.
 * Begins to flush them as it goes. May be called again with another json. */
enum result stage_payload_sum(struct stage *sg, struct str json,
    char hex[HASH_SHA256_HEX_SIZE], struct err *err);

/* Adds all its bytes to h. Begins to flush them as it goes. */
enum result stage_hash(struct stage *sg, struct hash *h, struct err *err);

/* Its bytes from the first on, for one who reads an archive. One reader at a time. */
struct source stage_source(struct stage *sg);

/* Its bytes are durable; naming it has nothing left to wait for. Called before a lock
 * is taken (D4). */
enum result stage_flush(struct stage *sg, struct err *err);

/* Does the file of the store have the same bytes? False also if it cannot be read. */
bool stage_is(struct stage *sg, const char *path);

/* Names it dir/name in the store. It replaces a file that has the name, because that
 * one may be damaged, and comparing the two would take long under the caller's lock.
 * An opened stage keeps its own name. See io_name_fd(). */
enum result stage_name(
    struct stage *sg, const char *dir, const char *name, struct err *err);

/* Names it dir/name in place of one that has the name, at once. An opened one is cut to
 * its size and moved: with a second name it could be written to after it was named. */
enum result stage_replace(
    struct stage *sg, const char *dir, const char *name, struct err *err);

/* Writes its bytes into the file behind the first `at`, in place of what stands there,
 * and syncs them. RC_NOT_FOUND: no such file, or a shorter one. */
enum result stage_append(
    struct stage *sg, const char *path, uint64_t at, struct err *err);

#endif
