/* layout.h: the directories of distribution's layout. Private to this room.
 *
 * Paths are relative to the store's directory and live in the arena. The caller has checked
 * that `name` is a repository's (image/reference.h). */
#ifndef STOREFS_LAYOUT_H
#define STOREFS_LAYOUT_H

#include "base/arena.h"
#include "image/digest.h"

#define V2_ROOT  "docker/registry/v2"
#define V2_REPOS V2_ROOT "/repositories"
#define V2_BLOBS V2_ROOT "/blobs"

const char *v2_blob_dir(struct arena *a, const struct digest *d);
const char *v2_layers_dir(struct arena *a, const char *name);
const char *v2_layer_dir(struct arena *a, const char *name, const struct digest *d);
const char *v2_revisions_dir(struct arena *a, const char *name);
const char *v2_revision_dir(
    struct arena *a, const char *name, const struct digest *d);
const char *v2_tags_dir(struct arena *a, const char *name);

/* "<dir>/<algorithm>/<hex>" */
const char *layout_below(struct arena *a, const char *dir, const struct digest *d);

#endif
