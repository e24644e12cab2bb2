/* condition.h: conditional requests (RFC 9110, section 13) and parts of content. */
#ifndef HTTP_CONDITION_H
#define HTTP_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "http/request.h"

enum condition {
	CONDITION_HOLDS,
	CONDITION_NOT_MODIFIED, /* GET, HEAD: the client has it already; answer 304 */
	CONDITION_FAILED        /* answer 412 */
};

/* Checks If-Match and If-None-Match (RFC 9110, section 13.2.2). etag is the strong tag of
 * what is there now, with its quotes; NULL: nothing is there. Header lines of one name
 * count together. A tag without quotes is taken as if it had them: clients of registries
 * send bare digests. */
enum condition condition_check(const struct request *rq, const char *etag);

/* Does the request have one of the two headers at all? */
bool condition_is_set(const struct request *rq);

/* The Content-Range of an upload's part (OCI distribution-spec, "Pushing a blob in
 * chunks"): FIRST-LAST, both included; also as RFC 9110 writes it, "bytes FIRST-LAST/..."
 * False: it is neither, or LAST lies before FIRST. */
bool condition_part(struct str text, uint64_t *first, uint64_t *last);

#endif
