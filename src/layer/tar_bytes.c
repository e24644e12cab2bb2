/* tar_bytes.c: see tar_bytes.h.
 *
 * libarchive decompresses, but it is too generous for input from a client: it would try one
 * decompressor on the output of another, 25 times, even start external programs, and it
 * takes some damage at the beginning for an empty archive. So the compression is recognised
 * here by its first bytes, libarchive gets that one filter and the "raw" format, and it gets
 * the compressed form of a single byte before the layer itself: when that byte comes out,
 * the decompressor works, and an error after it is an error of the layer. refill() counts
 * what comes out against the limit, read_packed() what goes in without anything coming
 * out. */
#include "layer/tar_bytes.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#include "base/must.h"
#include "layer/packing.h"
#include "layer/tar_xz.h"

#define PACKED   ((size_t)64 << 10) /* bytes read at once */
#define IDLE_MAX ((size_t)16 << 20) /* bytes in a row that decompress to nothing */

#define BYTE(text) text, sizeof(text) - 1

/* For a compression: libarchive's filter, and a single byte that is compressed by it. */
struct unpacker {
	int filter;
	const char *byte;
	size_t n;
};

struct tar_bytes {
	struct archive *archive;
	const struct source *source;
	const struct unpacker *unpacker;
	bool started;   /* libarchive has got the unpacker's own byte */
	size_t pending; /* bytes in packed[] that read_magic() read for it */
	size_t idle;    /* bytes that libarchive got since the last one came out */
	uint64_t limit, total; /* decompressed bytes */
	const char *p;         /* decompressed, n bytes that are not yet used */
	size_t n;
	bool at_end;
	bool failed; /* reading the layer failed */
	/* why libarchive got no more; it may take that for the end */
	const char *why;
	struct tar_xz xz;
	char packed[PACKED];
};

static void
close_bytes(void *arg)
{
	struct tar_bytes *b = arg;

	(void)archive_read_free(b->archive);
}

/* ---- compressed bytes ---- */

/* Why the n bytes in packed[] must not be decompressed, or NULL. libarchive keeps the name
 * in a gzip header whole, however long it is, and empty members and skipped frames take
 * time: so there is a limit on input without output. */
static const char *
examine(struct tar_bytes *b, size_t n)
{
	b->idle += n;
	if (b->idle > IDLE_MAX)
		return "16 MiB of compressed bytes decompress to nothing";
	if (b->unpacker->filter != ARCHIVE_FILTER_XZ)
		return NULL;
	return tar_xz_look(&b->xz, b->packed, n);
}

/* libarchive's read callback. */
static la_ssize_t
read_packed(struct archive *archive, void *arg, const void **p)
{
	struct tar_bytes *b = arg;
	ssize_t n = (ssize_t)b->pending;

	if (!b->started) {
		b->started = true;
		*p = b->unpacker->byte;
		return (la_ssize_t)b->unpacker->n;
	}
	if (n == 0)
		n = b->source->read(b->source->arg, b->packed, PACKED);
	b->pending = 0;
	*p = b->packed;
	b->failed = n < 0;
	b->why = n < 0 ? "the layer cannot be read" : examine(b, (size_t)n);
	if (b->why == NULL)
		return n;
	archive_set_error(archive, EIO, "%s", b->why);
	return -1;
}

static enum result
fail(const struct tar_bytes *b, struct err *err)
{
	const char *why = b->why != NULL ? b->why
					 : archive_error_string(b->archive);

	if (b->failed)
		return err_set(err, RC_IO, "%s", why);
	return err_set(err, RC_BAD_LAYER, "the layer cannot be decompressed: %s",
	    why == NULL ? "it is damaged" : why);
}

/* ---- which compression ---- */

static enum result
read_magic(struct tar_bytes *b, struct err *err)
{
	ssize_t n = 1;

	while (b->pending < PACKING_MAGIC && n > 0) {
		n = b->source->read(
		    b->source->arg, b->packed + b->pending, PACKED - b->pending);
		if (n < 0)
			return err_set(err, RC_IO, "the layer cannot be read");
		b->pending += (size_t)n;
	}
	return RC_OK;
}

/* Only those that need no external program. Each byte below is the letter x, compressed. */
static const struct unpacker unpackers[PACKINGS] = {
    [PACKING_NONE] = {ARCHIVE_FILTER_NONE, BYTE("x")},
    [PACKING_GZIP] = {ARCHIVE_FILTER_GZIP,
	BYTE("\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\0\0\x83\x16\xdc\x8c\1\0\0\0")},
    [PACKING_BZIP2] = {ARCHIVE_FILTER_BZIP2,
	BYTE("BZh11AY&SY\x77\x4b\xb0\x14\0\0\0\0\x80\0\x40\x20\0\x21\x18\x46\x82"
	     "\xee\x48\xa7\x0a\x12\x0e\xe9\x76\x02\x80")},
    [PACKING_XZ] = {ARCHIVE_FILTER_XZ,
	BYTE(PACKING_XZ_MAGIC
	    "\0\0\xff\x12\xd9\x41\2\0\x21\1\x0c\0\0\0\x8f\x98\x41\x9c"
	    "\1\0\0\x78\0\0\0\0\0\1\x11\1\xad\xa6\x58\4\6\x72\x9e\x7a\1\0\0\0\0\0YZ")},
    [PACKING_ZSTD] = {ARCHIVE_FILTER_ZSTD,
	BYTE("\x28\xb5\x2f\xfd\0\x58\x09\0\0\x78")},
};

