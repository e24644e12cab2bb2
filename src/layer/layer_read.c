/* layer_read.c: see layer_read.h.
 *
 * The cost of a layer is that of inflate() and of SHA-256 of what goes in and of what comes out;
 * no byte is copied in between. A plain layer is hashed once: both digests are the same. gzip
 * is read with zlib itself, because libarchive does not look at its checksum; xz and bzip2 are
 * rare and go through libarchive (tar_bytes.h). */
#include "layer/layer_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/must.h"
#include "image/hash.h"
#include "layer/packing.h"
#include "layer/tar_bytes.h"

#define CHUNK       ((size_t)128 << 10) /* bytes read, and inflated, at once */
#define GZIP_WINDOW (15 + 16) /* for zlib: 32 KiB, and the format of gzip */

_Static_assert(LAYER_READ_FIRST == PACKING_MAGIC, "first bytes");

struct reading {
	const struct source *source;
	const struct sink *plain;
	struct layer_sums *out;
	struct hash stored, archive;
	char *in; /* the next n bytes of the layer */
	size_t n;
	char *inflated;
};

static enum layer_form
form_of(enum packing packing)
{
	switch (packing) {
	case PACKING_GZIP:
		return LAYER_GZIP;
	case PACKING_XZ:
		return LAYER_XZ;
	case PACKING_BZIP2:
		return LAYER_BZIP2;
	default:
		return LAYER_PLAIN;
	}
}

enum layer_form
layer_read_form(struct str first)
{
	return form_of(packing_of(first.p, first.n));
}

/* ---- the layer's bytes ---- */

/* Reads more bytes, after those that are in `in`. *got is 0 at the end. */
static enum result
read_more(struct reading *r, size_t *got, struct err *err)
{
	ssize_t k = r->source->read(r->source->arg, r->in + r->n, CHUNK - r->n);

	*got = 0;
	if (k < 0)
		return err_set(err, RC_IO, "the layer cannot be read");
	*got = (size_t)k;
	r->n += *got;
	r->out->size += *got;
	return RC_OK;
}

static enum result
read_first(struct reading *r, struct err *err)
{
	enum result result = RC_OK;
	size_t got = 1;

	while (result == RC_OK && got > 0 && r->n < PACKING_MAGIC)
		result = read_more(r, &got, err);
	return result;
}

static enum result
read_next(struct reading *r, struct err *err)
{
	size_t got;

	r->n = 0;
	return read_more(r, &got, err);
}

/* ---- the archive's bytes ---- */

static bool
is_zero(const char *p, size_t n)
{
	return p[0] == '\0' && memcmp(p, p + 1, n - 1) == 0;
}

static enum result
take(struct reading *r, const char *p, size_t n, struct err *err)
{
	const uint64_t limit = TAR_UNPACKED(r->source->size);

	if (n == 0)
		return RC_OK;
	r->out->unpacked += n;
	if (r->out->unpacked > limit)
		return err_set(err, RC_BAD_LAYER,
		    "the layer decompresses to more than %" PRIu64
		    " bytes, the limit for its length",
		    limit);
	hash_add(&r->archive, p, n);
	r->out->zero = r->out->zero && is_zero(p, n);
	if (r->plain != NULL && !r->plain->write(r->plain->arg, p, n))
		return err_set(
		    err, RC_FULL, "the archive of the layer cannot be written");
	return RC_OK;
}

static enum result
fail_after_end(struct err *err)
{
	return err_set(err, RC_BAD_LAYER,
	    "the layer has bytes after the end of its compressed stream");
}

/* ---- not compressed ---- */

static enum result
read_plain(struct reading *r, struct err *err)
{
	enum result result = RC_OK;

	while (result == RC_OK && r->n > 0) {
		result = take(r, r->in, r->n, err);
		if (result == RC_OK)
			result = read_next(r, err);
	}
	r->stored = r->archive;
	return result;
}

/* ---- gzip ---- */

static void *
allocate(void *arg, unsigned n, unsigned size)
{
	(void)arg;
	return must_alloc(n, size);
}

static void
release(void *arg, void *p)
{
	(void)arg;
	free(p);
}

struct gzip {
	z_stream z;
	bool between; /* a member has ended and no other one has begun */
};

static enum result
inflate_some(struct reading *r, struct gzip *gzip, struct err *err)
{
	int z;

	gzip->z.next_out = (unsigned char *)r->inflated;
	gzip->z.avail_out = CHUNK;
	z = inflate(&gzip->z, Z_NO_FLUSH);
	if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
		return err_set(err, RC_BAD_LAYER,
		    "the layer cannot be decompressed: %s",
		    gzip->z.msg == NULL ? "it is damaged" : gzip->z.msg);
	gzip->between = z == Z_STREAM_END;
	return take(r, r->inflated, CHUNK - gzip->z.avail_out, err);
}

