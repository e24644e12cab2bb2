/* internal.h: questions to the upstream. Private to this room. */
#ifndef MIRROR_INTERNAL_H
#define MIRROR_INTERNAL_H

#include "mirror/mirror.h"
#include "remote/remote.h"
#include "store/guard.h"
#include "store/partial.h"

/* The headers of each question: the caller's Token, and the way that the request has come
 * (Via). In the arena. */
const char *const *mirror_headers(const struct task *t);

/* The Token that the upstream gets; empty: none. */
struct str mirror_token(const struct caller *caller);

/* GET. RC_NOT_FOUND: the upstream does not have it, or not for this caller. RC_UPSTREAM: it
 * does not answer, or with another status. */
enum result mirror_get(const struct task *t, const struct remote_call *call,
    struct remote_answer *out);

/* An image as mirror_json() and mirror_ancestry() find it. */
struct mirror_image {
	struct str json, ancestry;
	struct str sum; /* empty: the upstream announced none */
	int64_t size;   /* bytes of its layer; -1: the upstream announced none */
};
enum result mirror_image(
    const struct task *t, const char *id, struct mirror_image *out);

/* Begins to fetch the layer. `held`, GUARD_MIRROR of the image, is given to the fetch, which
 * releases it at its end; *held is empty when this returns. Returns when the upstream has begun
 * to answer. RC_IMAGE_UNKNOWN, RC_UPSTREAM. */
struct mirror_begun {
	struct store_partial
	    *layer;     /* the caller's to close; NULL: it is an image */
	int64_t length; /* bytes, above 0 where there is a layer */
};
enum result mirror_fetch(const struct task *t, const char *id,
    const struct mirror_image *image, struct guard *held, struct mirror_begun *out);

#endif
