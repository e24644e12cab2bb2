/* tar.h: archives, header by header (POSIX.1-1988). */
#ifndef LIB_TAR_H
#define LIB_TAR_H

#include "base/buf.h"

#ifndef TAR_BLOCK /* as layer/tar_header.h has it */
#define TAR_BLOCK 512
#endif

struct tar_header {
	const char *name;
	char type;
	unsigned mode, uid, gid, size, mtime;
};

void put_tar_octal(char *field, int width, unsigned v);

/* Puts the right checksum into a header. */
void put_tar_checksum(char header[TAR_BLOCK]);

void put_tar_header(struct buf *b, const struct tar_header *of);

/* So many bytes of content, in whole blocks. */
void put_tar_content(struct buf *b, unsigned size);

/* Compressed by gzip. */
struct str gzipped(struct arena *a, struct str s, int level);

/* Compressed by a filter of libarchive (ARCHIVE_FILTER_XZ ...): at most 4 MiB. */
struct str packed_as(struct arena *a, int filter, struct str s, const char *level);

#endif
