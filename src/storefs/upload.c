/* upload.c: see store/upload.h.
 *
 * A session is a directory:
 *	_berth/upload/<id>/data		the bytes so far; no such file before the first
 *	_berth/upload/<id>/state	JSON: repository, size, and the hash of that many bytes
 * The first part is linked as `data`, later ones are copied to its end. Only `state` counts:
 * bytes in `data` after that size are what an interrupted append has left, and the next
 * one writes over them.
 *
 * The order of the durable steps:
 *	U1 _berth/upload/<id>/ with its state, synced: the session begins
 *	U2 `data` is longer, synced
 *	U3 `state` is renamed over, synced: the part is taken, in one step
 *	U4 `data` is moved to the blob's name, and the blob is linked (B1 and B2, blob.c)
 *	U5 _berth/upload/<id>/ is removed
 * When the process is killed between two steps, the session is what its state says. That
 * holds after U4 too, when `data` has moved: the hash in the state leads to the blob that
 * holds the bytes. So U4 can be repeated as often as a client asks. For this the hash in
 * the state must be of the kind of the client's digest: if it is not, the state is written
 * once more before U4.
 *
 * Appending compares and sets: a caller has read the state and hashed its part on top of it,
 * which may take minutes and needs no guard. Then the part is taken under GUARD_UPLOAD of
 * the id, if the file `state` still has the bytes that the caller saw. If it has others,
 * they are parsed: another size means that another part was faster (RC_BAD_RANGE). So a part
 * costs one parse of the state, and one comparison of its bytes. */
#include "store/upload.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "image/digest.h"
#include "store/blob.h"
#include "store/guard.h"
#include "storefs/inbox.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/listing.h"
#include "storefs/stage.h"

#define STATE_MAX ((size_t)4096)
#define PART_MIN  1
#define COUNT_MS  200 /* between two counts of all sessions */

/* nginx asks berth before it receives a body: a body in the inbox was announced at most so
 * many seconds before it was begun. */
#define ANNOUNCED_S 60

/* ---- ids ---- */

#define UUID_LENGTH 36
#define UUID_BYTES  16

/* Digits in groups of 8, 4, 4, 4 and 12; the third group begins with the version, the
 * fourth with the variant, two bits. */
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

static enum result
fail_unknown(struct str id, struct err *err)
{
	return err_set(
	    err, RC_UPLOAD_UNKNOWN, "%.*s: no such upload session", STR_ARG(id));
}

/* ---- the state ---- */

/* U1 or U3: the state on the disk becomes that of `up`, which then has seen it. */
static enum result
write_state(struct store_upload *up, struct err *err)
{
	struct store *st = up->repository.store;
	struct arena *a = up->repository.arena;
	struct jsonw w;
	struct buf b;
	enum result r;

	buf_init(&b, a, STATE_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "repository");
	jsonw_text(&w, up->repository.name);
	jsonw_key(&w, "size");
	jsonw_int(&w, (long long)up->size);
	jsonw_key(&w, "hash");
	jsonw_text(&w, hash_save(&up->hash, a));
	jsonw_end(&w);
	up->state = buf_str(&b);
	r = io_put(st, dir_of(a, up->id), "state", up->state, err);
	if (r == RC_OK)
		r = durable_made(st, path_of(a, up->id, "state"), err);
	return r;
}

/* Fills in what up->state says. False: it says nothing, or is another repository's. */
static bool
parse_state(struct store_upload *up)
{
	struct json *doc;
	const char *why;
	long long size;

	if (!json_parse(up->repository.arena, up->state, &doc, &why) ||
	    !str_is(json_text(json_get(doc, "repository")), up->repository.name) ||
	    !json_int(json_get(doc, "size"), &size) || size < 0 ||
	    !hash_load(&up->hash, json_text(json_get(doc, "hash"))))
		return false;
	up->size = (uint64_t)size;
	return true;
}

/* Reads the state, and parses it unless it is the one that up has seen. */
static enum result
read_state(struct store_upload *up, struct err *err)
{
	struct arena *a = up->repository.arena;
	struct str text;
	enum result r = io_read(up->repository.store, a,
	    path_of(a, up->id, "state"), STATE_MAX, &text, err);

	if (r == RC_NOT_FOUND || r == RC_TOO_LARGE)
		return fail_unknown(str_of(up->id), err);
	if (r != RC_OK || (up->state.n > 0 && str_eq(text, up->state)))
		return r;
	up->state = text;
	return parse_state(up) ? RC_OK : fail_unknown(str_of(up->id), err);
}

/* Where the bytes are: in `data` or, if that was moved (U4), in a blob. RC_UPLOAD_UNKNOWN:
 * there are fewer than the state says, so nothing can be added. */
