/* repository.h: repositories as registry v1 has them. RC_REPOSITORY_UNKNOWN where
 * the name is not there, in either spelling. */
#ifndef IMAGES_REPOSITORY_H
#define IMAGES_REPOSITORY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/registry.h"
#include "store/v1repo.h"

/* Finds the repository that a client means: if the name is another spelling of one
 * that is there, *name becomes the name under which that one is kept
 * (store_v1repo_resolve() in store/v1repo.h). With another index the name stays, because
 * its tokens name it. */
enum result repository_resolve_name(
    struct registry *reg, struct arena *a, struct v1name *name, struct err *err);

/* An announcement and what is made of it take so many times its bytes; the longest of its
 * elements more (json.h, JSON_TIMES). */
#define REPOSITORY_TIMES 16

/* A push announces its images: those that it may claim (announce.h) are merged into the
 * list. RC_BAD_JSON, RC_BAD_DATA, RC_TOO_LARGE; RC_BUSY: it is long, or its list or one of
 * its elements is, and there is no seat (worklimit.h). */
enum result repository_announce(struct registry *reg, struct arena *a,
    const struct v1name *name, struct str body, struct err *err);

/* Where own tokens are asked for: the image, whose json the caller has sent to the byte,
 * joins those of the repository (access.h, A3). RC_NOT_GRANTED: it is another json, or no
 * image, or there are no own tokens. */
enum result repository_claim(struct registry *reg, struct arena *a,
    const struct v1name *name, const char *id, struct str json, struct err *err);

/* The announced images, as JSON. */
enum result repository_images(struct registry *reg, struct arena *a,
    const struct v1name *name, struct str *out, struct err *err);

/* The repository and all its tags are gone; the images stay. */
enum result repository_remove(struct registry *reg, struct arena *a,
    const struct v1name *name, struct err *err);

/* Its json; what stands for it where there is none, also of an unknown repository.
 */
enum result repository_meta(struct registry *reg, struct arena *a,
    const struct v1name *name, struct str *out, struct err *err);

#endif
