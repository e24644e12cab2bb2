/* push.h: an image comes in, by the three requests of registry v1.
 *
 * store/v1push.h has the order of writes. Two pushes of one image at once both succeed: the
 * first one that is confirmed becomes the image, and the right sum of the other is accepted
 * too. */
#ifndef IMAGES_PUSH_H
#define IMAGES_PUSH_H

#include "auth/caller.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1checksum.h"
#include "registry/task.h"
#include "store/stage.h"

/* json: `given` is X-Docker-Checksum, empty without one. In this order RC_BAD_JSON,
 * RC_NO_ID, RC_BAD_CHECKSUM, RC_OTHER_ID, RC_NOT_GRANTED, RC_NO_PARENT, RC_PARENT_REFUSED (of
 * the caller, see access.h), RC_IMAGE_EXISTS. An unfinished push of the image starts
 * again from the beginning; so does one of a damaged image, and replaces it. */
enum result push_json(
    const struct task *t, const char *id, struct str json, struct str given);

/* May a layer of this image come? RC_IMAGE_UNKNOWN, RC_IMAGE_EXISTS. */
enum result push_layer_check(const struct task *t, const char *id);

/* layer: body_file is nginx's (store/stage.h). Also RC_MISMATCH, when its sum was
 * given with each json and is another; RC_BAD_LAYER, when that was a tarsum and this is not
 * an archive; RC_CLIENT_GONE. */
enum result push_layer(const struct task *t, const char *id, const char *body_file);

/* The same for bytes that did not come with a request. */
enum result push_layer_stage(
    const struct task *t, const char *id, struct stage *sg);

/* checksum: X-Docker-Checksum-Payload and X-Docker-Checksum, which may be a tarsum.
 * One right sum is enough. RC_NO_CHECKSUM (none was sent), RC_BAD_CHECKSUM, RC_IMAGE_UNKNOWN,
 * RC_LAYER_UNKNOWN (no layer came yet), RC_MISMATCH or RC_BAD_LAYER (the image stays
 * unfinished; a right layer may follow), RC_CHECKSUM_REFUSED (the image is complete). */
enum result push_checksum(
    const struct task *t, const char *id, struct str payload, struct str checksum);

#endif
