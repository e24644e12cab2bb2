/* access.h: what a caller may see and do, once it was let in (auth/auth.h).
 *
 * An image belongs to a repository if it was announced there, if the index granted
 * it, or if a tag of the repository leads to it, in either API. A caller that is bound to a
 * repository sees and pushes what belongs to it, and nothing else. What is hidden from a
 * caller is answered as not found. A task without a caller sees what is public.
 *
 * The verbs ask about images. The path's repository is checked once, when the request is
 * admitted, which writes nothing.
 *
 * Nothing comes to belong to a repository because its owner says so:
 * A1  A tag is set only on an image that belongs to the repository already (access_tag()).
 * A2  A parent must belong to the repository, or the index must give it (access_parent()).
 * A3  With own tokens, an announcement claims (announce.h) the images that are not here yet,
 *     those of the repository, and those of public repositories: docker announces the base
 *     images of what it pushes, and sends none that is here. It does not claim an image
 *     that only private repositories have. But a client that then sends the same json, to
 *     the byte, has the image (a docker does, and json is shown to nobody else), so the
 *     image joins its repository (repository_claim()). An image of no repository, such
 *     as one whose repository was deleted, may be claimed by any client that knows its id:
 *     otherwise it could never be pushed again. */
#ifndef IMAGES_ACCESS_H
#define IMAGES_ACCESS_H

#include "auth/caller.h"
#include "base/arena.h"
#include "base/err.h"
#include "registry/task.h"

/* A private repository is hidden from a caller whose token names another one.
 * RC_REPOSITORY_UNKNOWN. */
enum result access_repository(const struct task *t, const struct v1name *name);

/* May the caller see the image by this path?
 * ACCESS_PUBLIC: images/<id>. Not for a caller whose token names a private repository.
 * ACCESS_PRIVATE: private_images/<id>. Only for a caller whose token names a private
 * repository to which the image belongs, and where the index allows it.
 * RC_IMAGE_UNKNOWN, RC_UPSTREAM. */
enum access_path { ACCESS_PUBLIC, ACCESS_PRIVATE };
enum result access_image(
    const struct task *t, enum access_path path, const char *id);

/* May a tag of the caller's repository lead to the image? RC_IMAGE_UNKNOWN: the image does
 * not belong to the repository, and the index does not give it; whether it is here is not
 * said. RC_UPSTREAM. */
enum result access_tag(const struct task *t, const char *id);

/* RC_NOT_GRANTED: neither announced nor granted. */
enum result access_push(const struct task *t, const char *id);

/* RC_PARENT_REFUSED, RC_UPSTREAM. */
enum result access_parent(const struct task *t, const char *id);

/* Stores which images the index grants to the caller's repository, if that is there or the
 * caller may write to it, and if the list has changed. For verbs, once they succeeded. The
 * list of the caller itself counts in its own request: the file may be that of another
 * caller, or gone. */
enum result access_note_granted(const struct task *t);

#endif
