/* images.c: see images.h. */
#include "v1/images.h"

#include "registry/pull.h"
#include "registry/push.h"
#include "v1/v1.h"

/* Images never change: whoever has one has today's. */
static bool
is_known(struct request *rq, struct reply *rp)
{
	if (!request_has_header(rq, "If-Modified-Since"))
		return false;
	reply_none(rp, 304);
	v1_immutable(rp);
	return true;
}

enum result
v1_get_image_json(struct request *rq, struct reply *rp)
{
	struct pull_json image;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_json(rq->registry, rq->arena, id, &image, &rq->err);
	if (r != RC_OK || is_known(rq, rp))
		return r;
	reply_json(rp, 200, image.json);
	v1_immutable(rp);
	if (image.has_layer)
		reply_header(rp, "X-Docker-Size",
		    arena_printf(
			rq->arena, "%llu", (unsigned long long)image.layer_size));
	if (image.sum.n > 0)
		reply_header(
		    rp, "X-Docker-Checksum", str_dup(rq->arena, image.sum));
	if (str_starts(image.sum, "sha256:"))
		reply_header(
		    rp, "X-Docker-Checksum-Payload", str_dup(rq->arena, image.sum));
	return RC_OK;
}

enum result
v1_put_image_json(struct request *rq, struct reply *rp)
{
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = push_json(rq->registry, rq->arena, id, rq->body,
		    request_header(rq, "X-Docker-Checksum"), &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_get_ancestry(struct request *rq, struct reply *rp)
{
	struct str ancestry;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_ancestry(rq->registry, rq->arena, id, &ancestry, &rq->err);
	if (r != RC_OK || is_known(rq, rp))
		return r;
	reply_json(rp, 200, ancestry);
	v1_immutable(rp);
	return RC_OK;
}

enum result
v1_get_layer(struct request *rq, struct reply *rp)
{
	struct store_file file;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_layer(rq->registry, rq->arena, id, &file, &rq->err);
	if (r != RC_OK || is_known(rq, rp))
		return r;
	reply_file(rp, file.name, file.size, "application/octet-stream");
	v1_immutable(rp);
	return RC_OK;
}

enum result
v1_check_layer(struct request *rq, struct reply *rp)
{
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = push_layer_check(rq->registry, rq->arena, id, &rq->err);
	if (r == RC_OK)
		reply_none(rp, 204);
	return r;
}

enum result
v1_put_layer(struct request *rq, struct reply *rp)
{
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = push_layer(
		    rq->registry, rq->arena, id, rq->body_file, &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_put_checksum(struct request *rq, struct reply *rp)
{
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = push_checksum(rq->registry, rq->arena, id,
		    request_header(rq, "X-Docker-Checksum-Payload"),
		    request_header(rq, "X-Docker-Checksum"), &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}
