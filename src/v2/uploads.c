/* uploads.c: see uploads.h. */
#include "v2/uploads.h"

#include "content/blob.h"
#include "content/upload.h"
#include "http/range.h"
#include "v2/v2.h"

/* docker reads the end of Range as a size that is never negative: 0-0 for nothing, too. */
static void
tell(const struct request *rq, struct reply *rp, const struct store_upload *up)
{
	unsigned long long end = up->size == 0 ? 0 : up->size - 1;

	v2_at(rq, rp,
	    arena_printf(rp->arena, "/v2/%s/blobs/uploads/%s", up->name, up->id));
	reply_header(rp, "Docker-Upload-UUID", up->id);
	reply_header(rp, "Range", arena_printf(rp->arena, "0-%llu", end));
}

/* A digest in the query. *given is false without it. */
static enum result
query_digest(struct request *rq, const char *name, struct digest *out, bool *given)
{
	struct str text;
	enum result r = v2_query(rq, name, &text);

	*given = r == RC_OK && text.p != NULL;
	return *given ? digest_parse(text, out, &rq->err) : r;
}

/* The digest under which a blob is to be stored; its algorithm must be one that is
 * computed here. */
static enum result
query_own_digest(struct request *rq, struct digest *out, bool *given)
{
	enum result r = query_digest(rq, "digest", out, given);

	return r == RC_OTHER_DIGEST ? RC_BAD_DIGEST : r;
}

/* ---- POST ---- */

/* Of the bytes, if the client cares (?digest-algorithm=, of the specification to
 * come). */
static enum result
query_kind(struct request *rq, enum hash_kind *out)
{
	struct str name;
	enum result r = v2_query(rq, "digest-algorithm", &name);

	*out = HASH_SHA256;
	if (r != RC_OK || name.p == NULL || digest_kind(name, out))
		return r;
	return err_set(&rq->err, RC_BAD_DIGEST, "no algorithm that is known");
}

static enum result
begin(struct request *rq, struct reply *rp, const char *name)
{
	struct store_upload up;
	enum hash_kind kind;
	enum result r = query_kind(rq, &kind);

	if (r == RC_OK)
		r = upload_begin(request_task(rq), name, kind, &up);
	if (r != RC_OK)
		return r;
	tell(rq, rp, &up);
	reply_header(rp, "OCI-Chunk-Min-Length", "1");
	reply_none(rp, 202);
	return RC_OK;
}

static void
created(const struct request *rq, struct reply *rp, const char *name,
    const struct digest *d)
{
	v2_at_blob(rq, rp, name, d);
	reply_none(rp, 201);
}

/* What cannot be mounted is to be uploaded. */
static enum result
mount(
    struct request *rq, struct reply *rp, const char *name, const struct digest *d)
{
	struct digest kept;
	struct str from;
	enum result r = v2_query(rq, "from", &from);

	if (r == RC_OK)
		r = blob_mount(request_task(rq), name, d,
		    from.p == NULL ? NULL : str_dup(rq->arena, from), &kept);
	if (r == RC_BLOB_UNKNOWN)
		return begin(rq, rp, name);
	if (r == RC_OK)
		created(rq, rp, name, &kept);
	return r;
}

static enum result
take_whole(
    struct request *rq, struct reply *rp, const char *name, const struct digest *d)
{
	enum result r = upload_whole(request_task(rq), name, rq->body_file, d);

	if (r == RC_OK)
		created(rq, rp, name, d);
	return r;
}

enum result
v2_post_upload(struct request *rq, struct reply *rp)
{
	bool mounts, whole = false;
	struct digest d;
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = query_digest(rq, "mount", &d, &mounts);
	if (r == RC_OTHER_DIGEST) /* no such blob, so it is to be uploaded */
		return begin(rq, rp, name);
	if (r == RC_OK && mounts)
		return mount(rq, rp, name, &d);
	if (r == RC_OK)
		r = query_own_digest(rq, &d, &whole);
	if (r != RC_OK)
		return r;
	return whole ? take_whole(rq, rp, name, &d) : begin(rq, rp, name);
}

enum result
v2_check_post_upload(struct request *rq, struct reply *rp)
{
	struct digest d;
	const char *name;
	bool given;
	enum result r = v2_name_arg(rq, &name);

	(void)rp;
	return r == RC_OK ? query_own_digest(rq, &d, &given) : r;
}

/* ---- the parts ---- */

