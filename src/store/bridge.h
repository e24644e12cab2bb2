/* bridge.h: what is computed so that one API can serve the images of the other. All of it is
 * derived from content of the store: it may be removed at any time, and is then computed again,
 * with the same bytes.
 *
 * Records are short texts under a kind and a key. Blobs are files under their digest that exist
 * nowhere else in the store: configs and manifests that were made of v1 images, the tar archives
 * of layers of xz and bzip2. Neither is in the directories of the old servers.
 *
 * What a call has stored is whole or not there, but may be lost by a power cut. */
#ifndef STORE_BRIDGE_H
#define STORE_BRIDGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "store/blob.h"
#include "store/content.h"
#include "store/guard.h"
#include "store/repository.h"
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

#define STORE_BRIDGE_RECORD_MAX ((size_t)64 << 10) /* bytes */

/* RC_NOT_FOUND, also if it is cut off. The caller has checked the key. */
enum result store_bridge_record(struct store *st, struct arena *a,
    enum store_bridge_kind kind, const char *key, struct str *out, struct err *err);

/* Replaces it. RC_FULL, RC_IO. */
enum result store_bridge_set_record(struct store *st, struct arena *a,
    enum store_bridge_kind kind, const char *key, struct str text, struct err *err);

/* ---- blobs ---- */

/* RC_BLOB_UNKNOWN. */
enum result store_bridge_blob_find(struct store *st, struct arena *a,
    const struct digest *d, struct store_blob *out, struct err *err);

/* Its bytes, at most `limit`, checked by their digest. RC_BLOB_UNKNOWN, RC_TOO_LARGE. */
enum result store_bridge_blob_read(struct store *st, struct arena *a,
    const struct digest *d, size_t limit, struct str *out, struct err *err);

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

/* ---- from one layout into the other, without a copy of the bytes ---- */

/* A stage (stage.h) whose bytes are those of the layer, or of the blob, or of a blob above. The
 * call that takes it gives the same file another name; if the file system cannot do that (the
 * directory is on another disk), it copies the bytes. RC_IMAGE_UNKNOWN, RC_BLOB_UNKNOWN. */
enum result stage_of_layer(const struct store_v1image *im, struct stage **out,
    struct err *err);
enum result stage_of_blob(struct store *st, struct arena *a, const struct digest *d,
    struct stage **out, struct err *err);
enum result stage_of_bridge_blob(struct store *st, struct arena *a,
    const struct digest *d, struct stage **out, struct err *err);

/* Do both have the same bytes, as far as this is known without reading them: are they one file? */
bool store_content_is_same(const struct store *st, const struct content *x,
    const struct content *y);

/* A text that changes when the json, the ancestry or the layer of the image is replaced. To be
 * compared and for nothing else. RC_IMAGE_UNKNOWN. */
enum result store_v1image_version(
    const struct store_v1image *im, struct str *out, struct err *err);

/* Writes the whole image, durably, in the order of v1push.h: for an image that berth has made
 * and nobody has pushed. If it is complete already, nothing is done. held: GUARD_IMAGE. */
struct store_v1image_parts {
	struct str json, ancestry;
	struct str checksum; /* "sha256:..." */
	struct stage *layer;
};
enum result store_v1image_put(const struct store_v1image *im,
    const struct guard *held, const struct store_v1image_parts *parts,
    struct err *err);

/* ---- images that wait to be made ---- */

/* Tags of API v1 whose image is to get its form of API v2 soon. As a mark (mark.h): it survives
 * the end of the process until it is removed. name: "ns/repo". */
enum result store_bridge_ask(
    struct store *st, const char *name, struct err *err);
enum result store_bridge_asked_remove(
    struct store *st, const char *name, struct err *err);
enum result store_bridge_asked_each(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

#endif
