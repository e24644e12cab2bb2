/* layer_read.h: reads a layer to its end, once, for everything that berth must know of it.
 *
 * gzip is read as Go's clients read it: several members are one stream, the checksum and the
 * length at the end of each are verified, and any byte after the last member is an error,
 * zeros too (gzip(1) ignores zeros; docker and containerd refuse them). */
#ifndef LAYER_LAYER_READ_H
#define LAYER_LAYER_READ_H

#include "base/buf.h"
#include "base/err.h"
#include "base/source.h"
#include "base/str.h"
#include "image/layer_sums.h"

/* Bytes of memory that it takes for a layer that is compressed by gzip or not at all. bzip2
 * takes 4 MiB more, xz as much as its window, at most 64 MiB. */
#define LAYER_READ_MEMORY ((size_t)1 << 20)

/* Computes the sums of the layer. plain: gets the bytes of the tar archive; NULL: nobody wants
 * them. A layer of 0 bytes is plain and zero. What is not compressed is plain, whether it is an
 * archive or not. RC_BAD_LAYER, with the reason: damaged or cut off, bytes after the end of the
 * compressed stream, zstd, more bytes than TAR_UNPACKED() of tar.h. RC_IO: reading failed, or
 * the layer did not have source->size bytes. RC_FULL: `plain` took no more. */
enum result layer_read(const struct source *source, const struct sink *plain,
    struct layer_sums *out, struct err *err);

/* The form of a layer that begins with these bytes: LAYER_READ_FIRST of them, or fewer if it has
 * no more. For a caller that must know it before it reads the layer; LAYER_PLAIN also for
 * zstd. */
#define LAYER_READ_FIRST 10
enum layer_form layer_read_form(struct str first);

#endif
