/* condition.h: conditional requests (RFC 9110, section 13) and parts of content. */
#ifndef HTTP_CONDITION_H
#define HTTP_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "http/request.h"

/* Does If-None-Match name this strong tag ("..." with its quotes), or "*"? All header
 * lines of that name count. The answer to a GET or HEAD is 304 then. */
bool condition_has(const struct request *rq, const char *etag);

/* The Content-Range of an upload's part (OCI distribution-spec, "Pushing a blob in
 * chunks"): FIRST-LAST, both included; also as RFC 9110 writes it, "bytes FIRST-LAST/..."
 * False: it is neither, or LAST lies before FIRST. */
bool condition_part(struct str text, uint64_t *first, uint64_t *last);

#endif
