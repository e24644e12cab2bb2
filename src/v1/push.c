/* push.c: see push.h. */
#include "v1/push.h"

#include "images/access.h"
#include "images/push.h"
#include "v1/v1.h"

/* Of the requests that follow the json too: another's push is not for this caller. */
static enum result
own_image(struct request *rq, const char **id)
{
	enum result r = v1_image_arg(rq, id);

	if (r == RC_OK)
		r = access_push(rq->registry, rq->arena, rq->caller, *id, &rq->err);
	return r;
}

enum result
v1_put_image_json(struct request *rq, struct reply *rp)
{
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = push_json(rq->registry, rq->arena, rq->caller, id, rq->body,
		    request_header(rq, "X-Docker-Checksum"), &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_check_layer(struct request *rq, struct reply *rp)
{
	const char *id;
	enum result r = own_image(rq, &id);

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
	enum result r = own_image(rq, &id);

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
	enum result r = own_image(rq, &id);

	if (r == RC_OK)
		r = push_checksum(rq->registry, rq->arena, id,
		    request_header(rq, "X-Docker-Checksum-Payload"),
		    request_header(rq, "X-Docker-Checksum"), &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}
