/* push.c: see push.h. */
#include "v1/push.h"

#include "images/push.h"
#include "v1/v1.h"

enum result
v1_put_image_json(struct call *c)
{
	return v1_reply_true(c, push_json(&c->task, c->args.image, c->body,
				    request_header(c->rq, "X-Docker-Checksum")));
}

enum result
v1_check_layer(struct call *c)
{
	return push_layer_check(&c->task, c->args.image);
}

enum result
v1_put_layer(struct call *c)
{
	return v1_reply_true(
	    c, push_layer(&c->task, c->args.image, c->rq->body_file));
}

enum result
v1_put_checksum(struct call *c)
{
	return v1_reply_true(
	    c, push_checksum(&c->task, c->args.image,
		   request_header(c->rq, "X-Docker-Checksum-Payload"),
		   request_header(c->rq, "X-Docker-Checksum")));
}
