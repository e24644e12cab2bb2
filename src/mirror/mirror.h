/* mirror.h: images that are not here come from another registry, the upstream.
 *
 * A layer is sent to clients while it is fetched and stored. One fetch of it runs, however
 * many clients ask, in this process or in another, and it goes on when they have gone. The
 * last bytes are held back until the whole layer has the sum that the upstream announced
 * (without a sum: until it has the announced length and can be unpacked). So no client takes
 * a damaged layer for a whole one, and only a whole one becomes an image of this registry.
 * A layer without an announced length is sent once it is an image. What is here is served
 * without asking the upstream: tags and lists of images for mirroring.tags_cache_ttl, and
 * longer while the upstream does not answer.
 *
 * The upstream gets the caller's Token (own tokens and a mirror exclude each other). Tags
 * and lists of images that it answers to a Token are not kept, because others could see
 * them; images are kept, under ids that cannot be guessed.
 *
 * Two mirrors may be each other's upstream: a registry that finds its own name in the
 * caller's Via does not ask further.
 *
 * RC_UPSTREAM: the upstream does not answer, and no answer of it is kept. RC_BUSY: too many
 * requests wait for it already. */
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
	const char *upstream; /* "https://registry.example.com"; NULL: no mirror */
	/* for lists of images and search; NULL: upstream */
	const char *upstream_index;
	unsigned tags_ttl; /* seconds */
	const char *name;  /* of this registry alone, in Via */
};

bool mirror_is_on(const struct registry *reg);

/* Is it, and may the upstream be asked on behalf of this caller? */
bool mirror_may_ask(const struct task *t);

/* The json and the ancestry of an image that is not here. RC_IMAGE_UNKNOWN: the upstream does
 * not have it either. */
enum result mirror_json(
    const struct task *t, const char *id, struct v1image_json *out);
enum result mirror_ancestry(const struct task *t, const char *id, struct str *out);

/* The layer of such an image: either *growing, while its fetch runs, or *file (and *growing
 * NULL) if the fetch has just ended. */
struct mirror_growing; /* lives in the arena */
enum result mirror_layer(const struct task *t, const char *id,
    struct mirror_growing **growing, const struct content **file);
int64_t mirror_growing_length(const struct mirror_growing *g); /* bytes */

/* Writes the layer as it comes. RC_CLIENT_GONE: the sink takes no more. RC_UPSTREAM: the
 * fetch has failed. RC_IO. */
enum result mirror_growing_write(void *growing, struct sink sink, struct err *err);

/* An image and its ancestors, those that only the upstream has, become images of this
 * registry; returns when they are. RC_OK also for an image that neither has. */
enum result mirror_keep(const struct task *t, const char *id);

/* The upstream's tags, {"tag": "id", ...}. RC_REPOSITORY_UNKNOWN. */
enum result mirror_tags(
    const struct task *t, const struct v1name *name, struct str *out);

/* The upstream's list of images, and the token that it gave for them (empty if it gave none,
 * or if the list is a kept one). RC_REPOSITORY_UNKNOWN. */
struct mirror_images {
	struct str images, token;
};
enum result mirror_images(
    const struct task *t, const struct v1name *name, struct mirror_images *out);

/* What the upstream finds, at most MIRROR_ROWS; nothing if it does not answer, because own
 * results are useful without it. */
#define MIRROR_ROWS 100
struct mirror_row {
	struct str name, description;
	long long stars;
	bool official, automated, trusted;
};
size_t mirror_search(
    const struct task *t, struct str term, struct mirror_row rows[MIRROR_ROWS]);

#endif
