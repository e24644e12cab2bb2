/* layout.h: the directories of distribution's layout. Private to this room.
 *
 * Paths are relative to the store's directory and live in the arena. `name` is a repository's
 * (store/repository.h). */
#ifndef STOREFS_LAYOUT_H
#define STOREFS_LAYOUT_H

#include "base/arena.h"
#include "image/digest.h"

#define LAYOUT_ROOT         "docker/registry/v2"
#define LAYOUT_REPOSITORIES LAYOUT_ROOT "/repositories"
#define LAYOUT_BLOBS        LAYOUT_ROOT "/blobs"

/* The directory of a blob, and the file of its bytes. */
const char *layout_blob(struct arena *a, const struct digest *d);
const char *layout_data(struct arena *a, const struct digest *d);

/* What a repository has. The link of a blob or manifest is the file "link" in the directory that
 * is returned (link.h). */
const char *layout_layers(struct arena *a, const char *name);
const char *layout_layer(struct arena *a, const char *name, const struct digest *d);
const char *layout_revisions(struct arena *a, const char *name);
const char *layout_revision(
    struct arena *a, const char *name, const struct digest *d);
const char *layout_tags(struct arena *a, const char *name);

/* "<dir>/<algorithm>/<hex>" */
const char *layout_below(struct arena *a, const char *dir, const struct digest *d);

#endif
