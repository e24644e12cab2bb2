/* push.c: see push.h. */
#include "v1/push.h"

#include "images/push.h"
#include "v1/v1.h"

enum result
v1_put_image_json(struct request *rq, struct reply *rp)
{
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = push_json(request_task(rq), id, rq->body,
		    request_header(rq, "X-Docker-Checksum"));
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_check_layer(struct request *rq, struct reply *rp)
{
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = push_layer_check(request_task(rq), id);
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
		r = push_layer(request_task(rq), id, rq->body_file);
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
		r = push_checksum(request_task(rq), id,
		    request_header(rq, "X-Docker-Checksum-Payload"),
		    request_header(rq, "X-Docker-Checksum"));
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}
