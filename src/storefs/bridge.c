/* bridge.c: see store/bridge.h.
 *
 *	_berth/bridge/layer/<aa>/<id>			records of v1 images: of the layer,
 *	_berth/bridge/image/<aa>/<id>			and of the whole image
 *	_berth/bridge/blob/<algorithm>/<aa>/<hex>	records of blobs of API v2,
 *	_berth/bridge/image/<algorithm>/<aa>/<hex>	and of manifests of schema 1
 *	_berth/bridge/content/<algorithm>/<aa>/<hex>	blobs
 *	_berth/bridge/asked/<name>			bridge_asked.c
 *	_berth/bridge/swept				an empty file: when blobs were swept
 *
 * <aa> are the first two digits: there may be 100,000s of each.
 *
 * A record begins with a line that has the SHA-256 of the rest. Records and small blobs are not
 * synced, because a whole directory of old images would need 100,000s of syncs: what a power cut
 * leaves of them is noticed by their sums. */
#include "store/bridge.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "image/hash.h"
#include "storefs/content.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/writing.h"

#define BLOBS  IO_BRIDGE_DIR "/content"
#define SWEPT  "swept"
#define USED_S 86400                /* a blob in use gets a new time so often */
#define SUM    HASH_SHA256_HEX_SIZE /* bytes before the text of a record */

#define SWEEP_EVERY_S 86400

struct place {
	const char *dir, *name, *path;
};

/* `key`: an id, or an algorithm, ":" and digits. */
static struct place
place_of(struct arena *a, const char *parent, const char *key)
{
	const char *colon = strchr(key, ':');
	struct place p = {.name = colon == NULL ? key : colon + 1};

	assert(strchr(key, '/') == NULL && strlen(p.name) > 2);
	if (colon != NULL)
		parent = arena_printf(
		    a, "%s/%.*s", parent, (int)(colon - key), key);
	p.dir = arena_printf(a, "%s/%.2s", parent, p.name);
	p.path = arena_printf(a, "%s/%s", p.dir, p.name);
	return p;
}

static struct place
place_of_record(struct arena *a, struct store_bridge_key key)
{
	static const char *const parents[STORE_BRIDGE_KINDS] = {
	    [STORE_BRIDGE_LAYER] = IO_BRIDGE_DIR "/layer",
	    [STORE_BRIDGE_BLOB] = IO_BRIDGE_DIR "/blob",
	    [STORE_BRIDGE_IMAGE] = IO_BRIDGE_DIR "/image"};

	return place_of(a, parents[key.kind], key.key);
}

static struct place
place_of_blob(struct arena *a, const struct digest *d)
{
	return place_of(a, BLOBS, digest_text(a, d));
}

typedef enum result put_file(const struct store *st, const char *dir,
    const char *name, struct str content, struct err *err);

/* The directory is made when it is missing: usually it is there. */
static enum result
put_at(struct store *st, struct place p, struct str content, put_file *put,
    struct err *err)
{
	enum result r = put(st, p.dir, p.name, content, err);

	if (r == RC_NOT_FOUND) {
		r = io_mkdirs(st, p.dir, err);
		if (r == RC_OK)
			r = put(st, p.dir, p.name, content, err);
	}
	return r == RC_NOT_FOUND ? RC_IO : r;
}

/* ---- records ---- */

static bool
has_sum(struct str record)
{
	char sum[SUM];

	if (record.n < SUM || record.p[SUM - 1] != '\n')
		return false;
	hash_of(HASH_SHA256, str_make(record.p + SUM, record.n - SUM), sum);
	return memcmp(record.p, sum, SUM - 1) == 0;
}

enum result
store_bridge_record(struct store *st, struct arena *a, struct store_bridge_key key,
    struct str *out, struct err *err)
{
	const struct place p = place_of_record(a, key);
	struct str record;
	enum result r = io_read(
	    st, a, p.path, SUM + STORE_BRIDGE_RECORD_MAX, &record, err);

	if (r == RC_TOO_LARGE || (r == RC_OK && !has_sum(record)))
		return err_set(err, RC_NOT_FOUND, "%s: damaged", p.path);
	if (r == RC_OK)
		*out = str_make(record.p + SUM, record.n - SUM);
	return r;
}

static struct str
with_sum(struct arena *a, struct str text)
{
	char *record = arena_alloc(a, SUM + text.n);

	hash_of(HASH_SHA256, text, record);
	record[SUM - 1] = '\n';
	if (text.n > 0)
		memcpy(record + SUM, text.p, text.n);
	return str_make(record, SUM + text.n);
}

enum result
store_bridge_set_record(struct store *st, struct arena *a,
    struct store_bridge_key key, struct str text, struct err *err)
{
	const struct place p = place_of_record(a, key);

	if (text.n > STORE_BRIDGE_RECORD_MAX)
		return err_set(err, RC_TOO_LARGE,
		    "%s: a record has at most %zu bytes, not %zu", p.path,
		    STORE_BRIDGE_RECORD_MAX, text.n);
	return put_at(st, p, with_sum(a, text), io_put_unsynced, err);
}

/* ---- blobs ---- */

static enum result
fail_unknown(struct arena *a, const struct digest *d, struct err *err)
{
	return err_set(err, RC_BLOB_UNKNOWN, "%s: no such blob", digest_text(a, d));
}

enum result
store_bridge_blob_read(struct store *st, struct arena *a,
    struct store_bridge_document what, struct str *out, struct err *err)
{
	const struct digest *d = what.digest;
	struct digest got;
	enum result r = io_read(
	    st, a, place_of_blob(a, d).path, what.limit, out, err);

