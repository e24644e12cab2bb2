/* stage.h: bytes on their way into the store.
 *
 * The web server receives the body of a request into the store's inbox, a place near the
 * store, and berth adopts it from there. A stage is hashed and checked as often as
 * the caller likes; a call of the store that takes the stage then makes it a part of the
 * store. One that no call took is gone when the request is over.
 *
 *	adopted -> hashed, checked -> taken: a blob, a part of an upload, a layer
 *
 * A stage lives in the arena it was adopted into. One thread uses it at a time. */
#ifndef STORE_STAGE_H
#define STORE_STAGE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/source.h"
#include "base/str.h"
#include "image/hash.h"
#include "store/store.h"

struct stage;

/* Adopts a request body. `body` is the name under which the web server passed it on; NULL
 * or "": an empty body. RC_CLIENT_GONE: the client left, and the web server has removed the
 * body. */
enum result stage_adopt(struct store *st, struct arena *a, const char *body,
    struct stage **out, struct err *err);

uint64_t stage_size(const struct stage *sg); /* bytes */

/* The payload sum of registry v1: SHA-256 of the json, "\n" and the stage's bytes. May be
 * called again with another json. */
enum result stage_payload_sum(struct stage *sg, struct str json,
    char hex[HASH_SHA256_HEX_SIZE], struct err *err);

/* Adds all its bytes to h. */
enum result stage_hash(struct stage *sg, struct hash *h, struct err *err);

/* Its bytes from the first on, for code that reads an archive. One source at a time. */
struct source stage_source(struct stage *sg);

/* Makes its bytes durable, so that the call that takes it has nothing to wait for. Called
 * before a guard is taken. */
enum result stage_flush(struct stage *sg, struct err *err);

#endif
