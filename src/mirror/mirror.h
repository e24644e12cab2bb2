/* mirror.h: what is not here is had from another registry, the source.
 *
 * A layer is sent on while it is fetched and stored. One fetch runs, however many ask, in
 * this process or another; it goes on when those who asked have gone. The last bytes are
 * held back until the whole has the sum that the source told (without one: until it is as
 * long as was told and can be unpacked), so that nobody takes a damaged layer for a whole
 * one; only then it becomes an image of this registry. One whose length is not told is
 * sent when it is one. What is here is served without
 * asking the source, tags and lists of images for as long as mirroring.tags_cache_ttl,
 * and longer while the source is away.
 *
 * The source is shown the caller's Token (there is no mirror where own tokens are asked
 * for). What such a question was answered about names (tags, lists of images) is kept for
 * nobody; images are, under ids that nobody guesses.
 *
 * Two mirrors may be each other's source: whoever finds himself in the caller's Via asks no
 * further.
 *
 * `caller` NULL: nobody in particular. RC_UPSTREAM: the source does not answer and nothing
 * of it is kept. RC_BUSY: too many wait for it already. */
#ifndef MIRROR_MIRROR_H
#define MIRROR_MIRROR_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/caller.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/task.h"
#include "registry/v1image.h"
#include "store/content.h"

struct mirror_options {
	const char *source; /* NULL: no mirror; "https://registry.example.com" */
	const char
	    *source_index; /* of lists of images and search; NULL: the source */
	unsigned tags_ttl; /* seconds */
	const char *name;  /* of this registry, in Via; no other has it */
};

bool mirror_is_on(const struct registry *reg);

/* And is the source to be asked on behalf of this caller? */
bool mirror_may_ask(const struct task *t);

/* json and ancestry of an image that is not here. RC_IMAGE_UNKNOWN: nor there. */
enum result mirror_json(
    const struct task *t, const char *id, struct v1image_json *out);
enum result mirror_ancestry(const struct task *t, const char *id, struct str *out);

/* The layer of such an image: its fetch runs, or has just ended and it is here:
 * *file is set then, *growing NULL. */
struct mirror_growing; /* lives in the arena */
enum result mirror_layer(const struct task *t, const char *id,
    struct mirror_growing **growing, const struct content **file);
int64_t mirror_growing_length(const struct mirror_growing *g); /* bytes */

/* Writes the layer as it comes. RC_CLIENT_GONE: the sink takes no more. RC_UPSTREAM: the
 * fetch has failed. RC_IO. */
enum result mirror_growing_write(void *growing, struct sink sink, struct err *err);

/* An image and those that it stands on, as far as only the source has them, become images
 * of this registry; waits until they are. RC_OK also where neither has one. */
enum result mirror_keep(const struct task *t, const char *id);

/* The source's tags, {"tag": "id", ...}. RC_REPOSITORY_UNKNOWN. */
enum result mirror_tags(
    const struct task *t, const struct v1name *name, struct str *out);

/* The source's list of images, and the token that it gives for them (empty: none, or
 * kept from before). RC_REPOSITORY_UNKNOWN. */
struct mirror_images {
	struct str images, token;
};
enum result mirror_images(
    const struct task *t, const struct v1name *name, struct mirror_images *out);

/* What the source finds, at most MIRROR_ROWS. Without it the list is empty: own results
 * are worth having. */
#define MIRROR_ROWS 100
struct mirror_row {
	struct str name, description;
	long long stars;
	bool official, automated, trusted;
};
size_t mirror_search(
    const struct task *t, struct str term, struct mirror_row rows[MIRROR_ROWS]);

#endif
