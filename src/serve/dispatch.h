/* dispatch.h: from a request to its reply, without a word of FastCGI. */
#ifndef SERVE_DISPATCH_H
#define SERVE_DISPATCH_H

#include "http/reply.h"
#include "http/request.h"
#include "serve/gate.h"

/* rq comes with method, target_text, headers, length and a body to be had; the rest
 * is filled in here. rp is a whole reply afterwards, whatever happened. */
void dispatch(struct request *rq, struct reply *rp, enum pass pass);

#endif
