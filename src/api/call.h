/* call.h: a request on its way through an API, with everything that a handler works with.
 *
 * The request itself (http/request.h) is what came over the wire and does not change. A
 * handler reads it, its arguments and its body, calls verbs with &c->task, fills in the
 * reply, and returns a result. If that is not RC_OK, the API makes the reply of it
 * (struct api, fail), with the reason in c->err. */
#ifndef API_CALL_H
#define API_CALL_H

#include "api/args.h"
#include "api/options.h"
#include "api/route.h"
#include "auth/caller.h"
#include "base/err.h"
#include "base/str.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/target.h"
#include "registry/task.h"

struct call {
	/* for the verbs; its caller, arena and err are those of the call */
	struct task task;
	const struct request *rq;
	struct reply *rp;
	const struct api_options *options;

	struct target target;      /* the request's, parsed */
	const struct route *route; /* the row that was found; NULL before */
	struct route_args args;    /* what its pattern caught */
	struct caller caller;      /* who asks, see struct api, authenticate */
	struct str body;           /* of a row with BODY_SMALL; empty otherwise */

	/* the reason of a failure, for the log and for the client */
	struct err err;
	/* the same as JSON, for clients that read it; may be empty */
	struct str detail;
};

/* Everything that c points to must outlive it, and c must not be copied: its task points
 * into it. The reply is empty afterwards, with status 200. */
void call_init(struct call *c, const struct request *rq, struct reply *rp,
    struct registry *reg, const struct api_options *options);

#endif
