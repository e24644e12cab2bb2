/* schema1.h: manifests of Docker's schema 1, which docker 1.6 to 1.9 push and pull:
 *
 *	{"schemaVersion": 1, "name": "team/app", "tag": "1", "architecture": "amd64",
 *	 "fsLayers": [{"blobSum": "sha256:..."}, ...],
 *	 "history": [{"v1Compatibility": "<json of a v1 image>"}, ...]}
 *
 * Both lists begin with the topmost layer. Clients send the manifest signed (pretty_jws.h);
 * only the payload is stored, and the digest is that of the payload. */
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

/* Checks a payload that a client pushed. *out has only the references to the layers; it is
 * valid as long as the payload. RC_BAD_MANIFEST:
 * - a list is missing or empty, or the two lists differ in length;
 * - an entry of the history is not the json of an image, or is not the parent of the entry
 *   before it (the same entry twice in a row counts once: docker 1.6 and 1.7 push that);
 * - an object has two names that differ only in upper and lower case: Go takes "FsLayers" for
 *   "fsLayers", and one digest must mean the same image to every client.
 * name and tag may differ from those of the request: tools that copy tags keep them. */
enum result schema1_read(
    struct arena *a, struct str payload, struct manifest *out, struct err *err);

#endif
