/* tag.h: tags as registry v1 has them. RC_REPOSITORY_UNKNOWN, RC_TAG_UNKNOWN. */
#ifndef IMAGES_TAG_H
#define IMAGES_TAG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/task.h"

/* Each tag with its image's id, the registry's own and then those that only the upstream
 * (mirror/mirror.h) has. visit returning false ends it. RC_UPSTREAM, RC_BUSY. */
typedef bool tag_visit(void *arg, const char *tag, const char *id);
enum result tag_list(
    const struct task *t, const struct v1name *name, tag_visit *visit, void *arg);

/* The image of an own tag, else of the upstream's. RC_UPSTREAM, RC_BUSY. */
enum result tag_get(const struct task *t, const struct v1name *name,
    const char *tag, const char **id);

/* The tag means this image from now on. An image that only the upstream has is fetched
 * first. `agent` is the client's User-Agent. RC_IMAGE_UNKNOWN, also where the image does
 * not belong to the caller's repository (access.h), RC_IMAGE_UNFINISHED: a tag never means
 * an image that cannot be pulled. RC_UPSTREAM, RC_BUSY. */
enum result tag_put(const struct task *t, const struct v1name *name,
    const char *tag, const char *id, struct str agent);

enum result tag_remove(
    const struct task *t, const struct v1name *name, const char *tag);

/* Which client set the tag, as JSON; a default if that was not stored, also for an unknown
 * tag. */
enum result tag_meta(const struct task *t, const struct v1name *name,
    const char *tag, struct str *out);

#endif
