/* v1.c: see v1.h. */
#include "v1/v1.h"

#include "base/clock.h"

#define YEAR_S 31536000

/* The last docker-registry with this API; clients print it. Strangers do not learn the
 * version of berth. */
#define V1_VERSION "0.9.1"

void
v1_headers(struct call *c)
{
	reply_header(c->rp, "X-Docker-Registry-Version", V1_VERSION);
	reply_header(c->rp, "X-Docker-Registry-Config", c->options->flavor);
	reply_header(c->rp, "Cache-Control", "no-cache");
	reply_header(c->rp, "Pragma", "no-cache");
	reply_header(c->rp, "Expires", "-1");
}

enum result
v1_reply_true(struct call *c, enum result r)
{
	if (r == RC_OK)
		reply_json(c->rp, 200, str_of("true"));
	return r;
}

void
v1_set_immutable(struct reply *rp)
{
	char *expires = arena_alloc(rp->arena, CLOCK_HTTP_SIZE);

	clock_http(clock_now() + YEAR_S, expires);
	reply_header(rp, "Cache-Control", "public, max-age=31536000");
	reply_header(rp, "Expires", expires);
	reply_header(rp, "Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT");
	reply_drop(rp, "Pragma");
}
