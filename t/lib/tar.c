/* tar.c: see tar.h. */
#include "lib/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/must.h"

#define PACKED_MAX ((size_t)4 << 20)

void
put_tar_octal(char *field, int width, unsigned v)
{
	(void)snprintf(field, (size_t)width, "%0*o", width - 1, v);
}

void
put_tar_checksum(char header[TAR_BLOCK])
{
	unsigned sum = 0;
	size_t i;

	memset(header + 148, ' ', 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)header[i];
	put_tar_octal(header + 148, 7, sum);
}

void
put_tar_header(struct buf *b, const struct tar_header *of)
{
	char h[TAR_BLOCK] = "";

	(void)snprintf(h, 100, "%s", of->name);
	put_tar_octal(h + 100, 8, of->mode);
	put_tar_octal(h + 108, 8, of->uid);
	put_tar_octal(h + 116, 8, of->gid);
	put_tar_octal(h + 124, 12, of->size);
	put_tar_octal(h + 136, 12, of->mtime);
	h[156] = of->type;
	memcpy(h + 257, "ustar", 6);
	memcpy(h + 263, "00", 2);
	put_tar_checksum(h);
	buf_add(b, h, TAR_BLOCK);
}

void
put_tar_content(struct buf *b, unsigned size)
{
	static const char block[TAR_BLOCK] = "content";
	unsigned i;

	for (i = 0; i < size; i += TAR_BLOCK)
		buf_add(b, block, TAR_BLOCK);
}

struct str
gzipped(struct arena *a, struct str s, int level)
{
	z_stream z = {
	    .next_in = (unsigned char *)(uintptr_t)s.p, .avail_in = (unsigned)s.n};
	size_t room;
	char *out;

	if (deflateInit2(&z, level, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	room = deflateBound(&z, (unsigned long)s.n);
	out = arena_alloc(a, room);
	z.next_out = (unsigned char *)out;
	z.avail_out = (unsigned)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	(void)deflateEnd(&z);
	return str_make(out, z.total_out);
}

struct str
packed_as(struct arena *a, int filter, struct str s, const char *level)
{
	struct archive *w = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	char *out = must_alloc(1, PACKED_MAX);
	size_t n;

	archive_entry_set_filetype(entry, AE_IFREG);
	if (archive_write_add_filter(w, filter) != ARCHIVE_OK ||
	    archive_write_set_format_raw(w) != ARCHIVE_OK ||
	    archive_write_set_filter_option(w, NULL, "compression-level", level) !=
		ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(w, 1) != ARCHIVE_OK ||
	    archive_write_open_memory(w, out, PACKED_MAX, &n) != ARCHIVE_OK ||
	    archive_write_header(w, entry) != ARCHIVE_OK ||
	    archive_write_data(w, s.p, s.n) != (la_ssize_t)s.n ||
	    archive_write_close(w) != ARCHIVE_OK)
		abort();
	archive_entry_free(entry);
	(void)archive_write_free(w);
	s = str_make(arena_strndup(a, out, n), n);
	free(out);
	return s;
}
