/* condition.h: conditional requests (RFC 9110, section 13). */
#ifndef HTTP_CONDITION_H
#define HTTP_CONDITION_H

#include <stdbool.h>

#include "http/request.h"

enum condition {
	CONDITION_HOLDS,
	CONDITION_NOT_MODIFIED, /* GET, HEAD: the client has it already; answer 304 */
	CONDITION_FAILED        /* answer 412 */
};

/* Checks If-Match and If-None-Match (RFC 9110, section 13.2.2). etag: the strong tag
 * of the current content, with its quotes; NULL: there is no content. All header lines
 * of one name count together. Tags without quotes are accepted, because clients of
 * registries send bare digests. */
enum condition condition_check(const struct request *rq, const char *etag);

/* Does the request have If-Match or If-None-Match? */
bool condition_is_set(const struct request *rq);

#endif
