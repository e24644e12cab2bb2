/* v2_blob.c: see v2_blob.h. */
#include "store/v2_blob.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "store/io.h"
#include "store/v2_link.h"

/* ---- what is there ---- */

static const char *
data_path(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "%s/data", v2_blob_dir(a, d));
}

static enum result
unknown(struct arena *a, const struct digest *d, struct err *err)
{
	return err_set(err, RC_BLOB_UNKNOWN, "%s: no such blob", digest_text(a, d));
}

/* Not ours to pin, so no collector's to remove. */
static bool
is_beyond_us(int e)
{
	return e == EPERM || e == EACCES || e == EROFS;
}

/* *name: as nginx can send it. A collector may have taken the blob's name between its
 * being found here and its time being set, and have seen the old time: so the last look
 * is at the name. */
static enum result
look_and_pin(const struct store *st, struct arena *a, const struct digest *d,
    const char **name, struct stat *sb, struct err *err)
{
	const struct timespec read_now[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
	const char *path = data_path(a, d);
	enum result r = io_find_file(st, a, path, name, sb, err);

	if (r == RC_OK)
		r = settle_name(st, path, err);
	if (r != RC_OK || sb->st_atime > clock_now() - V2_PIN_FRESH_S)
		return r;
	r = io_touch(st, path, read_now, err);
	if (r != RC_OK && r != RC_ABSENT && !is_beyond_us(errno))
		return r;
	return io_find_file(st, a, path, name, sb, err);
}

enum result
v2_blob_anywhere(const struct store *st, struct arena *a, const struct digest *d,
    struct v2_blob *out, struct err *err)
{
	struct stat sb;
	enum result r;

	out->digest = *d;
	r = look_and_pin(st, a, d, &out->file.name, &sb, err);
	if (r == RC_ABSENT)
		return unknown(a, d, err);
	if (r == RC_OK)
		out->file.size = (uint64_t)sb.st_size;
	return r;
}

enum result
v2_blob_find(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct v2_blob *out, struct err *err)
{
	struct digest kept;
	enum result r = v2_link_find(st, a, v2_layer_dir(a, name, d), &kept, err);

	if (r == RC_ABSENT)
		return unknown(a, d, err);
	return r == RC_OK ? v2_blob_anywhere(st, a, &kept, out, err) : r;
}

enum result
v2_blob_read(const struct store *st, struct arena *a, const struct digest *d,
    size_t limit, struct str *out, struct err *err)
{
	enum result r = io_read(st, a, data_path(a, d), limit, out, err);

	return r == RC_ABSENT ? unknown(a, d, err) : r;
}

/* ---- a new one ---- */

/* *kept: it is there in this length, pinned and durable. If not, its place is ready. */
static enum result
look_for(const struct store *st, struct arena *a, const struct digest *d,
    uint64_t size, bool *kept, struct err *err)
{
	const char *name;
	struct stat sb;
	enum result r = look_and_pin(st, a, d, &name, &sb, err);

	*kept = r == RC_OK && (uint64_t)sb.st_size == size;
	return r == RC_ABSENT ? io_mkdirs(st, v2_blob_dir(a, d), err) : r;
}

enum result
v2_blob_put(struct store *st, struct arena *a, struct stage *sg,
    const struct digest *d, struct err *err)
{
	bool kept;
	enum result r = look_for(st, a, d, stage_size(sg), &kept, err);

	if (r != RC_OK || kept)
		return r;
	r = stage_replace(sg, v2_blob_dir(a, d), "data", err);
	return r == RC_OK ? settle_made(st, data_path(a, d), err) : r;
}

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
v2_blob_put_bytes(struct store *st, struct arena *a, struct str bytes,
    const struct digest *d, struct err *err)
{
	bool kept;
	enum result r = look_for(st, a, d, bytes.n, &kept, err);

	/* an old server writes in place: power loss leaves the length without the bytes */
	if (r == RC_OK && kept)
		kept = holds(st, d, bytes);
	if (r != RC_OK || kept)
		return r;
	r = io_put(st, v2_blob_dir(a, d), "data", bytes, err);
	return r == RC_OK ? settle_made(st, data_path(a, d), err) : r;
}

/* ---- whose it is ---- */

enum result
v2_blob_link(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err)
{
	return v2_link_write(st, a, v2_layer_dir(a, name, d), d, err);
}

enum result
v2_blob_unlink(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err)
{
	enum result r = v2_link_remove(st, a, v2_layer_dir(a, name, d), err);

	return r == RC_ABSENT ? unknown(a, d, err) : r;
}
