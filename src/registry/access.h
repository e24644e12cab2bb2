/* access.h: what one who was let in (auth/auth.h) may see and do.
 *
 * An image belongs to a repository when it was announced there, when the index granted
 * it, or when a tag of the repository leads to it. Whoever is bound to a repository sees
 * and pushes what belongs to it, and nothing else. What is hidden from a caller is to him
 * as if it were not there. `caller` NULL: nobody in particular, who sees what is public. */
#ifndef REGISTRY_ACCESS_H
#define REGISTRY_ACCESS_H

#include "auth/caller.h"
#include "base/arena.h"
#include "base/err.h"
#include "registry/registry.h"

/* A private repository is hidden from one who shows a token of another.
 * RC_REPOSITORY_UNKNOWN. */
enum result access_repository(struct registry *reg, struct arena *a,
    const struct caller *caller, const struct repo_name *name, struct err *err);

/* Through images/<id>: not in the name of a private repository. RC_IMAGE_UNKNOWN. */
enum result access_public_image(struct registry *reg, struct arena *a,
    const struct caller *caller, const char *id, struct err *err);

/* Through private_images/<id>: only in the name of a private repository, of what belongs
 * to it, and where the index allows. RC_IMAGE_UNKNOWN, RC_REMOTE. */
enum result access_private_image(struct registry *reg, struct arena *a,
    const struct caller *caller, const char *id, struct err *err);

/* RC_NOT_GRANTED: neither announced nor granted. */
enum result access_push(struct registry *reg, struct arena *a,
    const struct caller *caller, const char *id, struct err *err);

/* RC_PARENT_REFUSED, RC_REMOTE. */
enum result access_parent(struct registry *reg, struct arena *a,
    const struct caller *caller, const char *id, struct err *err);

/* Writes down what the index has just granted to the caller's repository, if it is there
 * or is about to be. */
enum result access_note_granted(struct registry *reg, struct arena *a,
    const struct caller *caller, struct err *err);

#endif
