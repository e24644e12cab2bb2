/* manifest_type.h: the media type of a manifest, and which members belong to it; for
 * manifest.c and v1chain_manifest.c. */
#ifndef IMAGE_MANIFEST_TYPE_H
#define IMAGE_MANIFEST_TYPE_H

#include "base/err.h"
#include "base/str.h"
#include "image/manifest.h"

/* Which members a manifest of a media type has. */
enum manifest_shape {
	MANIFEST_OTHER, /* not known */
	MANIFEST_IMAGE,
	MANIFEST_INDEX,
	MANIFEST_ARTIFACT
};

enum manifest_shape manifest_type_shape(struct str type);

/* The members that decide the type of a manifest, each a slice of JSON. */
struct manifest_type_members {
	struct str type, version, manifests, signatures;
};

/* Sets out->type and out->type_from_header; see manifest_parse(). */
enum result manifest_type_find(struct arena *a,
    const struct manifest_type_members *members, struct str content_type,
    struct manifest *out, struct err *err);

#endif