/* One filter, and the raw format: the tar headers are read in tar.c. */
static int
set_formats(const struct tar_bytes *b)
{
	int r = archive_read_append_filter(b->archive, b->unpacker->filter);

	return r == ARCHIVE_OK ? archive_read_support_format_raw(b->archive) : r;
}

/* ---- decompressed bytes ---- */

/* Did anything of the layer itself go through the filter? libarchive's gzip filter takes a
 * truncated header for a regular end. */
static bool
layer_was_read(const struct tar_bytes *b)
{
	return b->total > 0 || b->source->size == 0 ||
	       archive_filter_bytes(b->archive, -1) > (la_int64_t)b->unpacker->n;
}

static enum result
refill(struct tar_bytes *b, struct err *err)
{
	const void *p;
	la_int64_t at;
	int r;

	while (!b->at_end && b->n == 0) {
		r = archive_read_data_block(b->archive, &p, &b->n, &at);
		if (r != ARCHIVE_OK)
			b->n = 0;
		if ((r != ARCHIVE_OK && r != ARCHIVE_EOF) || b->why != NULL)
			return fail(b, err);
		b->at_end = r == ARCHIVE_EOF;
		if (b->n > 0)
			b->p = p; /* at the end the old pointer stays, never NULL */
		b->idle = 0;
		b->total += b->n;
		if (b->total > b->limit)
			return err_set(err, RC_BAD_LAYER,
			    "the layer decompresses to more than %llu bytes, the "
			    "limit for its length",
			    (unsigned long long)b->limit);
	}
	return RC_OK;
}

/* Drops the unpacker's own byte, which comes out first. */
static enum result
drop_own_byte(struct tar_bytes *b, struct err *err)
{
	enum result r = refill(b, err);

	if (r != RC_OK)
		return r;
	if (b->n == 0)
		return fail(b, err);
	b->p++;
	b->n--;
	b->total--;
	r = refill(b, err);
	if (r == RC_OK && !layer_was_read(b))
		r = err_set(err, RC_BAD_LAYER,
		    "the layer cannot be decompressed: it is truncated");
	return r;
}

enum result
tar_bytes_open(const struct source *source, struct arena *a, struct tar_bytes **out,
    struct err *err)
{
	struct tar_bytes *b = arena_alloc(a, sizeof(*b));
	struct archive_entry *entry;
	int r;

	b->source = source;
	b->limit = TAR_UNPACKED(source->size);
	b->archive = must_have(archive_read_new());
	arena_defer(a, close_bytes, b);
	if (read_magic(b, err) != RC_OK)
		return RC_IO;
	b->unpacker = &unpackers[packing_of(b->packed, b->pending)];
	tar_xz_begin(&b->xz);
	r = set_formats(b);
	if (r == ARCHIVE_OK)
		r = archive_read_open(b->archive, b, NULL, read_packed, NULL);
	if (r == ARCHIVE_OK)
		r = archive_read_next_header(b->archive, &entry);
	if (r != ARCHIVE_OK)
		return fail(b, err);
	*out = b;
	return drop_own_byte(b, err);
}

enum result
tar_bytes_next(
    struct tar_bytes *b, size_t n, const char **p, size_t *got, struct err *err)
{
	enum result r = refill(b, err);

	*got = r == RC_OK && b->n < n ? b->n : n;
	if (r != RC_OK)
		return r;
	*p = b->p;
	b->p += *got;
	b->n -= *got;
	return RC_OK;
}

uint64_t
tar_bytes_at(const struct tar_bytes *b)
{
	return b->total - b->n;
}

enum result
tar_bytes_read(struct tar_bytes *b, char *p, size_t n, size_t *got, struct err *err)
{
	const char *piece;
	size_t k = 1;
	enum result r = RC_OK;

	for (*got = 0; r == RC_OK && *got < n && k > 0; *got += k) {
		r = tar_bytes_next(b, n - *got, &piece, &k, err);
		if (r == RC_OK && k > 0)
			memcpy(p + *got, piece, k);
	}
	return r;
}

uint64_t
tar_bytes_used(const struct tar_bytes *b)
{
	return (uint64_t)archive_filter_bytes(b->archive, -1) - b->unpacker->n;
}
