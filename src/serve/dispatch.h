/* dispatch.h: from a request to its reply, without a word of FastCGI. Private to this room. */
#ifndef SERVE_DISPATCH_H
#define SERVE_DISPATCH_H

#include "api/call.h"
#include "api/limits.h"
#include "serve/options.h"

/* Answers a call that was made by call_init(). c->rp is a complete reply afterwards,
 * whatever the result. */
enum result dispatch(
    const struct serve_options *options, struct call *c, enum pass pass);

/* Writes the request's line to the log, after the reply was sent. handled: the result of
 * dispatch(); sent: RC_OK, or why the reply broke off. */
void dispatch_log(const struct call *c, enum result handled, enum result sent);

#endif
