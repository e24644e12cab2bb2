/* announce.h: a push announces images that are here already; which of them may it claim?
 *
 * What is announced belongs to the repository (access.h, where the rule stands), so where
 * tokens are asked for, an announcement must not open what is another's own. */
#ifndef IMAGES_ANNOUNCE_H
#define IMAGES_ANNOUNCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/task.h"

/* *out: the announcement without the images that private repositories alone have; as it
 * came where it may claim all, or is none. Where something is announced that is here and
 * not the repository's yet, the private repositories are read, and only for what one of
 * them has, the public ones until each such image was found: the first push of a shared
 * image to a repository walks the store's names. The caller holds no guard. RC_IO. */
enum result announce_filter(const struct task *t, const struct v1name *name,
    struct str announced, struct str *out);

#endif
