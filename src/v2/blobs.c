/* blobs.c: see blobs.h. */
#include "v2/blobs.h"

#include "content/blob.h"
#include "v2/v2.h"

enum result
v2_get_blob(struct request *rq, struct reply *rp)
{
	struct store_blob blob;
	struct digest d;
	const char *name;
	bool wanted;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = v2_digest_arg(rq, &d);
	if (r == RC_OK)
		r = blob_find(request_task(rq), name, &d, &blob);
	if (r != RC_OK)
		return r;
	v2_is(rp, &blob.digest);
	v2_immutable(rp);
	r = v2_if_wanted(rq, rp, &wanted);
	if (wanted)
		reply_content(rp, blob.content, "application/octet-stream");
	return r;
}

enum result
v2_delete_blob(struct request *rq, struct reply *rp)
{
	struct digest d;
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = v2_digest_arg(rq, &d);
	if (r == RC_OK)
		r = blob_remove(request_task(rq), name, &d);
	if (r == RC_OK)
		reply_none(rp, 202);
	return r;
}
