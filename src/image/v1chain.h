/* v1chain.h: the images of API v1 that an image of API v2 is for old dockers: one for each
 * element of its history, with ids that distribution 2.3 to 2.8 computes too
 * (doc/bridge.md). An id is a hash over the digests of the layers, and that of the top covers
 * the config as well. */
#ifndef IMAGE_V1CHAIN_H
#define IMAGE_V1CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "image/hash.h"

#define V1CHAIN_MAX 124 /* images: dockers before 1.10 cannot run more */

/* Bytes of all jsons of a chain: escapes make a text six times as long. */
#define V1CHAIN_JSON_MAX ((size_t)8 << 20)

/* The layer of an image without files: the gzip of an empty archive, always the same 32 bytes. */
extern const struct str v1chain_empty_layer;
#define V1CHAIN_EMPTY_HEX \
	"a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4"

struct v1chain_image {
	char id[HASH_SHA256_HEX_SIZE];
	const char *parent; /* an id; NULL: the base */
	struct str json;    /* what API v1 answers */
	struct str schema1; /* what schema 1 says; differs for the top only */
	struct digest layer;
	uint64_t layer_size; /* bytes */
	bool throwaway;      /* the layer is v1chain_empty_layer */
};

struct v1chain {
	const struct v1chain_image *images; /* the base first */
	size_t n;                           /* at least 1 */
	const char *architecture;           /* of the config; "" if it has none */
};

/* The platform for which old dockers get images; {"linux", "amd64"} unless configured. */
struct v1chain_platform {
	const char *os, *architecture;
};

/* "os/architecture". False: it does not have this form. */
bool v1chain_platform_parse(
    struct arena *a, const char *text, struct v1chain_platform *out);

struct v1chain_source {
	struct str manifest; /* Docker's schema 2, or an OCI image manifest */
	struct str config;   /* the bytes that it names */
};

/* Everything lives in the arena. RC_NOT_BRIDGED, with the reason: it is something else (an
 * artifact, ...); another platform than *platform; a foreign layer; a layer of zstd; a layer
 * whose digest is not SHA-256; more layers than the history or the rootfs has, or fewer; more
 * than V1CHAIN_MAX images, or than V1CHAIN_JSON_MAX bytes. RC_BAD_DATA: manifest or config is
 * malformed. In both cases *out is as it was. */
enum result v1chain_make(struct arena *a, const struct v1chain_source *source,
    const struct v1chain_platform *platform, struct v1chain *out, struct err *err);

/* Which child of a list or index of manifests old dockers get: the first for the platform
 * (variants are not looked at). RC_NOT_BRIDGED: none. */
enum result v1chain_pick_child(struct arena *a, struct str index,
    const struct v1chain_platform *platform, struct digest *out, struct err *err);

/* Is it the media type of a list or index of manifests? */
bool v1chain_is_list(struct str type);

/* The digest of the config of a manifest of an image. RC_NOT_BRIDGED: it has none. */
enum result v1chain_config(
    struct str manifest, struct digest *out, struct err *err);

/* The ids as GET .../ancestry answers them, for the image at `at`: itself first. */
struct str v1chain_ancestry(
    struct arena *a, const struct v1chain *chain, size_t at);

/* Where in the chain the id is; n: nowhere. */
size_t v1chain_find(const struct v1chain *chain, const char *id);

#endif
