/* call.c: see call.h. */
#include "api/call.h"

#include <string.h>

void
call_init(struct call *c, const struct request *rq, struct reply *rp,
    struct registry *reg, const struct api_options *options)
{
	memset(c, 0, sizeof(*c));
	reply_init(rp, rq->arena);
	c->task = (struct task){.reg = reg,
	    .caller = &c->caller,
	    .request_id = rq->id,
	    .arena = rq->arena,
	    .err = &c->err};
	c->rq = rq;
	c->rp = rp;
	c->options = options;
}
