/* errors.h: how API v1 reports an error: {"error": text}. Private to this room. */
#ifndef V1_ERRORS_H
#define V1_ERRORS_H

#include "api/call.h"

/* Makes the reply for r: its status, and a text in docker-registry's words for the route. */
void v1_fail(struct call *c, enum result r);

/* {"error": text} */
struct str v1_error_text(struct arena *a, const char *text);

#endif
