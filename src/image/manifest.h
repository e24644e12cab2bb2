/* manifest.h: what a manifest of API v2 says: its type, what it refers to, whom it
 * describes. Docker's schema 2 and lists, OCI's manifests, indexes and artifacts, and
 * any other JSON object, of which only the media type is known.
 *
 * A manifest is content: nothing here changes a byte of it. */
#ifndef IMAGE_MANIFEST_H
#define IMAGE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "image/digest.h"

#define MANIFEST_MAX ((size_t)4 << 20) /* bytes; the specification's own figure */

#define MANIFEST_OCI_INDEX "application/vnd.oci.image.index.v1+json"

/* What must be in the repository before the manifest is. */
struct manifest_ref {
	struct digest digest;
	bool is_manifest; /* a child of an index; else a blob */
};

/* All of it lives in the arena of the call. */
struct manifest {
	struct str type; /* media type, without parameters */
	bool type_told; /* only the client told it: the bytes have no mediaType, and
			  * their shape says another */

	/* Config, layers, blobs, children: each once, in the order of their digests.
	 * Layers that may lie elsewhere (foreign, non-distributable) are not among
	 * them. */
	const struct manifest_ref *refs;
	size_t n_refs;

	bool has_subject;
	struct digest subject;
	struct str artifact_type; /* as a referrer shows it: its own, else the media
				   * type of its config (not of an index's) */
	const struct json *annotations; /* an object, or NULL */

	/* Where a description may be found: here, else in the labels of the config,
	 * else in the first child. */
	struct str description; /* org.opencontainers.image.description, or empty */
	bool has_config;
	struct digest config;
	bool has_child;
	struct digest child;
};

/* content_type is the client's header, with or without parameters, "" for none. Without
 * one and without mediaType the shape decides, as in distribution: an index if it has
 * `manifests`, else of Docker's schema 1 if its schemaVersion is 1, else an OCI manifest.
 * RC_BAD_MANIFEST: no JSON object; mediaType and content_type differ, or are no media
 * types (RFC 6838); of a type that is known, but not of its form; a broken digest. */
enum result manifest_parse(struct arena *a, struct str bytes,
    struct str content_type, struct manifest *out, struct err *err);

/* The media type of one that is in the store, as its bytes tell it; it may point into
 * them. False: they have no mediaType, and it is what their shape says. Of bytes that
 * are no JSON it is some media type. */
bool manifest_type(struct arena *a, struct str bytes, struct str *out);

/* One row of an index: the members that a list of referrers shows. */
struct manifest_descriptor {
	struct digest digest;
	struct str type, artifact_type;
	long long size;         /* bytes */
	struct str annotations; /* JSON of an object; empty: none */
};

/* The well-formed entries of `manifests` of an index, in their order; of bytes that
 * are no index, none. visit returning false ends it. */
void manifest_each_entry(struct arena *a, struct str index,
    bool (*visit)(void *arg, const struct manifest_descriptor *d), void *arg);

/* The description in the labels of an image's config (config.Labels); empty
 * without. */
struct str manifest_config_description(struct arena *a, struct str config);

#endif
