/* push_tarsum.h: which layer of a push is it that has this tarsum? Private to this room.
 *
 * Clients before docker 0.10 know a layer by its tarsum alone; a push is kept by the sum
 * of its bytes (store/v1push.h). Layers are unpacked here to tell, so no guard may be
 * held: what is found may be gone by the time it is used. */
#ifndef IMAGES_PUSH_TARSUM_H
#define IMAGES_PUSH_TARSUM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/task.h"
#include "store/v1push.h"

/* A layer that has come, under the json of one of these pushes: *payload is the sum under
 * which a tarsum is waiting for it, NULL where none is. RC_BAD_LAYER: one waits, and this
 * is not an archive. RC_BUSY: too many layers are being walked. */
enum result push_tarsum_match(const struct task *t, const char *id,
    struct stage *sg, const struct store_v1pushes *begun, const char **payload);

/* The payload sum of the layer that waits and has this tarsum, or of the complete image
 * if that has it, under its own json or one of a push that is not over; NULL where there
 * is none. RC_BAD_LAYER: none, and one that waits is not an archive. RC_BUSY. */
enum result push_tarsum_find(
    const struct task *t, const char *id, struct str given, const char **payload);

#endif