static enum result
find_data(const struct store_upload *up, const char **path, struct err *err)
{
	const struct store *st = up->repository.store;
	struct arena *a = up->repository.arena;
	struct hash hash = up->hash;
	struct digest blob;
	struct stat sb;
	enum result r;

	*path = path_of(a, up->id, "data");
	r = io_stat_file(st, *path, &sb, err);
	if (r == RC_OK && (uint64_t)sb.st_size >= up->size)
		return RC_OK;
	if (r == RC_NOT_FOUND) {
		digest_end(&hash, &blob);
		*path = layout_data(a, &blob);
		r = io_stat_file(st, *path, &sb, err);
		if (r == RC_OK && (uint64_t)sb.st_size == up->size)
			return RC_OK;
	}
	if (r != RC_OK && r != RC_NOT_FOUND)
		return r;
	return fail_unknown(str_of(up->id), err);
}

/* The bytes so far as a stage. */
static enum result
open_data(const struct store_upload *up, struct stage **out, struct err *err)
{
	const char *data;
	enum result r;

	if (up->size == 0)
		return stage_adopt(
		    up->repository.store, up->repository.arena, NULL, out, err);
	r = find_data(up, &data, err);
	if (r == RC_OK)
		r = stage_open(up->repository.store, up->repository.arena, data,
		    up->size, out, err);
	if (r == RC_NOT_FOUND)
		return fail_unknown(str_of(up->id), err);
	return r;
}

/* ---- a session begins ---- */

uint64_t
store_upload_part_min(const struct store *st)
{
	(void)st;
	return PART_MIN;
}

enum result
store_upload_begin(const struct store_repository *in, enum hash_kind kind,
    struct store_upload *out, struct err *err)
{
	enum result r;

	*out = (struct store_upload){.repository = *in};
	hash_begin(&out->hash, kind);
	r = new_id(in->arena, &out->id, err);
	if (r == RC_OK)
		r = io_mkdirs(in->store, dir_of(in->arena, out->id), err);
	if (r == RC_OK)
		r = write_state(out, err);
	if (r == RC_OK)
		in->store->uploads++;
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
store_upload_open(const struct store_repository *in, struct str id,
    struct store_upload *out, struct err *err)
{
	const char *data;
	enum result r;

	*out = (struct store_upload){.repository = *in};
	if (!store_upload_is_id(id))
		return fail_unknown(id, err);
	out->id = str_dup(in->arena, id);
	r = read_state(out, err);
	if (r == RC_OK && out->size > 0)
		r = find_data(out, &data, err);
	if (r == RC_OK)
		r = durable_name(
		    in->store, path_of(in->arena, out->id, "state"), err);
	if (r == RC_NOT_FOUND)
		return fail_unknown(id, err);
	return r;
}

void
store_upload_touch(const struct store_upload *up)
{
	struct err ignored;

	(void)io_touch(up->repository.store,
	    path_of(up->repository.arena, up->id, "state"), NULL, &ignored);
}

enum result
store_upload_hash(const struct store_upload *up, enum hash_kind kind,
    struct hash *out, struct err *err)
{
	struct stage *so_far;
	enum result r;

	*out = up->hash;
	if (up->hash.kind == kind)
		return RC_OK;
	hash_begin(out, kind);
	if (up->size == 0)
		return RC_OK;
	r = open_data(up, &so_far, err);
	if (r == RC_OK)
		r = stage_hash(so_far, out, err);
	return r;
}

/* ---- a part comes ---- */

/* Takes the session's guard. The session still has the size that `up` says, or
 * RC_BAD_RANGE; *up is how it is now. */
static enum result
lock_unchanged(struct store_upload *up, struct guard *lock, struct err *err)
{
	uint64_t size = up->size;
	enum result r = guard_take(
	    up->repository.store, GUARD_UPLOAD, up->id, lock, err);

	if (r == RC_OK)
		r = read_state(up, err);
	if (r == RC_OK && up->size != size)
		return err_set(err, RC_BAD_RANGE,
		    "the upload session holds %llu bytes now, not %llu",
		    (unsigned long long)up->size, (unsigned long long)size);
	return r;
}

/* U2, U3, under the guard. The first part takes the name `data` from what an interrupted
 * append may have left there. */
static enum result
take_part(struct store_upload *up, struct stage *part, const struct hash *after,
    struct err *err)
{
	struct store *st = up->repository.store;
	struct arena *a = up->repository.arena;
	const char *data = path_of(a, up->id, "data");
	struct store_upload longer = *up;
	enum result r;

