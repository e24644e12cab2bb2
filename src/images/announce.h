/* announce.h: a push announces images that may be here already; which of them may it claim?
 * Private to this room.
 *
 * What is announced belongs to the repository (access.h, A3). So with own tokens an
 * announcement must not give access to an image that only private repositories have. */
#ifndef IMAGES_ANNOUNCE_H
#define IMAGES_ANNOUNCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/task.h"

/* *out: the announcement without the images that only private repositories have; unchanged
 * if it may claim all of them, or is not a list. If an announced image is here and does not
 * belong to the repository yet, the lists of all private repositories are read, and for what
 * one of them has, those of public ones until each image was found: the first push of a
 * shared image to a repository walks all names of the store. The caller holds no guard.
 * RC_IO. */
enum result announce_filter(const struct task *t, const struct v1name *name,
    struct str announced, struct str *out);

#endif
