/* uploads.c: see uploads.h. */
#include "v2/uploads.h"

#include "content/blob.h"
#include "content/upload.h"
#include "http/range.h"
#include "v2/v2.h"

/* docker reads the end of Range as a size, which is never negative: 0-0 also for nothing. */
static void
set_progress_headers(struct call *c, const struct store_upload *up)
{
	unsigned long long end = up->size == 0 ? 0 : up->size - 1;

	v2_set_location(c, arena_printf(c->task.arena, "/v2/%s/blobs/uploads/%s",
			       up->repository.name, up->id));
	reply_header(c->rp, "Docker-Upload-UUID", up->id);
	reply_header(c->rp, "Range", arena_printf(c->task.arena, "0-%llu", end));
}

static void
reply_created(struct call *c, const struct digest *d)
{
	v2_set_blob_location(c, d);
	reply_none(c->rp, 201);
}

/* Reads a digest of the query. *given is false without it. */
static enum result
query_digest(struct call *c, const char *name, struct digest *out, bool *given)
{
	struct str text;
	enum result r = v2_query(c, name, &text);

	*given = r == RC_OK && text.p != NULL;
	return *given ? digest_parse(text, out, &c->err) : r;
}

/* Reads the digest under which a blob is to be stored; it must be of an algorithm that berth
 * computes. */
static enum result
query_blob_digest(struct call *c, struct digest *out, bool *given)
{
	enum result r = query_digest(c, "digest", out, given);

	return r == RC_OTHER_DIGEST ? RC_BAD_DIGEST : r;
}

/* ---- POST ---- */

/* The algorithm of the upload's digest, if the client says it (?digest-algorithm=, of the
 * coming specification). */
static enum result
query_algorithm(struct call *c, enum hash_kind *out)
{
	struct str name;
	enum result r = v2_query(c, "digest-algorithm", &name);

	*out = HASH_SHA256;
	if (r != RC_OK || name.p == NULL || digest_kind(name, out))
		return r;
	return err_set(
	    &c->err, RC_BAD_DIGEST, "digest-algorithm must be sha256 or sha512");
}

static enum result
begin_upload(struct call *c)
{
	struct store_upload up;
	enum hash_kind kind;
	enum result r = query_algorithm(c, &kind);

	if (r == RC_OK)
		r = upload_begin(&c->task, c->args.repository, kind, &up);
	if (r != RC_OK)
		return r;
	set_progress_headers(c, &up);
	reply_header(c->rp, "OCI-Chunk-Min-Length",
	    arena_printf(c->task.arena, "%llu",
		(unsigned long long)upload_part_min(&c->task)));
	reply_none(c->rp, 202);
	return RC_OK;
}

/* A blob that cannot be mounted is to be uploaded. */
static enum result
mount_blob(struct call *c, const struct digest *d)
{
	struct digest kept;
	struct str from;
	enum result r = v2_query(c, "from", &from);

	if (r == RC_OK)
		r = blob_mount(&c->task, c->args.repository, d,
		    from.p == NULL ? NULL : str_dup(c->task.arena, from), &kept);
	if (r == RC_BLOB_UNKNOWN)
		return begin_upload(c);
	if (r == RC_OK)
		reply_created(c, &kept);
	return r;
}

static enum result
take_whole_blob(struct call *c, const struct digest *d)
{
	enum result r = upload_whole(
	    &c->task, c->args.repository, c->rq->body_file, d);

	if (r == RC_OK)
		reply_created(c, d);
	return r;
}

enum result
v2_post_upload(struct call *c)
{
	bool mounts, whole = false;
	struct digest d;
	enum result r = query_digest(c, "mount", &d, &mounts);

	if (r ==
	    RC_OTHER_DIGEST) /* there is no such blob, so it is to be uploaded */
		return begin_upload(c);
	if (r == RC_OK && mounts)
		return mount_blob(c, &d);
	if (r == RC_OK)
		r = query_blob_digest(c, &d, &whole);
	if (r != RC_OK)
		return r;
	return whole ? take_whole_blob(c, &d) : begin_upload(c);
}

enum result
v2_check_post_upload(struct call *c)
{
	struct digest d;
	bool given;

	return query_blob_digest(c, &d, &given);
}

/* ---- the parts ---- */

