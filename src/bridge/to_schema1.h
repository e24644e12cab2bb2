/* to_schema1.h: either kind of image as a manifest of schema 1, for docker 1.6 to 1.9: the
 * payload, which content/signature.h signs. It is made for a request by tag and never stored. */
#ifndef BRIDGE_TO_SCHEMA1_H
#define BRIDGE_TO_SCHEMA1_H

#include "base/err.h"
#include "base/str.h"
#include "registry/pair.h"
#include "registry/task.h"

/* Of an image of API v1, or of a manifest of API v2. RC_NOT_BRIDGED, with the reason. */
enum result to_schema1_of_image(const struct task *t, const struct pair *p,
    const char *tag, const char *id, struct str *payload);
enum result to_schema1_of_manifest(const struct task *t, const char *name,
    const char *tag, const struct digest *d, struct str *payload);

#endif
