/* blob.c: see blob.h. */
#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "storefs/content.h"
#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/link.h"
#include "storefs/stage.h"

/* ---- what is there ---- */

static const char *
data_path(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "%s/data", layout_blob(a, d));
}

static enum result
unknown(struct arena *a, const struct digest *d, struct err *err)
{
	return err_set(err, RC_BLOB_UNKNOWN, "%s: no such blob", digest_text(a, d));
}

static enum result
check_digest(const struct store *st, struct arena *a, const char *path,
    struct str bytes, const struct digest *d, struct err *err)
{
	struct digest got;

	digest_of(d->kind, bytes, &got);
	if (digest_eq(&got, d))
		return RC_OK;
	return damage_found(st, a, path,
	    arena_printf(
		a, "its %zu bytes have another digest than its name", bytes.n),
	    "push the image again", err);
}

/* Not ours to pin, so no collector's to remove. */
static bool
is_beyond_us(int e)
{
	return e == EPERM || e == EACCES || e == EROFS;
}

/* Finds the blob and pins it. A collector may have taken the blob's name after it was found here and before
 * its time was set, because it saw the old time: so the name is looked for again at
 * the end. */
static enum result
look_and_pin(const struct store *st, struct arena *a, const struct digest *d,
    struct io_found *out, struct err *err)
{
	const struct timespec read_now[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
	const char *path = data_path(a, d);
	enum result r = io_find_file(st, a, path, out, err);

	if (r == RC_OK)
		r = durable_name(st, path, err);
	if (r != RC_OK || out->sb.st_atime > clock_now() - STORE_BLOB_PIN_FRESH_S)
		return r;
	r = io_touch(st, path, read_now, err);
	if (r != RC_OK && r != RC_NOT_FOUND && !is_beyond_us(errno))
		return r;
	return io_find_file(st, a, path, out, err);
}

/* Reads all of it, so for small blobs only; in an arena of its own, because a manifest
 * may have thousands of references. *size: the bytes that were read; a push may have
 * replaced a damaged file since it was found. */
static enum result
check_bytes(const struct store *st, const char *path, const struct digest *d,
    uint64_t *size, struct err *err)
{
	struct arena *turn = arena_new();
	struct str bytes;
	enum result r = io_read(st, turn, path, STORE_BLOB_SMALL_MAX, &bytes, err);

	if (r == RC_OK)
		r = check_digest(st, turn, path, bytes, d, err);
	*size = r == RC_OK ? bytes.n : 0;
	arena_free(turn);
	return r;
}

enum result
store_blob_find_anywhere(const struct store *st, struct arena *a,
    const struct digest *d, struct store_blob *out, struct err *err)
{
	struct io_found found;
	uint64_t size = 0;
	enum result r = look_and_pin(st, a, d, &found, err);

	if (r == RC_OK)
		size = (uint64_t)found.sb.st_size;
	if (r == RC_OK && size <= STORE_BLOB_SMALL_MAX)
		r = check_bytes(st, data_path(a, d), d, &size, err);
	if (r == RC_TOO_LARGE) { /* a push has just replaced it */
		r = look_and_pin(st, a, d, &found, err);
		size = r == RC_OK ? (uint64_t)found.sb.st_size : 0;
	}
	if (r == RC_NOT_FOUND)
		return unknown(a, d, err);
	out->digest = *d;
	if (r == RC_OK)
		out->content = content_make(a, found.path, size);
	return r;
}

enum result
store_blob_find(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct store_blob *out, struct err *err)
{
	struct digest kept;
	enum result r = link_find(st, a, layout_layer(a, name, d), d, &kept, err);

	if (r == RC_NOT_FOUND)
		return unknown(a, d, err);
	return r == RC_OK ? store_blob_find_anywhere(st, a, &kept, out, err) : r;
}

enum result
store_blob_read(const struct store *st, struct arena *a, const struct digest *d,
    size_t limit, struct str *out, struct err *err)
{
	const char *path = data_path(a, d);
	enum result r = io_read(st, a, path, limit, out, err);

	if (r == RC_OK)
		r = check_digest(st, a, path, *out, d, err);
	return r == RC_NOT_FOUND ? unknown(a, d, err) : r;
}

/* ---- a new one ---- */

/* *there: a file has its name, and is pinned and durable. Otherwise its directory is
 * ready. */
static enum result
look_for(const struct store *st, struct arena *a, const struct digest *d,
    bool *there, struct err *err)
{
	struct io_found found;
	enum result r = look_and_pin(st, a, d, &found, err);

	*there = r == RC_OK;
	return r == RC_NOT_FOUND ? io_mkdirs(st, layout_blob(a, d), err) : r;
}

/* Perhaps the damage was not noticed before: a large blob is not hashed when it is
 * found. */
static void
log_replaced(const struct store *st, struct arena *a, const struct digest *d)
{
	struct err ignored;

	(void)damage_found(st, a, data_path(a, d), "its bytes had another digest",
	    "none needed: a push has replaced it", &ignored);
}

enum result
store_blob_put(struct store *st, struct arena *a, struct stage *sg,
    const struct digest *d, struct err *err)
{
	bool there, same;
	enum result r = look_for(st, a, d, &there, err);

	same = r == RC_OK && there && stage_is(sg, data_path(a, d));
	if (r != RC_OK || same)
		return r;
	r = stage_replace(sg, layout_blob(a, d), "data", err);
	if (r == RC_OK && there)
		log_replaced(st, a, d);
	return r == RC_OK ? durable_made(st, data_path(a, d), err) : r;
}

/* Old servers write manifests in place: after a power loss the length can be right and
 * the bytes wrong. */
static bool
holds(const struct store *st, const struct digest *d, struct str bytes)
{
	struct arena *scratch = arena_new();
	struct err ignored;
	struct str there;
	bool same = io_read(st, scratch, data_path(scratch, d), bytes.n, &there,
			&ignored) == RC_OK &&
		    str_eq(there, bytes);

	arena_free(scratch);
	return same;
}

enum result
store_blob_put_bytes(struct store *st, struct arena *a, struct str bytes,
    const struct digest *d, struct err *err)
{
	bool there, same;
	enum result r = look_for(st, a, d, &there, err);

	same = r == RC_OK && there && holds(st, d, bytes);
	if (r != RC_OK || same)
		return r;
	r = io_put(st, layout_blob(a, d), "data", bytes, err);
	if (r == RC_OK && there)
		log_replaced(st, a, d);
	return r == RC_OK ? durable_made(st, data_path(a, d), err) : r;
}

/* ---- whose it is ---- */

enum result
store_blob_link(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err)
{
	return link_write(st, a, layout_layer(a, name, d), d, err);
}

enum result
store_blob_unlink(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err)
{
	enum result r = link_remove(st, a, layout_layer(a, name, d), err);

	return r == RC_NOT_FOUND ? unknown(a, d, err) : r;
}
