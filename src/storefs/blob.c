/* blob.c: see store/blob.h.
 *
 * The order of the durable steps of a push:
 *	B1 blobs/<alg>/<hh>/<hex>/data, whole and synced
 *	B2 repositories/<name>/_layers/<alg>/<hex>/link, synced
 * When the process is killed between them, the blob belongs to no repository.
 *
 * A pin is the time of access of `data`, set by utimensat(2) whatever the mount options are.
 * Only the owner of a file may set it.
 *
 * The order of the durable steps of a removal:
 *	B3 `data` is moved to _berth/removed/<alg>:<hex>.<n>, a name that no other removal has
 *	B4 that name is removed, or given back to the blob
 * Between them the pin is read again. Code that finds a blob pins it first, and looks for
 * the name once more afterwards: so either it does not find the name and answers "unknown",
 * or it has set the pin before B3, and the removal sees the pin and gives the name back. When
 * the process is killed between B3 and B4, the next start gives it back (blob_put_back()). The
 * directory of the blob stays, because another push may be writing into it. */
#include "storefs/blob.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "storefs/content.h"
#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/link.h"
#include "storefs/listing.h"
#include "storefs/stage.h"

/* ---- what is there ---- */

static enum result
fail_unknown(struct arena *a, const struct digest *d, struct err *err)
{
	return err_set(err, RC_BLOB_UNKNOWN, "%s: no such blob", digest_text(a, d));
}

static enum result
check_digest(const struct store *st, struct arena *a, struct str bytes,
    const struct digest *d, struct err *err)
{
	struct digest got;

	digest_of(d->kind, bytes, &got);
	if (digest_eq(&got, d))
		return RC_OK;
	return damage_found(st, a, layout_data(a, d),
	    arena_printf(
		a, "its %zu bytes have another digest than its name", bytes.n),
	    "push the image again", err);
}

/* berth may not set the time of the file: store_blob_remove() leaves such a blob alone. */
static bool
is_beyond_us(int e)
{
	return e == EPERM || e == EACCES || e == EROFS;
}

/* Finds the blob and pins it. A removal may have taken its name after it was found here and before
 * the pin was set, because it saw the old time: so the name is looked for again at the
 * end. */
