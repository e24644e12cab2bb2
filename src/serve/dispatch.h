/* dispatch.h: from a request to its reply, without a word of FastCGI. */
#ifndef SERVE_DISPATCH_H
#define SERVE_DISPATCH_H

#include "http/reply.h"
#include "http/request.h"
#include "serve/gate.h"

/* rq comes with method, target_text, headers, length and a body to be had; the rest
 * is filled in here. rp is a whole reply afterwards, whatever happened. */
enum result dispatch(struct request *rq, struct reply *rp, enum pass pass);

/* The request's line in the log, after the reply was sent. handled: the result of
 * dispatch(); sent: RC_OK, or why the reply broke off. */
void dispatch_log(const struct request *rq, const struct reply *rp,
    enum result handled, enum result sent);

#endif
