/* manifest.h: reads a manifest of API v2: its type, the content it refers to, its subject.
 * Docker's schema 2 and manifest lists, OCI's manifests, indexes and artifacts, and any other
 * JSON object, of which only the media type is known.
 *
 * A manifest is never changed. It is read in place (json_slice.h), so that the memory needed
 * does not depend on its structure: at most a fifth of its size, or about its size if
 * digests are written with escapes. What is returned points into its bytes. */
#ifndef IMAGE_MANIFEST_H
#define IMAGE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"

#define MANIFEST_MAX ((size_t)4 << 20) /* bytes; the specification's own figure */

/* Media types: Docker's schema 2 and its config, OCI's index. */
#define MANIFEST_SCHEMA2        "application/vnd.docker.distribution.manifest.v2+json"
#define MANIFEST_SCHEMA2_CONFIG "application/vnd.docker.container.image.v1+json"
#define MANIFEST_OCI_INDEX      "application/vnd.oci.image.index.v1+json"

/* Valid as long as its bytes and the arena of the call. */
struct manifest {
	struct str type; /* media type, without parameters */

	/* Only the client's Content-Type says the type: the manifest has no mediaType, and
	 * from its members another type would be derived. So the type must be stored. */
	bool type_from_header;

	/* Digests of the content that must be in the repository before the manifest: config
	 * and layers, blobs, or the children of an index. Each once, in byte order. A digest
	 * may be of an algorithm that berth does not compute (RC_OTHER_DIGEST of
	 * digest_parse()); the repository never has such content. Layers that are fetched
	 * from elsewhere (foreign, non-distributable) are left out. */
	const struct str *refs;
	size_t n_refs;
	bool refs_are_manifests; /* children of an index; else they are blobs */

	bool has_subject;
	struct str subject; /* its digest, of any algorithm */

	/* As a list of referrers shows it: artifactType, else the media type of the config
	 * (not for an index). */
	struct str artifact_type;
	struct str annotations; /* the JSON of an object, unchanged; may be empty */
};

/* Is the text JSON, as each kind of manifest must be? *root is the value without the blanks
 * around it. RC_BAD_MANIFEST: it is not JSON. */
enum result manifest_check_json(
    struct str bytes, struct str *root, struct err *err);

/* content_type is the client's header, with or without parameters; empty: none. Without it
 * and without mediaType the members decide, as in distribution: an index if there is
 * `manifests`, else Docker's schema 1 if schemaVersion is 1, else an OCI manifest.
 *
 * If `layers` is null or missing, or `manifests` is null, it counts as an empty list: programs
 * in Go write empty lists that way, and distribution accepts it. `manifests` must not be
 * missing, though (image-spec, image-index.md): an index without it is nearly always another
 * document with the wrong type.
 *
 * RC_BAD_MANIFEST: not a JSON object; mediaType and content_type differ, or are not media
 * types (RFC 6838); the type is known, but the members do not fit it; a malformed digest. */
enum result manifest_parse(struct arena *a, struct str bytes,
    struct str content_type, struct manifest *out, struct err *err);

/* The media type of a stored manifest, from its bytes. False: it has no mediaType, and *out is
 * the type derived from its members. Only the outermost members are read. For bytes that are
 * not JSON *out is some media type. */
bool manifest_type(struct arena *a, struct str bytes, struct str *out);

/* Is the text a media type (RFC 6838), without parameters? */
bool manifest_type_is(struct str text);

/* A descriptor: how a manifest or a list of referrers refers to content. */
struct manifest_descriptor {
	struct digest digest; /* {0}: of an algorithm that berth does not compute */
	struct str type, artifact_type;
	long long size;         /* bytes */
	struct str annotations; /* JSON of an object; empty: none */
};

/* Where the description of an image may be found: in the annotations of its manifest, else
 * in the labels of its config, else in the same places of the first child of an index. */
struct manifest_description {
	/* annotation org.opencontainers.image.description, or empty */
	struct str text;
	bool has_config;
	struct digest config;
	bool has_child;
	struct digest child;
};

/* Reads only these members, because it is called for each change of a repository. If the
 * bytes are not a JSON object, *out is empty. */
void manifest_description_read(
    struct arena *a, struct str bytes, struct manifest_description *out);

/* The description in the labels of an image's config (config.Labels), or empty. */
struct str manifest_config_description(struct arena *a, struct str config);

#endif
