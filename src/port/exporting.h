/* exporting.h: an export of an image: what is exported, and where it goes; and for images of API
 * v2 its manifests and blobs. Private to this room. */
#ifndef PORT_EXPORTING_H
#define PORT_EXPORTING_H

#include "base/err.h"
#include "content/manifests.h"
#include "image/digest.h"
#include "image/manifest.h"
#include "image/v1chain.h"
#include "port/output.h"
#include "port/port.h"
#include "registry/task.h"

struct exporting {
	const struct task *task;
	const struct port_name *from;
	const struct v1chain_platform
	    *platform; /* of an index this one; NULL: all */
	struct output *to;
};

/* The same export with another arena. */
struct exporting exporting_with_arena(
    const struct exporting *ex, struct arena *scratch);

/* The manifest that is exported: what the name means or, of an index and with a platform, its child
 * for that. RC_MANIFEST_UNKNOWN, RC_NOT_BRIDGED; RC_BAD_NAME: API v2 has no such name. */
enum result exporting_find(const struct exporting *ex, struct manifests_found *out);

/* The blob d becomes the file of this name, unless it is there. */
enum result exporting_blob(
    const struct exporting *ex, const struct digest *d, const char *name);

/* The manifest, parsed. RC_NOT_BRIDGED: it is of schema 1. */
enum result exporting_parse(const struct exporting *ex,
    const struct manifests_found *found, struct manifest *out);

#endif
