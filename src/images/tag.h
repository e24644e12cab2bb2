/* tag.h: tags as registry v1 has them. RC_REPOSITORY_UNKNOWN, RC_TAG_UNKNOWN. */
#ifndef IMAGES_TAG_H
#define IMAGES_TAG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/task.h"

/* Each tag with its image's id. visit returning false ends it. */
enum result tag_list(const struct task *t, const struct v1name *name,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg);

enum result tag_get(const struct task *t, const struct v1name *name,
    const char *tag, const char **id);

/* The tag means this image now. `agent` is the client's User-Agent.
 * RC_IMAGE_UNKNOWN, RC_IMAGE_UNFINISHED: a tag never means an image that cannot be
 * pulled. */
enum result tag_put(const struct task *t, const struct v1name *name,
    const char *tag, const char *id, struct str agent);

enum result tag_remove(
    const struct task *t, const struct v1name *name, const char *tag);

/* Who tagged; what stands for it where nobody wrote it down, also of an unknown
 * tag. */
enum result tag_meta(const struct task *t, const struct v1name *name,
    const char *tag, struct str *out);

#endif
