/* errors.h: how API v1 says that something went wrong: {"error": text}. */
#ifndef V1_ERRORS_H
#define V1_ERRORS_H

#include "http/reply.h"
#include "http/request.h"

/* Makes a status and a text of r; the route tells which of docker-registry's
 * wordings. */
void v1_fail(struct request *rq, struct reply *rp, enum result r);

/* {"error": text} */
struct str v1_error_text(struct arena *a, const char *text);

#endif