/* The check before the body passes on the size that the upload had. */
static bool
read_size(const char *token, uint64_t *out)
{
	long long v = 0;
	bool is = str_to_int64(str_of(token), &v);

	*out = (uint64_t)v;
	return is;
}

static enum result
read_part(struct call *c, struct upload_part *out)
{
	struct str range = request_header(c->rq, "Content-Range");
	long long length = (long long)c->rq->length;

	*out = (struct upload_part){.body_file = c->rq->body_file};
	out->noted = read_size(c->rq->precheck_token, &out->size);
	if (range.n == 0)
		return RC_OK;
	out->ranged = true;
	if (!range_parse(range, &out->first, &out->last))
		return err_set(&c->err, RC_BAD_REQUEST,
		    "Content-Range must be of the form FIRST-LAST");
	if (length > 0 && (uint64_t)length - 1 != out->last - out->first)
		return err_set(&c->err, RC_BAD_SIZE,
		    "Content-Length is %lld, but Content-Range has %llu bytes",
		    length, (unsigned long long)(out->last - out->first) + 1);
	return RC_OK;
}

/* Replies to a call on an upload. A client whose part is not the next one (RC_BAD_RANGE)
 * learns too where the upload stands. */
static enum result
reply_progress(
    struct call *c, enum result r, const struct store_upload *up, int status)
{
	if (r == RC_OK || r == RC_BAD_RANGE)
		set_progress_headers(c, up);
	if (r == RC_OK)
		reply_none(c->rp, status);
	return r;
}

/* Replies to a check. nginx passes the size of the upload on with the part. */
static enum result
reply_check(struct call *c, enum result r, const struct store_upload *up)
{
	if (r == RC_OK)
		reply_header(c->rp, REQUEST_PRECHECK_HEADER,
		    arena_printf(
			c->task.arena, "%llu", (unsigned long long)up->size));
	return reply_progress(c, r, up, 204);
}

enum result
v2_check_patch_upload(struct call *c)
{
	struct upload_part part;
	struct store_upload up;
	enum result r = read_part(c, &part);

	if (r != RC_OK)
		return r;
	r = upload_check(&c->task, c->args.repository, c->args.upload, &part, &up);
	return reply_check(c, r, &up);
}

enum result
v2_patch_upload(struct call *c)
{
	struct upload_part part;
	struct store_upload up;
	enum result r = read_part(c, &part);

	if (r != RC_OK)
		return r;
	r = upload_append(&c->task, c->args.repository, c->args.upload, &part, &up);
	return reply_progress(c, r, &up, 202);
}

/* The last call of an upload: its last part, and the digest of the whole. */
static enum result
read_last_part(struct call *c, struct upload_part *part, struct digest *d)
{
	bool given;
	enum result r = query_blob_digest(c, d, &given);

	if (r == RC_OK && !given)
		return err_set(&c->err, RC_BAD_DIGEST,
		    "the query must have the digest of the whole blob (?digest=)");
	return r == RC_OK ? read_part(c, part) : r;
}

enum result
v2_check_put_upload(struct call *c)
{
	struct upload_part part;
	struct store_upload up;
	struct digest d;
	bool finished;
	enum result r = read_last_part(c, &part, &d);

	if (r != RC_OK)
		return r;
	r = upload_check_end(&c->task, c->args.repository, c->args.upload, &part,
	    &d, &up, &finished);
	if (!finished)
		return reply_check(c, r, &up);
	reply_none(c->rp, 204);
	return RC_OK;
}

enum result
v2_put_upload(struct call *c)
{
	struct upload_part part;
	struct store_upload up;
	struct digest d;
	enum result r = read_last_part(c, &part, &d);

	if (r != RC_OK)
		return r;
	r = upload_finish(
	    &c->task, c->args.repository, c->args.upload, &part, &d, &up);
	if (r != RC_OK)
		return reply_progress(c, r, &up, 201);
	reply_created(c, &d);
	return RC_OK;
}

/* ---- the upload itself ---- */

enum result
v2_get_upload(struct call *c)
{
	struct store_upload up;
	enum result r = upload_status(
	    &c->task, c->args.repository, c->args.upload, &up);

	return reply_progress(c, r, &up, 204);
}

enum result
v2_delete_upload(struct call *c)
{
	enum result r = upload_cancel(&c->task, c->args.repository, c->args.upload);

	if (r == RC_OK)
		reply_none(c->rp, 204);
	return r;
}
