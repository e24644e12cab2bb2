/* partial.h: a layer that grows while it is fetched from the upstream registry. One thread
 * appends to it; any thread of any process may read meanwhile what is there.
 *
 * A layer that arrived whole and with the right sum becomes an image like one that was pushed
 * (v1push.h). If a process was killed during a fetch, the layer is fetched again from its
 * first byte. */
#ifndef STORE_PARTIAL_H
#define STORE_PARTIAL_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "store/guard.h"
#include "store/stage.h"
#include "store/v1image.h"

struct store_partial;

/* Begins the layer of the image, empty. `length`: the bytes that it will have, -1: unknown.
 * A reader of an older one goes on with the older one. held: GUARD_MIRROR. RC_FULL, RC_IO. */
enum result store_partial_create(const struct store_v1image *im,
    const struct guard *held, int64_t length, struct store_partial **out,
    struct err *err);

/* Removes what a killed process left of it, before a new fetch begins: it does not grow any
 * more, and nobody should follow it. RC_OK also when there is nothing. held: GUARD_MIRROR. */
enum result store_partial_remove(
    const struct store_v1image *im, const struct guard *held, struct err *err);

/* Opens it for reading. RC_NOT_FOUND: there is none, or its length is not known. */
enum result store_partial_open(
    const struct store_v1image *im, struct store_partial **out, struct err *err);

/* Another reference to the same, for another thread. */
struct store_partial *store_partial_share(struct store_partial *p);

/* Each reference is closed once; NULL is fine. */
void store_partial_close(struct store_partial *p);

/* Appends all n bytes. RC_FULL, RC_IO. */
enum result store_partial_append(
    struct store_partial *p, const char *bytes, size_t n, struct err *err);

/* Bytes read from this offset on, 0 at the end of what is there, -1 when reading failed. */
ssize_t store_partial_read_at(
    const struct store_partial *p, void *bytes, size_t n, uint64_t at);

/* The bytes that it will have; -1: unknown. */
int64_t store_partial_length(const struct store_partial *p);

/* Its first `size` bytes, to become the image's. RC_NOT_FOUND. */
enum result store_partial_stage(const struct store_v1image *im, uint64_t size,
    struct stage **out, struct err *err);

#endif
