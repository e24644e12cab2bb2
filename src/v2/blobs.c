/* blobs.c: see blobs.h. */
#include "v2/blobs.h"

#include "content/blob.h"
#include "v2/v2.h"

enum result
v2_get_blob(struct call *c)
{
	struct store_blob blob;
	bool wanted;
	enum result r = blob_find(
	    &c->task, c->args.repository, &c->args.digest, &blob);

	if (r != RC_OK)
		return r;
	v2_set_digest(c->rp, &blob.digest);
	v2_set_immutable(c->rp);
	r = v2_check_condition(c, &wanted);
	if (wanted)
		reply_content(c->rp, blob.content, "application/octet-stream");
	return r;
}

enum result
v2_delete_blob(struct call *c)
{
	enum result r = blob_remove(&c->task, c->args.repository, &c->args.digest);

	if (r == RC_OK)
		reply_none(c->rp, 202);
	if (r == RC_BAD_METHOD)
		reply_header(c->rp, "Allow", "GET, HEAD, OPTIONS");
	return r;
}