static enum result
look_and_pin(const struct store *st, struct arena *a, const struct digest *d,
    const struct content **out, struct err *err)
{
	const struct timespec read_now[2] = {
	    {.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
	const char *path = layout_data(a, d);
	struct io_found found;
	enum result r = io_find_file(st, a, path, &found, err);

	if (r == RC_OK)
		r = durable_name(st, path, err);
	if (r == RC_OK &&
	    found.sb.st_atime <= clock_now() - STORE_BLOB_PIN_FRESH_S) {
		r = io_touch(st, path, read_now, err);
		if (r == RC_OK || r == RC_NOT_FOUND || is_beyond_us(errno))
			r = io_find_file(st, a, path, &found, err);
	}
	if (r == RC_OK)
		*out = content_make(a, found.path, (uint64_t)found.sb.st_size);
	return r;
}

/* Reads the whole blob, which is small; in an arena of its own, because a manifest may have
 * thousands of references. *size: the bytes that were read; a push may have replaced a
 * damaged file since it was found. */
static enum result
check_bytes(const struct store *st, const char *path, const struct digest *d,
    uint64_t *size, struct err *err)
{
	struct arena *scratch = arena_new();
	struct str bytes;
	enum result r = io_read(
	    st, scratch, path, STORE_BLOB_SMALL_MAX, &bytes, err);

	if (r == RC_OK)
		r = check_digest(st, scratch, bytes, d, err);
	*size = r == RC_OK ? bytes.n : 0;
	arena_free(scratch);
	return r;
}

enum result
store_blob_find_anywhere(const struct store *st, struct arena *a,
    const struct digest *d, struct store_blob *out, struct err *err)
{
	uint64_t size;
	enum result r = look_and_pin(st, a, d, &out->content, err);

	out->digest = *d;
	if (r == RC_OK &&
	    store_content_size(out->content) <= STORE_BLOB_SMALL_MAX) {
		r = check_bytes(st, layout_data(a, d), d, &size, err);
		if (r == RC_OK)
			out->content = content_make(
			    a, content_path(out->content), size);
	}
	if (r == RC_TOO_LARGE) /* a push has just replaced it */
		r = look_and_pin(st, a, d, &out->content, err);
	return r == RC_NOT_FOUND ? fail_unknown(a, d, err) : r;
}

enum result
store_blob_find(const struct store_repository *in, const struct digest *d,
    struct store_blob *out, struct err *err)
{
	struct digest kept;
	enum result r = link_find(
	    in, layout_layer(in->arena, in->name, d), d, &kept, err);

	if (r == RC_NOT_FOUND)
		return fail_unknown(in->arena, d, err);
	if (r == RC_OK)
		r = store_blob_find_anywhere(in->store, in->arena, &kept, out, err);
	return r;
}

enum result
store_blob_read(const struct store *st, struct arena *a, const struct digest *d,
    size_t limit, struct str *out, struct err *err)
{
	const char *path = layout_data(a, d);
	enum result r = io_read(st, a, path, limit, out, err);

	if (r == RC_OK)
		r = check_digest(st, a, *out, d, err);
	return r == RC_NOT_FOUND ? fail_unknown(a, d, err) : r;
}

/* ---- a blob is stored ---- */

/* *there: a file has the blob's name, and is pinned and durable. Otherwise its directory is
 * made. */
static enum result
look_for(const struct store *st, struct arena *a, const struct digest *d,
    bool *there, struct err *err)
{
	const struct content *ignored;
	enum result r = look_and_pin(st, a, d, &ignored, err);

	*there = r == RC_OK;
	if (r == RC_NOT_FOUND)
		r = io_mkdirs(st, layout_blob(a, d), err);
	return r;
}

/* A blob got its bytes. If another file was replaced, that was damage which may not have been
 * noticed before: a large blob is not hashed when it is found. */
static enum result
finish_put(const struct store *st, struct arena *a, const struct digest *d,
    bool replaced, struct err *err)
{
	struct err ignored;

	if (replaced)
		(void)damage_found(st, a, layout_data(a, d),
		    "its bytes had another digest",
		    "none needed: a push has replaced it", &ignored);
	return durable_made(st, layout_data(a, d), err);
}

enum result
store_blob_put(struct store *st, struct arena *a, struct stage *sg,
    const struct digest *d, struct err *err)
{
	bool there;
	enum result r = look_for(st, a, d, &there, err);

	if (r != RC_OK || (there && stage_is(sg, layout_data(a, d))))
		return r;
	r = stage_replace(sg, layout_blob(a, d), "data", err);
	if (r == RC_OK)
		r = finish_put(st, a, d, there, err);
	return r;
}

/* Old servers write manifests in place: after a power loss the length can be right and
 * the bytes wrong. */
static bool
has_bytes(const struct store *st, const struct digest *d, struct str bytes)
{
	struct arena *scratch = arena_new();
	struct err ignored;
	struct str there;
	bool same = io_read(st, scratch, layout_data(scratch, d), bytes.n, &there,
			&ignored) == RC_OK &&
		    str_eq(there, bytes);

	arena_free(scratch);
	return same;
}

enum result
store_blob_put_bytes(struct store *st, struct arena *a, struct str bytes,
    const struct digest *d, struct err *err)
{
	bool there;
	enum result r = look_for(st, a, d, &there, err);

	if (r != RC_OK || (there && has_bytes(st, d, bytes)))
		return r;
	r = io_put(st, layout_blob(a, d), "data", bytes, err);
	if (r == RC_OK)
		r = finish_put(st, a, d, there, err);
	return r;
}

/* ---- which repository has it ---- */

enum result
store_blob_link(
    const struct store_repository *in, const struct digest *d, struct err *err)
{
	return link_write(in, layout_layer(in->arena, in->name, d), d, err);
}

enum result
store_blob_unlink(const struct store_repository *in, const struct guard *held,
    const struct digest *d, struct err *err)
{
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, in->name));
	r = link_remove(in, layout_layer(in->arena, in->name, d), err);
	return r == RC_NOT_FOUND ? fail_unknown(in->arena, d, err) : r;
}

/* ---- all of them ---- */

struct walk {
	const struct store *st;
	struct arena *arena; /* cleared before each blob */
	const char *algorithm;
	const char *dir; /* of blobs with the same two first digits */
	bool (*visit)(void *arg, const struct digest *d);
	void *arg;
	bool stopped;
	enum result result;
	struct err *err;
};

static bool
see_blob(void *arg, const char *hex)
{
	struct walk *w = arg;
	struct err ignored;
	struct digest d;
	struct stat sb;
	enum result r;

	arena_clear(w->arena);
	r = digest_parse(str_of(arena_printf(w->arena, "%s:%s", w->algorithm, hex)),
	    &d, &ignored);
	if (r != RC_OK ||
	    strncmp(hex, w->dir + strlen(w->dir) - 2, 2) != 0) /* not a blob's */
		return true;
	r = io_stat_file(w->st, layout_data(w->arena, &d), &sb, w->err);
	if (r == RC_OK)
		w->stopped = !w->visit(w->arg, &d);
	else if (r != RC_NOT_FOUND)
		w->result = r;
	return w->result == RC_OK && !w->stopped;
}

static bool
see_first_digits(void *arg, const char *digits)
{
	struct walk *w = arg;
	struct arena *a = arena_new();
	enum result r;

	w->dir = arena_printf(a, LAYOUT_BLOBS "/%s/%s", w->algorithm, digits);
	r = listing_in_order(
	    w->st, (struct listing_from){w->dir, ""}, see_blob, w, w->err);
	if (r != RC_OK)
		w->result = r;
	arena_free(a);
	return w->result == RC_OK && !w->stopped;
}

