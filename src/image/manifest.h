/* manifest.h: what a manifest of API v2 says: its type, what it refers to, which manifest
 * it describes. Docker's schema 2 and lists, OCI's manifests, indexes and artifacts, and
 * any other JSON object, of which only the media type is known.
 *
 * A manifest is content: nothing here changes a byte of it. It is read in place
 * (json_slice.h), so any shape is fine: reading it takes memory of a fifth of its size, or
 * of about its size if digests are written with escapes. What is returned points into its
 * bytes. */
#ifndef IMAGE_MANIFEST_H
#define IMAGE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"

#define MANIFEST_MAX ((size_t)4 << 20) /* bytes; the specification's own figure */

#define MANIFEST_OCI_INDEX "application/vnd.oci.image.index.v1+json"

/* Valid as long as its bytes and the arena of the call. */
struct manifest {
	struct str type; /* media type, without parameters */
	bool type_told;  /* the type is from the client alone: the bytes have no
			 * mediaType, and their shape says another */

	/* Digests of what must be in the repository before the manifest is: config and
	 * layers, blobs, or the children of an index. Each once, in byte order.
	 * Content with a digest of an algorithm that is not computed here
	 * (RC_OTHER_DIGEST of digest_parse()) is never there. Layers that may lie
	 * elsewhere (foreign, non-distributable) are left out. */
	const struct str *refs;
	size_t n_refs;
	bool refs_are_manifests; /* children; else they are blobs */

	bool has_subject;
	struct str
	    subject; /* its digest, perhaps of an algorithm not computed here */

	struct str artifact_type; /* as a referrer shows it: its own, else the media
				   * type of its config (not of an index's) */
	struct str
	    annotations; /* JSON of an object, as it stands there, or empty */
};

/* Is the text JSON, as each kind of manifest must be? *root is the value without the blanks
 * around it. RC_BAD_MANIFEST. */
enum result manifest_check_json(
    struct str bytes, struct str *root, struct err *err);

/* content_type is the client's header, with or without parameters, "" for none. Without
 * one and without mediaType the shape decides, as in distribution: an index if it has
 * `manifests`, else of Docker's schema 1 if its schemaVersion is 1, else an OCI manifest.
 *
 * `layers` that are null or not there are an empty list, and so are `manifests` that are
 * null: programs in Go write an empty list so, and distribution accepts it. `manifests`
 * must be there, though (image-spec, image-index.md): an index without it is nearly always
 * something else under the wrong type.
 *
 * RC_BAD_MANIFEST: not a JSON object; mediaType and content_type differ, or are not media
 * types (RFC 6838); of a type that is known, but not of its form; a broken digest. */
enum result manifest_parse(struct arena *a, struct str bytes,
    struct str content_type, struct manifest *out, struct err *err);

/* The media type of a stored manifest, from its bytes. False: they have no mediaType,
 * and *out is what their shape says. Only the outermost members are read; for bytes
 * that are not JSON *out is some media type. */
bool manifest_type(struct arena *a, struct str bytes, struct str *out);

/* Is the text a media type (RFC 6838), without parameters? */
bool manifest_type_is(struct str text);

/* One row of an index: the members that a list of referrers shows. */
struct manifest_descriptor {
	struct digest digest; /* {0}: of an algorithm that is not computed here */
	struct str type, artifact_type;
	long long size;         /* bytes */
	struct str annotations; /* JSON of an object; empty: none */
};

/* Where the description of an image may be found: in its manifest, else in the labels of
 * its config, else in those of its first child. */
struct manifest_about {
	struct str description; /* org.opencontainers.image.description, or empty */
	bool has_config;
	struct digest config;
	bool has_child;
	struct digest child;
};

/* Reads these members alone, because this is called for each change of a repository.
 * If the bytes are not a JSON object, *out is empty. */
void manifest_about_read(
    struct arena *a, struct str bytes, struct manifest_about *out);

/* The description in the labels of an image's config (config.Labels); empty
 * without. */
struct str manifest_config_description(struct arena *a, struct str config);

#endif
