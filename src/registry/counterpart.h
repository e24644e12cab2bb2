/* counterpart.h: what an image has in the other API, as far as it is known: nothing here unpacks
 * a layer (bridge/make.h does).
 *
 * The form in API v2 of an image of API v1 is in records and blobs of store/bridge.h:
 *	STORE_BRIDGE_LAYER <id>	the version of the image and the sums of its layer
 *	STORE_BRIDGE_IMAGE <id>	digests of config and manifest, or why there is no such form
 * A manifest of schema 1 has records of the same kinds, by digests.
 * The form in API v1 of an image of API v2 is computed each time from manifest and config. */
#ifndef REGISTRY_COUNTERPART_H
#define REGISTRY_COUNTERPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "image/hash.h"
#include "image/layer_sums.h"
#include "image/v1chain.h"
#include "index/index.h"
#include "registry/task.h"

/* ---- of API v1, in API v2 ---- */

/* Bytes; longer ones have no form in the other API. */
#define COUNTERPART_MANIFEST_MAX ((size_t)128 << 10)
#define COUNTERPART_CONFIG_MAX   ((size_t)4 << 20)

struct counterpart_image {
	struct str
	    refused; /* the reason why there is no such form; empty: there is */
	struct digest manifest, config;
	bool
	    is_new; /* of make_image() and its like (bridge/make.h): it was made now */
};

/* A text that changes when one of some images of API v1 is replaced. */
struct counterpart_version {
	char text[HASH_SHA256_HEX_SIZE];
};
enum result counterpart_version(const struct task *t, const char *const *ids,
    size_t n, struct counterpart_version *out);

/* key: the id of an image of API v1, or the digest_text() of a manifest of schema 1. RC_NOT_FOUND:
 * it was not made yet, or the image or one below it was replaced since. */
enum result counterpart_image(
    const struct task *t, const char *key, struct counterpart_image *out);

/* version: of the image and those below it, from before their layers were read; NULL: of a
 * manifest of schema 1. */
enum result counterpart_set_image(const struct task *t, const char *key,
    const struct counterpart_version *version,
    const struct counterpart_image *image);

/* The sums of a layer: of the image of API v1 with this id, if they are of its present state; of a
 * blob of API v2. RC_NOT_FOUND. */
enum result counterpart_layer(
    const struct task *t, const char *id, struct layer_sums *out);
/* version: store_v1image_version(), from before the layer was read. */
enum result counterpart_set_layer(const struct task *t, const char *id,
    struct str version, const struct layer_sums *sums);
enum result counterpart_blob(
    const struct task *t, const struct digest *d, struct layer_sums *out);
enum result counterpart_set_blob(
    const struct task *t, const struct digest *d, const struct layer_sums *sums);

/* The ids of an image of API v1 and of those below it, the base first. RC_IMAGE_UNKNOWN,
 * RC_IMAGE_UNFINISHED; RC_BAD_DATA: its ancestry cannot be. */
enum result counterpart_ancestry(
    const struct task *t, const char *id, const char *const **ids, size_t *n);

/* ---- of API v2, in API v1 ---- */

/* The images of API v1 that the manifest d of the repository is (of an index: those of its child
 * for the registry's platform); *image: the digest of the manifest of the image. Of a manifest of
 * schema 1: those of its schema 2 form. RC_NOT_BRIDGED, with the reason, also if one of the ids
 * is that of another image, which was pushed through API v1; RC_NOT_FOUND: the schema 2 form was
 * not made yet; RC_MANIFEST_UNKNOWN; RC_BUSY. */
enum result counterpart_chain(const struct task *t, const char *name,
    const struct digest *d, struct v1chain *out, struct digest *image);

/* ---- for the index ---- */

/* What the index says of one tag. */
struct counterpart_rows {
	struct index_counterpart *rows;
	size_t n;
	const char *image; /* of a tag of API v2: the id of the top; "" */
	bool refused;      /* of a tag of API v1: API v2 does not show it */
};

/* Of an image of API v1. RC_OK also where nothing was made yet: then there are no rows. */
enum result counterpart_rows_of_image(
    const struct task *t, const char *id, struct counterpart_rows *out);

/* Of the manifest of a tag of API v2; no rows where it has no form in API v1. */
enum result counterpart_rows_of_manifest(const struct task *t, const char *name,
    const struct digest *d, struct counterpart_rows *out);

#endif
