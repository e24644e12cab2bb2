/* errors.h: how API v2 says that something went wrong:
 * {"errors": [{"code": ..., "message": ..., "detail": ...}]} (distribution-spec, "Error
 * codes"). */
#ifndef V2_ERRORS_H
#define V2_ERRORS_H

#include "http/reply.h"
#include "http/request.h"

/* Makes a status, a code and a text of r. The detail is rq->detail, else the reason in
 * rq->err. Of a list in rq->detail each element is an error of its own. */
void v2_fail(struct request *rq, struct reply *rp, enum result r);

#endif
