/* tar_bytes.h: the bytes of a layer, decompressed. Private to this room. */
#ifndef LAYER_TAR_BYTES_H
#define LAYER_TAR_BYTES_H

#include "layer/tar.h"

struct tar_bytes;

/* *out lives in the arena. RC_BAD_LAYER: as with tar_bytes_next(). RC_IO: reading failed. */
enum result tar_bytes_open(const struct source *source, struct arena *a,
    struct tar_bytes **out, struct err *err);

/* The next bytes, at least one and at most n; *p is valid until the next call. *got is 0 at
 * the end. RC_BAD_LAYER: damaged, truncated, or more than TAR_UNPACKED() bytes. RC_IO:
 * reading failed. */
enum result tar_bytes_next(
    struct tar_bytes *b, size_t n, const char **p, size_t *got, struct err *err);

/* How many bytes were returned so far. */
uint64_t tar_bytes_at(const struct tar_bytes *b);

/* Copies the next n bytes to p. *got is less than n only at the end. */
enum result tar_bytes_read(
    struct tar_bytes *b, char *p, size_t n, size_t *got, struct err *err);

/* At the end: how many bytes of the layer were decompressed. There are more in the layer if
 * something follows that does not belong to a compressed stream. */
uint64_t tar_bytes_used(const struct tar_bytes *b);

#endif
