/* tar_bytes.c: see tar_bytes.h. */
#include "image/tar_bytes.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PACKED ((size_t)64 << 10) /* bytes read at once */

struct tar_bytes {
	struct archive *archive;
	const struct tar_source *source;
	uint64_t limit, total; /* unpacked bytes */
	const char *p;         /* unpacked and not yet taken */
	size_t n;
	bool empty, failed; /* failed: the source */
	char packed[PACKED];
};

static void
close_bytes(void *arg)
{
	struct tar_bytes *b = arg;

	(void)archive_read_free(b->archive);
}

static la_ssize_t
read_packed(struct archive *archive, void *arg, const void **p)
{
	struct tar_bytes *b = arg;
	ssize_t n = b->source->read(b->source->arg, b->packed, PACKED);

	*p = b->packed;
	if (n >= 0)
		return n;
	b->failed = true;
	archive_set_error(archive, EIO, "the layer cannot be read");
	return -1;
}

static enum result
complain(const struct tar_bytes *b, struct err *err)
{
	const char *why = archive_error_string(b->archive);

	if (b->failed)
		return err_set(err, RC_IO, "the layer cannot be read");
	return err_set(err, RC_BAD_LAYER, "it cannot be unpacked: %s",
	    why == NULL ? "?" : why);
}

/* Only what is unpacked within this process; of the archive's format nothing is asked. */
static void
take_formats(struct archive *archive)
{
	(void)archive_read_support_filter_gzip(archive);
	(void)archive_read_support_filter_bzip2(archive);
	(void)archive_read_support_filter_xz(archive);
	(void)archive_read_support_filter_zstd(archive);
	(void)archive_read_support_format_raw(archive);
	(void)archive_read_support_format_empty(archive);
}

enum result
tar_bytes_open(const struct tar_source *source, struct arena *a,
    struct tar_bytes **out, struct err *err)
{
	struct tar_bytes *b = arena_alloc(a, sizeof(*b));
	struct archive_entry *entry;
	int r;

	b->source = source;
	b->limit = TAR_UNPACKED(source->size);
	b->archive = archive_read_new();
	if (b->archive == NULL)
		abort();
	arena_defer(a, close_bytes, b);
	take_formats(b->archive);
	r = archive_read_open(b->archive, b, NULL, read_packed, NULL);
	if (r == ARCHIVE_OK)
		r = archive_read_next_header(b->archive, &entry);
	b->empty = r == ARCHIVE_EOF;
	if (r != ARCHIVE_OK && r != ARCHIVE_EOF)
		return complain(b, err);
	*out = b;
	return RC_OK;
}

static enum result
refill(struct tar_bytes *b, struct err *err)
{
	const void *p;
	la_int64_t at;
	int r = ARCHIVE_EOF;

	while (!b->empty && b->n == 0) {
		r = archive_read_data_block(b->archive, &p, &b->n, &at);
		if (r == ARCHIVE_EOF) {
			b->empty = true;
			b->n = 0;
		} else if (r != ARCHIVE_OK) {
			return complain(b, err);
		}
		b->p = p;
		b->total += b->n;
		if (b->total > b->limit)
			return err_set(err, RC_BAD_LAYER,
			    "it unpacks to more than %llu bytes",
			    (unsigned long long)b->limit);
	}
	return RC_OK;
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