static bool
to_number(const char *text, uint64_t *out)
{
	long long v = 0;
	bool is = str_to_int64(str_of(text), &v);

	*out = (uint64_t)v;
	return is;
}

static enum result
read_part(struct request *rq, struct upload_part *out)
{
	struct str range = request_header(rq, "Content-Range");

	*out = (struct upload_part){.body_file = rq->body_file};
	out->noted = to_number(rq->note, &out->size);
	if (range.n == 0)
		return RC_OK;
	out->ranged = true;
	if (!range_parse(range, &out->first, &out->last))
		return err_set(&rq->err, RC_BAD_REQUEST,
		    "Content-Range is not of the form FIRST-LAST");
	if (rq->length > 0 && (uint64_t)rq->length - 1 != out->last - out->first)
		return err_set(&rq->err, RC_BAD_SIZE,
		    "%lld bytes are announced, the range says otherwise",
		    (long long)rq->length);
	return RC_OK;
}

/* What a call on an upload came to; where it stands is told also to one whose part is
 * not the next. */
static enum result
end_part(const struct request *rq, struct reply *rp, enum result r,
    const struct store_upload *up, int status)
{
	if (r == RC_OK || r == RC_BAD_RANGE)
		tell(rq, rp, up);
	if (r == RC_OK)
		reply_none(rp, status);
	return r;
}

/* The end of a check. The size of the upload is noted, and nginx passes the note on
 * with the part. */
static enum result
end_check(struct request *rq, struct reply *rp, enum result r,
    const struct store_upload *up)
{
	if (r == RC_OK)
		reply_header(rp, REQUEST_PRECHECK_HEADER,
		    arena_printf(rq->arena, "%llu", (unsigned long long)up->size));
	return end_part(rq, rp, r, up, 204);
}

enum result
v2_check_patch_upload(struct request *rq, struct reply *rp)
{
	struct upload_part part;
	struct store_upload up;
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = read_part(rq, &part);
	if (r != RC_OK)
		return r;
	r = upload_check(request_task(rq), name, rq->arg[1], &part, &up);
	return end_check(rq, rp, r, &up);
}

enum result
v2_patch_upload(struct request *rq, struct reply *rp)
{
	struct upload_part part;
	struct store_upload up;
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = read_part(rq, &part);
	if (r != RC_OK)
		return r;
	r = upload_append(request_task(rq), name, rq->arg[1], &part, &up);
	return end_part(rq, rp, r, &up, 202);
}

static enum result
must_digest(struct request *rq, struct digest *out)
{
	bool given;
	enum result r = query_own_digest(rq, out, &given);

	if (r == RC_OK && !given)
		return err_set(
		    &rq->err, RC_BAD_DIGEST, "?digest= of the whole is due");
	return r;
}

enum result
v2_check_put_upload(struct request *rq, struct reply *rp)
{
	struct upload_part part;
	struct store_upload up;
	struct digest d;
	bool finished;
	const char *name;
	enum result r = must_digest(rq, &d);

	if (r == RC_OK)
		r = v2_name_arg(rq, &name);
	if (r == RC_OK)
		r = read_part(rq, &part);
	if (r != RC_OK)
		return r;
	r = upload_check_end(
	    request_task(rq), name, rq->arg[1], &part, &d, &up, &finished);
	if (!finished)
		return end_check(rq, rp, r, &up);
	reply_none(rp, 204);
	return RC_OK;
}

enum result
v2_put_upload(struct request *rq, struct reply *rp)
{
	struct upload_part part;
	struct store_upload up;
	struct digest d;
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = must_digest(rq, &d);
	if (r == RC_OK)
		r = read_part(rq, &part);
	if (r != RC_OK)
		return r;
	r = upload_finish(request_task(rq), name, rq->arg[1], &part, &d, &up);
	if (r == RC_OK)
		created(rq, rp, name, &d);
	return r == RC_OK ? r : end_part(rq, rp, r, &up, 201);
}

/* ---- the upload itself ---- */

enum result
v2_get_upload(struct request *rq, struct reply *rp)
{
	struct store_upload up;
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r != RC_OK)
		return r;
	r = upload_status(request_task(rq), name, rq->arg[1], &up);
	return end_part(rq, rp, r, &up, 204);
}

enum result
v2_delete_upload(struct request *rq, struct reply *rp)
{
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = upload_cancel(request_task(rq), name, rq->arg[1]);
	if (r == RC_OK)
		reply_none(rp, 204);
	return r;
}
