/* v1.c: see v1.h. */
#include "v1/v1.h"

#include "base/clock.h"

#define YEAR_S 31536000

/* The last docker-registry with this API; clients print it. berth's own version is not
 * shown to strangers. */
#define V1_VERSION "0.9.1"

const struct v1_options *
v1_options(const struct request *rq)
{
	return rq->options;
}

void
v1_headers(struct request *rq, struct reply *rp)
{
	reply_header(rp, "X-Docker-Registry-Version", V1_VERSION);
	reply_header(rp, "X-Docker-Registry-Config", v1_options(rq)->flavor);
	reply_header(rp, "Cache-Control", "no-cache");
	reply_header(rp, "Pragma", "no-cache");
	reply_header(rp, "Expires", "-1");
}

enum result
v1_repo_arg(struct request *rq, struct v1name *out)
{
	return v1name_parse(rq->arena, rq->arg[0], out, &rq->err);
}

enum result
v1_tag_arg(struct request *rq, const char **out)
{
	*out = str_dup(rq->arena, rq->arg[1]);
	return v1name_check_tag(rq->arg[1], &rq->err);
}

enum result
v1_image_arg(struct request *rq, const char **out)
{
	if (!v1name_is_image_id(rq->arg[0]))
		return err_set(&rq->err, RC_BAD_ID, "no image id");
	*out = str_dup(rq->arena, rq->arg[0]);
	return RC_OK;
}

void
v1_immutable(struct reply *rp)
{
	char *expires = arena_alloc(rp->arena, CLOCK_HTTP_SIZE);

	clock_http(clock_now() + YEAR_S, expires);
	reply_header(rp, "Cache-Control", "public, max-age=31536000");
	reply_header(rp, "Expires", expires);
	reply_header(rp, "Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT");
	reply_drop(rp, "Pragma");
}
