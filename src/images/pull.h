/* pull.h: images go out: those of API v1, else those that repositories have through API v2
 * (bridge/to_v1.h), else those of the upstream (mirror/mirror.h).
 *
 * Each call asks first whether the caller may see the image by this path (access.h).
 * RC_IMAGE_UNKNOWN, also for one that is hidden from the caller; RC_IMAGE_UNFINISHED: its
 * push is not over; RC_REBUILDING: the index cannot say whether a repository has it;
 * RC_UPSTREAM, RC_BUSY. A private image is never the upstream's. */
#ifndef IMAGES_PULL_H
#define IMAGES_PULL_H

#include "base/buf.h"
#include "images/access.h"
#include "registry/v1image.h"

enum result pull_json(const struct task *t, enum access_path path, const char *id,
    struct v1image_json *out);

/* A JSON list of ids: the image's own, its parent's and so on. */
enum result pull_ancestry(const struct task *t, const char *id, struct str *out);

/* A layer that is complete here has `content`. One that comes from the upstream at this
 * moment has content NULL: write() sends its `length` bytes as they arrive. */
struct pull_layer {
	const struct content *content;
	int64_t length;
	enum result (*write)(void *arg, struct sink sink, struct err *err);
	void *arg;
};
enum result pull_layer(const struct task *t, enum access_path path, const char *id,
    struct pull_layer *out);

/* What the layer holds, and what it changes of the layers below it; also the errors of
 * layerfiles.h. Only of an image of API v1 that is here; RC_NOT_BRIDGED: it is one of API v2. */
enum result pull_files(const struct task *t, enum access_path path, const char *id,
    const struct content **out);
enum result pull_diff(
    const struct task *t, const char *id, const struct content **out);

#endif
