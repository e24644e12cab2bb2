/* v1.h: what the resources of API v1 share. */
#ifndef V1_V1_H
#define V1_V1_H

#include <stdbool.h>

#include "http/reply.h"
#include "http/request.h"
#include "image/v1name.h"

struct v1_options {
	const char *flavor;    /* of config.yml; clients see it in a header */
	const char *issue;     /* GET /; NULL: the usual text */
	const char *endpoints; /* X-Docker-Endpoints; NULL: the request's Host */
	const char *about;     /* JSON of /_ping: of the machine; NULL: nothing */
	bool standalone;       /* the index's calls are answered here */
};

const struct v1_options *v1_options(const struct request *rq);

/* The headers of every answer: version, flavor, and nothing may be kept. */
void v1_headers(struct request *rq, struct reply *rp);

/* The names that the route caught: arg 0 is the repository, arg 1 the tag; arg 0
 * the image. RC_BAD_NAME, RC_BAD_ID. */
enum result v1_repo_arg(struct request *rq, struct v1name *out);
enum result v1_tag_arg(struct request *rq, const char **out);
enum result v1_image_arg(struct request *rq, const char **out);

/* Content that never changes under its address may be kept for a year. */
void v1_immutable(struct reply *rp);

#endif
