/* tar_write.h: the headers of a tar archive that berth writes (POSIX.1-2001, ustar and pax).
 * The content of a file follows its header; the caller writes it. Equal files make equal
 * archives: owner, mode and time are always the same. */
#ifndef LAYER_TAR_WRITE_H
#define LAYER_TAR_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* The header of a regular file; `size` bytes of content follow. Here and below false: the sink
 * refused a write. */
bool tar_write_file(struct sink sink, const char *name, uint64_t size);

/* A symbolic link. Both texts have at most 100 bytes. */
bool tar_write_link(struct sink sink, const char *name, const char *target);

/* What fills the last block of a content of `size` bytes. */
bool tar_write_padding(struct sink sink, uint64_t size);

/* The end of the archive. */
bool tar_write_end(struct sink sink);

#endif
