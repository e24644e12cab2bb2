/* tar_bytes.h: the bytes of a layer, unpacked. Private to tar.c. */
#ifndef LAYER_TAR_BYTES_H
#define LAYER_TAR_BYTES_H

#include "layer/tar.h"

struct tar_bytes;

/* Lives in the arena. RC_BAD_LAYER, RC_IO. */
enum result tar_bytes_open(const struct source *source, struct arena *a,
    struct tar_bytes **out, struct err *err);

/* Up to n bytes that lie at *p until the next call; at least one, but 0 at the end.
 * RC_BAD_LAYER: damaged, cut off, or more than TAR_UNPACKED(). RC_IO. */
enum result tar_bytes_next(
    struct tar_bytes *b, size_t n, const char **p, size_t *got, struct err *err);

/* n bytes into p. *got is less than n at the end. */
enum result tar_bytes_read(
    struct tar_bytes *b, char *p, size_t n, size_t *got, struct err *err);

#endif
