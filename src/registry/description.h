/* description.h: the line that search results show of a repository. */
#ifndef REGISTRY_DESCRIPTION_H
#define REGISTRY_DESCRIPTION_H

#include "index/index.h"
#include "registry/task.h"

/* Of what layouts_find() found, what somebody said (properties.h). Without, the
 * org.opencontainers.image.description of the manifest that is tagged "latest", else of
 * the last tag in order: its own annotation, else its config's label, else those of its
 * first child. Without, that label or the comment of the v1 image tagged "latest". Empty
 * where there is none to be had. */
struct str description_text(
    const struct task *t, const struct index_repository *repository);

#endif
