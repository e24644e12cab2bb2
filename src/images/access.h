/* access.h: what one who was let in (auth/auth.h) may see and do.
 *
 * An image belongs to a repository when it was announced there, when the index granted
 * it, or when a tag of the repository leads to it. Whoever is bound to a repository sees
 * and pushes what belongs to it, and nothing else. What is hidden from a caller is
 * answered as not found. `caller` NULL: nobody in particular, who sees what is public.
 *
 * Nothing comes to belong to a repository because its owner says so:
 * A1  A tag is put on what belongs to the repository already (access_tag()).
 * A2  A parent is one that belongs to it, or that the index gives (access_parent()).
 * A3  Where own tokens are asked for, an announcement claims (announce.h) what is not here
 *     yet, what the repository has, and what a public repository has: docker announces
 *     the base images of what it pushes, and sends none that is here. What private
 *     repositories alone have, it does not claim; but whoever then sends the image's
 *     json to the byte has the image (a docker does, and json is shown to nobody else),
 *     and it joins his repository (repository_claim()). An image of no repository, such
 *     as one whose repository was deleted, may be claimed by whoever knows its id: else
 *     it could never be pushed again. */
#ifndef IMAGES_ACCESS_H
#define IMAGES_ACCESS_H

#include "auth/caller.h"
#include "base/arena.h"
#include "base/err.h"
#include "registry/task.h"

/* A private repository is hidden from one who shows a token of another.
 * RC_REPOSITORY_UNKNOWN. */
enum result access_repository(const struct task *t, const struct v1name *name);

/* Through images/<id>: not in the name of a private repository. RC_IMAGE_UNKNOWN. */
enum result access_public_image(const struct task *t, const char *id);

/* Through private_images/<id>: only in the name of a private repository, of what belongs
 * to it, and where the index allows. RC_IMAGE_UNKNOWN, RC_UPSTREAM. */
enum result access_private_image(const struct task *t, const char *id);

/* May the caller's repository get a tag that leads to the image? RC_IMAGE_UNKNOWN: it is
 * not the repository's nor the index's to give; it does not say whether it is here.
 * RC_UPSTREAM. */
enum result access_tag(const struct task *t, const char *id);

/* RC_NOT_GRANTED: neither announced nor granted. */
enum result access_push(const struct task *t, const char *id);

/* RC_PARENT_REFUSED, RC_UPSTREAM. */
enum result access_parent(const struct task *t, const char *id);

/* Writes down what the index grants to the caller's repository, if it is there or is about
 * to be, and is not written already. What counts in this request is the caller's own list:
 * the file may be another's, or gone. */
enum result access_note_granted(const struct task *t);

#endif
