/* tag_entry.h: enters in the index what the image of a tag has in the other API, when that was made
 * after the tag was set, or when the index has missed it. Private to this room. */
#ifndef BRIDGE_TAG_ENTRY_H
#define BRIDGE_TAG_ENTRY_H

#include <stdbool.h>

#include "base/err.h"
#include "registry/counterpart.h"
#include "registry/pair.h"
#include "registry/task.h"

struct tag_entry {
	const char *repository; /* its name in API v2 */
	const char *tag;
	struct pair_tag is; /* what the tag meant when it was read */
};

/* What the index has as origin of the image's counterparts: the id of an image of API v1, or the
 * digest of a manifest. */
const char *tag_entry_origin(const struct task *t, const struct tag_entry *e);

/* Does the index know that the tag's image is the origin of its manifest of API v2? True also if
 * the index cannot answer now: then it is being made, of what the store has. */
bool tag_entry_is_there(const struct task *t, const struct tag_entry *e,
    const struct counterpart_image *image);

/* Enters it, if the tag still means the same: takes the guard of the repository. What fails is
 * entered later, because the repository gets a mark. RC_BUSY, RC_IO. */
enum result tag_entry_put(const struct task *t, const struct tag_entry *e);

#endif
