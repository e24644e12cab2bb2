/* file_list.h: images/<id>/_files, the list of files in a layer:
 *
 *	[[name, type, deleted, size, mtime, mode, uid, gid], ...]
 *
 * in the archive's order. type is one of f l s c b d i t L K S, or u for any other. Names
 * begin with "/" instead of "./". "/.wh.x" marks the file "/x" of a lower layer as deleted
 * and is listed as "/x"; "/.wh..wh.x" is the storage driver's own and is left out. The
 * format is docker-registry's (GET /v1/images/<id>/files). */
#ifndef LAYER_FILE_LIST_H
#define LAYER_FILE_LIST_H

#include "base/buf.h"
#include "base/err.h"
#include "layer/tar.h"

#define FILE_LIST_MAX ((size_t)128 << 20) /* bytes */

/* Limit for the list of a layer of `packed` bytes. The list of many small files is about as
 * long as the layer; the list of a layer that was made to fill the disk is hundreds of times
 * longer. */
#define FILE_LIST_LIMIT(packed) (((uint64_t)1 << 20) + 8 * (uint64_t)(packed))

/* Reads the layer and writes its list. RC_BAD_LAYER: as with tar_walk(), or the list is longer
 * than FILE_LIST_LIMIT() or FILE_LIST_MAX. RC_IO: reading failed. RC_FULL: the sink refused
 * a write (the caller knows why). */
enum result file_list_write(
    const struct source *layer, struct sink sink, struct err *err);

#endif
