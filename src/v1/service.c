/* service.c: see service.h. */
#include "v1/service.h"

#include "base/jsonw.h"
#include "v1/v1.h"

enum result
v1_get_root(struct request *rq, struct reply *rp)
{
	const struct v1_options *options = v1_options(rq);
	const char *text = options->issue;
	struct jsonw w;
	struct buf b;

	if (text == NULL)
		text = arena_printf(
		    rq->arena, "docker-registry server (%s)", options->flavor);
	buf_init(&b, rq->arena, 64 << 10);
	jsonw_init(&w, buf_sink(&b));
	jsonw_text(&w, text);
	reply_json(rp, 200, buf_str(&b));
	return RC_OK;
}

enum result
v1_get_ping(struct request *rq, struct reply *rp)
{
	(void)rq;
	reply_header(rp, "X-Docker-Registry-Standalone", "True");
	reply_json(rp, 200, str_of("true"));
	return RC_OK;
}
