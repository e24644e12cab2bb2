/* description.h: the line of text with which search results show a repository. Private to
 * this room. */
#ifndef REGISTRY_DESCRIPTION_H
#define REGISTRY_DESCRIPTION_H

#include "registry/layouts.h"
#include "registry/task.h"

/* The description of a repository that layouts_find() found: the one that was set for it
 * (images/properties.h). If there is none, org.opencontainers.image.description of the
 * manifest with the tag "latest", or with the last tag in order: its own annotation, else
 * its config's label, else those of its first child. If there is none, that label or the
 * comment of the v1 image with the tag "latest". Otherwise *out is empty. RC_IO: something
 * could not be read; *out is empty. */
enum result description_text(
    const struct task *t, const struct layouts_found *found, struct str *out);

#endif
