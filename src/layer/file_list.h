/* file_list.h: images/<id>/_files, what a layer holds:
 *
 *	[[name, type, deleted, size, mtime, mode, uid, gid], ...]
 *
 * in the archive's order; type one of f l s c b d i t L K S, or u; a leading "." is the
 * root; "/.wh.x" is "/x", deleted, "/.wh..wh.x" is left out (v1-api: GET .../files). */
#ifndef LAYER_FILE_LIST_H
#define LAYER_FILE_LIST_H

#include "base/buf.h"
#include "base/err.h"
#include "layer/tar.h"

#define FILE_LIST_MAX ((size_t)128 << 20) /* bytes */

/* The most bytes that the list of a layer of `packed` bytes may have. The list of many
 * small files is as long as the layer; that of a layer that was made to fill a disk is
 * hundreds of times longer. */
#define FILE_LIST_LIMIT(packed) (((uint64_t)1 << 20) + 8 * (uint64_t)(packed))

/* Writes the list while the layer is walked. RC_BAD_LAYER, also if the list grows
 * beyond FILE_LIST_LIMIT() or FILE_LIST_MAX; RC_IO, RC_FULL: the sink wants no more
 * (the caller knows why). */
enum result file_list_write(
    const struct source *layer, struct sink sink, struct err *err);

#endif
