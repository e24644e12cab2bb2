/* schema1.h: manifests of Docker's schema 1, which docker 1.6 to 1.9 push and pull:
 *
 *	{"schemaVersion": 1, "name": "team/app", "tag": "1", "architecture": "amd64",
 *	 "fsLayers": [{"blobSum": "sha256:..."}, ...],
 *	 "history": [{"v1Compatibility": "<json of a v1 image>"}, ...]}
 *
 * Both lists begin with the topmost layer. Clients send it signed (pretty_jws.h); the
 * payload alone is what is stored and has the digest. */
#ifndef IMAGE_SCHEMA1_H
#define IMAGE_SCHEMA1_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/manifest.h"

#define SCHEMA1_PLAIN  "application/vnd.docker.distribution.manifest.v1+json"
#define SCHEMA1_SIGNED "application/vnd.docker.distribution.manifest.v1+prettyjws"

/* Is it one of the two media types? */
bool schema1_is_type(struct str type);

/* Checks a payload that a client pushed. *out refers to its layers, and says nothing else
 * than that; it lives as long as the payload. RC_BAD_MANIFEST:
 * - a list is missing, empty, or of another length than the other;
 * - an entry of the history is not the json of an image, or is not the parent of the one
 *   above it. (The same entry twice in a row counts once: docker 1.6 and 1.7 push it.);
 * - a name stands twice in an object, or twice but for capitals: Go takes "FsLayers" for
 *   "fsLayers", and one digest must not mean one image here and another one there.
 * name and tag need not be those of the request: tools that copy tags keep them. */
enum result schema1_read(
    struct arena *a, struct str payload, struct manifest *out, struct err *err);

#endif
