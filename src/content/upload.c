/* upload.c: see upload.h.
 *
 * A part is hashed first, without a guard, on top of the state that the session has; it may
 * be gigabytes. Then it is given to the store, which takes it if the session is still in that
 * state. So of two requests with the same part both are hashed and one is taken; the other one's
 * client gets the size that the session has now. A last part is checked against the client's
 * digest before the store gets it.
 *
 * A client or nginx that did not get an answer sends its request again. A last part that finds
 * the session with all bytes, or the session gone and the blob there, has been taken
 * already. */
#include "content/upload.h"

#include "registry/event.h"
#include "store/blob.h"

enum result
upload_begin(const struct task *t, const char *name, enum hash_kind kind,
    struct store_upload *out)
{
	const struct store_repository in = task_repository(t, name);
	uint64_t n = 0;
	enum result r = RC_OK;

	if (t->reg->uploads_max > 0)
		r = store_upload_count(t->reg->store, &n, t->err);
	if (r == RC_OK && t->reg->uploads_max > 0 && n >= t->reg->uploads_max)
		return err_set(t->err, RC_BUSY,
		    "%llu uploads are open, open_uploads allows %u: try again later",
		    (unsigned long long)n, t->reg->uploads_max);
	if (r == RC_OK)
		r = store_upload_begin(&in, kind, out, t->err);
	return r;
}

uint64_t
upload_part_min(const struct task *t)
{
	return store_upload_part_min(t->reg->store);
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
	const struct store_repository in = task_repository(t, name);

	return store_upload_open(&in, id, out, t->err);
}

/* ---- parts ---- */

/* The part is the next one: the client's range begins where the session ends, and no other
 * part has come since this one was announced. */
static enum result
check_place(
    const struct store_upload *up, const struct upload_part *part, struct err *err)
{
	if ((part->ranged && part->first != up->size) ||
	    (part->noted && part->size != up->size))
		return err_set(err, RC_BAD_RANGE, "the upload holds %llu bytes",
		    (unsigned long long)up->size);
	return RC_OK;
}

enum result
upload_check(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, struct store_upload *out)
{
	enum result r = upload_status(t, name, id, out);

	if (r != RC_OK)
		return r;
	store_upload_touch(out);
	return check_place(out, part, t->err);
}

/* The body of a part, with its hash added to `hash`. */
static enum result
take_body(const struct task *t, const struct upload_part *part, struct hash *hash,
    struct stage **out)
{
	enum result r = stage_adopt(
	    t->reg->store, t->arena, part->body_file, out, t->err);

	if (r == RC_OK && part->ranged &&
	    stage_size(*out) != part->last - part->first + 1)
		r = err_set(t->err, RC_BAD_SIZE,
		    "the announced range has %llu bytes, %llu arrived",
		    (unsigned long long)(part->last - part->first + 1),
		    (unsigned long long)stage_size(*out));
	if (r == RC_OK)
		r = stage_hash(*out, hash, t->err);
	if (r == RC_OK)
		r = stage_flush(*out, t->err);
	return r;
}

enum result
upload_append(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, struct store_upload *out)
{
	struct hash after;
	struct stage *body;
	enum result r = upload_status(t, name, id, out);

	if (r == RC_OK)
		r = check_place(out, part, t->err);
	if (r != RC_OK)
		return r;
	after = out->hash;
	r = take_body(t, part, &after, &body);
	if (r == RC_OK)
		r = store_upload_append(out, body, &after, t->err);
	return r;
}

/* ---- the end of an upload ---- */

/* Does the session have all bytes already? Then a worker died after it took the last part, or
 * the answer was lost. */
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

/* Was the upload finished by a request whose answer was lost? Then the session does
 * not exist any more. A text that does not have the form of an id was never one. */
static bool
is_finished(
    const struct task *t, const char *name, struct str id, const struct digest *d)
{
	const struct store_repository in = task_repository(t, name);
	struct store_blob blob;
	struct err ignored;

	return store_upload_is_id(id) &&
	       store_blob_find(&in, d, &blob, &ignored) == RC_OK;
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

static enum result
check_digest(
    struct arena *a, struct hash hash, const struct digest *want, struct err *err)
{
	struct digest got;

	digest_end(&hash, &got);
	if (digest_eq(&got, want))
		return RC_OK;
	return err_set(
	    err, RC_MISMATCH, "the bytes have the digest %s", digest_text(a, &got));
}

static void
emit_blob(const struct task *t, const char *name, const struct digest *d)
{
	if (event_is_wanted(EVENT_PUSH_BLOB))
		event_emit(t, &(struct event){.kind = EVENT_PUSH_BLOB,
				  .repository = name,
				  .digest = digest_text(t->arena, d)});
}

/* The bytes were hashed as they came; they are read again only if the client has not said of
 * which kind its digest would be. */
static enum result
finish_upload(const struct task *t, const struct upload_part *part,
    const struct digest *d, struct store_upload *up)
{
	static const struct upload_part nothing = {.body_file = NULL};
	struct stage *last;
	struct hash all;
	enum result r;

	if (is_whole(up, d))
		part = &nothing;
	r = check_place(up, part, t->err);
	if (r == RC_OK)
		r = store_upload_hash(up, d->kind, &all, t->err);
	if (r == RC_OK)
		r = take_body(t, part, &all, &last);
	if (r == RC_OK)
		r = check_digest(t->arena, all, d, t->err);
	if (r == RC_OK)
		r = store_upload_finish(up, last, &all, t->err);
	if (r == RC_OK)
		emit_blob(t, up->repository.name, d);
	return r;
}

enum result
upload_finish(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, const struct digest *d,
    struct store_upload *out)
{
	enum result r = upload_status(t, name, id, out);

	if (r == RC_OK)
		r = finish_upload(t, part, d, out);
	if (r == RC_UPLOAD_UNKNOWN && is_finished(t, name, id, d))
		r = RC_OK;
	return r;
}

/* The blob is stored, and the repository has it. */
static enum result
store_whole(const struct task *t, const char *name, struct stage *body,
    const struct digest *d)
{
	const struct store_repository in = task_repository(t, name);
	enum result r = store_blob_put(t->reg->store, t->arena, body, d, t->err);

	if (r == RC_OK)
		r = store_blob_link(&in, d, t->err);
	if (r == RC_OK)
		emit_blob(t, name, d);
	return r;
}

enum result
upload_whole(const struct task *t, const char *name, const char *body_file,
    const struct digest *d)
{
	const struct upload_part part = {.body_file = body_file};
	struct stage *body;
	struct hash hash;
	enum result r;

	hash_begin(&hash, d->kind);
	r = take_body(t, &part, &hash, &body);
	if (r == RC_OK)
		r = check_digest(t->arena, hash, d, t->err);
	return r == RC_OK ? store_whole(t, name, body, d) : r;
}

enum result
upload_stage(const struct task *t, const char *name, struct stage *body,
    const struct digest *d)
{
	struct hash hash;
	enum result r;

	hash_begin(&hash, d->kind);
	r = stage_hash(body, &hash, t->err);
	if (r == RC_OK)
		r = stage_flush(body, t->err);
	if (r == RC_OK)
		r = check_digest(t->arena, hash, d, t->err);
	return r == RC_OK ? store_whole(t, name, body, d) : r;
}

enum result
upload_cancel(const struct task *t, const char *name, struct str id)
{
	const struct store_repository in = task_repository(t, name);

	return store_upload_cancel(&in, id, t->err);
}
