/* admit.h: who may come in, by the rules of API v1 (auth/auth.h). */
#ifndef V1_ADMIT_H
#define V1_ADMIT_H

#include "http/request.h"

/* Lets the request in and tells the handlers who it is (rq->caller). What the index
 * answers needs no token, and is not there at all where another index is used. Either
 * way a private repository is hidden from one who shows a token of another.
 * RC_NO_ROUTE, RC_UNAUTHORIZED, RC_UPSTREAM, RC_BAD_NAME, RC_REPOSITORY_UNKNOWN. */
enum result v1_admit(struct request *rq);

#endif
