/* admit.h: who may come in, by the rules of API v1 (auth/auth.h). */
#ifndef V1_ADMIT_H
#define V1_ADMIT_H

#include "http/request.h"

/* Lets the request in and tells the handlers who it is (rq->caller). What the index
 * answers needs no token, and is not there at all where another index is used.
 * RC_NO_ROUTE, RC_UNAUTHORIZED, RC_REMOTE, RC_BAD_NAME. */
enum result v1_admit(struct request *rq);

/* What a source may be shown of the caller's Authorization: his token, if it is not one
 * that this registry itself asks for. */
struct str v1_source_authorization(const struct request *rq);

#endif
