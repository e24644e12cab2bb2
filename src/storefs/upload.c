/* upload.c: see upload.h. */
#include "store/upload.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "image/digest.h"
#include "store/guard.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/link.h"
#include "storefs/listing.h"
#include "storefs/stage.h"

#define STATE_MAX ((size_t)4096)
#define COUNT_MS  200 /* between two counts of all */
#define NEAR_S    60  /* from nginx's question to the body file, at most */

/* ---- ids ---- */

#define UUID_LENGTH 36
#define UUID_BYTES  16

/* Digits in groups of 8, 4, 4, 4 and 12; the third begins with the version, the fourth
 * with the variant, two bits. */
bool
store_upload_is_id(struct str id)
{
	struct str rest = id;

	return id.n == UUID_LENGTH && hex_is(str_cut(&rest, '-'), 8) &&
	       hex_is(str_cut(&rest, '-'), 4) && hex_is(str_cut(&rest, '-'), 4) &&
	       hex_is(str_cut(&rest, '-'), 4) && hex_is(rest, 12) &&
	       id.p[14] == '4' && strchr("89ab", id.p[19]) != NULL;
}

static enum result
new_id(struct arena *a, const char **out, struct err *err)
{
	unsigned char bits[UUID_BYTES];
	char hex[2 * UUID_BYTES + 1];

	if (getrandom(bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return err_set(err, RC_IO, "getrandom: %m");
	bits[6] = (unsigned char)(0x40 | (bits[6] & 0x0f));
	bits[8] = (unsigned char)(0x80 | (bits[8] & 0x3f));
	hex_encode(bits, sizeof(bits), hex);
	*out = arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
	    hex + 16, hex + 20);
	return RC_OK;
}

static const char *
dir_of(struct arena *a, const char *id)
{
	return arena_printf(a, IO_UPLOAD_DIR "/%s", id);
}

static const char *
path_of(struct arena *a, const char *id, const char *file)
{
	return arena_printf(a, IO_UPLOAD_DIR "/%s/%s", id, file);
}

/* ---- the state ---- */

static enum result
write_state(struct store *st, struct arena *a, const struct store_upload *up,
    struct err *err)
{
	struct jsonw w;
	struct buf b;
	enum result r;

	buf_init(&b, a, STATE_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "repository");
	jsonw_text(&w, up->name);
	jsonw_key(&w, "size");
	jsonw_int(&w, (long long)up->size);
	jsonw_key(&w, "hash");
	jsonw_text(&w, hash_save(&up->hash, a));
	jsonw_end(&w);
	r = io_put(st, dir_of(a, up->id), "state", buf_str(&b), err);
	return r == RC_OK ? durable_made(st, path_of(a, up->id, "state"), err) : r;
}

/* False: it says nothing, or is another repository's. */
static bool
read_state(struct arena *a, struct str text, struct store_upload *up)
{
	struct json *doc;
	const char *why;
	long long size;

	if (!json_parse(a, text, &doc, &why) ||
	    !str_is(json_text(json_get(doc, "repository")), up->name) ||
	    !json_int(json_get(doc, "size"), &size) || size < 0 ||
	    !hash_load(&up->hash, json_text(json_get(doc, "hash"))))
		return false;
	up->size = (uint64_t)size;
	return true;
}

static enum result
unknown(struct err *err, struct str id)
{
	return err_set(err, RC_UPLOAD_UNKNOWN, "%.*s: no such upload", STR_ARG(id));
}

/* The blob that its bytes became, or would become. */
static const char *
blob_path(struct arena *a, const struct store_upload *up)
{
	struct hash hash = up->hash;
	struct digest d;

	digest_end(&hash, &d);
	return arena_printf(a, "%s/data", layout_blob(a, &d));
}

/* Where its bytes are: in its data, or, if that was moved (U4), in a blob. RC_NOT_FOUND:
 * bytes that its state counts are lost, so the upload cannot be continued. */
static enum result
find_data(const struct store *st, struct arena *a, const struct store_upload *up,
    const char **path, struct err *err)
{
	struct stat sb;
	enum result r;

	*path = path_of(a, up->id, "data");
	r = io_stat_file(st, *path, &sb, err);
	if (r == RC_OK && (uint64_t)sb.st_size >= up->size)
		return RC_OK;
	if (r == RC_NOT_FOUND) {
		*path = blob_path(a, up);
		r = io_stat_file(st, *path, &sb, err);
		if (r == RC_OK && (uint64_t)sb.st_size == up->size)
			return RC_OK;
	}
	if (r == RC_OK)
		r = err_set(err, RC_NOT_FOUND, "%s: not as long as it was", *path);
	return r;
}

enum result
store_upload_begin(struct store *st, struct arena *a, const char *name,
    enum hash_kind kind, struct store_upload *out, struct err *err)
{
	enum result r = new_id(a, &out->id, err);

	out->name = name;
	out->size = 0;
	hash_begin(&out->hash, kind);
	if (r == RC_OK)
		r = io_mkdirs(st, dir_of(a, out->id), err);
	if (r == RC_OK)
		r = write_state(st, a, out, err);
	if (r == RC_OK)
		st->uploads++;
	return r;
}

static bool
count_one(void *arg, const char *name)
{
	int64_t *n = arg;

	*n += store_upload_is_id(str_of(name));
	return true;
}

/* One thread counts; the others take the last count. */
enum result
store_upload_count(struct store *st, uint64_t *out, struct err *err)
{
	int64_t last = st->uploads_counted, now = clock_ticks(), n = 0;
	enum result r = RC_OK;

	if ((last == 0 || now - last >= COUNT_MS) &&
	    atomic_compare_exchange_strong(&st->uploads_counted, &last, now)) {
		r = listing_each(st, IO_UPLOAD_DIR, count_one, &n, err);
		if (r == RC_OK)
			st->uploads = n;
	}
	n = st->uploads;
	*out = n > 0 ? (uint64_t)n : 0;
	return r;
}

enum result
store_upload_open(const struct store *st, struct arena *a, const char *name,
    struct str id, struct store_upload *out, struct err *err)
{
	const char *data;
	struct str text;
	enum result r;

	if (!store_upload_is_id(id))
		return unknown(err, id);
	out->id = str_dup(a, id);
	out->name = name;
	r = io_read(st, a, path_of(a, out->id, "state"), STATE_MAX, &text, err);
	if (r == RC_OK && !read_state(a, text, out))
		r = RC_NOT_FOUND;
	if (r == RC_OK && out->size > 0)
		r = find_data(st, a, out, &data, err);
	if (r == RC_OK)
		r = durable_name(st, path_of(a, out->id, "state"), err);
	return r == RC_NOT_FOUND || r == RC_TOO_LARGE ? unknown(err, id) : r;
}

void
store_upload_touch(const struct store *st, struct arena *a, const char *id)
{
	struct err ignored;

	(void)io_touch(st, path_of(a, id, "state"), NULL, &ignored);
}

/* ---- the bytes ---- */

/* What a step that was cut off left under the name goes. */
static enum result
first_part(struct store *st, struct arena *a, const struct store_upload *up,
    struct stage *sg, struct err *err)
{
	enum result r = io_unlink(st, path_of(a, up->id, "data"), err);

	return r == RC_OK ? stage_name(sg, dir_of(a, up->id), "data", err) : r;
}

enum result
store_upload_append(struct store *st, struct arena *a, struct store_upload *up,
    struct stage *sg, const struct hash *after, struct err *err)
{
	struct store_upload longer = *up;
	enum result r;

	if (stage_size(sg) == 0)
		return RC_OK;
	longer.size += stage_size(sg);
	longer.hash = *after;
	if (up->size == 0)
		r = first_part(st, a, up, sg, err);
	else
		r = stage_append(sg, path_of(a, up->id, "data"), up->size, err);
	if (r == RC_OK)
		r = write_state(st, a, &longer, err);
	if (r == RC_OK)
		*up = longer;
	return r == RC_NOT_FOUND ? unknown(err, str_of(up->id)) : r;
}

enum result
store_upload_rehash(struct store *st, struct arena *a, struct store_upload *up,
    const struct hash *hash, struct err *err)
{
	up->hash = *hash;
	return write_state(st, a, up, err);
}

enum result
store_upload_stage(struct store *st, struct arena *a, const struct store_upload *up,
    struct stage **out, struct err *err)
{
	const char *data;
	enum result r;

	if (up->size == 0)
		return stage_adopt(st, a, NULL, out, err);
	r = find_data(st, a, up, &data, err);
	if (r == RC_OK)
		r = stage_open(st, a, data, up->size, out, err);
	return r == RC_NOT_FOUND ? unknown(err, str_of(up->id)) : r;
}

enum result
store_upload_remove(struct store *st, const char *id, struct err *err)
{
	enum result r = io_remove_dir(st, IO_UPLOAD_DIR, id, err);

	if (r == RC_OK)
		st->uploads--;
	return r == RC_NOT_FOUND ? RC_OK : r;
}

enum result
store_upload_sync_absence(
    const struct store *st, struct arena *a, struct str id, struct err *err)
{
	if (!store_upload_is_id(id))
		return RC_OK;
	return durable_absence(st, dir_of(a, str_dup(a, id)), err);
}

/* ---- sweeping ---- */

struct sweep {
	struct store *st;
	struct arena *arena; /* of one upload */
	int64_t before;      /* those that were touched last before it go */
	unsigned removed;
	enum result first; /* failure */
	struct err *err;
};

/* When the body file was begun. What the file system does not tell counts as long ago;
 * one that is gone meanwhile holds nobody up. */
static int64_t
birth_of(const struct sweep *s, const char *name)
{
	const char *path = arena_printf(s->arena, IO_BODY_DIR "/%s", name);
	struct statx sx;

	if (statx(s->st->root, path, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &sx) == -1)
		return INT64_MAX;
	return sx.stx_mask & STATX_BTIME ? sx.stx_btime.tv_sec : 0;
}

/* What was over before the body was asked for does not wait for it. */
static bool
spare_for(void *arg, const char *body)
{
	struct sweep *s = arg;
	int64_t asked;

	arena_clear(s->arena);
	asked = birth_of(s, body) - NEAR_S;
	if (asked < s->before)
		s->before = asked;
	return true;
}

/* When something came for it the last time. */
static enum result
last_touch(const struct store *st, struct arena *a, const char *id, int64_t *out,
    struct err *err)
{
	struct stat sb;
	enum result r = io_stat(st, path_of(a, id, "state"), &sb, err);

	if (r == RC_NOT_FOUND)
		r = io_stat(st, dir_of(a, id), &sb, err);
	*out = r == RC_OK ? (int64_t)sb.st_mtime : 0;
	return r;
}

/* One that somebody holds is in use. */
static enum result
sweep_one(struct sweep *s, const char *id, struct err *err)
{
	struct guard lock = {0};
	int64_t touched;
	enum result r;

	r = guard_try(s->st, GUARD_UPLOAD, id, &lock, err);
	if (r != RC_OK || !guard_is_held(&lock))
		return r;
	r = last_touch(s->st, s->arena, id, &touched, err);
	if (r == RC_OK && touched < s->before) {
		r = io_remove_dir(s->st, IO_UPLOAD_DIR, id, err);
		s->removed += r == RC_OK;
	}
	guard_release(&lock);
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* One that fails does not stop the others. */
static bool
sweep_next(void *arg, const char *name)
{
	struct sweep *s = arg;
	struct err why;
	enum result r;

	if (!store_upload_is_id(str_of(name)))
		return true;
	arena_clear(s->arena);
	r = sweep_one(s, name, &why);
	if (r != RC_OK && s->first == RC_OK) {
		s->first = r;
		*s->err = why;
	}
	return true;
}

enum result
store_upload_sweep(
    struct store *st, unsigned expiry, unsigned *removed, struct err *err)
{
	struct sweep s = {
	    .st = st, .arena = arena_new(), .before = clock_now(), .err = err};
	enum result r = listing_each(st, IO_BODY_DIR, spare_for, &s, err);

	s.before -= expiry;
	if (r == RC_OK)
		r = listing_each(st, IO_UPLOAD_DIR, sweep_next, &s, err);
	arena_free(s.arena);
	*removed = s.removed;
	return r == RC_OK ? s.first : r;
}
