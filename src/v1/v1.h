/* v1.h: what the resources of API v1 share. Private to this room. */
#ifndef V1_V1_H
#define V1_V1_H

#include "api/call.h"
#include "http/reply.h"

/* The headers of every answer: version, flavor, and that nothing may be cached. */
void v1_headers(struct call *c);

/* Replies "true", the usual answer to a change, if r is RC_OK. Returns r. */
enum result v1_reply_true(struct call *c, enum result r);

/* Content that never changes under its address may be cached for a year. */
void v1_set_immutable(struct reply *rp);

#endif