	longer.size += stage_size(part);
	longer.hash = *after;
	if (up->size > 0) {
		r = stage_append(part, data, up->size, err);
	} else {
		r = io_unlink(st, data, err);
		if (r == RC_OK)
			r = stage_name(part, dir_of(a, up->id), "data", err);
	}
	if (r == RC_OK)
		r = write_state(&longer, err);
	if (r == RC_OK)
		*up = longer;
	if (r == RC_NOT_FOUND)
		return fail_unknown(str_of(up->id), err);
	return r;
}

enum result
store_upload_append(struct store_upload *up, struct stage *part,
    const struct hash *after, struct err *err)
{
	struct guard lock = {0};
	enum result r = lock_unchanged(up, &lock, err);

	if (r == RC_OK && stage_size(part) > 0)
		r = take_part(up, part, after, err);
	guard_release(&lock);
	return r;
}

/* ---- a session ends ---- */

/* U5. Also when it was not there. */
static enum result
remove_session(struct store *st, const char *id, struct err *err)
{
	enum result r = io_remove_dir(st, IO_UPLOAD_DIR, id, err);

	if (r == RC_OK)
		st->uploads--;
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* Before U4, under the guard: the session holds all bytes, and its hash is of the digest's
 * kind. */
static enum result
complete_session(struct store_upload *up, struct stage *last,
    const struct hash *all, struct err *err)
{
	if (stage_size(last) > 0)
		return take_part(up, last, all, err);
	if (up->hash.kind == all->kind)
		return RC_OK;
	up->hash = *all;
	return write_state(up, err);
}

/* A blob that comes as one last part never goes through `data`. */
enum result
store_upload_finish(struct store_upload *up, struct stage *last,
    const struct hash *all, struct err *err)
{
	struct hash ended = *all;
	struct stage *whole = last;
	struct guard lock = {0};
	struct digest d;
	enum result r = lock_unchanged(up, &lock, err);

	digest_end(&ended, &d);
	if (r == RC_OK && up->size > 0) {
		r = complete_session(up, last, all, err);
		if (r == RC_OK)
			r = open_data(up, &whole, err);
	}
	if (r == RC_OK)
		r = store_blob_put(
		    up->repository.store, up->repository.arena, whole, &d, err);
	if (r == RC_OK)
		r = store_blob_link(&up->repository, &d, err);
	if (r == RC_OK)
		r = remove_session(up->repository.store, up->id, err);
	guard_release(&lock);
	return r;
}

/* A client that gets "unknown" may rely on it, so the absence is made durable: an earlier
 * removal may not be yet. */
static enum result
stay_unknown(const struct store_repository *in, struct str id, struct err *err)
{
	struct err why;
	enum result r = RC_OK;

	if (store_upload_is_id(id))
		r = durable_absence(
		    in->store, dir_of(in->arena, str_dup(in->arena, id)), &why);
	if (r == RC_OK)
		return RC_UPLOAD_UNKNOWN;
	*err = why;
	return r;
}

enum result
store_upload_cancel(
    const struct store_repository *in, struct str id, struct err *err)
{
	struct guard lock = {0};
	struct store_upload up;
	enum result r = store_upload_open(in, id, &up, err);

	if (r == RC_UPLOAD_UNKNOWN)
		return stay_unknown(in, id, err);
	if (r == RC_OK)
		r = guard_take(in->store, GUARD_UPLOAD, up.id, &lock, err);
	if (r == RC_OK)
		r = remove_session(in->store, up.id, err);
	guard_release(&lock);
	return r;
}

/* ---- sweeping ---- */

struct sweep {
	struct store *st;
	struct arena *arena; /* cleared after each session */
	int64_t before; /* a session that was touched before this time is removed */
	unsigned removed;
	enum result first; /* failure */
	struct err *err;
};

/* The last time that a part came for the session or was announced. */
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

/* A session whose guard is held is in use. */
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

/* A failure does not stop the sweep; the first one is returned at its end. */
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

/* A body that is still in the inbox may be the next part of any session that was touched
 * until it was announced. */
enum result
store_upload_sweep(
    struct store *st, unsigned expiry, unsigned *removed, struct err *err)
{
	struct sweep s = {
	    .st = st, .arena = arena_new(), .before = clock_now(), .err = err};
	int64_t oldest;
	enum result r = inbox_oldest(st, &oldest, err);

	if (r == RC_OK && oldest - ANNOUNCED_S < s.before)
		s.before = oldest - ANNOUNCED_S;
	s.before -= expiry;
	if (r == RC_OK)
		r = listing_each(st, IO_UPLOAD_DIR, sweep_next, &s, err);
	arena_free(s.arena);
	*removed = s.removed;
	return r == RC_OK ? s.first : r;
}
