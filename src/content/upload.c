/* upload.c: see upload.h. */
#include "content/upload.h"

#include "registry/event.h"
#include "store/blob.h"
#include "store/guard.h"

enum result
upload_begin(const struct task *t, const char *name, enum hash_kind kind,
    struct store_upload *out)
{
	uint64_t n = 0;
	enum result r = RC_OK;

	if (t->reg->uploads_max > 0)
		r = store_upload_count(t->reg->store, &n, t->err);
	if (r == RC_OK && t->reg->uploads_max > 0 && n >= t->reg->uploads_max)
		return err_set(t->err, RC_BUSY,
		    "%llu uploads are open, open_uploads allows %u: try again later",
		    (unsigned long long)n, t->reg->uploads_max);
	return r == RC_OK ? store_upload_begin(
				t->reg->store, t->arena, name, kind, out, t->err)
			  : r;
}

#define EXPIRY_CROWDED 900 /* seconds */

unsigned
upload_expiry(const struct task *t, unsigned usual)
{
	uint64_t n;
	struct err ignored;

	if (t->reg->uploads_max == 0 || usual < EXPIRY_CROWDED ||
	    store_upload_count(t->reg->store, &n, &ignored) != RC_OK ||
	    n < t->reg->uploads_max / 2)
		return usual;
	return EXPIRY_CROWDED;
}

enum result
upload_status(
    const struct task *t, const char *name, struct str id, struct store_upload *out)
{
	return store_upload_open(t->reg->store, t->arena, name, id, out, t->err);
}

/* Another place than where the upload stands, now or when its hash was taken. */
static enum result
not_next(const struct store_upload *up, struct err *err)
{
	return err_set(err, RC_BAD_RANGE, "the upload holds %llu bytes",
	    (unsigned long long)up->size);
}

static enum result
check_place(
    const struct store_upload *up, const struct upload_part *part, struct err *err)
{
	if ((part->ranged && part->first != up->size) ||
	    (part->noted && part->size != up->size))
		return not_next(up, err);
	return RC_OK;
}

/* Has the upload all bytes already? Then a worker died after U3, or its answer was
 * lost, and nginx or the client asks again. */
static bool
is_whole(const struct store_upload *up, const struct digest *d)
{
	struct hash hash = up->hash;
	struct digest got;

	if (up->size == 0 || hash.kind != d->kind)
		return false;
	digest_end(&hash, &got);
	return digest_eq(&got, d);
}

enum result
upload_check(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, struct store_upload *out)
{
	enum result r = store_upload_open(
	    t->reg->store, t->arena, name, id, out, t->err);

	if (r != RC_OK)
		return r;
	store_upload_touch(t->reg->store, t->arena, out->id);
	return check_place(out, part, t->err);
}

/* A request whose answer the client did not get may have finished the upload, which is
 * unknown since then. A text that does not have the form of an id never was an upload. */
static bool
is_finished(
    const struct task *t, const char *name, struct str id, const struct digest *d)
{
	struct store_blob blob;
	struct err ignored;

	return store_upload_is_id(id) && store_blob_find(t->reg->store, t->arena,
					     name, d, &blob, &ignored) == RC_OK;
}

enum result
upload_check_end(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, const struct digest *d,
    struct store_upload *out, bool *finished)
{
	enum result r = upload_check(t, name, id, part, out);

	*finished = r == RC_UPLOAD_UNKNOWN && is_finished(t, name, id, d);
	if (*finished || (r == RC_BAD_RANGE && is_whole(out, d)))
		return RC_OK;
	return r;
}

/* A part on its way: the upload as it was when its bytes were hashed. */
struct coming {
	struct store_upload before;
	struct stage *stage;
	struct hash hash; /* of all bytes with this part */
};

static enum result
take_part(const struct task *t, const struct upload_part *part, struct coming *c)
{
	enum result r = stage_adopt(
	    t->reg->store, t->arena, part->body_file, &c->stage, t->err);

	if (r == RC_OK && part->ranged &&
	    stage_size(c->stage) != part->last - part->first + 1)
		r = err_set(t->err, RC_BAD_SIZE,
		    "%llu bytes arrived, Content-Range says %llu",
		    (unsigned long long)stage_size(c->stage),
		    (unsigned long long)(part->last - part->first + 1));
	if (r == RC_OK)
		r = stage_hash(c->stage, &c->hash, t->err);
	if (r == RC_OK)
		r = stage_flush(c->stage, t->err);
	return r;
}

/* The upload is locked and still stands where the hash began, or RC_BAD_RANGE: another
 * part was faster. *now tells how it stands. */
static enum result
lock_unmoved(const struct task *t, const struct store_upload *before,
    struct store_upload *now, struct guard *held)
{
	enum result r = guard_take(
	    t->reg->store, GUARD_UPLOAD, before->id, held, t->err);

	if (r == RC_OK)
		r = store_upload_open(t->reg->store, t->arena, before->name,
		    str_of(before->id), now, t->err);
	if (r == RC_OK && now->size != before->size)
		r = not_next(now, t->err);
	return r;
}

enum result
upload_append(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, struct store_upload *out)
{
	struct guard held = {0};
	struct coming c;
	enum result r = store_upload_open(
	    t->reg->store, t->arena, name, id, out, t->err);

	if (r == RC_OK)
		r = check_place(out, part, t->err);
	if (r != RC_OK)
		return r;
	c.before = *out;
	c.hash = out->hash;
	r = take_part(t, part, &c);
	if (r == RC_OK)
		r = lock_unmoved(t, &c.before, out, &held);
	if (r == RC_OK && stage_size(c.stage) > 0)
		r = store_upload_append(
		    t->reg->store, t->arena, out, c.stage, &c.hash, t->err);
	guard_release(&held);
	return r;
}

