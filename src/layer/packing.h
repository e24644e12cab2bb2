/* packing.h: how a layer is compressed, by its first bytes. Private to this room. */
#ifndef LAYER_PACKING_H
#define LAYER_PACKING_H

#include <stddef.h>

#define PACKING_MAGIC 10 /* bytes by which a compression is recognised */

#define PACKING_XZ_MAGIC "\xfd\x37zXZ\0"

enum packing {
	PACKING_NONE,
	PACKING_GZIP,
	PACKING_BZIP2,
	PACKING_XZ,
	PACKING_ZSTD,
	PACKINGS
};

/* p: the first n bytes of the layer, at least PACKING_MAGIC of them unless it has fewer. */
enum packing packing_of(const char *p, size_t n);

#endif
