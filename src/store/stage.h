/* stage.h: bytes on their way into the store.
 *
 * The web server receives the body of a request into the store's inbox, a place near the
 * store, and berth adopts it from there; what berth itself reads from a file it writes into a
 * new stage. A stage is hashed and checked as often as
 * the caller likes; a call of the store that takes the stage then makes it a part of the
 * store. One that no call took is gone when the request is over.
 *
 *	adopted, or filled -> hashed, checked -> taken: a blob, a part of an upload, a layer
 *
 * A stage lives in the arena it was adopted into. One thread uses it at a time. */
#ifndef STORE_STAGE_H
#define STORE_STAGE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/source.h"
#include "base/str.h"
#include "image/digest.h"
#include "image/hash.h"
#include "store/store.h"

struct stage;
struct store_v1image;

/* Adopts a request body. `body` is the name under which the web server passed it on; NULL
 * or "": an empty body. RC_CLIENT_GONE: the client left, and the web server has removed the
 * body. */
enum result stage_adopt(struct store *st, struct arena *a, const char *body,
    struct stage **out, struct err *err);

/* An empty stage that is filled through its sink. After the last write stage_filled() says
 * whether the sink took everything: RC_FULL, RC_IO. */
enum result stage_new(
    struct store *st, struct arena *a, struct stage **out, struct err *err);
struct sink stage_sink(struct stage *sg);
enum result stage_filled(const struct stage *sg, struct err *err);

uint64_t stage_size(const struct stage *sg); /* bytes */

/* The payload sum of registry v1: SHA-256 of the json, "\n" and the stage's bytes. May be
 * called again with another json. */
enum result stage_payload_sum(struct stage *sg, struct str json,
    char hex[HASH_SHA256_HEX_SIZE], struct err *err);

/* Adds all its bytes to h. */
enum result stage_hash(struct stage *sg, struct hash *h, struct err *err);

/* Its bytes from the first on, for code that reads an archive. One source at a time. */
struct source stage_source(struct stage *sg);

/* Reads at an offset: the number of bytes, 0 at the end, -1 on failure. */
ssize_t stage_read_at(const struct stage *sg, void *p, size_t n, uint64_t at);

/* Makes its bytes durable, so that the call that takes it has nothing to wait for. Called
 * before a guard is taken. */
enum result stage_flush(struct stage *sg, struct err *err);

/* ---- content of the store, for another place in it ---- */

/* A stage whose bytes are those of the layer of an image of API v1, of a blob, or of a blob of
 * bridge.h. The call that takes it gives the same file another name, and content that is
 * replaced later leaves the other name as it is. Where the file system cannot do that (the
 * place is on another disk, the file is another user's), the call copies the bytes.
 * RC_IMAGE_UNKNOWN, RC_BLOB_UNKNOWN. */
enum result stage_of_layer(
    const struct store_v1image *im, struct stage **out, struct err *err);
enum result stage_of_blob(struct store *st, struct arena *a, const struct digest *d,
    struct stage **out, struct err *err);
enum result stage_of_bridge_blob(struct store *st, struct arena *a,
    const struct digest *d, struct stage **out, struct err *err);

#endif
