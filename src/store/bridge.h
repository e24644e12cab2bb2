/* bridge.h: what is computed so that one API can serve the images of the other. All of it is
 * derived from content of the store: it may be removed at any time, and is then computed again,
 * with the same bytes.
 *
 * Records are short texts under a kind and a key. Blobs are files under their digest that exist
 * nowhere else in the store: configs and manifests that were made of v1 images, the tar archives
 * of layers of xz and bzip2. Neither is in the directories of the old servers.
 *
 * What a call has stored is whole or not there, but unlike in D1 (store.h) it may be lost by a
 * power cut. One that came in the middle of writing is noticed: a record carries its own
 * SHA-256; a blob of at most STORE_BLOB_SMALL_MAX bytes is checked by its digest whenever it is
 * found; a larger one is durable before it has its name. What is damaged counts as missing, and
 * the next put replaces it. The log says nothing of it, because nobody has to do anything.
 *
 * From one layout into the other, without a copy of the bytes: stage_of_layer() and its like
 * (stage.h), store_v1image_put() (v1image.h). */
#ifndef STORE_BRIDGE_H
#define STORE_BRIDGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "store/blob.h"
#include "store/content.h"
#include "store/stage.h"
#include "store/store.h"
#include "store/v1image.h"

enum store_bridge_kind {
	STORE_BRIDGE_LAYER, /* key: the id of a v1 image; its layer */
	STORE_BRIDGE_BLOB,  /* key: digest_text() of a blob that is a layer */
	STORE_BRIDGE_IMAGE, /* key: the id of a v1 image, or the digest_text() of a schema 1
			       manifest; its schema 2 form */
	STORE_BRIDGE_KINDS
};

struct store_bridge_key {
	enum store_bridge_kind kind;
	const char *key;
};

#define STORE_BRIDGE_RECORD_MAX ((size_t)64 << 10) /* bytes */

/* RC_NOT_FOUND, also if it is damaged. The caller has checked the key. */
enum result store_bridge_record(struct store *st, struct arena *a,
    struct store_bridge_key key, struct str *out, struct err *err);

/* Replaces it. RC_TOO_LARGE: above STORE_BRIDGE_RECORD_MAX. RC_FULL, RC_IO. */
enum result store_bridge_set_record(struct store *st, struct arena *a,
    struct store_bridge_key key, struct str text, struct err *err);

/* ---- blobs ---- */

/* RC_BLOB_UNKNOWN. Finding it counts as use, for the sweep. */
enum result store_bridge_blob_find(struct store *st, struct arena *a,
    const struct digest *d, struct store_blob *out, struct err *err);

/* Its bytes, at most `limit`, checked by their digest. RC_BLOB_UNKNOWN, RC_TOO_LARGE. */
struct store_bridge_document {
	const struct digest *digest;
	size_t limit;
};
enum result store_bridge_blob_read(struct store *st, struct arena *a,
    struct store_bridge_document what, struct str *out, struct err *err);

/* Stores these bytes, which have the digest d. RC_FULL, RC_IO. */
enum result store_bridge_blob_put_bytes(struct store *st, struct arena *a,
    struct str bytes, const struct digest *d, struct err *err);

/* `write` writes the bytes to the sink, piece by piece, and says their digest; if it returns
 * RC_OK they are stored. If the sink could not take everything, the result is RC_FULL or RC_IO,
 * whatever `write` returned. */
struct store_bridge_maker {
	enum result (*write)(
	    void *arg, struct sink sink, struct digest *digest, struct err *err);
	void *arg;
};
enum result store_bridge_blob_put(struct store *st, struct arena *a,
    const struct store_bridge_maker *maker, struct err *err);

/* Removes the blobs that nobody has asked for in `age` seconds (a day more or less); does nothing
 * if the last sweep was less than a day ago, or less than `age`. *removed counts them. Records
 * are small and stay. */
enum result store_bridge_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err);

/* ---- images that wait to be made ---- */

/* Repositories in which the image of a tag of API v1, or a manifest of schema 1, is to get its
 * schema 2 form soon. As a mark (mark.h): it survives the end of the process until it is removed.
 * synced: a power cut too. name: that of API v1, "ns/repo". RC_TOO_LARGE: it is too long for a
 * mark. RC_FULL, RC_IO. */
enum result store_bridge_ask(
    struct store *st, const char *name, bool synced, struct err *err);
enum result store_bridge_asked_remove(
    struct store *st, const char *name, struct err *err);
enum result store_bridge_asked_each(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

#endif
