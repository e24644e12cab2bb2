/* errors.h: how API v2 reports an error:
 * {"errors": [{"code": ..., "message": ..., "detail": ...}]} (distribution-spec, "Error
 * codes"). Private to this room. */
#ifndef V2_ERRORS_H
#define V2_ERRORS_H

#include "api/call.h"

/* Makes the reply for r: a status, a code and a text. The detail is c->detail, else the
 * reason in c->err. If c->detail is a list, each element is an error of its own. */
void v2_fail(struct call *c, enum result r);

#endif
