/* repository.h: repositories as registry v1 has them. RC_REPOSITORY_UNKNOWN where
 * the name is not there, in either spelling and in either layout (registry/pair.h). */
#ifndef IMAGES_REPOSITORY_H
#define IMAGES_REPOSITORY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/task.h"
#include "store/v1repo.h"

/* Finds the repository that a client means: if the name is another spelling of one
 * that is there, *name becomes the name under which that one is kept
 * (store_v1repo_resolve() in store/v1repo.h). With another index the name stays, because
 * its tokens name it. */
enum result repository_resolve_name(const struct task *t, struct v1name *name);

/* An announcement, with everything that is made of it, takes so many times its bytes; the longest
 * of its elements takes more (base/json.h, JSON_TIMES). */
#define REPOSITORY_TIMES 16

/* A push announces its images: those that it may claim (announce.h) are merged into the
 * list. RC_BAD_JSON, RC_BAD_DATA, RC_TOO_LARGE; RC_BUSY: it is long, or its list or one of
 * its elements is, and the memory could not be reserved (registry/worklimit.h). */
enum result repository_announce(
    const struct task *t, const struct v1name *name, struct str body);

/* Where own tokens are asked for: the image, whose json the caller has sent to the byte,
 * joins those of the repository (access.h, A3). RC_NOT_GRANTED: it is another json, or no
 * image, or there are no own tokens. */
enum result repository_claim(const struct task *t, const struct v1name *name,
    const char *id, struct str json);

/* The announced images as a JSON list, with those that the repository has through API v2
 * (bridge/to_v1.h) and those that the upstream (mirror/mirror.h) lists. *token: what the upstream
 * gave for its images, empty if it gave none. RC_UPSTREAM, RC_BUSY. */
enum result repository_images(const struct task *t, const struct v1name *name,
    struct str *images, struct str *token);

/* The repository and all its tags are gone, in both APIs, and so are its manifests of API v2. The
 * images and blobs stay. */
enum result repository_remove(const struct task *t, const struct v1name *name);

/* Its json; a default if it has none, also for an unknown repository. */
enum result repository_meta(
    const struct task *t, const struct v1name *name, struct str *out);

#endif