enum result
store_blob_each(const struct store *st,
    bool (*visit)(void *arg, const struct digest *d), void *arg, struct err *err)
{
	static const char *const algorithms[] = {"sha256", "sha512"};
	struct walk w = {
	    .st = st, .arena = arena_new(), .visit = visit, .arg = arg, .err = err};
	struct arena *a = arena_new();
	size_t i;

	for (i = 0; i < 2 && w.result == RC_OK && !w.stopped; i++) {
		enum result r;

		w.algorithm = algorithms[i];
		r = listing_in_order(st,
		    (struct listing_from){
			arena_printf(a, LAYOUT_BLOBS "/%s", w.algorithm), ""},
		    see_first_digits, &w, err);
		if (r != RC_OK)
			w.result = r;
	}
	arena_free(a);
	arena_free(w.arena);
	return w.result;
}

enum result
store_blob_open(const struct store *st, struct arena *a, const struct digest *d,
    struct store_reader **out, struct err *err)
{
	enum result r = content_open_file(st, a, layout_data(a, d), out, err);

	return r == RC_NOT_FOUND ? fail_unknown(a, d, err) : r;
}

/* ---- a blob is removed ---- */

/* A name of its own for each removal: otherwise a second one of the same blob could move what a
 * push has just stored over the file that the first one is about to unlink. */
static const char *
removed_name(struct arena *a, const struct digest *d)
{
	static atomic_ulong counter;

	return arena_printf(a, "%s.%ld.%lu", digest_text(a, d), (long)getpid(),
	    atomic_fetch_add(&counter, 1));
}

/* B4: the blob has its name again, unless a push has stored it meanwhile; it counts as pinned. */
static enum result
put_back(const struct store *st, struct arena *a, const struct digest *d,
    const char *removed, struct err *err)
{
	struct io_file file;
	enum result r = io_open_file(
	    st, removed, O_RDONLY | O_NOFOLLOW, &file, err);

	if (r != RC_OK)
		return r;
	r = io_name_fd(st, file.fd, layout_blob(a, d), "data", err);
	io_close(file.fd);
	if (r == RC_OK)
		r = durable_made(st, layout_data(a, d), err);
	if (r == RC_OK)
		r = io_unlink(st, removed, err);
	return r;
}

/* Is the pin younger than `patience` seconds, or can berth not pin the blob? */
static bool
is_pinned(const struct stat *sb, unsigned patience)
{
	if (sb->st_uid != geteuid() && geteuid() != 0) /* berth cannot pin it */
		return true;
	return sb->st_atime > clock_now() - (int64_t)patience;
}

static enum result
fail_pinned(struct arena *a, const struct digest *d, struct err *err)
{
	return err_set(err, RC_BUSY,
	    "%s: pinned, a client asked for it a short time ago",
	    digest_text(a, d));
}

enum result
store_blob_remove(struct store *st, struct arena *a, const struct digest *d,
    unsigned patience, struct err *err)
{
	const char *path = layout_data(a, d), *name = removed_name(a, d);
	const char *removed = arena_printf(a, IO_REMOVED_DIR "/%s", name);
	struct stat sb;
	enum result r = io_stat_file(st, path, &sb, err);

	assert(patience > STORE_BLOB_PIN_FRESH_S);
	if (r == RC_NOT_FOUND)
		return fail_unknown(a, d, err);
	if (r == RC_OK && is_pinned(&sb, patience))
		return fail_pinned(a, d, err);
	if (r == RC_OK)
		r = io_mkdirs(st, IO_REMOVED_DIR, err);
	if (r == RC_OK)
		r = io_move(st, path, IO_REMOVED_DIR, name, err);
	if (r == RC_OK)
		r = io_stat_file(st, removed, &sb, err);
	if (r == RC_NOT_FOUND) /* another removal was faster */
		return fail_unknown(a, d, err);
	if (r == RC_OK && is_pinned(&sb, patience)) {
		r = put_back(st, a, d, removed, err);
		return r == RC_OK ? fail_pinned(a, d, err) : r;
	}
	if (r == RC_OK)
		r = io_unlink(st, removed, err);
	if (r == RC_OK)
		r = durable_absence(st, path, err);
	return r;
}

struct putting_back {
	const struct store *st;
	struct arena *arena;
};

static bool
put_back_one(void *arg, const char *name)
{
	struct putting_back *p = arg;
	struct str rest = str_of(name);
	struct err err;
	struct digest d;

	if (digest_parse(str_cut(&rest, '.'), &d, &err) == RC_OK &&
	    put_back(p->st, p->arena, &d,
		arena_printf(p->arena, IO_REMOVED_DIR "/%s", name), &err) != RC_OK)
		log_line(LOG_WARN, "store.restore", "digest=%s reason=%s",
		    digest_text(p->arena, &d), log_value(p->arena, err.text));
	return true;
}

enum result
blob_put_back(const struct store *st, struct err *err)
{
	struct putting_back p = {st, arena_new()};
	enum result r = listing_each(st, IO_REMOVED_DIR, put_back_one, &p, err);

	arena_free(p.arena);
	return r;
}
