/* layer_read.h: reads a layer to its end, once, for everything that berth must know of it. */
#ifndef LAYER_LAYER_READ_H
#define LAYER_LAYER_READ_H

#include "base/buf.h"
#include "base/err.h"
#include "base/source.h"
#include "image/layer_sums.h"

/* Bytes of memory that it takes at most. */
#define LAYER_READ_MEMORY ((size_t)1 << 20)

/* Computes the sums of the layer. plain: gets the bytes of the tar archive; NULL: nobody wants
 * them. A layer of 0 bytes is plain and zero. RC_BAD_LAYER, with the reason: damaged or cut off
 * (the checksums of gzip and xz are verified), bytes after the end of the compressed stream,
 * zstd, more bytes than TAR_UNPACKED() of tar.h. RC_IO: reading failed. RC_FULL: `plain` took no
 * more. */
enum result layer_read(const struct source *source, const struct sink *plain,
    struct layer_sums *out, struct err *err);

#endif