	if (r == RC_NOT_FOUND)
		return fail_unknown(a, d, err);
	if (r != RC_OK)
		return r;
	digest_of(d->kind, *out, &got);
	return digest_eq(&got, d) ? RC_OK : fail_unknown(a, d, err);
}

/* For a blob that is checked by its digest when it is found. */
static enum result
check_small(struct store *st, const struct digest *d, struct err *err)
{
	const struct store_bridge_document what = {d, STORE_BLOB_SMALL_MAX};
	struct arena *scratch = arena_new();
	struct str bytes;
	enum result r = store_bridge_blob_read(st, scratch, what, &bytes, err);

	arena_free(scratch);
	return r;
}

/* Seconds since it was used. The time of modification of a file that has other names is left
 * alone: if one of them is the layer of an image, it is part of the image's version
 * (v1image.c). */
static int64_t
unused_for(const struct stat *sb)
{
	int64_t modified = io_age(sb), read = clock_now() - sb->st_atime;

	return sb->st_nlink > 1 && read < modified ? read : modified;
}

static void
note_use(const struct store *st, const char *path, const struct stat *sb)
{
	static const struct timespec read_now[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
	struct err ignored;

	if (unused_for(sb) > USED_S)
		(void)io_touch(
		    st, path, sb->st_nlink > 1 ? read_now : NULL, &ignored);
}

enum result
store_bridge_blob_find(struct store *st, struct arena *a, const struct digest *d,
    struct store_blob *out, struct err *err)
{
	const char *path = place_of_blob(a, d).path;
	struct io_found found;
	enum result r = io_find_file(st, a, path, &found, err);

	if (r == RC_NOT_FOUND)
		return fail_unknown(a, d, err);
	if (r == RC_OK && found.sb.st_size <= (off_t)STORE_BLOB_SMALL_MAX)
		r = check_small(st, d, err);
	if (r != RC_OK)
		return r;
	note_use(st, path, &found.sb);
	out->digest = *d;
	out->content = content_make(a, found.path, (uint64_t)found.sb.st_size);
	return RC_OK;
}

enum result
store_bridge_blob_put_bytes(struct store *st, struct arena *a, struct str bytes,
    const struct digest *d, struct err *err)
{
	return put_at(st, place_of_blob(a, d), bytes,
	    bytes.n > STORE_BLOB_SMALL_MAX ? io_put : io_put_unsynced, err);
}

enum result
store_bridge_blob_put(struct store *st, struct arena *a,
    const struct store_bridge_maker *maker, struct err *err)
{
	struct err why = {""};
	struct digest d = {0};
	struct writing *w;
	struct place p;
	enum result made, r = writing_begin(st, a, BLOBS, &w, err);

	if (r != RC_OK)
		return r;
	made = maker->write(maker->arg, writing_sink(w), &d, &why);
	if (made != RC_OK)
		return writing_end(w, made, &why, (struct writing_place){0}, err);
	p = place_of_blob(a, &d);
	r = io_mkdirs(st, p.dir, err);
	if (r == RC_OK)
		r = writing_end(
		    w, RC_OK, &why, (struct writing_place){p.dir, p.name}, err);
	return r == RC_NOT_FOUND ? RC_IO : r;
}

/* ---- sweeping ---- */

struct sweep {
	struct store *st;
	const char *dir;     /* whose names are looked at */
	struct arena *arena; /* of one file */
	int64_t age;
	unsigned removed;
};

static enum result
sweep_file(void *arg, const char *name, struct err *err)
{
	struct sweep *s = arg;
	const char *path;
	struct stat sb;
	enum result r;

	arena_clear(s->arena);
	path = arena_printf(s->arena, "%s/%s", s->dir, name);
	r = io_stat(s->st, path, &sb, err);
	if (r == RC_OK && S_ISREG(sb.st_mode) && unused_for(&sb) > s->age) {
		r = io_unlink(s->st, path, err);
		s->removed += r == RC_OK;
	}
	return r;
}

/* Sweeps each name in the directory above as a directory. */
static enum result
sweep_below(struct sweep *s, const char *name,
    enum result (*sweep_one)(void *arg, const char *name, struct err *err),
    struct err *err)
{
	struct arena *a = arena_new();
	const char *above = s->dir;
	enum result r;

	s->dir = arena_printf(a, "%s/%s", above, name);
	r = listing_sweep(s->st, s->dir, sweep_one, s, err);
	s->dir = above;
	arena_free(a);
	return r;
}

static enum result
sweep_first_digits(void *arg, const char *name, struct err *err)
{
	return sweep_below(arg, name, sweep_file, err);
}

static enum result
sweep_algorithm(void *arg, const char *name, struct err *err)
{
	return sweep_below(arg, name, sweep_first_digits, err);
}

/* Looking at 100,000s of files takes seconds, and the caller comes every minute. */
static bool
was_swept(const struct store *st, int64_t age)
{
	struct err ignored;
	struct stat sb;

	return io_stat(st, IO_BRIDGE_DIR "/" SWEPT, &sb, &ignored) == RC_OK &&
	       io_age(&sb) < (age < SWEEP_EVERY_S ? age : SWEEP_EVERY_S);
}

enum result
store_bridge_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err)
{
	struct sweep s = {.st = st, .dir = BLOBS, .age = age};
	enum result r;

	*removed = 0;
	if (was_swept(st, age))
		return RC_OK;
	s.arena = arena_new();
	r = listing_sweep(st, BLOBS, sweep_algorithm, &s, err);
	arena_free(s.arena);
	*removed = s.removed;
	if (r == RC_OK)
		r = io_put_unsynced(st, IO_BRIDGE_DIR, SWEPT, str_of(NULL), err);
	return r == RC_NOT_FOUND ? RC_IO : r;
}