/* ---- the end of an upload ---- */

/* Of the bytes so far, in the kind that the client's digest has. They were hashed as
 * they came; only where the client did not say of which kind, again. */
static enum result
hash_so_far(const struct task *t, const struct store_upload *up,
    enum hash_kind kind, struct hash *out)
{
	struct stage *so_far;
	enum result r;

	*out = up->hash;
	if (up->hash.kind == kind)
		return RC_OK;
	hash_begin(out, kind);
	if (up->size == 0)
		return RC_OK;
	r = store_upload_stage(t->reg->store, t->arena, up, &so_far, t->err);
	return r == RC_OK ? stage_hash(so_far, out, t->err) : r;
}

static enum result
check_digest(
    struct arena *a, struct hash hash, const struct digest *want, struct err *err)
{
	struct digest got;

	digest_end(&hash, &got);
	if (digest_eq(&got, want))
		return RC_OK;
	return err_set(err, RC_MISMATCH, "the bytes have %s", digest_text(a, &got));
}

/* The upload holds all bytes, and its hash is of the digest's kind. */
static enum result
complete_upload(
    const struct task *t, struct store_upload *up, const struct coming *c)
{
	if (stage_size(c->stage) > 0)
		return store_upload_append(
		    t->reg->store, t->arena, up, c->stage, &c->hash, t->err);
	if (up->hash.kind != c->hash.kind)
		return store_upload_rehash(
		    t->reg->store, t->arena, up, &c->hash, t->err);
	return RC_OK;
}

/* All bytes are there, in the upload, in the part, or in both. */
static enum result
make_blob(const struct task *t, struct store_upload *up, struct coming *c,
    const struct digest *d)
{
	struct stage *whole = c->stage;
	enum result r = RC_OK;

	if (up->size > 0) {
		r = complete_upload(t, up, c);
		if (r == RC_OK)
			r = store_upload_stage(
			    t->reg->store, t->arena, up, &whole, t->err);
	}
	if (r == RC_OK)
		r = store_blob_put(t->reg->store, t->arena, whole, d, t->err);
	if (r == RC_OK)
		r = store_blob_link(t->reg->store, t->arena, up->name, d, t->err);
	if (r == RC_OK)
		r = store_upload_remove(t->reg->store, up->id, t->err);
	return r;
}

static void
emit_blob(const struct task *t, const char *name, const struct digest *d)
{
	if (event_is_wanted(EVENT_PUSH_BLOB))
		event_emit(t, &(struct event){.kind = EVENT_PUSH_BLOB,
				  .repository = name,
				  .digest = digest_text(t->arena, d)});
}

static enum result
finish_upload(const struct task *t, const struct upload_part *part,
    const struct digest *d, struct store_upload *out)
{
	static const struct upload_part nothing = {.body_file = NULL};
	struct guard held = {0};
	struct coming c = {.before = *out};
	enum result r;

	if (is_whole(out, d))
		part = &nothing;
	r = check_place(out, part, t->err);
	if (r == RC_OK)
		r = hash_so_far(t, out, d->kind, &c.hash);
	if (r == RC_OK)
		r = take_part(t, part, &c);
	if (r == RC_OK)
		r = check_digest(t->arena, c.hash, d, t->err);
	if (r == RC_OK)
		r = lock_unmoved(t, &c.before, out, &held);
	if (r == RC_OK)
		r = make_blob(t, out, &c, d);
	guard_release(&held);
	if (r == RC_OK)
		emit_blob(t, out->name, d);
	return r;
}

enum result
upload_finish(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, const struct digest *d,
    struct store_upload *out)
{
	enum result r = store_upload_open(
	    t->reg->store, t->arena, name, id, out, t->err);

	if (r == RC_OK)
		r = finish_upload(t, part, d, out);
	if (r == RC_UPLOAD_UNKNOWN && is_finished(t, name, id, d))
		r = RC_OK;
	return r;
}

enum result
upload_whole(const struct task *t, const char *name, const char *body_file,
    const struct digest *d)
{
	const struct upload_part part = {.body_file = body_file};
	struct coming c;
	enum result r;

	hash_begin(&c.hash, d->kind);
	r = take_part(t, &part, &c);
	if (r == RC_OK)
		r = check_digest(t->arena, c.hash, d, t->err);
	if (r == RC_OK)
		r = store_blob_put(t->reg->store, t->arena, c.stage, d, t->err);
	if (r == RC_OK)
		r = store_blob_link(t->reg->store, t->arena, name, d, t->err);
	if (r == RC_OK)
		emit_blob(t, name, d);
	return r;
}

/* A client that gets "unknown" may rely on it: so the absence is made durable. */
static enum result
stay_unknown(const struct task *t, struct str id)
{
	struct err why;
	enum result r = store_upload_sync_absence(
	    t->reg->store, t->arena, id, &why);

	if (r == RC_OK)
		return RC_UPLOAD_UNKNOWN;
	*t->err = why;
	return r;
}

enum result
upload_cancel(const struct task *t, const char *name, struct str id)
{
	struct guard held = {0};
	struct store_upload up;
	enum result r = store_upload_open(
	    t->reg->store, t->arena, name, id, &up, t->err);

	if (r == RC_UPLOAD_UNKNOWN)
		return stay_unknown(t, id);
	if (r == RC_OK)
		r = guard_take(t->reg->store, GUARD_UPLOAD, up.id, &held, t->err);
	if (r == RC_OK)
		r = store_upload_remove(t->reg->store, up.id, t->err);
	guard_release(&held);
	return r;
}
