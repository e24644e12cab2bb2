/* to_v1.h: images of API v2 as API v1 asks for them. Images are found by their ids through the
 * index (index_counterpart_find()), in repositories that the caller may see: a private one is
 * hidden from a caller whose token names another one (images/access.h). RC_IMAGE_UNKNOWN where
 * no repository has the id; RC_REBUILDING: the index cannot answer yet. */
#ifndef BRIDGE_TO_V1_H
#define BRIDGE_TO_V1_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/pair.h"
#include "registry/task.h"
#include "store/content.h"

struct to_v1_image {
	struct str json;
	uint64_t layer_size;    /* bytes */
	const char *repository; /* of API v2, that has it */

	/* Of an image below the top: its id does not depend on the texts of its history, which
	 * may be others in another repository. */
	bool may_change;
};

enum result to_v1_json(
    const struct task *t, const char *id, struct to_v1_image *out);
enum result to_v1_ancestry(const struct task *t, const char *id, struct str *out);
enum result to_v1_layer(
    const struct task *t, const char *id, const struct content **out);

/* Does any repository have an image of API v2 with this id, also a private one? Then API v1 must
 * not accept another one of this id. False also while the index is being rebuilt: then the image
 * of API v2 gets no form in API v1 (counterpart_chain()). */
enum result to_v1_is_taken(const struct task *t, const char *id, bool *out);

/* Do private repositories have the image through API v2, and do public ones? The repository `own`
 * counts as a public one. Neither while the index is being rebuilt. */
struct to_v1_owners {
	bool private, public;
};
enum result to_v1_owners(const struct task *t, const struct v1name *own,
    const char *id, struct to_v1_owners *out);

/* Does the repository have the image through API v2? */
enum result to_v1_has(
    const struct task *t, const struct pair *p, const char *id, bool *out);

/* The tag of API v2, which means the manifest d: the id of its image, which the calls above find
 * from now on. RC_NOT_BRIDGED, with the reason; RC_TAG_UNKNOWN: the manifest is lost. No guard is
 * held. */
enum result to_v1_tag(const struct task *t, const struct pair *p, const char *tag,
    const struct digest *d, const char **id);

/* Each tag of API v2 of the repository that has an image, in byte order, from the index.
 * RC_REBUILDING. visit returning false ends it; it waits for nothing. */
enum result to_v1_tags(const struct task *t, const struct pair *p,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg);

/* Each image of the repository that it has through API v2, once; likewise. */
enum result to_v1_images(const struct task *t, const struct pair *p,
    bool (*visit)(void *arg, struct str id), void *arg);

/* Writes the image and those below it into the layout of API v1, without a copy of their layers,
 * because a tag or an image of API v1 is about to refer to it. RC_OK also if no repository has the
 * id, or it is there. No guard of an image is held. */
enum result to_v1_keep(const struct task *t, const char *id);

#endif