/* Something follows a member: it must be another one. */
static enum result
begin_member(struct gzip *gzip, struct err *err)
{
	if (*gzip->z.next_in != 0x1f)
		return fail_after_end(err);
	must_succeed(inflateReset(&gzip->z) == Z_OK, "inflateReset");
	gzip->between = false;
	return RC_OK;
}

/* Inflates the bytes in `in`. A full buffer may mean that more is to come without more input. */
static enum result
inflate_chunk(struct reading *r, struct gzip *gzip, struct err *err)
{
	enum result result = RC_OK;

	gzip->z.next_in = (unsigned char *)r->in;
	gzip->z.avail_in = (unsigned)r->n;
	do {
		if (gzip->between)
			result = begin_member(gzip, err);
		if (result == RC_OK)
			result = inflate_some(r, gzip, err);
	} while (
	    result == RC_OK &&
	    (gzip->z.avail_in > 0 || (gzip->z.avail_out == 0 && !gzip->between)));
	return result;
}

static enum result
read_gzip(struct reading *r, struct err *err)
{
	struct gzip gzip = {.z = {.zalloc = allocate, .zfree = release}};
	enum result result = RC_OK;

	must_succeed(inflateInit2(&gzip.z, GZIP_WINDOW) == Z_OK, "inflateInit2");
	while (result == RC_OK && r->n > 0) {
		hash_add(&r->stored, r->in, r->n);
		result = inflate_chunk(r, &gzip, err);
		if (result == RC_OK)
			result = read_next(r, err);
	}
	if (result == RC_OK && !gzip.between)
		result = err_set(err, RC_BAD_LAYER,
		    "the layer cannot be decompressed: it is cut off");
	(void)inflateEnd(&gzip.z);
	return result;
}

/* ---- xz, bzip2 ---- */

/* For libarchive; it gets the first bytes, which were read already, before the others. */
static ssize_t
read_stored(void *arg, void *p, size_t n)
{
	struct reading *r = arg;
	struct err ignored;

	if (r->n == 0 && read_next(r, &ignored) != RC_OK)
		return -1;
	n = n < r->n ? n : r->n;
	memcpy(p, r->in, n);
	hash_add(&r->stored, p, n);
	r->n -= n;
	memmove(r->in, r->in + n, r->n);
	return (ssize_t)n;
}

/* libarchive stops at the end of the stream. Is that the end of the layer? */
static enum result
check_end(struct reading *r, const struct tar_bytes *b, struct err *err)
{
	size_t got = 1;
	enum result result = RC_OK;

	if (r->n == 0)
		result = read_more(r, &got, err);
	if (result == RC_OK && (r->n > 0 || tar_bytes_used(b) != r->out->size))
		result = fail_after_end(err);
	return result;
}

static enum result
read_packed(struct reading *r, struct err *err)
{
	const struct source source = {read_stored, r, r->source->size};
	struct arena *a = arena_new();
	struct tar_bytes *b;
	const char *p = NULL;
	size_t n = 1;
	enum result result = tar_bytes_open(&source, a, &b, err);

	while (result == RC_OK && n > 0) {
		result = tar_bytes_next(b, SIZE_MAX, &p, &n, err);
		if (result == RC_OK)
			result = take(r, p, n, err);
	}
	if (result == RC_OK)
		result = check_end(r, b, err);
	arena_free(a);
	return result;
}

/* ---- all ---- */

static enum result
read_all(struct reading *r, struct err *err)
{
	const enum packing packing = packing_of(r->in, r->n);

	r->out->form = form_of(packing);
	switch (packing) {
	case PACKING_GZIP:
		return read_gzip(r, err);
	case PACKING_XZ:
	case PACKING_BZIP2:
		return read_packed(r, err);
	case PACKING_ZSTD:
		return err_set(err, RC_BAD_LAYER,
		    "the layer is compressed by zstd: it must be gzip, xz, bzip2 or "
		    "plain tar");
	default:
		return read_plain(r, err);
	}
}

enum result
layer_read(const struct source *source, const struct sink *plain,
    struct layer_sums *out, struct err *err)
{
	struct reading r = {source, plain, out, .in = must_alloc(CHUNK, 2)};
	enum result result;

	*out = (struct layer_sums){.zero = true};
	r.inflated = r.in + CHUNK;
	hash_begin(&r.stored, HASH_SHA256);
	hash_begin(&r.archive, HASH_SHA256);
	result = read_first(&r, err);
	if (result == RC_OK)
		result = read_all(&r, err);
	if (result == RC_OK && out->size != source->size)
		result = err_set(err, RC_IO,
		    "the layer has changed: it had %" PRIu64 " bytes, %" PRIu64
		    " were read",
		    source->size, out->size);
	digest_end(&r.stored, &out->digest);
	digest_end(&r.archive, &out->diff_id);
	free(r.in);
	return result;
}
